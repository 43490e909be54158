"""Quarters, halves, seasons, holidays and fiscal years.

In: a `Match`. Out: what it says, a `Sense`; None where it is no time after all. Each rule is true of English at large.
"""

from __future__ import annotations

from pipeline.records import TimeModifier
from pipeline.times.grammar import Match, sentence_ends
from pipeline.times.rules.common import (
    rule,
    short_year,
    words,
)
from pipeline.times.senses import Sense

_OF_YEAR = "(?:OF? FISCAL? (<y>YEAR|SHORT))"


def _year_of(m: Match) -> int | None:
    if not m.has("y"):
        return None
    return short_year(m.value("y")) if m.kind("y") == "SHORT" else m.value("y")


@rule("date.quarter.adjective", "(<f>FISCAL)? (<n>NTH) HYP (<u>QTR)")
@rule("date.quarter", f"(?:THE FULL?)? (<f>FISCAL)? (<n>NTH) (<u>QTR) {_OF_YEAR}?")
def _quarter(m: Match) -> Sense | None:
    after = m.groups["u"][1]
    if m.value("n") > 4 or (m.tokens.kind(after) == "HYP" and m.tokens.word(after + 1) in ("century", "final", "finals", "mile")):
        return None
    return Sense(quarter=m.value("n"), year=_year_of(m), fiscal=m.has("f"))


@rule(
    "date.quarter.last",
    "THE (?:LAST|(<f>FULL)) QTR OF (?:FISCAL? (<y>YEAR)|(?:(<w>LAST|THIS|NEXT|THAT)|THE) (<u>UNIT))",
)
def _last_quarter_of(m: Match) -> Sense | None:
    """ "the final quarter of 2018", "the last quarter of the year"."""
    if (m.has("f") and m.word("f") != "final") or m.value("u") not in (None, "Y"):
        return None
    if m.has("y"):
        return Sense(quarter=4, year=m.value("y"), fiscal="FISCAL" in m.tokens.kinds[m.start : m.end])
    base = "reference" if m.kind("w") == "THAT" else "published"
    return Sense(quarter=4, base=base, unit="Y", count={"LAST": -1, "NEXT": 1}.get(m.kind("w"), 0))


@rule("date.accounts", "THE? (<a>ACCOUNTS)")
def _accounts(m: Match) -> Sense:
    """ "FY24", "Q3 2023", "H1 2024"."""
    letter, part, year = m.value("a")
    if letter == "F":
        return Sense(year=year, fiscal=True)
    return Sense(quarter=part, year=year) if letter == "Q" else Sense(half=part, year=year)


@rule("date.fiscal.after", "THE? (<y>Y4) (?:(?:HYP|DASH|STROKE) (<z>N1|N2|N3|N4|Y4))? (?:FISCAL) (<u>UNIT)")
def _fiscal_after(m: Match) -> Sense | None:
    """ "the 2024 fiscal year", "the 2023-24 financial year": named by the year in which it ends."""
    return Sense(year=m.value("y") + m.has("z"), fiscal=True) if m.value("u") == "Y" else None


@rule("date.quarter.month", "(?:THE)? (<m>MON) (<u>QTR)")
def _quarter_of_month(m: Match) -> Sense | None:
    """ "the March quarter": the one that ends with March."""
    return Sense(quarter=m.value("m") // 3) if m.value("m") % 3 == 0 else None


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
    return Sense(season=m.value("s"), year=m.value("y") if m.has("y") else short_year(m.value("z")))


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
    if tokens.word(m.start - 1) == "one":
        return None  # "one summer": nobody says which
    if tokens.raw(i)[0].isupper() and not (m.start == i and sentence_ends(tokens, i - 1)) and before not in ("IN",):
        return None
    if tokens.kind(i + 1) in ("HYP", "POSS") or after in words("season_compound"):
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
    which = m.value("c") if m.has("c") else m.value("p") if m.has("p") else m.value("w")
    base = "reference" if m.has("t") or (m.has("p") and m.kind("p") in ("FOLL", "PREV", "NEXT")) else "published"
    return Sense(season=m.value("s"), base=base, which=which if isinstance(which, int) else 0)


@rule("date.holiday", "(<h>HOL) (?:(?:COMMA|OF)? (<y>YEAR))?")
def _holiday(m: Match) -> Sense | None:
    if not m.has("y") and _names_something(m):
        return None
    return Sense(holiday=m.value("h"), year=m.value("y"))


def _names_something(m: Match) -> bool:
    """Whether the feast is part of a name: "the Easter Rising"; but "the Victory Day Parade" is on the day."""
    tokens = m.tokens
    following = tokens.raw(m.end)
    if tokens.raw(m.start - 1)[:1].isupper() and tokens.word(m.start - 1) in words("name_before"):
        return True
    named = following[:1].isupper() and following[1:2].islower() and tokens.kind(m.end) == ""
    return named and tokens.word(m.start).rsplit(" ", 1)[-1] not in words("feast_days")


@rule("date.holiday.which", "(?:(<w>LAST|NEXT)|THIS) (?:PASTW|COMING)? (<h>HOL)")
def _holiday_which(m: Match) -> Sense:
    return Sense(holiday=m.value("h"), which=m.value("w") or 0, base="published")


@rule("date.fiscal", "(?:THE)? (<f>FISCAL) (<u>UNIT)? (<y>YEAR)")
def _fiscal(m: Match) -> Sense | None:
    return Sense(year=m.value("y"), fiscal=True) if m.value("u") in (None, "Y") else None
