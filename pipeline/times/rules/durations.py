"""Stretches of time: "two weeks", "the past year", "a three-day visit".

In: a `Match`. Out: what it says, a `Sense`; None where it is no time after all. Each rule is true of English at large.
"""

from __future__ import annotations

from pipeline import calendar
from pipeline.records import TimeType
from pipeline.times.grammar import Match
from pipeline.times.rules.common import (
    AMOUNT,
    Piece,
    amount_of,
    closes,
    duration,
    is_age,
    is_month,
    rule,
    unit_shift,
    words,
)
from pipeline.times.senses import Sense


@rule("duration.amount", f"{AMOUNT} (?:MORE|FULL|OTHER)? (<u>UNIT|UNITS|QTR) (<so>AND SO)?")
def _amount_of_units(m: Match) -> Sense | None:
    tokens, unit = m.tokens, m.value("u")
    number = amount_of(m)
    named = unit == "L" and tokens.raw(m.groups["u"][0]).istitle()  # Embraer's Millennium
    if is_age(m) or number == 0 or named or tokens.word(m.start - 1) in ("$", "£", "€") or (unit == "Q" and m.has("a")):
        return None
    if m.kind("u") == "UNIT" and unit != "FN":
        # "one day", "a year"; a plural number before a singular unit is a compound without its hyphen ("a two day visit").
        if not (m.has("a") or m.has("ha") or m.has("hb") or number == 1 or tokens.raw(m.end)[:1].islower()):
            return None
        if m.has("n2") and m.kind("n2") == "Y4":
            return None
    if m.has("a"):
        if m.kind("u") != "UNIT" or tokens.kind(m.end) in ("HYP", "POSS"):
            return None
        if _is_rate(m):
            return Sense(TimeType.SET, value=calendar.duration_value(1, unit), quant="EACH")
    # "five years since the crash" runs until now.
    ends_now = -1 if tokens.kind(m.end) == "SINCE" and unit in calendar.SHIFTED else 0
    return duration(m, number, unit, approximate=m.has("n") or m.has("so"), direction=ends_now)


@rule("duration.compound", "(?:(<n2>COUNT)|(<few>FEW)) HYP (<u>UNIT|UNITS)")
def _compound(m: Match) -> Sense | None:
    """ "a two-day visit": the article belongs to the visit."""
    if (
        is_age(m)
        or amount_of(m) == 0
        or m.value("u") == "Q"
        or (m.tokens.kind(m.end) == "HYP" and m.tokens.kind(m.end + 1) == "AND")
    ):
        return None
    return duration(m, amount_of(m), m.value("u"))


@rule("duration.another", "ANOTHER (?:(<n2>COUNT)|(<few>FEW))? (<u>UNIT|UNITS)")
def _another(m: Match) -> Sense | None:
    if m.kind("u") == "UNIT" and m.value("u") not in ("Y", "M", "W", "H", "E"):
        return None
    return duration(m, amount_of(m) if m.has("n2") or m.has("few") else 1.0, m.value("u"))


@rule("duration.range", "(<x>(<a>(<n>COUNT)) (<l>TO|HYP) (<b>(<k>COUNT) HYP? (<u>UNIT|UNITS)))")
def _duration_range(m: Match) -> list[Piece] | None:
    if is_age(m) or m.kind("n") == "Y4" or not m.value("n") < m.value("k"):
        return None
    return [("a", duration(m, float(m.value("n")), m.value("u"))), ("b", duration(m, float(m.value("k")), m.value("u")))]


@rule("duration.from.event", "(<whole>THE? (<u>UNITS)) (?:AFTER|BEFORE)")
def _units_from_event(m: Match) -> list[Piece] | None:
    """ "hours after the strike", "in the days before the vote"."""
    tokens = m.tokens
    if closes(tokens, m.end) or tokens.kind(m.start - 1) in ("FEW", "HYP") or m.value("u") in ("S", "Q"):
        return None
    return [("whole", duration(m, None, m.value("u")))]


@rule("duration.either", "(<u>UNITS) AND (<v>UNITS)")
def _either(m: Match) -> Sense | None:
    """ "weeks or months"."""
    return duration(m, None, m.value("u")) if m.tokens.lower[m.start + 1] == "or" else None


