"""Resolves what the words leave open: which Friday, whose "next day", what year.

In: `Found` in text order, the tokens, the time of publication. Out: TIMEX3 values, EDTF, intervals, problems (`Resolved`).

Deictic times hang on the publication date, anaphoric ones on the last date that the text named (`times.focus`); a history (its
dates lie far from its publication) hangs everything on the last date. Clock times hang on days (`times.clocks`), months and days
without a year on the years around them (`times.years`). Direction comes from the clause's tense, read from
models/times/direction.toml. The rule for bare weekdays (the latest one on or before publication, unless the clause is about the
future) was measured on development news: right in 162 of 175 cases; for bare months the nearest one: 28 of 33.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeline import calendar
from pipeline.records import TimeType
from pipeline.times import nearest, story
from pipeline.times.clocks import Clocks, time_of
from pipeline.times.covering import Resolved, cover, cover_duration, cover_edge, decade_value, in_year
from pipeline.times.direction import direction
from pipeline.times.focus import Focus
from pipeline.times.grammar import Tokens
from pipeline.times.senses import Found, Sense
from pipeline.times.years import LATELY_DAYS, Years

_BRACKET_TOKENS = 5  # how far after an opening bracket a weekday still tells the day before the bracket
_A_YEAR_APART = 1100  # days within which "a year earlier" compares with the business of the day


class Anchor:
    """Anchors the expressions of one text. Feed it them in text order."""

    def __init__(
        self,
        tokens: Tokens,
        found: list[Found],
        published: datetime | None,
        south: bool = False,
        fiscal: int = calendar.FISCAL_FIRST_MONTH,
    ) -> None:
        self.south, self.fiscal = south, fiscal
        today = published.date() if published else story.dateline(tokens, found)
        narrative = today is None or story.is_history(found, today)
        self.focus = Focus(tokens, today, narrative, reference=None if narrative else today)
        self.years = Years(self.focus, found, south)
        self.clocks = Clocks(self.focus, published, self._date)
        self.following: Sequence[Found] = ()
        self.range_from: str | None = None
        """The beginning of a range whose end comes next."""

    @property
    def today(self) -> date | None:
        """The day of publication, or of the dateline."""
        return self.focus.today

    # --- text order

    def resolve(self, found: Found, following: Sequence[Found] = ()) -> Resolved | None:
        """The anchored expression; None where nothing can be said. `following` are the next few expressions."""
        focus = self.focus
        focus.enter(found.start, found.end)
        self.following = following
        sense = found.sense
        value = self._value(found) or self._unanchored(sense)
        if value is None:
            return None
        value = self._after_begin(found, self.clocks.over_midnight(found, value))
        focus.remember(sense, value)
        if sense.type is not TimeType.DURATION:
            return self._of_both_days(sense, cover(sense, value, self.south, self.fiscal))
        if sense.edge is not None:
            return cover_edge(sense, value, self._whole(sense))
        return cover_duration(sense, value, focus.reference if focus.narrative else self.today)

    def _of_both_days(self, sense: Sense, resolved: Resolved) -> Resolved:
        """ "Struck overnight": in the night from the day before to that of publication."""
        first, last = resolved.earliest, resolved.latest
        if not sense.lately or first is None or last is None or self.focus.tense() >= 0:
            return resolved
        return replace(resolved, edtf=f"{first.date().isoformat()}/{last.date().isoformat()}")

    def _after_begin(self, found: Found, value: str) -> str:
        """The end of a range does not lie before its beginning: "Monday to Thursday", "from Dec. 30 to Jan. 2"."""
        first, self.range_from = self.range_from, None
        sense = found.sense
        if found.through and sense.type is TimeType.DATE and calendar.granularity(value):
            self.range_from = value
        begin, end = (calendar.interval(v) if v else None for v in (first, value))
        if begin is None or end is None or end.start >= begin.start or not sense.relative or sense.base is not None:
            return value
        if calendar.granularity(first or "") != calendar.granularity(value):
            return value  # "a revision Friday to December's figures"
        if sense.weekday is not None and sense.month is None:
            return calendar.weekday_on_or_after(begin.start.date(), sense.weekday).isoformat()
        if sense.month is not None or sense.season or sense.quarter:
            return in_year(sense, end.start.year + 1) or value
        return value

    def _unanchored(self, sense: Sense) -> str | None:
        """What a deictic time says where nobody knows when the text was written: before, at or after that."""
        if self.focus.today is not None or self.focus.reference is not None or sense.base not in ("published", "reference"):
            return None
        way = sense.which if sense.which is not None else sense.count or 0
        return "PAST_REF" if way < 0 else "FUTURE_REF" if way > 0 else "PRESENT_REF"

    # --- values

    def _value(self, found: Found) -> str | None:
        sense = found.sense
        if sense.value is not None:
            return sense.value
        if sense.base == "event":
            return None  # times.told looks for the event
        if sense.length is not None:
            return calendar.duration_value(*sense.length)
        if sense.of_day:
            return time_of(self.clocks.day_for(found, self.following), sense)
        if sense.unit in ("H", "MI", "S"):
            return self.clocks.moved(sense)
        day = self._date(found)
        if day is None or not (sense.part or sense.clock):
            return day
        return time_of(day, sense)

    def _base(self, sense: Sense) -> date | None:
        focus = self.focus
        today = sense.count == 0 and not sense.part  # a history's "today" is its reader's
        if sense.base == "published" and sense.unit == "D" and focus.today is not None and (today or focus.present()):
            return focus.today
        if sense.base == "published" and not focus.narrative:
            return focus.today
        if sense.base == "published" and focus.narrative:
            return focus.reference or focus.today
        hanging = sense.unit == "D" or (sense.unit == "M" and sense.day is not None) or (sense.unit == "W" and sense.count == 0)
        if not focus.narrative and hanging and focus.unit not in ("D", "M", "W", "WE"):
            return focus.last_day or focus.today  # a year or decade mentioned in between is an aside
        if not focus.narrative and focus.today is not None and focus.reference is not None:
            if focus.reference > focus.today and hanging and focus.tense() < 0:
                return focus.last_day or focus.today  # "takes effect in May; it was signed the same day"
            if sense.unit == "Y" and sense.count == 0:
                return focus.mentioned or focus.reference  # "since 1979 … That year": even one that only bounds
            if sense.unit == "M" and sense.day is not None and self._long_told():
                return focus.today  # "on the 11th", in a paragraph that names no month
        return focus.reference

    def _long_told(self) -> bool:
        """Whether the reference stands in a paragraph before this one, and far from the days of the news."""
        focus = self.focus
        far = focus.today is not None and focus.reference is not None and (focus.today - focus.reference).days > LATELY_DAYS
        return far and focus.reference_above

    def _date(self, found: Found) -> str | None:
        focus = self.focus
        sense = found.sense
        if sense.decade is not None:
            return decade_value(sense.decade, focus.today)
        if sense.century is not None:
            return f"BC{sense.century:02d}" if sense.era == "BC" else f"{sense.century:02d}"
        if sense.year is not None:
            if sense.unit == "Q":  # "the 1988 period"
                return calendar.at(focus.quarter.replace(year=sense.year), "Q") if focus.quarter else f"{sense.year:04d}"
            return in_year(sense, sense.year)
        if sense.unit is not None:
            return self._shifted(sense)
        return self._floating(found)

    def _shifted(self, sense: Sense) -> str | None:
        focus = self.focus
        base = self._base(sense)
        unit, count = sense.unit or "D", sense.count or 0
        if sense.lately and focus.tense() < 0:
            count -= 1  # "struck overnight": in the night that began the day before
        if base is None:
            return None
        if unit == "Y" and count == -1 and not focus.narrative and sense.compares and focus.period is not None:
            return calendar.at(calendar.shift(focus.period, "Y", -1) or focus.period, "Q")
        if sense.compares and sense.base == "reference" and not focus.narrative and focus.sentence_unit is None and focus.today:
            base = focus.today if abs((focus.today - base).days) < _A_YEAR_APART else base
        moved = count != 0 or (unit == "D" and sense.clock is None)
        coarse = sense.base == "reference" and unit in ("D", "W") and moved and focus.unit not in ("D", "W", "WE")
        if sense.base == "reference" and unit == "Q" and focus.quarter is not None:
            base = focus.quarter
        elif unit == "Q" and sense.base == "reference" and count == 0:
            base = calendar.shift(base, "Q", -1) or base
        day = calendar.shift(base, unit, count)
        if day is None:
            return None
        if coarse and count == 0 and unit == "D" and focus.last_day is not None and not focus.narrative:
            return focus.last_day.isoformat()  # "in 2013 …; he called the same day": a year in between is an aside
        if coarse:
            return f"{day:%Y}-XX-XX" if focus.unit != "M" else f"{day:%Y-%m}-XX"
        if sense.base == "reference" and unit == "D" and count == 0 and sense.clock is None and focus.unit == "W":
            return calendar.week_value(day)  # "next week … and the same day": a day of that week
        if sense.weekend:
            return f"{calendar.week_value(day)}-WE"
        if sense.weekday is not None:
            return (day - timedelta(days=day.isoweekday() - sense.weekday)).isoformat()
        if sense.day is not None and unit == "M":
            return self._day_of_month(day, sense.day, count)
        if unit == "Y" and (sense.month or sense.season or sense.quarter or sense.half):
            return in_year(replace(sense, base=None, unit=None), day.year)
        return calendar.at(day, unit)

    def _day_of_month(self, month: date, number: int, count: int) -> str | None:
        """ "the 29th": of the month spoken of; of the one before where the clause is past and that day is still to come."""
        focus = self.focus
        if not calendar.valid(month.year, month.month, number):
            return None
        ahead = count == 0 and not focus.narrative and focus.today is not None and month.replace(day=number) > focus.today
        if ahead and focus.tense() < 0:
            month = calendar.shift(month.replace(day=1), "M", -1) or month
        return f"{month:%Y-%m}-{number:02d}" if calendar.valid(month.year, month.month, number) else None

    def _floating(self, found: Found) -> str | None:
        """A weekday, month, season or quarter without its year: the one that the text means."""
        focus = self.focus
        sense = found.sense
        base = self._base(sense) if sense.base else (focus.reference if focus.narrative else focus.today)
        if base is None:
            base = focus.reference or focus.today
        if sense.weekday is not None and sense.month is None and sense.which is None and (beside := self._beside(found)):
            return calendar.weekday_on_or_after(beside - timedelta(days=3), sense.weekday).isoformat()
        explicit = sense.which is not None
        which = sense.which if sense.which is not None else direction(focus.tokens, found.start, found.end)
        if sense.weekend:
            return nearest.weekend(base, which)
        if base is None:
            return nearest.without_year(sense)
        if sense.weekday is not None and sense.month is None:
            if explicit and which == 0 and direction(focus.tokens, found.start, found.end) < 0:
                return calendar.weekday_on_or_before(base, sense.weekday).isoformat()
            if focus.week is not None and not explicit and which >= 0:
                # "next week …, there on Wednesday"
                return calendar.weekday_on_or_after(focus.week, sense.weekday).isoformat()
            return nearest.weekday(base, sense.weekday, which, explicit)
        return self.years.value(sense, base, which, explicit)

    def _beside(self, found: Found) -> date | None:
        """The day before an opening bracket: "Tuesday (early Wednesday in Tokyo)" tells one moment twice."""
        focus = self.focus
        opened = [i for i in range(max(0, found.start - _BRACKET_TOKENS), found.start) if focus.tokens.kinds[i] == "LP"]
        if not opened or focus.last_dated is None or focus.last_dated[0] != opened[-1]:
            return None
        return focus.last_dated[1]

    def _whole(self, sense: Sense) -> str | None:
        """The month or year at whose end a duration lies."""
        focus = self.focus
        base, year = focus.reference if focus.narrative else focus.today, sense.year
        if year is None and sense.count is not None and base is not None:
            year = base.year + sense.count
        if year is not None:
            return in_year(Sense(month=sense.month), year)
        if base is None or sense.month is None:
            return None
        return self.years.value(Sense(month=sense.month), base, focus.tense(), explicit=False)
