"""Days, months, years, decades and centuries that the words name.

In: a `Match`. Out: what it says, a `Sense`; None where it is no time after all. Each rule is true of English at large.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline import calendar
from pipeline.records import TimeModifier, TimeType
from pipeline.times.grammar import Match, Tokens, sentence_ends
from pipeline.times.rules.common import (
    Piece,
    counted,
    day_of_month,
    era_of,
    is_month,
    rule,
    short_year,
    words,
)
from pipeline.times.senses import Sense


@rule("date.iso", "ISO")
def _iso(m: Match) -> Sense | None:
    raw = m.tokens.raw(m.start).upper().replace(" ", "T")
    date, _, clock = raw.partition("T")
    year, month, day = (int(part) for part in date.split("-"))
    sense = day_of_month(day, month, year)
    if sense is None or not clock:
        return sense
    found = re.match(r"(\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", clock)
    if found is None or int(found[1]) > 23:
        return sense
    parts = tuple(int(x) for x in found.groups()[:3] if x)
    offset = calendar.utc_offset(found[4]) if found[4] else None
    zone = None if offset is None else str(int(offset.total_seconds()) // 60)
    return replace(sense, type=TimeType.TIME, clock=parts, zone=zone)


@rule("date.foreign", "(<d>DAYNUM) DOT? (<m>MONX) (<y>YEAR)")
def _foreign(m: Match) -> Sense | None:
    """ "9 июля 2024", "9. Juli 2024": a full date in another language."""
    return day_of_month(m.value("d"), m.value("m"), m.value("y"))


@rule("date.numeric", "(<s>SLASH)")
def _numeric(m: Match) -> Sense | None:
    raw = m.value("s")
    a, b, c = (int(part) for part in re.split(r"[/.]", raw))
    if len(raw.split(raw[len(str(a)) :][0])[0]) == 4:
        return day_of_month(c, b, a)
    year = c if c > 99 else c + (2000 if c < 50 else 1900)
    first_is_day = a > 12 or "." in raw
    # 3/4/2024 is read the American way, month first; dots are European, day first.
    return day_of_month(a, b, year) if first_is_day else day_of_month(b, a, year)


_WEEKDAY_BEFORE = "(?:(?:THIS|THE|LAST|NEXT)? (?:COMING|PASTW)? (<wd>WEEKDAY) COMMA? (?:THE)?)?"


@rule("date.dmy", f"{_WEEKDAY_BEFORE} THE? (<d>DAYNUM|NTH) (<day>UNIT)? OF? (<m>MONTH) (?:COMMA? (<y>YEAR) (<era>ERA)?)?")
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
    if not is_month(m, "m") or m.value("day") not in (None, "D"):
        return None
    year = m.value("y")
    if (
        year is not None
        and m.groups["y"][0] - 1 > m.start
        and m.tokens.kind(m.groups["y"][0] - 1) == "COMMA"
        and counted(m.tokens, m.groups["y"][0])
    ):
        return None
    return day_of_month(m.value("d"), m.value("m"), year, era=era_of(m), weekday=m.value("wd"))


@rule("date.dmy.short", "(<d>DAYNUM) (?:HYP) (<m>MONTH) HYP (<y>YEAR|N1|N2|N3|N4)")
def _dmy_short(m: Match) -> Sense | None:
    year = m.value("y")
    if year < 100:
        year += 2000 if year < 50 else 1900
    return day_of_month(m.value("d"), m.value("m"), year)


@rule(
    "date.range.dmy",
    "(<a>THE? (<c>DAYNUM|NTH)) (<l>HYP|DASH|TO|AND|COMMA|STROKE) "
    "(<b>THE? (<d>DAYNUM|NTH) (?:OF)? (<m>MONTH) (?:COMMA? (<y>YEAR))?)",
)
def _range_dmy(m: Match) -> list[Piece] | None:
    if not is_month(m, "m") or (m.kind("c") in ("ORDW", "SECOND") and m.kind("d") not in ("ORDW", "SECOND")):
        return None
    first, second = day_of_month(m.value("c"), m.value("m"), m.value("y")), day_of_month(m.value("d"), m.value("m"), m.value("y"))
    if first is None or second is None or m.value("c") >= m.value("d"):
        return None
    return [("a", first), ("b", second)]


@rule(
    "date.range.mdy", "(<a>(<m>MONTH) THE? (<d>DAYNUM|NTH)) (<l>HYP|DASH|TO|AND) THE? (<b>(<e>DAYNUM|NTH) (?:COMMA? (<y>YEAR))?)"
)
def _range_mdy(m: Match) -> list[Piece] | None:
    first, second = day_of_month(m.value("d"), m.value("m"), m.value("y")), day_of_month(m.value("e"), m.value("m"), m.value("y"))
    if not is_month(m, "m") or first is None or second is None or m.value("d") >= m.value("e"):
        return None
    if m.tokens.kind(m.end) in ("AMPM", "MON", "MAY", "MAB", "UNITS", "UNIT", "CLOCK") or (
        m.word("l") == "and" and counted(m.tokens, m.groups["e"][0])
    ):
        return None
    return [("a", first), ("b", second)]


@rule("date.range.months", "(<a>(<m>MON|MAY|MAB DOT?)) (<l>HYP|DASH|TO|AND|COMMA) (<b>(<n>MONTH) OF? (<y>YEAR))")
def _range_months(m: Match) -> list[Piece] | None:
    if not (is_month(m, "m") and is_month(m, "n")):
        return None
    year = m.value("y") - (m.value("m") > m.value("n"))
    return [("a", Sense(month=m.value("m"), year=year)), ("b", Sense(month=m.value("n"), year=m.value("y")))]


@rule("date.my", "(<m>MONTH) (?:COMMA|OF|HYP)? (<y>YEAR) (<era>ERA)?")
def _my(m: Match) -> Sense | None:
    if not is_month(m, "m") or counted(m.tokens, m.groups["y"][0]):
        return None
    return Sense(month=m.value("m"), year=m.value("y"), era=era_of(m))


@rule("date.my.short", "(<m>MONTH) (<y>SHORT)")
def _my_short(m: Match) -> Sense:
    return Sense(month=m.value("m"), year=short_year(m.value("y")))


@rule("date.month", "(<m>MONTH)")
def _month(m: Match) -> Sense | None:
    tokens, i = m.tokens, m.start
    word, raw = tokens.lower[i], tokens.raw(i)
    if m.kind("m") == "MAB" and not (tokens.kind(i + 1) == "DOT" or raw == "Sept"):
        return None
    if not raw[0].isupper() or _is_rare_name(tokens, i):
        return None
    if word in words("month_or_word") or word in words("month_or_name"):
        before = tokens.kind(i - 1) in _MONTH_AFTER or (tokens.word(i - 1) == "for" and _set_for(tokens, i - 1))
        following = tokens.raw(i + 1)
        if word == "may" and not before:
            return None
        if not before and (i == 0 or sentence_ends(tokens, i - 1)) and word in words("month_or_verb"):
            return None
        if (
            word == "march"
            and tokens.kind(i - 1) in ("", "LONG")
            and tokens.raw(i - 1)[:1].isupper()
            and not sentence_ends(tokens, i - 2)
        ):
            return None
        if word == "march" and not before and tokens.word(i + 1) in words("march_for"):
            return None  # "the annual March for Life"
        # "April Glaspie", "June Carter": a given name before a capitalised word, unless a preposition of time goes before.
        if (
            (not before or tokens.kind(i - 1) == "COMMA")
            and word in words("month_or_name")
            and following[:1].isupper()
            and tokens.glued(i + 1) is False
            and tokens.kind(i + 1) == ""
        ):
            return None
    return Sense(month=m.value("m"))


def _is_rare_name(tokens: Tokens, i: int) -> bool:
    """Whether "January" is a given name: between a word that is no preposition and a surname ("minister January Makamba")."""
    before, following = tokens.raw(i - 1), tokens.raw(i + 1)
    between = not tokens.kind(i - 1) and before.isalpha() and not tokens.kind(i + 1) and following.istitle()
    behind = before.lower() not in words("function") and not sentence_ends(tokens, i - 1)
    return tokens.lower[i] in words("month_or_rare_name") and between and behind and not tokens.glued(i + 1)


def _set_for(tokens: Tokens, i: int) -> bool:
    """Whether "for" at i follows something planned: "a drill planned by both navies for May"."""
    return any(tokens.word(j) in words("set_for") for j in range(max(0, i - _SET_FOR_TOKENS), i))


_SET_FOR_TOKENS = 12
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
    "(?:THE? (<w>LAST|NEXT|PREV|FOLL|COMING) | (?:THIS|(<that>THAT)) (<c>COMING|PASTW)? | THE? (<p>PASTW)) "
    "(<m>MONTH) (?:THE? (<d>DAYNUM|NTH))?",
)
def _month_which(m: Match) -> Sense | None:
    if not is_month(m, "m") or (m.kind("m") == "MAB" and m.tokens.kind(m.groups["m"][0] + 1) != "DOT"):
        return None
    which = m.value("w") if m.has("w") else m.value("c") if m.has("c") else m.value("p") if m.has("p") else 0
    if m.has("that") and not m.tokens.raw(m.groups["m"][0])[0].isupper():
        return None
    base = "reference" if m.has("that") or m.kind("w") in ("PREV", "FOLL") else "published"
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
        and (following[:1].isupper() or tokens.word(m.end) not in words("function"))
    ):
        return None
    return Sense(day=m.value("d"), base="reference", unit="M", count=0)


@rule("date.days.anaphoric", "(?:ON|BETWEEN|FROM) (<a>THE (<c>ORD)) (<l>AND|TO|HYP|DASH) (<b>THE? (<d>ORD))")
def _nth_days(m: Match) -> list[Piece] | None:
    """ "on the 29th and 30th"."""
    following = m.tokens.raw(m.end)
    noun = following[:1].isalpha() and not m.tokens.kind(m.end) and m.tokens.word(m.end) not in words("function")
    if noun or m.tokens.kind(m.end) in ("OF", "MON", "MAY", "MAB") or not 1 <= m.value("c") < m.value("d") <= 31:
        return None
    return [(name, Sense(day=m.value(day), base="reference", unit="M", count=0)) for name, day in (("a", "c"), ("b", "d"))]


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
    before, after = m.tokens.raw(m.start - 1), m.tokens.raw(m.end)
    if m.tokens.kind(m.start - 1) == "THE" and after.istitle() and m.tokens.kind(m.end) in ("", "TIMES", "TIME"):
        return None  # "the Sunday Times"
    if not m.tokens.raw(m.start)[0].isupper() or (before[:1].isupper() and before.lower() in words("name_before")):
        return None
    noun = after.islower() and not m.tokens.kind(m.end) and m.tokens.word(m.end) not in words("function")
    if m.tokens.kind(m.start - 1) == "A" and m.tokens.kind(m.start - 2) == "ON" and not noun and m.tokens.kind(m.end) != "PART":
        return Sense(value=f"XXXX-WXX-{m.value('wd')}")  # "on a Tuesday": any of them
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


@rule("date.year", "(<y>Y4)")
def _year(m: Match) -> Sense | None:
    tokens, i, year = m.tokens, m.start, m.value("y")
    before, kind = tokens.word(i - 1), tokens.kind(i - 1)
    if before in words("amount_signs") or tokens.raw(i + 1)[:1] in words("amount_signs") or counted(tokens, i):
        return None
    if kind == "DASH" and tokens.glued(i) and tokens.raw(i - 1) == "-":
        return None
    if before in words("numbered") or (
        kind == "HYP" and tokens.kind(i - 2) not in ("Y4", "MID", "EARLY", "LATE", "POSS", "SHORT", "")
    ):
        return None
    if kind == "HYP" and tokens.kind(i - 2) == "":
        # "post-1945", "pre-1914" are dates; "F-2000" is a name.
        return Sense(year=year) if tokens.word(i - 2) in words("year_prefix") else None
    if tokens.kind(i + 1) == "HYP" and tokens.kind(i + 2) == "" and tokens.word(i + 2) not in words("year_compound"):
        return None
    if tokens.word(i - 1) in (":", "/") and tokens.glued(i):
        return None
    likely = 1900 <= year <= 2060
    if not likely and year >= 1500 and before in words("before_year"):
        return Sense(year=year)
    if (
        likely
        or kind in ("IN", "SINCE", "BY", "OF", "FROM", "TO", "BETWEEN", "EARLY", "LATE", "MID", "AND", "BEFORE", "AFTER", "BEGIN")
        or tokens.kind(i + 1) in ("RP",)
    ):
        return Sense(year=year)
    named = kind in ("LP", "COMMA", "HYP", "THE", "SEASON", "SEASONX", "POSS") or before in words("possessives")
    return Sense(year=year) if year >= 1500 and named else None


@rule("date.year.words", "(?:THE (<l>UNIT))? (<y>YW)")
def _year_words(m: Match) -> Sense | None:
    return Sense(year=m.value("y")) if m.value("l") in (None, "Y") else None


@rule("date.year.the", "THE (<l>UNIT) (<y>Y4|NW|NB|N4) (<era>ERA)?")
def _the_year(m: Match) -> Sense | None:
    year = m.value("y")
    if m.value("l") != "Y" or not isinstance(year, int) or (year < 100 and not m.has("era")) or not 1 <= year <= 2200:
        return None
    return Sense(year=year, era=era_of(m))


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
        return Sense(year=short_year(m.value("y")))
    return None


@rule("date.years.full", "(<a>(<y>Y4)) (<l>STROKE) (<b>(<z>Y4))")
def _years_full(m: Match) -> list[Piece] | None:
    """ "2025/2026": a season or a year of account that runs over the new year."""
    first, last = m.value("y"), m.value("z")
    return [("a", Sense(year=first)), ("b", Sense(year=last))] if last == first + 1 else None


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
    return Sense(year=year, era=era_of(m))


@rule("date.years.bc", "(<a>(<y>N2|N3|N4|NB)) (<l>HYP|DASH|TO|AND) (<b>(<z>N2|N3|N4|NB) (<era>ERA))")
def _years_bc(m: Match) -> list[Piece] | None:
    if not (isinstance(m.value("y"), int) and isinstance(m.value("z"), int)):
        return None
    return [("a", Sense(year=m.value("y"), era=era_of(m))), ("b", Sense(year=m.value("z"), era=era_of(m)))]


@rule("date.decade", "THE? (<d>DEC)")
def _decade(m: Match) -> Sense | None:
    decade = m.value("d")
    if decade < 10 and m.tokens.raw(m.start)[0].isdigit():
        return None
    before = m.tokens.raw(m.start - 1)
    if m.tokens.kind(m.start) == "DEC" and before[:1].isupper() and not m.tokens.kind(m.start - 1):
        return None  # "Mirage 2000s"
    if decade < 10 and m.tokens.word(m.start - 1) in words("possessives"):
        return None  # "in his '50s": an age
    return Sense(decade=decade)


@rule("date.decades", "(<a>THE? (<d>DEC)) (<l>AND|TO|HYP|DASH) (<b>THE? (?:EARLY|MID|LATE)? HYP? (<e>DEC))")
def _decades(m: Match) -> list[Piece] | None:
    """ "the 1970s and 80s": the second decade leaves out its century, and even the apostrophe."""
    first, last = m.value("d"), m.value("e")
    if last >= 10:
        return None
    if first >= 100:
        last += first // 10 * 10
    inner = m.tokens.kinds[m.groups["b"][0] : m.groups["b"][1]]
    mod = next((mods[kind] for kind in inner if kind in (mods := _PARTS_OF_DECADES)), None)
    return [("a", Sense(decade=first)), ("b", Sense(decade=last, mod=mod))]


_PARTS_OF_DECADES = {"EARLY": TimeModifier.START, "MID": TimeModifier.MID, "LATE": TimeModifier.END}


@rule("date.decade.words", "(?:THE) (?:(<c>NW) HYP?)? (?:(?:EARLY|MID|LATE) HYP?)? (<d>DECW)")
def _decade_words(m: Match) -> Sense | None:
    if m.word("c") and not 13 <= m.value("c") <= 20:
        return None
    inner = m.start + 1 + m.has("c")
    mod = _PARTS_OF_DECADES.get(m.tokens.kind(inner))
    if m.tokens.word(m.start) != "the":
        return None
    return Sense(decade=m.value("d") + (m.value("c") * 10 if m.has("c") else 0), mod=mod)


@rule("date.century", "THE? (<n>NTH) HYP? (<u>UNIT) (<era>ERA)?")
def _century(m: Match) -> Sense | None:
    if m.value("u") not in ("C", "L"):
        return None
    if m.value("u") == "L":
        return Sense(value=str(m.value("n") - 1)) if 1 <= m.value("n") <= 3 and m.tokens.kind(m.start) == "THE" else None
    return Sense(century=m.value("n") - 1, era=era_of(m))
