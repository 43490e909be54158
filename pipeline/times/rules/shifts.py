"""Times told from publication or from what was said before: "yesterday", "last week", "two days later", "that year".

In: a `Match`. Out: what it says, a `Sense`; None where it is no time after all. Each rule is true of English at large.
"""

from __future__ import annotations

from pipeline import calendar
from pipeline.records import TimeModifier, TimeType
from pipeline.times.grammar import Match, sentence_ends
from pipeline.times.rules.common import (
    AMOUNT,
    Piece,
    amount_of,
    closes,
    duration,
    on_day,
    rule,
    unit_shift,
    words,
)
from pipeline.times.senses import Sense


@rule("shift.day", "(<y>YEST)")
def _yesterday(m: Match) -> Sense | None:
    """ "yesterday"; no time where it is part of a name ("USA Today", "the Today programme")."""
    tokens, i = m.tokens, m.start
    written, before = tokens.raw(i), tokens.raw(i - 1)
    if m.value("y") == 1 and tokens.kind(i - 1) == "OF" and not tokens.kind(i - 2):
        return None  # "the leaders of tomorrow": of the future at large
    acronym = len(before) > 1 and before.isupper() and not tokens.raw(i + 1)[:1].islower()
    if written.istitle() and i and not sentence_ends(tokens, i - 1) and (tokens.kind(i - 1) == "THE" or acronym):
        return None
    return Sense(base="published", unit="D", count=m.value("y"))


@rule("shift.day.part", "(<y>YEST) (<p>PART|NOON)")
def _yesterday_part(m: Match) -> Sense | None:
    return on_day(m, "p", Sense(base="published", unit="D", count=m.value("y")))


@rule("shift.tonight", "(<t>TONIGHT)")
def _tonight(m: Match) -> Sense:
    return Sense(TimeType.TIME, part="NI", base="published", unit="D", count=0)


@rule("shift.overnight", "(<t>OVERNIGHT)")
def _overnight(m: Match) -> Sense | None:
    after = m.tokens.raw(m.end)
    if m.tokens.kind(m.start - 1) in ("A", "THE") or (
        after[:1].islower() and m.tokens.word(m.end) not in words("function") and m.tokens.kind(m.end) == ""
    ):
        return None
    return Sense(TimeType.TIME, part="NI", base="published", unit="D", count=0, lately=True)


@rule("shift.part", "(?:(<l>LAST)|(<t>THIS)|(<n>THAT) SAME?) (<p>PART)")
def _this_part(m: Match) -> Sense | None:
    if m.has("n"):
        if m.tokens.word(m.start - 1) in words("saying"):
            return None  # "says that night maps are new"
        return Sense(TimeType.TIME, part=m.value("p"), base="reference", unit="D", count=0)
    return Sense(TimeType.TIME, part=m.value("p"), base="published", unit="D", count=-1 if m.has("l") else 0)


@rule(
    "shift.unit", "(?:(<w>LAST|NEXT|THIS|COMING|CURRENT) | THE (<c>CURRENT|COMING|LATEST)) (?:FISCAL|FULL)? (<u>UNIT|QTR|WEEKEND)"
)
def _this_unit(m: Match) -> Sense | None:
    unit, before = m.value("u"), m.tokens.raw(m.start - 1)
    name = "w" if m.has("w") else "c"
    if before in words("quotes") and m.tokens.glued(m.start) and m.tokens.raw(m.groups["u"][0]).istitle():
        return None  # "This Week", the programme
    if unit in ("MI", "H", "FN") or (m.kind(name) in ("COMING", "CURRENT") and m.tokens.kind(m.start - 1) == "A"):
        return None
    if unit == "D":
        return Sense(base="reference", unit="D", count=0) if m.kind(name) == "THIS" else None
    count = m.value(name) if isinstance(m.value(name), int) else 0
    if m.kind("c") == "LATEST":
        count = -1 if unit == "Q" else 0
    return unit_shift(unit, count, "published", fiscal="FISCAL" in (m.tokens.kinds[m.start : m.end]))


@rule("shift.weekend", "(?:THE) WEEKEND")
def _weekend(m: Match) -> Sense:
    return Sense(weekend=True)


@rule("shift.the.weekend.before", "THE WEEKEND (<w>BEFORE|AFTER)")
def _weekend_before(m: Match) -> Sense | None:
    return Sense(base="reference", unit="W", count=m.value("w"), weekend=True) if closes(m.tokens, m.end) else None


