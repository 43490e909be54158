"""The day on which a clock time hangs, and the day it has become where a night lies between two of them.

In: clock times in text order, the `Focus`, and the days named beside them. Out: TIMEX3 values of times of day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pipeline import calendar
from pipeline.times.covering import zone_suffix
from pipeline.times.direction import direction
from pipeline.times.focus import Focus
from pipeline.times.grammar import sentence_ends
from pipeline.times.senses import Found, Sense

_LATE_HOUR, _SMALL_HOUR = 16, 9  # hours between which a night lies
_ZONES_APART = 13  # hours between the clocks of one moment
_CLOCKS_APART = 24  # tokens between two clock times of one journey
# What stands between two times that do not follow each other.
_NO_SEQUEL = frozenset({"AFTER", "BEFORE", "EARLIER", "LP", "BREAK"})
_COUNTED = {"H": "hours", "MI": "minutes", "S": "seconds"}
_STORY_DAYS = 14  # how old the day of a news story is at most
_BESIDE_TOKENS = 8  # between a clock time and the day named with it
_BESIDE_KINDS = frozenset({"ON", "COMMA", "LP", "RP", "CLOCK", "ZONE", "AMPM", "T4", "Y4", "N1", "LOCAL", "TIME", "CITY", "OF"})


def time_of(day: str | None, sense: Sense) -> str:
    """The value of a part of the day or a clock time on a day; of an unknown one when None."""
    if day is None:
        day = "XXXX-XX-XX"
    if sense.part:
        return f"{day}T{sense.part}"
    assert sense.clock is not None
    return f"{day}T" + ":".join(f"{part:02d}" for part in sense.clock) + zone_suffix(sense.zone)


class Clocks:
    """The clock times of one text, in its order."""

    def __init__(self, focus: Focus, published: datetime | None, date_of: Callable[[Found], str | None]) -> None:
        self.focus, self.published, self.date_of = focus, published, date_of
        self.begun: tuple[str, tuple[int, ...]] | None = None
        """Day and clock time at which a range began."""
        self.before: tuple[int, tuple[int, ...], str | None] | None = None
        """The last clock time: the token after it, hours and minutes, zone."""
        self.day_beside = False
        """Whether the last clock time had its day beside it."""

    # --- which day

    def day_for(self, found: Found, following: Sequence[Found]) -> str | None:
        """The day on which a clock time hangs: one right after it, else before it in its sentence, else after it, else before."""
        focus = self.focus
        beside = self._day_beside(found, following)
        self.day_beside = beside is not None
        if beside is not None:
            return beside
        if focus.heading is not None and focus.heads_block(found.start, -1):
            return focus.heading.isoformat()  # an entry of running notes
        if focus.day is not None and focus.day_sentence:
            return focus.day.isoformat()
        ahead = focus.day is not None and focus.today is not None and focus.day > focus.today
        if ahead and not focus.narrative and direction(focus.tokens, found.start, found.end) < 0:
            focus.day = None  # "before the New Year holiday … it landed at 8:52": what is past was on no day to come
        if (after := self._day_after(found, following)) is not None:
            return after
        return focus.day.isoformat() if focus.day is not None else self._day_of_story(found)

    def _day_beside(self, found: Found, following: Sequence[Found]) -> str | None:
        """ "On Friday and again at 9:45 a.m. (0645 GMT) on Saturday"."""
        for other in following:
            between = self.focus.tokens.kinds[found.end : other.start]
            if len(between) <= _BESIDE_TOKENS and other.sense.daily and not set(between) - _BESIDE_KINDS:
                value = self._day(other)
                if value is not None:
                    return value
        return None

    def _day_after(self, found: Found, following: Sequence[Found]) -> str | None:
        """The first day named after a clock time in its sentence."""
        for other in following:
            if any(sentence_ends(self.focus.tokens, i) for i in range(found.end, other.start)):
                return None
            if other.sense.daily or (other.sense.dated and other.sense.part):
                return self._day(other)
        return None

    def _day(self, other: Found) -> str | None:
        value = self.date_of(other)
        return value if value is not None and calendar.granularity(value) == "D" else None

    def _day_of_story(self, found: Found) -> str | None:
        """The day that the story is at where the paragraph names none."""
        focus = self.focus
        if focus.narrative:
            if focus.reference is not None and focus.unit == "D":
                return focus.reference.isoformat()
            return f"{focus.reference:%Y-%m}-XX" if focus.reference is not None and focus.unit == "M" else None
        if focus.today is None:
            return None
        # Further down a story its clock times are still those of its day.
        recent = focus.last_day is not None and timedelta(0) <= focus.today - focus.last_day <= timedelta(days=_STORY_DAYS)
        if recent and focus.last_day is not None and direction(focus.tokens, found.start, found.end) < 0:
            return focus.last_day.isoformat()
        return focus.today.isoformat()

    def moved(self, sense: Sense) -> str | None:
        """ "Two hours ago", "an hour later"."""
        base = self.published if sense.base == "published" else None
        if base is None or (base.hour == 0 and base.minute == 0) or sense.count is None:
            day = self.focus.today if sense.base == "published" else self.focus.reference
            return f"{day.isoformat()}TXX" if day else None
        unit = sense.unit or "H"
        moved = base + timedelta(**{_COUNTED[unit]: sense.count // 60 if unit == "MI" else sense.count})
        return moved.strftime("%Y-%m-%dT%H:%M" if sense.unit != "H" else "%Y-%m-%dT%H")

    # --- over midnight

    def over_midnight(self, found: Found, value: str) -> str:
        """In "from 11 p.m. to 2 a.m." the second time is on the next day."""
        begun, self.begun = self.begun, None
        sense = found.sense
        if sense.clock and begun is not None and sense.of_day and sense.clock < begun[1]:
            value = _on_day_after(begun[0], 1, value)
        if found.through and sense.clock:
            self.begun = (value.partition("T")[0], sense.clock)
        elif sense.clock and sense.of_day and (days := self._days_on(found, sense.clock)):
            value = _on_day_after(value.partition("T")[0], days, value)
        if sense.clock:
            self.before = (found.end, sense.clock, sense.zone)
        return value

    def _days_on(self, found: Found, clock: tuple[int, ...]) -> int:
        """How many days a clock time lies after the day spoken of: the night of a journey, or the same moment in another zone."""
        before = self.before
        if before is not None and before[0] == found.start - 1 and self.focus.tokens.kinds[before[0]] == "LP":
            hours = clock[0] - before[1][0]  # "at 21:25 (0225 GMT)"
            return 1 if hours < -_ZONES_APART else -1 if hours > _ZONES_APART else 0
        return int(not self.day_beside and self._overnight_from(found, clock))

    def _overnight_from(self, found: Found, clock: tuple[int, ...]) -> bool:
        """Whether "left at 23:50 and landed at 01:10": a small hour told after a late one of the same sentence and clock."""
        focus = self.focus
        if self.before is None:
            return False
        end, before, zone = self.before
        between = range(end, found.start)
        known = {zone, found.sense.zone} - {None, "local"}
        if before[0] < _LATE_HOUR or clock[0] >= _SMALL_HOUR or len(known) > 1 or len(between) > _CLOCKS_APART:
            return False
        if any(sentence_ends(focus.tokens, i) or focus.tokens.kinds[i] in _NO_SEQUEL for i in between):
            return False
        return any(focus.tokens.lower[i] in ("and", "where", "then") for i in between)


def _on_day_after(day: str, days: int, value: str) -> str:
    """The time of day of a value, so many days after a day."""
    covered = calendar.interval(day)
    moved = calendar.shift(covered.start.date(), "D", days) if covered is not None else None
    return value if moved is None else f"{moved.isoformat()}T{value.partition('T')[2]}"