@rule("duration.round.the.clock", "COUNT (?:UNITS) (?:A|EACH|PER) (?:UNIT) (?:COMMA? COUNT UNITS A UNIT)?")
def _round_the_clock(m: Match) -> list[Piece] | Sense | None:
    """ "24 hours a day, seven days a week" is a manner; "three days a week" is a set."""
    values = m.tokens.values
    count, unit, whole = values[m.start], values[m.start + 1], values[m.start + 3]
    if (count, unit, whole) in ((24, "H", "D"), (7, "D", "W"), (365, "D", "Y")):
        return []
    if m.end - m.start > 4 or not isinstance(count, int) or unit not in _SIZES or whole not in _SIZES:
        return None
    if _SIZES.index(unit) >= _SIZES.index(whole):
        return None
    return Sense(TimeType.SET, value=calendar.duration_value(1, whole), quant="EACH", freq=f"{count}{unit}")


_SIZES = ("MI", "H", "D", "W", "M", "Y")


def _is_rate(m: Match) -> bool:
    """Whether "a day" says how often: it follows an amount or the plural that it counts ("30 a day", "dozens of calls a day")."""
    tokens, i = m.tokens, m.start - 1
    if tokens.kind(m.end) in ("AFTER", "BEFORE") and not closes(tokens, m.end + 1):
        return False  # "the verdict comes a week after the crash"
    if tokens.kind(i) in ("N1", "N2", "N3", "N4", "NB", "Y4", "NW", "ONCE", "TIMES", "UNITS"):
        return True
    word = tokens.word(i)
    return tokens.kind(i) == "" and word.endswith("s") and len(word) > 3 and word not in words("not_plural")


@rule("duration.half", "(<n>COUNT|A) HYP? (<u>UNIT|UNITS) HYP? AND HYP? A HYP? HALF")
@rule("duration.half.before", "(<n>COUNT) HYP AND HYP A HYP HALF HYP? (<u>UNIT|UNITS)")
def _and_a_half(m: Match) -> Sense:
    return duration(m, float(m.value("n")) + 0.5, m.value("u"))


@rule("duration.fraction", "A? (<core>(?:(<q>QTR)|(<h>HALF)) (<hy>HYP)? (?:(<of>OF)? A)? (<u>UNIT))")
def _part_of_a_unit(m: Match) -> Sense | list[Piece] | None:
    """ "a quarter century", "half-century", "a quarter of a century", "a half-hour call"."""
    short = m.value("u") not in ("C", "E", "L")
    if (
        is_age(m)
        or (short and not m.has("hy") and not (m.has("of") and m.value("u") == "H"))
        or (short and m.has("q") and m.has("hy"))
    ):
        return None
    sense = duration(m, 0.25 if m.has("q") else 0.5, m.value("u"))
    following = m.tokens.raw(m.end)
    compound = (
        m.has("hy") and following[:1].isalpha() and not m.tokens.kind(m.end) and m.tokens.word(m.end) not in words("function")
    )
    return [("core", sense)] if compound else sense


@rule("duration.or.two", "A (<u>UNIT) AND (<two>NW)")
def _or_two(m: Match) -> Sense | None:
    """ "a year or two"."""
    if m.value("two") != 2 or m.tokens.word(m.start + 2) != "or" or m.tokens.kind(m.end) in ("UNIT", "UNITS"):
        return None
    return duration(m, 1.0, m.value("u"), approximate=True)


@rule("duration.hundreds", "(<n>MANYOF) (<u>UNITS)")
def _hundreds(m: Match) -> Sense:
    """ "hundreds of years"."""
    return duration(m, None, m.value("u"))


@rule("duration.while", "(<x>(<s>STRETCH))")
def _while(m: Match) -> Sense | None:
    """ "for some time", "after a while"."""
    return Sense(TimeType.DURATION, value="PXX") if m.tokens.word(m.start - 1) in words("before_stretch") else None


@rule(
    "duration.past",
    "THE? (<w>LAST|PASTW|NEXT|COMING|PREV|FOLL|THESE|THOSE) (?:(<n>COUNT)|(<few>FEW) OF?) (?:FULL|FISCAL)? (<u>UNIT|UNITS)",
)
def _past_units(m: Match) -> Sense | None:
    if m.kind("w") == "LAST" and m.tokens.kind(m.start) == "LAST" and m.tokens.word(m.start - 1) in words("before_verb"):
        return None  # "will last ten days"
    amount = amount_of(m) if m.has("few") else float(m.value("n"))
    direction = m.value("w") if isinstance(m.value("w"), int) else 0
    return duration(m, amount, m.value("u"), direction=direction)