@rule("shift.reference", "THE (<w>NEXT|FOLL|PREV|SAME) (<u>UNIT|QTR|WEEKEND) (<so>AND SO)?")
def _next_unit(m: Match) -> Sense | None:
    unit = m.value("u")
    if unit in ("MI", "H", "FN", "S"):
        return None
    if m.kind("w") == "NEXT" and (unit in ("E", "C", "L") or m.tokens.word(m.start - 1) in words("spans")):
        return Sense(TimeType.DURATION, length=(1, "W" if unit == "WE" else unit), direction=1, approximate=m.has("so"))
    return unit_shift(unit, m.value("w"), "reference")


@rule("shift.reference.part", "THE (<w>NEXT|FOLL|PREV|SAME) (<p>PART)")
def _next_part(m: Match) -> Sense:
    return Sense(TimeType.TIME, base="reference", unit="D", count=m.value("w"), part=m.value("p"))


@rule("shift.that", "(?:THAT|THIS) (<s>SAME)? (<u>UNIT|QTR|WEEKEND)")
def _that_unit(m: Match) -> Sense | None:
    unit = m.value("u")
    if unit in ("MI", "H", "FN", "S") or (m.tokens.kind(m.start) == "THIS" and not m.has("s")):
        return None
    if m.tokens.word(m.start) == "that" and m.tokens.kind(m.start - 1) == "" and m.tokens.word(m.start - 1) in words("saying"):
        return None
    return unit_shift(unit, 0, "reference")


@rule("shift.nth.day", "(<x>THE (<n>NTH) (<u>UNIT)) OF")
def _nth_day(m: Match) -> Sense | None:
    """ "the second day of the offensive": the day that the text speaks of."""
    return Sense(base="reference", unit="D", count=0) if m.value("u") == "D" else None


@rule("shift.event", "(<x>THE (<u>UNIT)) (<w>BEFORE|AFTER)")
def _day_of_event(m: Match) -> Sense | None:
    """ "the day after the summit": left out again where the text does not date the summit."""
    if closes(m.tokens, m.end) or m.value("u") not in ("D", "W", "M", "Y"):
        return None
    return Sense(base="event", unit=m.value("u"), count=m.value("w"))


@rule("shift.anniversary", "THE? (?:(<n>NTH)|(<k>COUNT) HYP UNIT) (<a>ANNIVERSARY)")
def _anniversary(m: Match) -> Sense | None:
    """ "the second anniversary of the crash": dated where the text dates the crash."""
    years = m.value("n") if m.has("n") else m.value("k") if m.has("k") else None
    if not isinstance(years, int) or m.tokens.kind(m.end) != "OF":
        return None
    return Sense(base="event", unit="Y", count=years)


@rule("shift.before", "THE (<u>UNIT|PART) (<w>BEFORE|AFTER|EARLIER|LATER)")
def _day_before(m: Match) -> Sense | None:
    if not closes(m.tokens, m.end):
        return None
    count = m.value("w")
    if m.kind("u") == "PART":
        return Sense(TimeType.TIME, base="reference", unit="D", count=count, part=m.value("u"))
    if m.value("u") in ("MI", "H", "FN"):
        return None
    return Sense(base="reference", unit=m.value("u"), count=count)


_NOT_AFTER_THE_UNIT = ("HYP", "OLD", "UNIT", "Y4", "NW", "BEFORE", "AFTER", "OF", "EARLIER", "LATER", "PERIOD")


@rule("shift.unit.the", "(<t>THE) (<f>FULL|FISCAL)? (<u>UNIT|QTR)")
def _the_unit(m: Match) -> Sense | None:
    """ "the year", "the quarter": the one that the text is about."""
    tokens, unit, after = m.tokens, m.value("u"), m.tokens.kind(m.end)
    inside = tokens.kind(m.start - 1) == "IN" and tokens.kind(m.start - 2) in ("LATER", "EARLIER", "LATE", "EARLY")
    of = tokens.kind(m.start - 1) == "OF"
    edge = of and tokens.kind(m.start - 2) == "BEGIN"
    if unit not in ("Y", "Q", "W", "M") and not (unit == "D" and inside) and not (unit in ("E", "C") and edge):
        return None
    if of and tokens.kind(m.start - 2) in ("UNIT", "UNITS") and unit == "W":
        return None  # "the day of the week"
    amount = unit == "Y" and after == "OF" and tokens.word(m.end + 1) in words("amount_signs")  # "a high for the year of $42"
    if after in _NOT_AFTER_THE_UNIT and not inside and not amount:
        return None
    if unit == "Q" and after == "POSS":
        return None  # of a town
    if unit == "Y" and tokens.kind(m.start - 1) == "COMMA" and tokens.kind(m.start - 2) == "Y4":
        return Sense(base="reference", unit="Y", count=0)  # "2015, the year the treaty was signed"
    if m.kind("f") == "FISCAL":
        return Sense(TimeType.DURATION, length=(1, unit))
    if tokens.word(m.end) in words("after_the_unit"):
        return None
    if tokens.word(m.end) in words("ending"):
        return Sense(TimeType.DURATION, length=(1, unit))
    near = unit in ("Y", "E", "C") or (inside and unit in ("M", "W"))
    return Sense(base="published" if near else "reference", unit=unit, count=0)


