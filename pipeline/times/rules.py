"""The grammar of English time expressions: patterns over token kinds, and what each says.

In: `Tokens`. Out: `Found`, non-overlapping, in text order, not yet anchored. Span conventions are TIMEX3's: articles and modifiers
are in ("the third quarter", "early 1990", "more than two years"), prepositions are out, a range is two expressions.

Each rule is true of English at large; the word lists are in models/times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

from pipeline.records import TimeModifier, TimeType
from pipeline.times import calendar
from pipeline.times.grammar import Match, Tokens, compile_pattern, find, sentence_ends, table
from pipeline.times.senses import Found, Sense

Piece = tuple[str, Sense]
"""A named group of the match and what it says, where one match holds several expressions."""
Builder = Callable[[Match], "Sense | list[Piece] | None"]
_RULES: list[tuple[str, str, Builder]] = []


def rule(name: str, pattern: str) -> Callable[[Builder], Builder]:
    """Registers a rule. Group `x`, where there is one, is the expression; the rest of the match is context."""

    def register(build: Builder) -> Builder:
        _RULES.append((name, pattern, build))
        return build

    return register


@cache
def _compiled() -> list[tuple[str, re.Pattern[str], Builder]]:
    return [(name, compile_pattern(pattern), build) for name, pattern, build in _RULES]


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in table("nontimes")[name])


# --- calendar dates ------------------------------------------------------------------------------------------------------


def _day(number: Any, month: Any, year: Any = None, **more: Any) -> Sense | None:
    """A day of a month, or None where no calendar has it."""
    ok = isinstance(number, int) and calendar.valid(year if isinstance(year, int) and year > 0 else 2024, month, number)
    return Sense(day=number, month=month, year=year, **more) if ok else None


def _era(m: Match, name: str = "era") -> str | None:
    return "BC" if m.value(name) == "BC" else None


@rule("date.iso", "ISO")
def _iso(m: Match) -> Sense | None:
    raw = m.tokens.raw(m.start).upper().replace(" ", "T")
    date, _, clock = raw.partition("T")
    year, month, day = (int(part) for part in date.split("-"))
    sense = _day(day, month, year)
    if sense is None or not clock:
        return sense
    found = re.match(r"(\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", clock)
    if found is None or int(found[1]) > 23:
        return sense
    parts = tuple(int(x) for x in found.groups()[:3] if x)
    offset = calendar.utc_offset(found[4]) if found[4] else None
    zone = None if offset is None else str(int(offset.total_seconds()) // 60)
    return replace(sense, type=TimeType.TIME, clock=parts, zone=zone)


@rule("date.numeric", "SLASH")
def _numeric(m: Match) -> Sense | None:
    raw = m.tokens.raw(m.start)
    a, b, c = (int(part) for part in re.split(r"[/.]", raw))
    if len(raw.split(raw[len(str(a)) :][0])[0]) == 4:
        return _day(c, b, a)
    year = c if c > 99 else c + (2000 if c < 50 else 1900)
    first_is_day = a > 12 or "." in raw
    # 3/4/2024 is read the American way, month first; dots are European, day first.
    return _day(a, b, year) if first_is_day else _day(b, a, year)


_WEEKDAY_BEFORE = "(?:(?:THIS|THE|LAST|NEXT)? (?:COMING|PASTW)? (<wd>WEEKDAY) COMMA? (?:THE)?)?"


@rule("date.dmy", f"{_WEEKDAY_BEFORE} THE? (<d>DAYNUM|NTH) UNIT? OF? (<m>MONTH) (?:COMMA? (<y>YEAR) (<era>ERA)?)?")
def _dmy(m: Match) -> Sense | None:
    return _written_date(m)


@rule("date.mdy", f"{_WEEKDAY_BEFORE} (<m>MONTH) THE? (<d>DAYNUM|NTH) (?:COMMA? (<y>YEAR) (<era>ERA)?)?")
def _mdy(m: Match) -> Sense | None:
    after = m.end
    if m.kind("d") in ("SECOND", "ORDW") and (
        m.tokens.kind(after) in ("QTR", "UNIT") or m.tokens.raw(m.groups["d"][0])[0].isupper()
    ):
        return None
    if not m.has("y") and m.tokens.kind(after) == "AMPM":
        return None
    return _written_date(m)


def _written_date(m: Match) -> Sense | None:
    if not _is_month(m, "m"):
        return None
    year = m.value("y")
    if (
        year is not None
        and m.groups["y"][0] - 1 > m.start
        and m.tokens.kind(m.groups["y"][0] - 1) == "COMMA"
        and _counted(m.tokens, m.groups["y"][0])
    ):
        return None
    return _day(m.value("d"), m.value("m"), year, era=_era(m), weekday=m.value("wd"))


def _is_month(m: Match, name: str) -> bool:
    """ "may" and "march" are months only when capitalised; at the head of a sentence the neighbours decide."""
    i = m.groups[name][0]
    return m.tokens.raw(i)[0].isupper() or m.tokens.lower[i] not in ("may", "march", "mar", "august", "sep", "jan")


@rule("date.dmy.short", "(<d>DAYNUM) (?:HYP) (<m>MONTH) HYP (<y>YEAR|N1|N2|N3|N4)")
def _dmy_short(m: Match) -> Sense | None:
    year = m.value("y")
    if year < 100:
        year += 2000 if year < 50 else 1900
    return _day(m.value("d"), m.value("m"), year)


@rule(
    "date.range.dmy",
    "(<a>THE? (<c>DAYNUM|NTH)) (<l>HYP|DASH|TO|AND|COMMA) (<b>THE? (<d>DAYNUM|NTH) (?:OF)? (<m>MONTH) (?:COMMA? (<y>YEAR))?)",
)
def _range_dmy(m: Match) -> list[Piece] | None:
    if not _is_month(m, "m") or (m.kind("c") in ("ORDW", "SECOND") and m.kind("d") not in ("ORDW", "SECOND")):
        return None
    first, second = _day(m.value("c"), m.value("m"), m.value("y")), _day(m.value("d"), m.value("m"), m.value("y"))
    if first is None or second is None or m.value("c") >= m.value("d"):
        return None
    return [("a", first), ("b", second)]


@rule(
    "date.range.mdy", "(<a>(<m>MONTH) THE? (<d>DAYNUM|NTH)) (<l>HYP|DASH|TO|AND) THE? (<b>(<e>DAYNUM|NTH) (?:COMMA? (<y>YEAR))?)"
)
def _range_mdy(m: Match) -> list[Piece] | None:
    first, second = _day(m.value("d"), m.value("m"), m.value("y")), _day(m.value("e"), m.value("m"), m.value("y"))
    if not _is_month(m, "m") or first is None or second is None or m.value("d") >= m.value("e"):
        return None
    if m.tokens.kind(m.end) in ("AMPM", "MON", "MAY", "MAB", "UNITS", "UNIT", "CLOCK") or (
        m.word("l") == "and" and _counted(m.tokens, m.groups["e"][0])
    ):
        return None
    return [("a", first), ("b", second)]


@rule("date.range.months", "(<a>(<m>MON|MAY|MAB DOT?)) (<l>HYP|DASH|TO|AND|COMMA) (<b>(<n>MONTH) OF? (<y>YEAR))")
def _range_months(m: Match) -> list[Piece] | None:
    if not (_is_month(m, "m") and _is_month(m, "n")):
        return None
    year = m.value("y") - (m.value("m") > m.value("n"))
    return [("a", Sense(month=m.value("m"), year=year)), ("b", Sense(month=m.value("n"), year=m.value("y")))]


@rule("date.my", "(<m>MONTH) (?:COMMA|OF|HYP)? (<y>YEAR) (<era>ERA)?")
def _my(m: Match) -> Sense | None:
    if not _is_month(m, "m") or _counted(m.tokens, m.groups["y"][0]):
        return None
    return Sense(month=m.value("m"), year=m.value("y"), era=_era(m))


@rule("date.my.short", "(<m>MONTH) (<y>SHORT)")
def _my_short(m: Match) -> Sense:
    return Sense(month=m.value("m"), year=_short_year(m.value("y")))


def _short_year(digits: int) -> int:
    return digits + (2000 if digits < 40 else 1900)


@rule("date.month", "(<m>MONTH)")
def _month(m: Match) -> Sense | None:
    tokens, i = m.tokens, m.start
    word, raw = tokens.lower[i], tokens.raw(i)
    if m.kind("m") == "MAB" and not (tokens.kind(i + 1) == "DOT" or raw == "Sept"):
        return None
    if not raw[0].isupper():
        return None
    if word in ("may", "march", "august", "june", "april"):
        before = tokens.kind(i - 1) in _MONTH_AFTER
        following = tokens.raw(i + 1)
        if word == "may" and not before:
            return None
        if not before and (i == 0 or sentence_ends(tokens, i - 1)) and word in ("may", "march"):
            return None
        if word == "march" and tokens.kind(i - 1) == "" and tokens.raw(i - 1)[:1].isupper() and not sentence_ends(tokens, i - 2):
            return None
        # "April Glaspie", "June Carter": a given name before a capitalised word, unless a preposition of time goes before.
        if (
            not before
            and word in ("april", "june")
            and following[:1].isupper()
            and tokens.glued(i + 1) is False
            and tokens.kind(i + 1) == ""
        ):
            return None
    return Sense(month=m.value("m"))


_MONTH_AFTER = frozenset(
    [
        "IN",
        "OF",
        "SINCE",
        "BY",
        "ON",
        "FROM",
        "TO",
        "THIS",
        "LAST",
        "NEXT",
        "PASTW",
        "EARLY",
        "LATE",
        "MID",
        "HYP",
        "AND",
        "UNTIL",
        "BEFORE",
        "AFTER",
        "EACH",
        "COMMA",
        "BETWEEN",
        "PREV",
        "FOLL",
        "COMING",
        "MODW",
        "OR",
        "THAT",
    ]
)


@rule(
    "date.month.which",
    "(?:THE? (<w>LAST|NEXT|PREV|FOLL|COMING) | THIS (<c>COMING|PASTW)? | THE? (<p>PASTW)) (<m>MONTH) (?:THE)? (<d>DAYNUM|NTH)?",
)
def _month_which(m: Match) -> Sense | None:
    if not _is_month(m, "m") or (m.kind("m") == "MAB" and m.tokens.kind(m.groups["m"][0] + 1) != "DOT"):
        return None
    which = m.value("w") if m.has("w") else m.value("c") if m.has("c") else m.value("p") if m.has("p") else 0
    base = "reference" if m.kind("w") in ("PREV", "FOLL") else "published"
    return Sense(month=m.value("m"), day=m.value("d"), which=which, base=base)


@rule("date.day.anaphoric", "THE (<d>ORD)")
def _nth_day(m: Match) -> Sense | None:
    tokens = m.tokens
    following = tokens.raw(m.end)
    if tokens.kind(m.start - 1) not in ("ON", "OF", "BY", "TO", "FROM", "BETWEEN", "AND", "SINCE") or not 1 <= m.value("d") <= 31:
        return None
    if tokens.kind(m.end) in ("UNIT", "UNITS", "QTR") or (
        following[:1].isalpha()
        and tokens.kind(m.end) == ""
        and (following[:1].isupper() or tokens.word(m.end) not in _words("function"))
    ):
        return None
    return Sense(day=m.value("d"), base="reference", unit="M", count=0)


@rule("date.day.of", "THE? (<d>NTH) OF (?:THE (?:SAME|FOLL|PREV|NEXT)|THAT|THIS|LAST|NEXT) UNIT")
def _day_of_month(m: Match) -> Sense | None:
    last = m.end - 1
    if m.tokens.values[last] != "M":
        return None
    kind = m.tokens.kinds[last - 1]
    count = {"LAST": -1, "PREV": -1, "FOLL": 1, "NEXT": 1}.get(kind, 0)
    return Sense(day=m.value("d"), base="published" if kind in ("LAST", "THIS", "NEXT") else "reference", unit="M", count=count)


@rule("date.weekday", "(<wd>WD)")
def _weekday(m: Match) -> Sense | None:
    if not m.tokens.raw(m.start)[0].isupper() or m.tokens.raw(m.start - 1) in table("nontimes")["name_before"]:
        return None
    return Sense(weekday=m.value("wd"))


@rule("date.weekday.which", "(?:THE? (<w>LAST|NEXT|PREV|FOLL) | THIS (<c>COMING|PASTW)? | THE? (<p>PASTW|COMING)) (<wd>WD)")
def _weekday_which(m: Match) -> Sense:
    which = m.value("w") if m.has("w") else m.value("c") if m.has("c") else m.value("p") if m.has("p") else 0
    base = "reference" if m.kind("w") in ("PREV", "FOLL") else "published"
    return Sense(weekday=m.value("wd"), which=which, base=base)


@rule("date.weekday.short", "(<x>(<wd>WDA)) DOT? COMMA? (?=CLOCK|AT CLOCK|N1 AMPM|MONTH|NOON)")
def _weekday_short(m: Match) -> Sense:
    return Sense(weekday=m.value("wd"))


@rule("date.weekday.week", "(<wd>WD) (?:OF)? (<w>LAST|NEXT|THIS|THAT) UNIT")
def _weekday_of_week(m: Match) -> Sense | None:
    if m.tokens.values[m.end - 1] != "W":
        return None
    base = "reference" if m.kind("w") == "THAT" else "published"
    return Sense(weekday=m.value("wd"), base=base, unit="W", count={"LAST": -1, "NEXT": 1}.get(m.kind("w"), 0))


@rule("date.weekday.ago", "(?:A|NW|N1) (<u>UNIT|UNITS) (?:AGO|FROM) (?:ON)? (<wd>WD)")
def _weekday_weeks_off(m: Match) -> Sense | None:
    if m.value("u") != "W":
        return None
    weeks = m.tokens.values[m.start]
    return Sense(
        weekday=m.value("wd"), base="published", unit="W", count=weeks if m.tokens.kind(m.groups["u"][1]) == "FROM" else -weeks
    )


# --- years and larger ----------------------------------------------------------------------------------------------------


def _counted(tokens: Tokens, i: int) -> bool:
    """Whether a four-digit number counts the noun after it."""
    word = tokens.word(i + 1)
    return word in _words("counted") and not (word == "to" and tokens.kind(i + 2) in ("Y4", "THE", "A"))


@rule("date.year", "(<y>Y4)")
def _year(m: Match) -> Sense | None:
    tokens, i, year = m.tokens, m.start, m.value("y")
    before, kind = tokens.word(i - 1), tokens.kind(i - 1)
    if (
        before in ("$", "£", "€", "¥", "#", "%", "°", "&", "=", "+", "@", "№")
        or tokens.raw(i + 1)[:1] in ("%", "°", "$")
        or _counted(tokens, i)
    ):
        return None
    if kind == "DASH" and tokens.glued(i):
        return None
    if before in _words("numbered") or (
        kind == "HYP" and tokens.kind(i - 2) not in ("Y4", "MID", "EARLY", "LATE", "POSS", "SHORT", "")
    ):
        return None
    if kind == "HYP" and tokens.kind(i - 2) == "":
        # "post-1945", "pre-1914" are dates; "F-2000" is a name.
        return Sense(year=year) if tokens.word(i - 2) in ("post", "pre", "circa", "c") else None
    if (
        tokens.kind(i + 1) == "HYP"
        and tokens.kind(i + 2) == ""
        and tokens.word(i + 2) not in ("based", "era", "style", "vintage", "model")
    ):
        return None
    if tokens.word(i - 1) in (":", "/") and tokens.glued(i):
        return None
    likely = 1900 <= year <= 2060
    if not likely and year >= 1500 and before in _words("before_year"):
        return Sense(year=year)
    if (
        likely
        or kind in ("IN", "SINCE", "BY", "OF", "FROM", "TO", "BETWEEN", "EARLY", "LATE", "MID", "AND", "BEFORE", "AFTER", "BEGIN")
        or tokens.kind(i + 1) in ("RP",)
    ):
        return Sense(year=year)
    return Sense(year=year) if year >= 1500 and kind in ("LP", "COMMA", "HYP", "THE", "SEASON", "SEASONX") else None


@rule("date.year.words", "(?:THE (<l>UNIT))? (<y>YW)")
def _year_words(m: Match) -> Sense | None:
    return Sense(year=m.value("y")) if m.value("l") in (None, "Y") else None


@rule("date.year.the", "THE (<l>UNIT) (<y>Y4|NW|NB|N4) (<era>ERA)?")
def _the_year(m: Match) -> Sense | None:
    year = m.value("y")
    if m.value("l") != "Y" or not isinstance(year, int) or (year < 100 and not m.has("era")) or not 1 <= year <= 2200:
        return None
    return Sense(year=year, era=_era(m))


@rule("date.year.short", "(<y>SHORT)")
def _short(m: Match) -> Sense | None:
    tokens = m.tokens
    if tokens.kind(m.start - 1) in (
        "IN",
        "SINCE",
        "OF",
        "BY",
        "SEASON",
        "SEASONX",
        "FROM",
        "TO",
        "HYP",
        "MID",
        "LATE",
        "EARLY",
        "AND",
        "UNTIL",
    ):
        return Sense(year=_short_year(m.value("y")))
    return None


@rule("date.years", "(<a>(<y>Y4)) (<l>HYP|DASH|STROKE) (<b>(<z>N1|N2|N3|N4|SHORT))")
def _years(m: Match) -> list[Piece] | None:
    """ "1914-18" and "1915 to '16": the second year leaves out its century."""
    first, last = m.value("y"), m.value("z")
    if (
        m.tokens.kind(m.end) in ("HYP", "MON", "MAB", "MAY", "AMPM", "UNITS")
        or len(m.tokens.raw(m.groups["z"][0]).lstrip("'’`‘")) < 2
    ):
        return None
    year = first // 100 * 100 + last
    if not (first < year < first + 60 and first >= 1500) or m.tokens.kind(m.start - 1) in ("HYP", "STROKE"):
        return None
    return [("a", Sense(year=first)), ("b", Sense(year=year))]


@rule("date.year.bc", "(<y>N1|N2|N3|N4|NB|Y4|T4) (<era>ERA)")
def _year_bc(m: Match) -> Sense | None:
    year = m.value("y")
    if not isinstance(year, int) or (m.value("era") == "AD" and year > 2100):
        return None
    return Sense(year=year, era=_era(m))


@rule("date.years.bc", "(<a>(<y>N2|N3|N4|NB)) (<l>HYP|DASH|TO|AND) (<b>(<z>N2|N3|N4|NB) (<era>ERA))")
def _years_bc(m: Match) -> list[Piece] | None:
    if not (isinstance(m.value("y"), int) and isinstance(m.value("z"), int)):
        return None
    return [("a", Sense(year=m.value("y"), era=_era(m))), ("b", Sense(year=m.value("z"), era=_era(m)))]


@rule("date.decade", "THE? (<d>DEC)")
def _decade(m: Match) -> Sense | None:
    decade = m.value("d")
    if decade < 10 and m.tokens.raw(m.start)[0].isdigit():
        return None
    if m.tokens.kind(m.start - 1) in ("IN", "POSS") and m.tokens.word(m.start - 1) in ("his", "her", "their"):
        return None
    return Sense(decade=decade)


@rule("date.decade.words", "(?:THE) (?:(<c>NW) HYP?)? (?:(?:EARLY|MID|LATE) HYP?)? (<d>DECW)")
def _decade_words(m: Match) -> Sense | None:
    if m.word("c") and not 13 <= m.value("c") <= 20:
        return None
    inner = m.start + 1 + m.has("c")
    mods = {"EARLY": TimeModifier.START, "MID": TimeModifier.MID, "LATE": TimeModifier.END}
    mod = mods.get(m.tokens.kind(inner))
    if m.tokens.word(m.start) != "the":
        return None
    return Sense(decade=m.value("d") + (m.value("c") * 10 if m.has("c") else 0), mod=mod)


@rule("date.century", "THE? (<n>NTH) HYP? (<u>UNIT) (<era>ERA)?")
def _century(m: Match) -> Sense | None:
    if m.value("u") not in ("C", "L"):
        return None
    if m.value("u") == "L":
        return Sense(value=str(m.value("n") - 1)) if 1 <= m.value("n") <= 3 and m.tokens.kind(m.start) == "THE" else None
    return Sense(century=m.value("n") - 1, era=_era(m))


# --- parts of the year ---------------------------------------------------------------------------------------------------

_OF_YEAR = "(?:OF? FISCAL? (<y>YEAR|SHORT))"


def _year_of(m: Match) -> int | None:
    if not m.has("y"):
        return None
    return _short_year(m.value("y")) if m.kind("y") == "SHORT" else m.value("y")


@rule("date.quarter.adjective", "(<f>FISCAL)? (<n>NTH) HYP (<u>QTR)")
@rule("date.quarter", f"(?:THE FULL?)? (<f>FISCAL)? (<n>NTH) (<u>QTR) {_OF_YEAR}?")
def _quarter(m: Match) -> Sense | None:
    after = m.groups["u"][1]
    if m.value("n") > 4 or (m.tokens.kind(after) == "HYP" and m.tokens.word(after + 1) in ("century", "final", "finals", "mile")):
        return None
    return Sense(quarter=m.value("n"), year=_year_of(m), fiscal=m.has("f"))


@rule("date.quarter.year", "(?:THE)? (<f>FISCAL)? (<y>Y4) (<n>NTH) HYP? QTR")
def _year_quarter(m: Match) -> Sense | None:
    return Sense(quarter=m.value("n"), year=m.value("y"), fiscal=m.has("f")) if m.value("n") <= 4 else None


@rule("date.half", "(?:THE)? (?:(<n>NTH)|(<l>LAST)|(<r>LATTER)) HYP? (<u>HALF) (?:OF (<y>YEAR)|(<z>YEAR))")
def _half(m: Match) -> Sense | None:
    n = m.value("n") if m.has("n") else 2
    year = m.value("y") or m.value("z")
    return Sense(half=n, year=year) if n in (1, 2) else None


@rule(
    "date.half.of",
    "(?:THE)? (?:(<n>NTH)|(<l>LAST)|(<r>LATTER)) HYP? HALF OF (?:(<w>LAST|THIS|NEXT|THAT) (<u>UNIT)|THE (<v>UNIT))",
)
def _half_of(m: Match) -> Sense | None:
    n = m.value("n") if m.has("n") else 2
    if (m.value("u") or m.value("v")) != "Y" or n not in (1, 2):
        return None
    base = "reference" if m.kind("w") == "THAT" else "published"
    return Sense(half=n, base=base, unit="Y", count={"LAST": -1, "NEXT": 1}.get(m.kind("w"), 0))


@rule("date.half.decade", "(?:THE)? (?:(<n>NTH)|(<l>LAST)|(<r>LATTER)) HALF OF THE (<d>DEC)")
def _half_decade(m: Match) -> Sense | None:
    n = m.value("n") if m.has("n") else 2
    return Sense(decade=m.value("d"), mod=TimeModifier.START if n == 1 else TimeModifier.END) if n in (1, 2) else None


@rule("date.half.bare", "(?:THE)? (<f>FISCAL)? (<n>NTH) HYP HALF")
def _half_bare(m: Match) -> Sense | None:
    return Sense(half=m.value("n"), fiscal=m.has("f")) if m.value("n") in (1, 2) else None


@rule("date.season", "(?:THE)? (<s>SEASONW) (?:HYP|OF|COMMA)? (?:(<y>YEAR)|(<z>SHORT))")
def _season(m: Match) -> Sense:
    return Sense(season=m.value("s"), year=m.value("y") if m.has("y") else _short_year(m.value("z")))


@rule("date.season.after", "(<y>Y4) (<s>SEASONW)")
def _season_after(m: Match) -> Sense | None:
    return (
        Sense(season=m.value("s"), year=m.value("y"))
        if m.tokens.kind(m.end) != "" or not m.tokens.raw(m.end)[:1].isupper()
        else None
    )


@rule("date.season.bare", "(<t>THE)? (<s>SEASONW)")
def _season_bare(m: Match) -> Sense | None:
    tokens, i = m.tokens, m.groups["s"][0]
    before, after = tokens.kind(m.start - 1), tokens.word(i + 1)
    if tokens.raw(i)[0].isupper() and not (m.start == i and sentence_ends(tokens, i - 1)) and before not in ("IN",):
        return None
    if tokens.kind(i + 1) in ("HYP", "POSS") or after in (
        "olympics",
        "games",
        "offensive",
        "palace",
        "semester",
        "school",
        "camp",
        "sports",
        "wheat",
        "clothes",
    ):
        return None
    if m.kind("s") == "SEASONX":
        # "the fall of Saigon", "spring a surprise", "prices fall": only after a preposition of time or a modifier.
        if before not in ("IN", "BY", "SINCE", "EARLY", "LATE", "MID", "EACH", "HYP", "TO", "OF", "FROM"):
            return None
        if after == "of" or (tokens.word(m.start - 1) == "to" and not m.has("t")) or (m.word("s") == "fall" and not m.has("t")):
            return None
    return Sense(season=m.value("s"))


@rule(
    "date.season.which",
    "(?:(<w>LAST|NEXT|THIS) (<c>PASTW|COMING)? | THE? (<p>PASTW|COMING|FOLL|PREV|NEXT) | (<t>THAT)) (<s>SEASONW)",
)
def _season_which(m: Match) -> Sense | None:
    if m.word("s") in ("fall", "spring") and m.tokens.word(m.end) in ("in", "from"):
        pass
    which = m.value("c") if m.has("c") else m.value("p") if m.has("p") else m.value("w")
    base = "reference" if m.has("t") or (m.has("p") and m.kind("p") in ("FOLL", "PREV", "NEXT")) else "published"
    return Sense(season=m.value("s"), base=base, which=which if isinstance(which, int) else 0)


@rule("date.holiday", "(<h>HOL) (?:COMMA|OF)? (<y>YEAR)?")
def _holiday(m: Match) -> Sense:
    return Sense(holiday=m.value("h"), year=m.value("y"))


@rule("date.holiday.which", "(?:(<w>LAST|NEXT)|THIS) (?:PASTW|COMING)? (<h>HOL)")
def _holiday_which(m: Match) -> Sense:
    return Sense(holiday=m.value("h"), which=m.value("w") or 0, base="published")


@rule("date.fiscal", "(?:THE)? (<f>FISCAL) (<u>UNIT)? (<y>YEAR)")
def _fiscal(m: Match) -> Sense | None:
    return Sense(year=m.value("y"), fiscal=True) if m.value("u") in (None, "Y") else None


# --- relative to publication or to what was said before ------------------------------------------------------------------


@rule("shift.day", "(<y>YEST)")
def _yesterday(m: Match) -> Sense | None:
    return Sense(base="published", unit="D", count=m.value("y"))


@rule("shift.day.part", "(<y>YEST) (<p>PART|NOON)")
def _yesterday_part(m: Match) -> Sense | None:
    return _of_day(m, "p", Sense(base="published", unit="D", count=m.value("y")))


def _of_day(m: Match, name: str, sense: Sense) -> Sense:
    """`sense` with the part of the day, noon or midnight that a group names."""
    if m.kind(name) == "NOON":
        return replace(sense, type=TimeType.TIME, clock=(int(m.value(name)), 0))
    return replace(sense, type=TimeType.TIME, part=m.value(name))


@rule("shift.tonight", "(<t>TONIGHT)")
def _tonight(m: Match) -> Sense:
    return Sense(TimeType.TIME, part="NI", base="published", unit="D", count=0)


@rule("shift.overnight", "(<t>OVERNIGHT)")
def _overnight(m: Match) -> Sense | None:
    after = m.tokens.raw(m.end)
    if m.tokens.kind(m.start - 1) in ("A", "THE") or (
        after[:1].islower() and m.tokens.word(m.end) not in _words("function") and m.tokens.kind(m.end) == ""
    ):
        return None
    return Sense(TimeType.TIME, part="NI", base="published", unit="D", count=0)


@rule("shift.part", "(?:(<l>LAST)|(<t>THIS)|(<n>THAT)) (<p>PART)")
def _this_part(m: Match) -> Sense | None:
    if m.has("n"):
        return Sense(TimeType.TIME, part=m.value("p"), base="reference", unit="D", count=0)
    return Sense(TimeType.TIME, part=m.value("p"), base="published", unit="D", count=-1 if m.has("l") else 0)


@rule(
    "shift.unit", "(?:(<w>LAST|NEXT|THIS|COMING|CURRENT) | THE (<c>CURRENT|COMING|LATEST)) (?:FISCAL|FULL)? (<u>UNIT|QTR|WEEKEND)"
)
def _this_unit(m: Match) -> Sense | None:
    unit = m.value("u")
    name = "w" if m.has("w") else "c"
    if unit in ("MI", "H", "FN") or (m.kind(name) in ("COMING", "CURRENT") and m.tokens.kind(m.start - 1) == "A"):
        return None
    if unit == "D":
        return Sense(base="reference", unit="D", count=0) if m.kind(name) == "THIS" else None
    count = m.value(name) if isinstance(m.value(name), int) else 0
    if m.kind("c") == "LATEST":
        count = -1 if unit == "Q" else 0
    return _unit_shift(unit, count, "published", fiscal="FISCAL" in (m.tokens.kinds[m.start : m.end]))


def _unit_shift(unit: str, count: int, base: str, **more: Any) -> Sense:
    if unit == "WE":
        return Sense(base=base, unit="W", count=count, weekend=True, **more)
    return Sense(base=base, unit=unit, count=count, **more)


@rule("shift.weekend", "(?:THE) WEEKEND")
def _weekend(m: Match) -> Sense:
    return Sense(weekend=True)


@rule("shift.the.weekend.before", "THE WEEKEND (<w>BEFORE|AFTER)")
def _weekend_before(m: Match) -> Sense | None:
    return Sense(base="reference", unit="W", count=m.value("w"), weekend=True) if _closes(m.tokens, m.end) else None


@rule("shift.reference", "THE (<w>NEXT|FOLL|PREV|SAME) (<u>UNIT|QTR|WEEKEND) (<so>AND SO)?")
def _next_unit(m: Match) -> Sense | None:
    unit = m.value("u")
    if unit in ("MI", "H", "FN", "S"):
        return None
    if m.kind("w") == "NEXT" and (unit in ("E", "C", "L") or m.tokens.word(m.start - 1) in _words("spans")):
        return Sense(TimeType.DURATION, length=(1, "W" if unit == "WE" else unit), direction=1, approximate=m.has("so"))
    return _unit_shift(unit, m.value("w"), "reference")


@rule("shift.reference.part", "THE (<w>NEXT|FOLL|PREV|SAME) (<p>PART)")
def _next_part(m: Match) -> Sense:
    return Sense(TimeType.TIME, base="reference", unit="D", count=m.value("w"), part=m.value("p"))


@rule("shift.that", "(?:THAT|THIS) (<s>SAME)? (<u>UNIT|QTR|WEEKEND)")
def _that_unit(m: Match) -> Sense | None:
    unit = m.value("u")
    if unit in ("MI", "H", "FN", "S") or (m.tokens.kind(m.start) == "THIS" and not m.has("s")):
        return None
    if m.tokens.word(m.start) == "that" and m.tokens.kind(m.start - 1) == "" and m.tokens.word(m.start - 1) in ("said", "says"):
        return None
    return _unit_shift(unit, 0, "reference")


@rule("shift.before", "THE (<u>UNIT|PART) (<w>BEFORE|AFTER|EARLIER|LATER)")
def _day_before(m: Match) -> Sense | None:
    if not _closes(m.tokens, m.end):
        return None
    count = m.value("w")
    if m.kind("u") == "PART":
        return Sense(TimeType.TIME, base="reference", unit="D", count=count, part=m.value("u"))
    if m.value("u") in ("MI", "H", "FN"):
        return None
    return Sense(base="reference", unit=m.value("u"), count=count)


def _closes(tokens: Tokens, i: int) -> bool:
    """Whether "before" or "after" at i - 1 is an adverb: nothing follows that it could govern."""
    return (
        i >= len(tokens)
        or tokens.kind(i) in ("COMMA", "DOT", "RP", "BREAK", "AND", "DASH")
        or tokens.word(i) in (";", ":", "when", "but", "was", "were", "had", '"', "”", "''")
    )


@rule("shift.unit.the", "(<t>THE) (<f>FULL|FISCAL)? (<u>UNIT|QTR)")
def _the_unit(m: Match) -> Sense | None:
    """ "the year", "the quarter": the one that the text is about."""
    tokens, unit, after = m.tokens, m.value("u"), m.tokens.kind(m.end)
    inside = tokens.kind(m.start - 1) == "IN" and tokens.kind(m.start - 2) in ("LATER", "EARLIER", "LATE", "EARLY")
    if unit not in ("Y", "Q", "W", "M") and not (unit == "D" and inside):
        return None
    if after in ("HYP", "OLD", "UNIT", "Y4", "NW", "BEFORE", "AFTER", "OF", "EARLIER", "LATER", "PERIOD", "POSS") and not inside:
        return None
    if m.kind("f") == "FISCAL":
        return Sense(TimeType.DURATION, length=(1, unit))
    if tokens.word(m.end) in ("when", "that", "in", "since", "end"):
        return None
    if tokens.word(m.end) in ("ended", "ending"):
        return Sense(TimeType.DURATION, length=(1, unit))
    return Sense(base="reference" if unit != "Y" else "published", unit=unit, count=0)


_AMOUNT = (
    "(?:(<n>COUNT) AND COUNT | (<n2>COUNT) (<h>AND A HALF)? | A? (<few>FEW) | (<some>SOME) | (<a>A) (<hb>HALF)? | (<ha>HALF) A)"
)


def _amount(m: Match) -> float | None:
    """The number that an amount names; None for "a few"."""
    if m.has("few"):
        value = m.value("few")
        return None if value == "X" else float(value)
    if m.has("some"):
        return None
    if m.has("ha") or m.has("hb"):
        return 0.5
    if m.has("a"):
        return 1.0
    number = m.value("n2") if m.has("n2") else m.value("n")
    return float(number) + (0.5 if m.has("h") else 0.0)


def _moved(m: Match, direction: int, base: str) -> Sense | None:
    """A calendar unit `amount` units away, at the unit's own precision; a vague reference where the amount is vague."""
    unit, amount = m.value("u"), _amount(m)
    mod = TimeModifier.APPROX if (m.has("n") or m.has("so")) else None
    if unit == "FN":
        unit, amount = "W", None if amount is None else amount * 2
    if amount is None:
        return Sense(value="PAST_REF" if direction < 0 else "FUTURE_REF")
    if unit in ("S", "MI", "H"):
        return Sense(TimeType.TIME, base=base, unit=unit, count=round(direction * amount * (60 if unit == "MI" else 1)), mod=mod)
    if amount != int(amount):
        unit, amount = {
            "Y": ("M", amount * 12),
            "W": ("D", amount * 7),
            "M": ("D", amount * 30),
            "E": ("Y", amount * 10),
            "C": ("Y", amount * 100),
        }.get(unit, (unit, amount))
    if unit in ("E", "C", "L"):
        unit, amount = "Y", amount * {"E": 10, "C": 100, "L": 1000}[unit]
    if amount > 100000:
        return None
    return Sense(base=base, unit=unit, count=direction * int(amount), mod=mod, compares=unit == "Y" and m.has("a"))