@rule("duration.past.order", "(?:THE)? (?:(<n>COUNT)|(<few>FEW)) (<w>LAST|PASTW|NEXT|COMING|PREV|FOLL) (<u>UNITS)")
def _units_past(m: Match) -> Sense:
    amount = amount_of(m) if m.has("few") else float(m.value("n"))
    return duration(m, amount, m.value("u"), direction=m.value("w"))


@rule("duration.past.seasons", "THE? (?:LAST|PASTW|NEXT|COMING) COUNT (<s>SEASONS)")
def _past_seasons(m: Match) -> Sense:
    """ "the past three summers"."""
    return Sense(TimeType.SET, value=f"XXXX-{m.value('s')}")


@rule("duration.year.earlier", "(?:THE)? UNIT HYP (?:EARLIER|AGO) (<n>COUNT) (<u>UNITS)")
def _year_earlier_units(m: Match) -> Sense:
    """ "the year-earlier nine months"."""
    return duration(m, float(m.value("n")), m.value("u"))


@rule("duration.past.one", "(?:THE (<w>PASTW|LAST)|(<v>PASTW)) (<u>UNIT|QTR) (<so>AND SO)?")
def _past_unit(m: Match) -> Sense | None:
    if m.tokens.kind(m.start) != "THE" and (m.tokens.kind(m.start - 1) == "THIS" or m.value("u") in ("H", "MI", "Q")):
        return None
    return duration(m, 1.0, m.value("u"), direction=-1, approximate=m.has("so"))


@rule("duration.past.this", "THIS (<w>PASTW) (<u>UNIT|WEEKEND)")
def _this_past(m: Match) -> Sense | None:
    return unit_shift(m.value("u"), -1, "published")


@rule("duration.past.some", "(?:THE)? (<w>FOLL|COMING|NEXT|PREV|LAST|PASTW) (<u>UNITS) (?:AND UNITS)?")
def _some_units(m: Match) -> Sense | None:
    if m.kind("w") == "LAST" and m.tokens.kind(m.start) == "LAST":
        return None  # the verb: "batteries that last years"
    return duration(m, None, m.value("u"), direction=m.value("w"))


@rule("vague.recent", "(?:THE)? (?:MOST)? (<w>RECENT|FUTUREW) (<u>UNITS) (?:AND UNITS)?".replace("(?:MOST)? ", ""))
def _recent_units(m: Match) -> Sense:
    return Sense(value="PAST_REF" if m.kind("w") == "RECENT" else "FUTURE_REF")


@rule("duration.first", "(?:THE|THE FULL) (?:(<o>NTH)|(<l>LAST)|FULL|LATTER) (?:(<n>COUNT)|(<few>FEW)) (<u>UNITS)")
def _first_units(m: Match) -> Sense:
    return duration(m, amount_of(m) if m.has("few") else float(m.value("n")), m.value("u"))


@rule("duration.some", "THE (?:NTH|EARLY|LATTER|FULL) (<u>UNITS)")
def _first_some(m: Match) -> Sense:
    return duration(m, None, m.value("u"))


@rule("duration.the", "(<t>THE) (?:SAME)? (?:FULL)? (<n>COUNT) (<hy>HYP)? (<u>UNITS|UNIT)")
def _the_units(m: Match) -> Sense | None:
    if (m.has("hy") or m.kind("u") == "UNIT") and (m.kind("u") == "UNIT" and not m.has("hy")):
        return None
    if m.word("t") != "the" or is_age(m):
        return None
    if m.has("hy"):
        return None
    return duration(m, float(m.value("n")), m.value("u"))


@rule("duration.the.units", "THE (<u>UNITS)")
def _the_bare_units(m: Match) -> Sense | None:
    """ "over the years", "in the weeks that followed"."""
    tokens = m.tokens
    running = tokens.word(m.start - 1) in words("running_over")
    told = tokens.kind(m.start - 1) == "IN" and tokens.word(m.end) in words("units_told")
    return duration(m, None, m.value("u")) if (running or told) and m.value("u") not in ("S", "Q") else None


