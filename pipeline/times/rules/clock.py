"""Times of day, with their zones.

In: a `Match`. Out: what it says, a `Sense`; None where it is no time after all. Each rule is true of English at large.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import TimeModifier, TimeType
from pipeline.times.grammar import Match, sentence_ends
from pipeline.times.rules.common import (
    in_part,
    rule,
    words,
)
from pipeline.times.senses import Sense

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
    heads = m.start == 0 or tokens.kind(m.start - 1) == "BREAK"  # an entry of running notes
    if (
        not sure
        and not heads
        and tokens.kind(m.start - 1)
        not in (
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
        )
    ):
        return None
    if tokens.kind(m.start - 1) == "HYP" and tokens.kind(m.start - 2) not in ("CLOCK", "N1", "N2"):
        return None
    if m.has("h") and m.kind("h") == "UNITS" and m.value("h") != "H":
        return None
    parts = m.value("c")
    if len(parts) > 2 and not sure and tokens.kind(m.start - 1) == "COMMA":
        return None  # "finished third, 2:27:34"
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


@rule("time.hour.part", "(<c>N1|NW|CLOCK) (?:IN THE|(<at>AT)) (<p>PART)")
def _hour_in_the(m: Match) -> Sense | None:
    """ "five in the morning", "ten at night"."""
    if m.has("at") and m.value("p") != "NI":
        return None
    value = m.value("c")
    hour, minute = (value[0], value[1]) if isinstance(value, tuple) else (int(value), 0)
    if not 1 <= hour <= 12 or m.tokens.kind(m.start - 1) not in ("AT", "BY", "TO", "MODW", "UNTIL", "AND", "AFTER", "BEFORE"):
        return None
    hour = hour % 12 + (12 if m.value("p") in ("AF", "EV") or (m.value("p") == "NI" and hour >= 6) else 0)
    return _clock(m, hour, minute)


@rule("time.past", "(?:(<h>HALF) PASTW|A? (<q>QTR) (<t>PASTW|TO)) (<c>N1|NW) (?:(?:IN THE|AT) (<p>PART))?")
def _half_past(m: Match) -> Sense | None:
    """ "half past eleven", "a quarter to six in the evening"."""
    hour = int(m.value("c"))
    if not 1 <= hour <= 12:
        return None
    quarter = (hour - 1 or 12, 45) if m.kind("t") == "TO" else (hour, 15)
    clock = (hour, 30) if m.has("h") else quarter
    return Sense(TimeType.TIME, clock=in_part(clock, m.value("p")) if m.has("p") else clock)


@rule("time.noon", f"(<x>(<n>NOON) {_ZONE}?)")
def _noon(m: Match) -> Sense | None:
    named = m.tokens.raw(m.end).istitle() and not m.tokens.kind(m.end)  # "Midnight Magic"
    if m.tokens.raw(m.start)[0].isupper() and (named or not sentence_ends(m.tokens, m.start - 1)):
        return None
    if m.tokens.word(m.start - 1) == "high":
        return None
    # What is after midnight on a day is on that day.
    hour = 0 if m.value("n") == 24 and m.tokens.kind(m.start - 1) == "AFTER" else int(m.value("n"))
    return _clock(m, hour)


@rule("time.point", "(?:AT|BEFORE|AFTER|BY|TO|FROM) (<x>(<p>PART))")
def _point(m: Match) -> Sense | None:
    """ "at dawn"."""
    return Sense(TimeType.TIME, part=m.value("p")) if m.word("p") in words("points") else None


@rule("time.early.hours", "THE? (<q>EARLY|SMALL) (<u>UNITS) (?:(?=OF)|(?=WD)|(?=COMMA|DOT|BREAK|RP|AND))?")
def _early_hours(m: Match) -> Sense | None:
    """ "the early hours": the time after midnight."""
    return Sense(TimeType.TIME, part="MO", mod=TimeModifier.START) if m.value("u") == "H" else None


@rule("time.part", "(<t>THE|THAT) (<p>PART)")
def _the_part(m: Match) -> Sense | None:
    if m.word("t") not in ("the", "that") or m.tokens.kind(m.start - 1) in ("OF",):
        return None
    if m.word("t") == "that" and m.tokens.word(m.start - 1) in words("saying"):
        return None  # "says that night maps are new"
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