@rule("shift.ago", f"{_AMOUNT} HYP? (<u>ANYUNIT) (<so>AND SO)? (?:AGO)")
def _ago(m: Match) -> Sense | None:
    return _moved(m, -1, "published")


@rule("shift.ago.vague", "(<u>UNITS) (?:AGO)")
def _units_ago(m: Match) -> Sense:
    return Sense(value=calendar.duration_value(None, m.value("u")))


@rule("shift.hence", f"{_AMOUNT} (<u>ANYUNIT) HENCE")
def _hence(m: Match) -> Sense | None:
    return None if m.tokens.word(m.end - 1) == "away" and m.value("u") in ("H", "MI") else _moved(m, 1, "published")


@rule("shift.later", f"{_AMOUNT} (<u>ANYUNIT) (<w>LATER|EARLIER)")
def _later(m: Match) -> Sense | None:
    return _moved(m, m.value("w"), "reference")


@rule("shift.later.adverb", f"{_AMOUNT} (<u>ANYUNIT) (<w>BEFORE|AFTER)")
def _after_adverb(m: Match) -> Sense | None:
    return _moved(m, m.value("w"), "reference") if _closes(m.tokens, m.end) else None


@rule("shift.later.vague", "(<u>UNITS) (<w>LATER|EARLIER)")
def _units_later(m: Match) -> Sense:
    return Sense(value="FUTURE_REF" if m.value("w") > 0 else "PAST_REF")


