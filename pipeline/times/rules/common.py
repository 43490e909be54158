"""What the rules share: how a rule is registered, and small readings of a match.

In: a pattern over token kinds and a function from its match to a `Sense`. Out: the list of rules, in order of preference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from pipeline import calendar
from pipeline.records import TimeType
from pipeline.times.grammar import Match, Tokens, table
from pipeline.times.senses import Sense

Piece = tuple[str, Sense]
"""A named group of the match and what it says, where one match holds several expressions."""
Builder = Callable[[Match], "Sense | list[Piece] | None"]
"""None: no time here, other rules may try. An empty list: no time, and none inside of the match."""
RULES: list[tuple[str, str, Builder]] = []


def rule(name: str, pattern: str) -> Callable[[Builder], Builder]:
    """Registers a rule. Group `x`, where there is one, is the expression; the rest of the match is context."""

    def register(build: Builder) -> Builder:
        RULES.append((name, pattern, build))
        return build

    return register


@cache
def words(name: str) -> frozenset[str]:
    """One list of models/times/nontimes.toml."""
    return frozenset(word.lower() for word in table("nontimes")[name])


def day_of_month(number: Any, month: Any, year: Any = None, **more: Any) -> Sense | None:
    """A day of a month, or None where no calendar has it."""
    ok = isinstance(number, int) and calendar.valid(year if isinstance(year, int) and year > 0 else 2024, month, number)
    return Sense(day=number, month=month, year=year, **more) if ok else None


def era_of(m: Match, name: str = "era") -> str | None:
    return "BC" if m.value(name) == "BC" else None


def is_month(m: Match, name: str) -> bool:
    """ "may" and "march" are months only when capitalised; at the head of a sentence the neighbours decide."""
    i = m.groups[name][0]
    return m.tokens.raw(i)[0].isupper() or m.tokens.lower[i] not in words("month_or_word")


def short_year(digits: int) -> int:
    return digits + (2000 if digits < 40 else 1900)


def counted(tokens: Tokens, i: int) -> bool:
    """Whether a four-digit number counts the noun after it."""
    word = tokens.word(i + 1)
    return word in words("counted") and not (word == "to" and tokens.kind(i + 2) in ("Y4", "THE", "A"))


AMOUNT = (
    "(?:(<n>COUNT) AND COUNT | (<n2>COUNT) (<h>AND A HALF)? | A? (<few>FEW) | (<some>SOME) | (<a>A) (<hb>HALF)? | (<ha>HALF) A)"
)


def amount_of(m: Match) -> float | None:
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


def closes(tokens: Tokens, i: int) -> bool:
    """Whether "before" or "after" at i - 1 is an adverb: nothing follows that it could govern."""
    return (
        i >= len(tokens)
        or tokens.kind(i) in ("COMMA", "DOT", "RP", "BREAK", "AND", "DASH")
        or tokens.word(i) in words("after_adverb")
    )


def unit_shift(unit: str, count: int, base: str, **more: Any) -> Sense:
    if unit == "WE":
        return Sense(base=base, unit="W", count=count, weekend=True, **more)
    return Sense(base=base, unit=unit, count=count, **more)


def on_day(m: Match, name: str, sense: Sense) -> Sense:
    """`sense` with the part of the day, noon or midnight that a group names."""
    if m.kind(name) == "NOON":
        return replace(sense, type=TimeType.TIME, clock=(int(m.value(name)), 0))
    return replace(sense, type=TimeType.TIME, part=m.value(name))


def duration(m: Match, amount: float | None, unit: str, **more: Any) -> Sense:
    if unit == "FN":
        unit, amount = "W", None if amount is None else amount * 2
    return Sense(TimeType.DURATION, length=(amount, unit), **more)


def is_age(m: Match) -> bool:
    """ "6-year-old boy", "37 years old", "12 years of age"."""
    i = m.end + (m.tokens.kind(m.end) in ("HYP", "OF"))
    return m.tokens.word(i) in words("of_age" if m.tokens.kind(m.end) == "OF" else "age")


def in_part(clock: tuple[int, ...], part: str) -> tuple[int, ...]:
    """A clock time of twelve hours in a part of the day: 6:10 in the evening is 18:10."""
    hour = clock[0]
    if 1 <= hour < 12 and (part in ("AF", "EV") or (part == "NI" and hour >= 6)):
        hour += 12
    return hour, *clock[1:]