@rule("duration.units", "(<u>UNITS)")
def _bare_units(m: Match) -> Sense | None:
    tokens, i = m.tokens, m.start
    before, word = tokens.kind(i - 1), tokens.word(i - 1)
    if is_age(m) or m.value("u") in ("S", "Q") or tokens.lower[i] in ("mins", "hrs", "yrs"):
        return None
    if tokens.kind(i + 1) == "HYP":
        return None
    if before in ("IN", "AFTER", "BEFORE") or word in words("before_units"):
        return duration(m, None, m.value("u"))
    if tokens.kind(i + 1) == "OF" and word not in words("hours_of") and not (m.value("u") == "MI" and before == "THE"):
        return duration(m, None, m.value("u"))  # "hours of talks"
    return None


@rule("duration.long", "(<n>COUNT HYP)? (?:(<u>UNIT)|(<s>UNITS)) HYP LONG")
def _unit_long(m: Match) -> Sense | None:
    """ "a decade-long war", "a years-long siege", "a two-week-long trip"."""
    if m.tokens.kind(m.start - 1) == "HYP":
        return None
    amount = float(m.value("n")) if m.has("n") else 1.0 if m.has("u") else None
    return duration(m, amount, m.value("u") or m.value("s"))


@rule("duration.long.word", "(<w>LONGW)")
def _long_word(m: Match) -> Sense:
    """ "a monthlong strike"."""
    return duration(m, 1.0, m.value("w"))


@rule("duration.ahead", "(?:THE) (<u>UNITS) (?:AHEAD)")
def _ahead(m: Match) -> Sense:
    return duration(m, None, m.value("u"), direction=1)


@rule(
    "duration.within.year",
    "(<x>THE? (?:(<o>NTH)|(<l>LAST)) (?:(<n>COUNT)|(<few>FEW)) (<u>UNITS)) OF "
    "(?:(<z>YEAR)|(?:(<w>LAST|NEXT)|THIS|THE) (<v>UNIT))",
)
def _within_year(m: Match) -> Sense | None:
    """ "the first nine months" of "1997", of "last year": a duration inside of a date, which is an expression of its own."""
    order = m.value("o") if m.has("o") else -1
    if m.value("u") not in ("D", "W", "M") or order not in (1, -1) or (m.has("v") and m.value("v") != "Y"):
        return None
    amount = amount_of(m) if m.has("few") else float(m.value("n"))
    count = None if m.has("z") else m.value("w") or 0
    return duration(m, amount, m.value("u"), year=m.value("z"), count=count, edge=order)


@rule(
    "duration.within",
    "THE? (?:(<o>NTH)|(<l>LAST)|(<f>FULL)) (?:(<n>COUNT)|(<few>FEW))? (<u>UNIT|UNITS) OF "
    "(?:(<m>MONTH) (?:COMMA? (<y>YEAR))?|(<z>YEAR))",
)
def _within(m: Match) -> Sense | None:
    """ "the last two weeks of February 1951", "the first ten months of 1915": a stretch at one end of a month or year."""
    if m.has("m") and not is_month(m, "m"):
        return None
    amount = amount_of(m) if m.has("few") else float(m.value("n") or 1)
    order = m.value("o") if m.has("o") else -1 if m.has("l") or m.word("f") == "final" else 1
    if m.value("u") not in ("D", "W", "M") or (order not in (1, -1) and m.has("n")):
        return None
    return duration(m, amount, m.value("u"), month=m.value("m"), year=m.value("y") or m.value("z"), edge=order)


@rule("duration.sum", "(<n>COUNT) (<u>UNIT|UNITS) (?:COMMA? AND|COMMA)? (<k>COUNT) (<v>UNIT|UNITS)")
def _sum(m: Match) -> Sense | None:
    """ "20 hours and 22 minutes" is one stretch, where the smaller unit follows the larger."""
    order = ["S", "MI", "H", "D", "W", "M", "Y"]
    larger, smaller = m.value("u"), m.value("v")
    if is_age(m) or larger not in order or smaller not in order or order.index(larger) - order.index(smaller) not in (1, 2):
        return None
    n, k = m.value("n"), m.value("k")
    if not (isinstance(n, int) and isinstance(k, int)):
        return None
    parts = [(n, larger), (k, smaller)]
    days = "".join(f"{count}{unit}" for count, unit in parts if unit not in ("H", "MI", "S"))
    clock = "".join(f"{count}{unit[0]}" for count, unit in parts if unit in ("H", "MI", "S"))
    return Sense(TimeType.DURATION, value=f"P{days}" + (f"T{clock}" if clock else ""))