@rule("shift.year.earlier", "(<u>UNIT) HYP (<w>EARLIER|AGO)")
@rule("shift.year.earlier.period", "(?:THE) (<u>UNIT) HYP (<w>EARLIER|AGO) (<p>PERIOD|QTR)")
def _year_earlier(m: Match) -> Sense | None:
    if m.value("u") != "Y":
        return None
    return Sense(
        base="reference" if m.has("p") else "published",
        unit="Q" if m.has("p") else "Y",
        count=-4 if m.has("p") else -1,
        compares=not m.has("p"),
    )


@rule("shift.period.compared", "THE SAME (?:PERIOD|UNIT|QTR) (?:(<l>LAST) UNIT|A UNIT (?:AGO|EARLIER|BEFORE)|(<p>PREV) UNIT)")
def _same_period(m: Match) -> Sense | None:
    """"the corresponding period last year": the period spoken of, a year before."""
    if m.tokens.values[m.end - 1 if m.has("l") or m.has("p") else m.end - 2] != "Y":
        return None
    unit = m.tokens.values[m.start + 2]
    return Sense(base="reference", unit=unit if unit in ("M", "Q") else "Q", count=-12 if unit == "M" else -4)


@rule("shift.period", "THE (<w>LATEST) PERIOD")
def _latest_period(m: Match) -> Sense:
    return Sense(base="reference", unit="Q", count=0)


