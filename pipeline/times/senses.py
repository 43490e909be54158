"""What a time expression says before it is anchored.

In: nothing. Out: `Sense`, a partly specified time (the fields that the words give), which the rules build and anchoring resolves,
and `Found`, a sense with the tokens it was read from.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import TimeModifier, TimeType


@dataclass(slots=True)
class Sense:
    """The fields that the words give; None where they say nothing.

    A calendar sense may hang on a base: `base` "published" (deictic: "last week") or "reference" (anaphoric: "the next day"),
    moved by `count` of `unit`. `which` is -1 for "last Friday", 0 for "this Friday", 1 for "next Friday".
    A finished `value` (durations, sets, vague references) needs no anchor.
    """

    type: TimeType = TimeType.DATE
    value: str | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    season: str | None = None
    quarter: int | None = None
    half: int | None = None
    decade: int | None = None
    """199 for the 1990s; 9 where the century is left out ("the nineties")."""
    century: int | None = None
    """The digits: 19 for the twentieth century."""
    holiday: int | None = None
    weekend: bool = False
    era: str | None = None
    fiscal: bool = False
    part: str | None = None
    clock: tuple[int, ...] | None = None
    zone: str | None = None
    """Minutes from UTC ("540"), an IANA name, or "local"."""
    base: str | None = None
    unit: str | None = None
    count: int | None = None
    which: int | None = None
    length: tuple[float | None, str] | None = None
    """Of a duration: count (None = some) and unit."""
    direction: int = 0
    """Of a duration: -1 ends at the base ("the past year"), 1 begins there."""
    lately: bool = False
    """In a past clause the unit before: "struck overnight"."""
    compares: bool = False
    """"a year ago", "a year earlier": compares with the period just spoken of."""
    edge: int | None = None
    """Of a duration inside `month` or `year`: 1 at its beginning, -1 at its end."""
    mod: TimeModifier | None = None
    quant: str | None = None
    freq: str | None = None
    approximate: bool = False

    @property
    def dated(self) -> bool:
        """Whether the words name a day or something that holds days, not only a time of day."""
        fields = (self.year, self.month, self.day, self.weekday, self.season, self.quarter, self.half, self.decade, self.century)
        return (
            self.value is not None or self.base is not None or self.weekend or any(x is not None for x in (*fields, self.holiday))
        )

    @property
    def relative(self) -> bool:
        """Whether an anchor is needed: the words give no year."""
        return self.year is None and self.decade is None and self.century is None and self.value is None and self.length is None

    @property
    def daily(self) -> bool:
        """Whether the words name one day, on which a time of day can hang."""
        if self.value is not None or self.part or self.clock:
            return False
        return (
            self.day is not None
            or self.weekday is not None
            or self.holiday is not None
            or (self.base is not None and self.unit == "D")
        )

    @property
    def of_day(self) -> bool:
        """Whether the words name a time of day alone."""
        return (self.part is not None or self.clock is not None) and not self.dated


@dataclass(slots=True)
class Found:
    """A sense and the tokens [start, end) it was read from."""

    start: int
    end: int
    sense: Sense
    rule: str
    through: bool = False
    """Whether the next expression ends a range that this one starts."""
    problem: int | None = None
    """The weekday that the text names beside a full date, for checking."""