def _moved(m: Match, direction: int, base: str) -> Sense | None:
    """A calendar unit `amount` units away, at the unit's own precision; a vague reference where the amount is vague."""
    unit, amount = m.value("u"), amount_of(m)
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
    return Sense(
        base=base, unit=unit, count=direction * int(amount), mod=mod, compares=unit == "Y" and m.has("a") and direction < 0
    )


@rule("shift.ago", f"{AMOUNT} HYP? (<u>ANYUNIT) (<so>AND SO)? (?:AGO)")
def _ago(m: Match) -> Sense | None:
    return _moved(m, -1, "published")


@rule("shift.ago.or.two", "A (<u>UNIT) AND (<n>NW) AGO")
def _or_two_ago(m: Match) -> Sense | None:
    """ "a year or two ago"."""
    if m.value("n") != 2 or m.value("u") in ("MI", "H", "FN"):
        return None
    return Sense(base="published", unit=m.value("u"), count=-1, mod=TimeModifier.APPROX, approximate=True)


@rule("shift.ago.vague", "(<u>UNITS) (?:AGO)")
def _units_ago(m: Match) -> Sense:
    return Sense(value=calendar.duration_value(None, m.value("u")))


@rule("shift.hence", f"{AMOUNT} (<u>ANYUNIT) HENCE")
def _hence(m: Match) -> Sense | None:
    return None if m.tokens.word(m.end - 1) == "away" and m.value("u") in ("H", "MI") else _moved(m, 1, "published")


@rule("shift.later", f"{AMOUNT} (<u>ANYUNIT) (<w>LATER|EARLIER)")
def _later(m: Match) -> Sense | None:
    if m.tokens.word(m.end) in words("comparing"):
        return None  # "two days earlier than planned"
    return _moved(m, m.value("w"), "reference")


@rule("shift.later.adverb", f"{AMOUNT} (<u>ANYUNIT) (<w>BEFORE|AFTER)")
def _after_adverb(m: Match) -> Sense | None:
    return _moved(m, m.value("w"), "reference") if closes(m.tokens, m.end) else None


@rule("shift.later.vague", "(<u>UNITS) (<w>LATER|EARLIER)")
def _units_later(m: Match) -> Sense | list[Piece]:
    if m.tokens.word(m.end) in words("comparing"):
        return [("u", duration(m, None, m.value("u")))]
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
    """ "the corresponding period last year": the period spoken of, a year before."""
    if m.tokens.values[m.end - 1 if m.has("l") or m.has("p") else m.end - 2] != "Y":
        return None
    unit = m.tokens.values[m.start + 2]
    return Sense(base="reference", unit=unit if unit in ("M", "Q") else "Q", count=-12 if unit == "M" else -4)


@rule("shift.period.of.year", "(?:THE (<y>Y4)|(<w>LAST) (<u>UNIT) POSS) (?:PERIOD|QTR)")
def _period_of_year(m: Match) -> Sense | None:
    """ "the 1988 period", "last year's quarter": the quarter spoken of, in another year."""
    if m.has("y"):
        return Sense(year=m.value("y"), unit="Q")
    return Sense(base="reference", unit="Q", count=-4) if m.value("u") == "Y" else None


@rule("shift.but.one", "(<w>LAST|NEXT) (<u>UNIT|WEEKEND) BUTONE")
def _but_one(m: Match) -> Sense | None:
    """ "last month but one"."""
    if m.value("u") in ("MI", "H", "FN", "D"):
        return None
    return unit_shift(m.value("u"), 2 * m.value("w"), "published")


@rule("shift.before.last", "THE (<u>UNIT|WEEKEND) (?:BEFORE (<l>LAST)|AFTER NEXT)")
def _before_last(m: Match) -> Sense | None:
    """ "the year before last", "the week after next"."""
    if m.value("u") in ("MI", "H", "FN", "D"):
        return None
    return unit_shift(m.value("u"), -2 if m.has("l") else 2, "published")


@rule("shift.this.time", "AT? (<x>THIS TIME (<w>LAST|NEXT) (<u>UNIT))")
def _this_time(m: Match) -> Sense | None:
    """ "this time last year"."""
    return unit_shift(m.value("u"), m.value("w"), "published") if m.value("u") in ("Y", "M", "W") else None


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