@rule("date.year.end", "(?:THE)? (<u>UNIT|QTR|MONTH) (?:POSS|HYP)? (<e>BEGIN)")
def _year_end(m: Match) -> Sense | None:
    if m.value("u") not in ("Y", "M", "Q") or m.value("e") != "END" or m.tokens.kinds[m.end - 2] not in ("POSS", "HYP", "UNIT"):
        return None
    if m.tokens.kinds[m.end - 2] == "UNIT" and m.tokens.kind(m.start) == "THE":
        return None
    return Sense(base="published", unit=m.value("u"), count=0, mod=TimeModifier.END)


# --- times of day --------------------------------------------------------------------------------------------------------

_ZONE = "(?:(?:COMMA)? (?:(<z>ZONE)|(<lo>LOCAL) TIME|(<ct>CITY) TIME|IN (<ci>CITY)))"


def _clock(m: Match, hour: int, minute: int = 0, second: int | None = None) -> Sense | None:
    half = m.value("ap")
    if half is not None:
        if not 1 <= hour <= 12:
            half = None
        else:
            hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    zone = m.value("z") or m.value("ct") or m.value("ci") or ("local" if m.has("lo") else None)
    return Sense(TimeType.TIME, clock=(hour, minute) if second is None else (hour, minute, second), zone=zone)


