"""The year of a month, day, season or quarter that is told without one.

In: a `Sense` without a year, the date it hangs on, the direction of its clause, the `Focus`. Out: its TIMEX3 value in the year
that the text means: the weekday's, the one told elsewhere in the text or just before, else the nearest (`times.nearest`).
"""

from __future__ import annotations

from datetime import date, datetime

from pipeline import calendar
from pipeline.times import nearest, story
from pipeline.times.covering import in_year
from pipeline.times.focus import Focus
from pipeline.times.senses import Found, Sense

LATELY_DAYS = 45
"""Days within which news tells of a day or month without its year."""


class Years:
    """Chooses the years of one text."""

    def __init__(self, focus: Focus, found: list[Found], south: bool) -> None:
        self.focus, self.south = focus, south
        figures, past = story.years_told(found), story.years_past(focus.tokens, found, focus.today or date.min)
        unsure = focus.narrative or focus.today is None
        self.stated = {} if unsure else {day: year for day, year in figures.items() if past.get(day, year) == year}
        """(month, day) → year, where the text tells the year elsewhere."""
        self.surely = {} if unsure else {day: year for day, year in past.items() if figures.get(day, year) == year}
        """(month, day) → year, where the day's clause is surely past."""

    def value(self, sense: Sense, base: date, which: int, explicit: bool) -> str | None:
        """The value in the year meant.

        Args:
            sense: a month, day, season or quarter without a year.
            base: the date it hangs on.
            which: the direction: before base, at it, after it; or that of the clause.
            explicit: whether the words themselves give the direction ("last May", "this spring").
        """
        values = [(year, in_year(sense, year)) for year in (base.year - 1, base.year, base.year + 1)]
        spans = [(value, calendar.interval(value, self.south)) for _, value in values if value is not None]
        spans_ok = [(value, span) for value, span in spans if span is not None]
        if not spans_ok:
            return None
        now = datetime(base.year, base.month, base.day)
        if explicit:
            return _as_said(spans_ok, now, which, values[1][1])
        closest = min(spans_ok, key=lambda pair: nearest.distance(pair[1], now, 0))
        if not self.focus.narrative and sense.weekday is not None and closest[1].start.isoweekday() == sense.weekday:
            return closest[0]  # "Monday, Oct. 26": the weekday tells the year
        if sense.day is not None and (year := self.stated.get((sense.month, sense.day))):
            return in_year(sense, year)
        if (after := self._after_told(sense, which)) is not None:
            return after
        if sense.day is not None and (year := self.surely.get((sense.month, sense.day))):
            return in_year(sense, year)
        if self.focus.narrative:
            return values[1][1]  # a history tells on in the year it has reached
        return min(spans_ok, key=lambda pair: nearest.distance(pair[1], now, which))[0]

    def _after_told(self, sense: Sense, which: int) -> str | None:
        """ "Signed in May 2010 …; in June it was ratified": after the month or day long ago that the paragraph told in full."""
        focus = self.focus
        if focus.told is None or not (sense.month or sense.season):
            return None
        if which > 0 or (not focus.told_sentence and (which == 0 or focus.narrative or self._is_recent(sense))):
            return None
        for year in (focus.told.year, focus.told.year + (not focus.told_sentence)):
            value = in_year(sense, year)
            covered = calendar.interval(value) if value else None
            if covered is not None and covered.end.date() > focus.told:
                return value
        return None

    def _is_recent(self, sense: Sense) -> bool:
        """Whether a month or day was lately, so that news means it and not its like in a year told before."""
        focus = self.focus
        covered = calendar.interval(in_year(sense, focus.today.year) or "") if focus.today is not None else None
        return covered is not None and focus.today is not None and 0 <= (focus.today - covered.start.date()).days < LATELY_DAYS


def _as_said(spans: list[tuple[str, calendar.Interval]], now: datetime, which: int, this_year: str | None) -> str | None:
    """The one that "last", "this" or "next" means."""
    if which == 0:
        open_now = [value for value, span in spans if span.start <= now < span.end]
        return open_now[-1] if open_now else this_year
    if which < 0:
        ended = [value for value, span in spans if span.end <= now]
        return ended[-1] if ended else None
    return next((value for value, span in spans if span.start > now), None)