@rule("time.clock", f"(<c>CLOCK) (?:(<ap>AMPM)|(<h>HRS|UNITS))? {_ZONE}?")
def _clock_time(m: Match) -> Sense | None:
    tokens = m.tokens
    sure = any(m.has(name) for name in ("ap", "h", "z", "lo", "ct"))
    if not sure and tokens.kind(m.start - 1) not in (
        "AT",
        "BY",
        "TO",
        "FROM",
        "SINCE",
        "AND",
        "MODW",
        "COMMA",
        "BETWEEN",
        "HYP",
        "BEFORE",
        "AFTER",
        "ON",
    ):
        return None
    if tokens.kind(m.start - 1) == "HYP" and tokens.kind(m.start - 2) not in ("CLOCK", "N1", "N2"):
        return None
    if m.has("h") and m.kind("h") == "UNITS" and m.value("h") != "H":
        return None
    parts = m.value("c")
    return _clock(m, *parts)


@rule("time.hour", f"(<c>N1|NW) (<ap>AMPM) {_ZONE}?")
def _hour(m: Match) -> Sense | None:
    return _clock(m, int(m.value("c")))


@rule("time.military", "(<c>T4|Y4) (?:HRS|UNITS|(<z>ZONE)|(<lo>LOCAL) TIME) (?:(<z2>ZONE))?")
def _military(m: Match) -> Sense | None:
    hour, minute = divmod(int(m.value("c")), 100)
    if m.tokens.kind(m.start + 1) == "UNITS" and (
        m.tokens.values[m.start + 1] != "H" or (m.kind("c") == "Y4" and m.tokens.word(m.start + 1) != "hrs")
    ):
        return None
    sense = _clock(m, hour, minute)
    return sense and replace(sense, zone=sense.zone or m.value("z2"))


@rule("time.oclock", f"(<c>N1|NW) OCLOCK (?:IN THE (<p>PART))? {_ZONE}?")
def _oclock(m: Match) -> Sense | None:
    hour = int(m.value("c"))
    if not 1 <= hour <= 12:
        return None
    if m.has("p"):
        hour = hour % 12 + (12 if m.value("p") in ("AF", "EV") or (m.value("p") == "NI" and hour >= 6) else 0)
    return _clock(m, hour)


@rule("time.hour.part", "(<c>N1|NW|CLOCK) IN THE (<p>PART)")
def _hour_in_the(m: Match) -> Sense | None:
    value = m.value("c")
    hour, minute = (value[0], value[1]) if isinstance(value, tuple) else (int(value), 0)
    if not 1 <= hour <= 12 or m.tokens.kind(m.start - 1) not in ("AT", "BY", "TO", "MODW", "UNTIL", "AND", "AFTER", "BEFORE"):
        return None
    hour = hour % 12 + (12 if m.value("p") in ("AF", "EV") or (m.value("p") == "NI" and hour >= 6) else 0)
    return _clock(m, hour, minute)


@rule("time.noon", "(<x>(<n>NOON))")
def _noon(m: Match) -> Sense | None:
    if m.tokens.raw(m.start)[0].isupper() and not sentence_ends(m.tokens, m.start - 1):
        return None
    return Sense(TimeType.TIME, clock=(int(m.value("n")), 0))


@rule("time.part", "(<t>THE|THAT) (<p>PART)")
def _the_part(m: Match) -> Sense | None:
    if m.word("t") not in ("the", "that") or m.tokens.kind(m.start - 1) in ("OF",):
        return None
    return Sense(TimeType.TIME, part=m.value("p"))


@rule("time.weekday.part", "(<wd>WD) (<p>PART)")
def _weekday_part(m: Match) -> Sense:
    return Sense(TimeType.TIME, weekday=m.value("wd"), part=m.value("p"))


@rule("time.holiday.part", "(<h>HOL) (<p>PART)")
def _holiday_part(m: Match) -> Sense:
    return Sense(TimeType.TIME, holiday=m.value("h"), part=m.value("p"))


@rule("time.weekday.which.part", "(?:(<w>LAST|NEXT)|THIS) (<wd>WD) (<p>PART)")
def _weekday_which_part(m: Match) -> Sense:
    return Sense(TimeType.TIME, weekday=m.value("wd"), part=m.value("p"), which=m.value("w") or 0, base="published")


@rule("time.part.mid", "(<x>(?:MID HYP?) (<p>PART))")
def _mid_part(m: Match) -> Sense:
    return Sense(TimeType.TIME, part=m.value("p"), mod=TimeModifier.MID)


@rule("time.part.early", "(<q>EARLY|LATE) (<p>PART)")
def _early_part(m: Match) -> Sense | None:
    if m.tokens.kind(m.start - 1) == "A":
        return None
    return Sense(TimeType.TIME, part=m.value("p"), mod=TimeModifier(m.value("q")))


@rule("time.part.of", "(?:THE)? (?:EARLY|LATE)? (<p>PART) (?:OF|ON)")
def _part_of(m: Match) -> Sense | None:
    return None


# --- durations -----------------------------------------------------------------------------------------------------------


def _duration(m: Match, amount: float | None, unit: str, **more: Any) -> Sense:
    if unit == "FN":
        unit, amount = "W", None if amount is None else amount * 2
    return Sense(TimeType.DURATION, length=(amount, unit), **more)


def _is_age(m: Match) -> bool:
    """ "6-year-old boy", "37 years old", "aged 12 years"."""
    i = m.end + (m.tokens.kind(m.end) == "HYP")
    return m.tokens.word(i) in _words("age")


@rule("duration.amount", f"{_AMOUNT} (?:MORE|FULL|OTHER)? (<u>UNIT|UNITS|QTR) (<so>AND SO)?")
def _amount_of_units(m: Match) -> Sense | None:
    tokens, unit = m.tokens, m.value("u")
    number = _amount(m)
    if _is_age(m) or tokens.word(m.start - 1) in ("$", "£", "€") or (unit == "Q" and m.has("a")):
        return None
    if m.kind("u") == "UNIT" and unit != "FN":
        # "one day", "a year"; a plural number before a singular unit is a compound written without its hyphen ("a two day visit").
        if not (m.has("a") or m.has("ha") or m.has("hb") or number == 1 or tokens.raw(m.end)[:1].islower()):
            return None
        if m.has("n2") and m.kind("n2") == "Y4":
            return None
    if m.has("a"):
        if m.kind("u") != "UNIT" or tokens.kind(m.end) in ("HYP", "POSS"):
            return None
        if _is_rate(m):
            return Sense(TimeType.SET, value=calendar.duration_value(1, unit), quant="EACH")
    return _duration(m, number, unit, approximate=m.has("n") or m.has("so"))


@rule("duration.compound", "(?:(<n2>COUNT)|(<few>FEW)) HYP (<u>UNIT|UNITS)")
def _compound(m: Match) -> Sense | None:
    """ "a two-day visit": the article belongs to the visit."""
    if _is_age(m) or m.value("u") == "Q" or (m.tokens.kind(m.end) == "HYP" and m.tokens.kind(m.end + 1) == "AND"):
        return None
    return _duration(m, _amount(m), m.value("u"))


@rule("duration.another", "ANOTHER (?:(<n2>COUNT)|(<few>FEW))? (<u>UNIT|UNITS)")
def _another(m: Match) -> Sense | None:
    if m.kind("u") == "UNIT" and m.value("u") not in ("Y", "M", "W", "H", "E"):
        return None
    return _duration(m, _amount(m) if m.has("n2") or m.has("few") else 1.0, m.value("u"))


@rule("duration.range", "(<x>(<a>(<n>COUNT)) (<l>TO|HYP) (<b>(<k>COUNT) HYP? (<u>UNIT|UNITS)))")
def _duration_range(m: Match) -> list[Piece] | None:
    if _is_age(m) or m.kind("n") == "Y4" or not m.value("n") < m.value("k"):
        return None
    return [("a", _duration(m, float(m.value("n")), m.value("u"))), ("b", _duration(m, float(m.value("k")), m.value("u")))]


@rule("duration.either", "(<u>UNITS) AND (<v>UNITS)")
def _either(m: Match) -> Sense | None:
    """ "weeks or months"."""
    return _duration(m, None, m.value("u")) if m.tokens.lower[m.start + 1] == "or" else None


@rule("duration.round.the.clock", "COUNT (?:UNITS) A (?:UNIT) (?:COMMA? COUNT UNITS A UNIT)?")
def _round_the_clock(m: Match) -> list[Piece] | None:
    """ "24 hours a day, seven days a week" is a manner."""
    pair = (m.tokens.values[m.start], m.tokens.values[m.start + 1], m.tokens.values[m.start + 3])
    return [] if pair in ((24, "H", "D"), (7, "D", "W"), (365, "D", "Y")) else None


def _is_rate(m: Match) -> bool:
    """Whether "a day" says how often: it follows an amount or the plural that it counts ("30 a day", "dozens of calls a day")."""
    tokens, i = m.tokens, m.start - 1
    if tokens.kind(i) in ("N1", "N2", "N3", "N4", "NB", "Y4", "NW", "ONCE", "TIMES"):
        return True
    word = tokens.word(i)
    return tokens.kind(i) == "" and word.endswith("s") and len(word) > 3 and word not in _words("not_plural")


@rule("duration.half", "(<n>COUNT|A) HYP? (<u>UNIT|UNITS) HYP? AND HYP? A HYP? HALF")
def _and_a_half(m: Match) -> Sense:
    return _duration(m, float(m.value("n")) + 0.5, m.value("u"))


@rule(
    "duration.past",
    "(?:THE)? (<w>LAST|PASTW|NEXT|COMING|PREV|FOLL|THESE|THOSE) (?:(<n>COUNT)|(<few>FEW) (?:OF)?) (?:FULL|FISCAL)? (<u>UNIT|UNITS)",
)
def _past_units(m: Match) -> Sense | None:
    amount = _amount(m) if m.has("few") else float(m.value("n"))
    direction = m.value("w") if isinstance(m.value("w"), int) else 0
    return _duration(m, amount, m.value("u"), direction=direction)


@rule("duration.past.order", "(?:THE)? (?:(<n>COUNT)|(<few>FEW)) (<w>LAST|PASTW|NEXT|COMING|PREV|FOLL) (<u>UNITS)")
def _units_past(m: Match) -> Sense:
    amount = _amount(m) if m.has("few") else float(m.value("n"))
    return _duration(m, amount, m.value("u"), direction=m.value("w"))


@rule("duration.past.one", "(?:THE (<w>PASTW|LAST)|(<v>PASTW)) (<u>UNIT|QTR) (<so>AND SO)?")
def _past_unit(m: Match) -> Sense | None:
    if m.tokens.kind(m.start) != "THE" and (m.tokens.kind(m.start - 1) == "THIS" or m.value("u") in ("H", "MI", "Q")):
        return None
    return _duration(m, 1.0, m.value("u"), direction=-1, approximate=m.has("so"))


@rule("duration.past.this", "THIS (<w>PASTW) (<u>UNIT|WEEKEND)")
def _this_past(m: Match) -> Sense | None:
    return _unit_shift(m.value("u"), -1, "published")


@rule("duration.past.some", "(?:THE)? (<w>FOLL|COMING|NEXT|PREV|LAST|PASTW) (<u>UNITS)")
def _some_units(m: Match) -> Sense:
    return _duration(m, None, m.value("u"), direction=m.value("w"))


@rule("vague.recent", "(?:THE)? (?:MOST)? (<w>RECENT|FUTUREW) (<u>UNITS) (?:AND UNITS)?".replace("(?:MOST)? ", ""))
def _recent_units(m: Match) -> Sense:
    return Sense(value="PAST_REF" if m.kind("w") == "RECENT" else "FUTURE_REF")


@rule("duration.first", "(?:THE|THE FULL) (?:(<o>NTH)|(<l>LAST)|FULL|LATTER) (?:(<n>COUNT)|(<few>FEW)) (<u>UNITS)")
def _first_units(m: Match) -> Sense:
    return _duration(m, _amount(m) if m.has("few") else float(m.value("n")), m.value("u"))


@rule("duration.some", "THE (?:NTH|EARLY|LATTER|FULL) (<u>UNITS)")
def _first_some(m: Match) -> Sense:
    return _duration(m, None, m.value("u"))


@rule("duration.the", "(<t>THE) (?:SAME)? (?:FULL)? (<n>COUNT) (<hy>HYP)? (<u>UNITS|UNIT)")
def _the_units(m: Match) -> Sense | None:
    if (m.has("hy") or m.kind("u") == "UNIT") and (m.kind("u") == "UNIT" and not m.has("hy")):
        return None
    if m.word("t") != "the" or _is_age(m):
        return None
    if m.has("hy"):
        return None
    return _duration(m, float(m.value("n")), m.value("u"))


@rule("duration.units", "(<u>UNITS)")
def _bare_units(m: Match) -> Sense | None:
    tokens, i = m.tokens, m.start
    before, word = tokens.kind(i - 1), tokens.word(i - 1)
    if m.value("u") in ("S", "Q") or tokens.lower[i] in ("mins", "hrs", "yrs"):
        return None
    if tokens.kind(i + 1) == "HYP":
        return Sense(TimeType.DURATION, length=(None, m.value("u"))) if tokens.kind(i + 2) == "LONG" else None
    if before in ("IN", "AFTER", "BEFORE") or word in (
        "for",
        "over",
        "of",
        "took",
        "take",
        "takes",
        "spent",
        "spend",
        "lasted",
        "last",
        "lasting",
        "many",
        "more",
        "within",
    ):
        return _duration(m, None, m.value("u"))
    return None


@rule("duration.long", "(<u>UNIT) HYP LONG")
def _unit_long(m: Match) -> Sense | None:
    if m.tokens.kind(m.start - 1) == "HYP":
        return None
    return _duration(m, 1.0, m.value("u"))


@rule("duration.ahead", "(?:THE) (<u>UNITS) (?:AHEAD)")
def _ahead(m: Match) -> Sense:
    return _duration(m, None, m.value("u"), direction=1)


# --- sets ----------------------------------------------------------------------------------------------------------------


@rule("set.each", "(<e>EACH) (?:(<o>OTHER)|(<n>COUNT))? (<u>UNIT|UNITS|QTR|WEEKEND|PART)")
def _each(m: Match) -> Sense | None:
    if m.tokens.kind(m.start - 1) == "" and m.tokens.word(m.start - 1) in ("of",):
        return None
    count = 2 if m.has("o") else m.value("n") or 1
    unit = m.value("u")
    if m.kind("u") == "PART":
        value = f"XXXX-XX-XXT{unit}"
    elif unit == "WE":
        value = "XXXX-WXX-WE"
    else:
        value = calendar.duration_value(count * (2 if unit == "FN" else 1), "W" if unit == "FN" else unit)
    return Sense(TimeType.SET, value=value, quant=m.value("e"), freq="1X")


@rule("set.each.named", "(<e>EACH) (?:(<wd>WD)|(<m>MON|MAY)|(<s>SEASONW)|(<h>HOL)) (<p>PART)?")
def _each_named(m: Match) -> Sense | None:
    part = f"T{m.value('p')}" if m.has("p") else ""
    if m.has("wd"):
        return Sense(TimeType.SET, value=f"XXXX-WXX-{m.value('wd')}{part}", quant=m.value("e"), freq="1X")
    if m.has("m"):
        return Sense(TimeType.SET, value=f"XXXX-{m.value('m'):02d}", quant=m.value("e"), freq="1X") if _is_month(m, "m") else None
    if m.has("s"):
        return Sense(TimeType.SET, value=f"XXXX-{m.value('s')}", quant=m.value("e"), freq="1X")
    return Sense(TimeType.SET, value="XXXX-XX-XX", quant=m.value("e"), freq="1X")


@rule("set.weekdays", "(<wd>WDP) (?:(<p>PARTS))?")
def _weekdays(m: Match) -> Sense:
    return Sense(TimeType.SET, value=f"XXXX-WXX-{m.value('wd')}" + (f"T{m.value('p')}" if m.has("p") else ""), quant="EVERY")


@rule("set.weekday.parts", "(<wd>WD) (<p>PARTS)")
def _weekday_parts(m: Match) -> Sense:
    return Sense(TimeType.SET, value=f"XXXX-WXX-{m.value('wd')}T{m.value('p')}", quant="EVERY")


@rule("set.frequency", "(<f>FREQ)")
def _frequency(m: Match) -> Sense | None:
    tokens, i = m.tokens, m.start
    following = tokens.raw(i + 1)
    if tokens.raw(i)[0].isupper() and (following[:1].isupper() or (i and not sentence_ends(tokens, i - 1))):
        return None
    unit = m.value("f")
    if m.word("f") in ("annual", "yearly", "quarterly", "monthly") and following[:1].islower() and m.word("f") == "quarterly":
        return None
    return Sense(TimeType.SET, value=unit, freq="1X")


@rule("set.per", "(?:PER) (<u>UNIT)")
def _per(m: Match) -> Sense:
    return Sense(TimeType.SET, value=calendar.duration_value(1, m.value("u")), quant="EACH")


@rule("set.times", "(?:ONCE|(?:COUNT|FEW) TIMES) (?:EACH|A|PER) (<u>UNIT)")
def _times_a(m: Match) -> Sense:
    count = m.tokens.values[m.start]
    times = f"{count}X" if isinstance(count, int) else None
    return Sense(TimeType.SET, value=calendar.duration_value(1, m.value("u")), freq=times)


# --- vague ---------------------------------------------------------------------------------------------------------------


@rule(
    "duration.within",
    "(<x>THE? (?:(<o>NTH)|(<l>LAST)|(<f>FULL)) (?:(<n>COUNT)|(<few>FEW))? (<u>UNIT|UNITS) OF (?:(<m>MONTH) (?:COMMA? (<y>YEAR))?|(<z>YEAR)))",
)
def _within(m: Match) -> Sense | None:
    """ "the last two weeks of February 1951", "the first ten months of 1915": a stretch at one end of a month or year."""
    if m.has("m") and not _is_month(m, "m"):
        return None
    amount = _amount(m) if m.has("few") else float(m.value("n") or 1)
    order = m.value("o") if m.has("o") else -1 if m.has("l") or m.word("f") in ("final", "closing") else 1
    if m.value("u") not in ("D", "W", "M") or (order not in (1, -1) and m.has("n")):
        return None
    return _duration(m, amount, m.value("u"), month=m.value("m"), year=m.value("y") or m.value("z"), edge=order)


@rule("vague.whole", "THE (<w>PASTW|FUTUREW)")
def _whole_past(m: Match) -> Sense | None:
    if m.tokens.kind(m.end) in (
        "UNIT",
        "UNITS",
        "QTR",
        "SEASON",
        "SEASONX",
        "SEASONS",
        "MON",
        "MAY",
        "WD",
        "COUNT",
        "N1",
        "N2",
        "N3",
        "N4",
        "NB",
        "NW",
        "FEW",
        "WEEKEND",
        "SOME",
        "CURRENT",
    ):
        return None
    if (
        m.tokens.kind(m.end) == ""
        and m.tokens.raw(m.end)[:1].isalpha()
        and m.tokens.word(m.end) not in _words("function")
        and m.kind("w") == "PASTW"
    ):
        return None
    return Sense(value="PAST_REF" if m.kind("w") == "PASTW" else "FUTURE_REF")


@rule("vague.this.time", "(?:AT|BY|TO|FROM|BEFORE|IN|SINCE) (<x>THIS TIME)")
def _this_time(m: Match) -> Sense:
    return Sense(value="PRESENT_REF")


@rule("vague", "(<v>VAGUE)")
def _vague(m: Match) -> Sense | None:
    tokens, word = m.tokens, m.word("v")
    if word == "recently" and tokens.word(m.start - 1) == "as":
        return None
    if word in ("the recent past",) and tokens.kind(m.end) in (
        "UNIT",
        "UNITS",
        "COUNT",
        "N1",
        "N2",
        "N3",
        "N4",
        "NW",
        "FEW",
        "QTR",
        "SEASON",
        "MON",
        "WD",
    ):
        return None
    return Sense(value=m.value("v"))


@rule("vague.recent.adjective", "(<r>RECENT)")
def _recent(m: Match) -> Sense | None:
    return Sense(value="PAST_REF") if m.tokens.raw(m.start)[0].islower() else None


@rule("vague.future", "(<f>FUTUREW)")
def _future(m: Match) -> Sense | None:
    """ "Elian's future", "in future": the noun; the adjective ("future earnings") is no time."""
    following = m.tokens.raw(m.end)
    if not m.tokens.raw(m.start)[0].islower() or m.tokens.kind(m.start - 1) in ("HYP", "A"):
        return None
    if following[:1].isalpha() and m.tokens.kind(m.end) == "" and m.tokens.word(m.end) not in _words("function"):
        return None
    return Sense(value="FUTURE_REF")


# --- choosing, joining, widening -----------------------------------------------------------------------------------------


def read(tokens: Tokens) -> list[Found]:
    """All time expressions of a text, longest first where rules compete, joined and widened by their modifiers."""
    chosen = _join(tokens, _choose(tokens))
    for a, b in pairwise(chosen):
        _share_year(tokens, a, b)
    return [_widen(tokens, found, chosen[i - 1].end if i else 0) for i, found in enumerate(chosen)]


def _choose(tokens: Tokens) -> list[Found]:
    candidates: list[tuple[int, int, int, Match]] = []
    for order, (_, pattern, _build) in enumerate(_compiled()):
        candidates += [(m.start, -m.end, order, m) for m in find(pattern, tokens)]
    candidates.sort(key=lambda c: c[:3])
    chosen: list[Found] = []
    end = 0
    for start, _, order, match in candidates:
        if start < end:
            continue
        name, _, build = _compiled()[order]
        built = build(match)
        if built is None:
            continue
        if isinstance(built, list):
            pieces = [Found(*match.groups[group], sense, name) for group, sense in built]
            for piece in pieces[:-1]:
                piece.through = match.kind("l") in ("HYP", "DASH", "TO", "STROKE")
            chosen += pieces
            end = match.end
        else:
            span = match.groups.get("x", (match.start, match.end))
            chosen.append(Found(*span, built, name))
            end = span[1]
    return chosen


def _join(tokens: Tokens, chosen: list[Found]) -> list[Found]:
    """Joins neighbours that are one expression: "10 p.m. Wednesday", "July last year", "the third quarter of last year"."""
    out: list[Found] = []
    for found in chosen:
        while out and (joined := _joined(tokens, out[-1], found)) is not None:
            out.pop()
            found = joined
        out.append(_with_zone(tokens, found))
    return out


def _with_zone(tokens: Tokens, found: Found) -> Found:
    """ "9:34 p.m., March 19 EST": the zone after the date belongs to the clock."""
    sense = found.sense
    if sense.clock and sense.dated and sense.zone is None and tokens.kind(found.end) == "ZONE":
        return replace(found, end=found.end + 1, sense=replace(sense, zone=tokens.values[found.end]))
    return found


def _share_year(tokens: Tokens, a: Found, b: Found) -> None:
    """In "from May 15 to August 16, 1988" and "the spring and summer of 1979" the year belongs to both; "to" makes a range."""
    gap = [kind for kind in tokens.kinds[a.end : b.start] if kind != "THE"]
    if len(gap) != 1 or gap[0] not in ("HYP", "DASH", "TO", "AND") or a.rule.startswith("duration"):
        return
    x, y = a.sense, b.sense
    if gap[0] != "AND" and x.type in (TimeType.DATE, TimeType.TIME) and y.type is x.type and x.value is None and y.value is None:
        a.through = True
    if x.year is not None or y.year is None or x.base is not None or y.fiscal:
        return
    if x.month and y.month:
        x.year = y.year - (x.month > y.month and gap[0] != "AND")
    elif (x.season and y.season) or (x.quarter and y.quarter) or (x.season and y.month):
        x.year = y.year


_GAPS_DAY = frozenset({(), ("OF",), ("ON",), ("COMMA",), ("COMMA", "ON"), ("OF", "THE")})
_GAPS_CLOCK = frozenset({(), ("OF",), ("COMMA",)})
_GAPS_YEAR = frozenset({(), ("OF",), ("COMMA",), ("IN",)})


def _joined(tokens: Tokens, a: Found, b: Found) -> Found | None:
    gap = tuple(tokens.kinds[a.end : b.start])
    x, y = a.sense, b.sense
    if len(gap) > 2 or a.through:
        return None
    if x.of_day and y.daily and gap in (_GAPS_CLOCK if x.clock else _GAPS_DAY):
        return Found(
            a.start, b.end, replace(y, type=TimeType.TIME, part=x.part, clock=x.clock, zone=x.zone, mod=x.mod or y.mod), a.rule
        )
    if x.daily and y.of_day and (gap == () or (gap == ("COMMA",) and y.clock)) and tokens.kind(b.start) not in ("THE",):
        return Found(
            a.start, b.end, replace(x, type=TimeType.TIME, part=y.part, clock=y.clock, zone=y.zone, mod=x.mod or y.mod), a.rule
        )
    yearly = y.base is not None and y.unit == "Y" and y.month is None and y.type is TimeType.DATE
    within = x.base is None and x.year is None and (x.month or x.quarter or x.season or x.half)
    if x.base == "reference" and x.unit == "Q" and x.count == 0 and y.compares and gap == ():
        return Found(a.start, b.end, replace(x, count=-4), a.rule)
    if yearly and within and gap in _GAPS_YEAR - {("COMMA",)} | ({("COMMA",)} if x.day else set()):
        return Found(a.start, b.end, replace(x, base=y.base, unit="Y", count=y.count), a.rule)
    if (
        x.base is not None
        and x.unit == "Y"
        and x.month is None
        and gap == ("POSS",)
        and (y.quarter or y.half or y.season)
        and y.year is None
    ):
        return Found(a.start, b.end, replace(y, base=x.base, unit="Y", count=x.count), b.rule)
    return None


# The beginnings of an expression that modify it, read backwards from its first token: longest pattern that fits.
_DATE_MODIFIERS = (
    ("(?:THE)? (?:VERY)? (<q>EARLY|LATE|MID) (?:HYP|IN|ON)? (?:THE)?".replace("(?:VERY)? ", ""), None),
    ("(?:THE) (<q>BEGIN|MID) (?:OF) (?:THE)?", None),
    ("(<q>BEGIN) (?:OF)", None),
    ("(<q>LATER|EARLIER|LATE|EARLY) (?:ON|IN)? (?:THE)?", None),
)


@cache
def _widening() -> tuple[re.Pattern[str], ...]:
    return tuple(compile_pattern(pattern) for pattern, _ in _DATE_MODIFIERS)


_APPROXIMATE = {"APPROX": TimeModifier.APPROX}


def _widen(tokens: Tokens, found: Found, floor: int) -> Found:
    """Takes in the modifiers before an expression ("early", "the end of", "more than") and what they say."""
    sense = found.sense
    if sense.type in (TimeType.DATE, TimeType.TIME) and (sense.value is None or sense.century is not None):
        found = _widen_date(tokens, found, floor)
    i = found.start - 1
    if i >= floor and tokens.kinds[i] == "MODW" and (mod := tokens.values[i]) != "ONLY" and not _preposition(tokens, i, found):
        around = tokens.lower[i] in ("around", "about", "circa", "approximately", "roughly")
        countable = sense.type is TimeType.DURATION or (
            sense.base is not None
            and sense.count not in (None, 0)
            and tokens.kinds[found.start] not in ("LAST", "NEXT", "THIS", "THE", "YEST")
        )
        if sense.type is TimeType.DURATION and tokens.kinds[found.start] in ("THE", "THESE", "THOSE") and around:
            countable = False
        if countable or (around and sense.value is None and sense.type is not TimeType.SET):
            return replace(
                found,
                start=i,
                sense=replace(found.sense, mod=TimeModifier(mod), approximate=mod == "APPROX" or found.sense.approximate),
            )
    if (
        i >= floor
        and tokens.kinds[i] == "SOME"
        and sense.type is TimeType.DURATION
        and sense.length
        and sense.length[0]
        and tokens.kinds[found.start] != "A"
    ):
        return replace(found, start=i, sense=replace(found.sense, mod=TimeModifier.APPROX, approximate=True))
    return found


def _preposition(tokens: Tokens, i: int, found: Found) -> bool:
    """Whether "over" or "under" at i governs a stretch ("over the next week") and compares no number ("for over a year")."""
    if tokens.lower[i] not in ("over", "under"):
        return False
    if tokens.kinds[found.start] in ("FEW", "SOME", "THE", "LAST", "NEXT", "PASTW", "COMING", "FOLL", "THESE", "THOSE", "UNITS"):
        return True
    return tokens.kinds[found.start] != "A" and tokens.word(i - 1) not in _words("before_comparison")


def _widen_date(tokens: Tokens, found: Found, floor: int) -> Found:
    for size in (4, 3, 2, 1):
        start = found.start - size
        if start < floor:
            continue
        for pattern in _widening():
            match = pattern.fullmatch(tokens.classes, start, found.start)
            if match is None:
                continue
            q = match.start("q")
            mod = (
                TimeModifier.START
                if tokens.kinds[q] == "EARLIER"
                else TimeModifier.END
                if tokens.kinds[q] == "LATER"
                else TimeModifier(tokens.values[q])
            )
            if not _modifiable(tokens, found, q, found.start):
                continue
            if (
                tokens.kinds[start] == "THE"
                and tokens.kinds[found.start - 1] == "HYP"
                and tokens.kinds[found.start] in _NAMED
                and _before_noun(tokens, found)
            ):
                start += 1  # "the late-November trip": the article belongs to the trip
            return replace(found, start=start, sense=replace(found.sense, mod=mod))
    return found


_NAMED = frozenset({"MON", "MAY", "MAB", "WD", "SEASON", "SEASONX", "UNIT"})


def _before_noun(tokens: Tokens, found: Found) -> bool:
    return (
        tokens.kind(found.end) == "" and tokens.raw(found.end)[:1].isalpha() and tokens.word(found.end) not in _words("function")
    )


def _modifiable(tokens: Tokens, found: Found, q: int, end: int) -> bool:
    sense = found.sense
    if tokens.kinds[q] in ("EARLIER", "LATER"):
        return sense.base is not None or sense.weekday is not None or (tokens.kind(q + 1) == "IN")
    if tokens.kind(end - 1) == "THE" and tokens.kinds[found.start] == "THE":
        return False
    return sense.dated or sense.part is not None


def sentences(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Token ranges of sentences, as far as punctuation tells them."""
    start = 0
    for i in range(len(tokens)):
        if sentence_ends(tokens, i):
            yield start, i + 1
            start = i + 1
    if start < len(tokens):
        yield start, len(tokens)
