"""Resolves what the words leave open: which Friday, whose "next day", what year.

In: `Found` in text order, the tokens, the time of publication. Out: TIMEX3 values, EDTF, intervals, problems (`Resolved`).

Deictic times hang on the publication date, anaphoric ones on the last date that the text named; a history (its dates lie far
from its publication) hangs everything on the last date. Direction comes from the clause's tense, read from
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
from pipeline.times.covering import Resolved, cover, cover_duration, cover_edge, decade_value, in_year, zone_suffix
from pipeline.times.direction import direction, is_background
from pipeline.times.grammar import Tokens, sentence_ends
from pipeline.times.rules import words
from pipeline.times.senses import Found, Sense

_ASIDE_YEARS = 8  # a bare year farther than this from the history's own is an aside
_LATE_HOUR, _SMALL_HOUR = 16, 9  # hours between which a night lies
_ZONES_APART = 13  # hours between the clocks of one moment
_CLOCKS_APART = 24  # tokens between two clock times of one journey
_NO_SEQUEL = frozenset(
    {"AFTER", "BEFORE", "EARLIER", "LP", "BREAK"}
)  # what stands between two times that do not follow each other
_BRACKET_TOKENS = 5  # how far after an opening bracket a weekday still tells the day before the bracket
_A_YEAR_APART = 1100  # days within which "a year earlier" compares with the business of the day
_LATELY_DAYS = 45  # within which news tells of a day or month without its year
_STORY_DAYS = 14  # how old the day of a news story is at most
_BESIDE_TOKENS = 8  # between a clock time and the day named with it
_BESIDE_KINDS = frozenset({"ON", "COMMA", "LP", "RP", "CLOCK", "ZONE", "AMPM", "T4", "Y4", "N1", "LOCAL", "TIME", "CITY", "OF"})


class Anchor:
    """The state of one text: what its dates hang on. Feed it the expressions in text order."""

    def __init__(
        self,
        tokens: Tokens,
        found: list[Found],
        published: datetime | None,
        south: bool = False,
        fiscal: int = calendar.FISCAL_FIRST_MONTH,
    ) -> None:
        self.tokens, self.published, self.south, self.fiscal = tokens, published, south, fiscal
        self.today = published.date() if published else story.dateline(tokens, found)
        self.narrative = self.today is None or story.is_history(found, self.today)
        self.reference: date | None = None if self.narrative else self.today
        self.unit, self.reference_above = "D", False
        """The precision of the reference date, and whether it stands in a paragraph before this one."""
        self.day: date | None = None
        """The last day that the paragraph named, on which clock times hang."""
        self.day_sentence = False
        self.mentioned: date | None = None
        """The last date named, whatever it was named for."""
        self.last_day: date | None = None
        """The last day named anywhere before."""
        self.quarter: date | None = None
        """The last quarter named, and the same while its paragraph lasts."""
        self.period: date | None = None
        self.sentence_unit: str | None = None
        self.week: date | None = None
        """The first day of the coming week that the sentence named."""
        self.aside: date | None = None
        self.last_token = 0
        self.following: Sequence[Found] = ()
        self.current = (0, 0)
        """The tokens of the expression at hand."""
        self.told: date | None = None
        """The last month or day of another year that the paragraph told in full, and whether the sentence did."""
        self.told_sentence = False
        self.heading: date | None = None
        """The last day that stood as a heading of its own."""
        self.last_dated: tuple[int, date] | None = None
        """The token after the last day that was told, and that day."""
        self.begun: tuple[str, tuple[int, ...]] | None = None
        """Day and clock time at which a range began."""
        self.range_from: str | None = None
        """The beginning of a range whose end comes next."""
        self.clock_before: tuple[int, tuple[int, ...], str | None] | None = None
        """The last clock time: the token after it, hours and minutes, zone."""
        self.day_beside = False
        """Whether the last clock time had its day beside it."""
        figures, past = story.years_told(found), story.years_past(tokens, found, self.today or date.min)
        unsure = self.narrative or self.today is None
        self.years = {} if unsure else {day: year for day, year in figures.items() if past.get(day, year) == year}
        """The year of a day that is told without one, where the text tells it elsewhere, and where its clause is surely past."""
        self.surely = {} if unsure else {day: year for day, year in past.items() if figures.get(day, year) == year}

    # --- text order

    def resolve(self, found: Found, following: Sequence[Found] = ()) -> Resolved | None:
        """The anchored expression; None where nothing can be said. `following` are the next few expressions."""
        self._cross(found.start)
        self.following, self.current = following, (found.start, found.end)
        sense = found.sense
        value = self._value(found) or self._unanchored(sense)
        if value is None:
            return None
        value = self._after_begin(found, self._over_midnight(found, value))
        self._remember(sense, value)
        if sense.type is not TimeType.DURATION:
            return self._of_both_days(sense, cover(sense, value, self.south, self.fiscal))
        if sense.edge is not None:
            return cover_edge(sense, value, self._whole(sense))
        return cover_duration(sense, value, self.reference if self.narrative else self.today)

    def _of_both_days(self, sense: Sense, resolved: Resolved) -> Resolved:
        """ "Struck overnight": in the night from the day before to that of publication."""
        first, last = resolved.earliest, resolved.latest
        if not sense.lately or first is None or last is None or direction(self.tokens, *self.current) >= 0:
            return resolved
        return replace(resolved, edtf=f"{first.date().isoformat()}/{last.date().isoformat()}")

    def _cross(self, start: int) -> None:
        """Forgets the day of a clock time when a paragraph ends."""
        for i in range(self.last_token, start):
            if self.tokens.kinds[i] == "BREAK":
                self.day = self.told = None
                self.reference_above = True
            if sentence_ends(self.tokens, i):
                self.day_sentence = self.told_sentence = False
                self.sentence_unit = self.week = None
        self.last_token = start

    def _remember(self, sense: Sense, value: str) -> None:
        if sense.type is TimeType.DURATION and sense.length is not None and sense.length[1] in ("M", "Y"):
            self.period = None
        if sense.type in (TimeType.DURATION, TimeType.SET) or value.endswith("_REF"):
            return
        covered = calendar.interval(value.partition("T")[0])
        if covered is None:
            return
        unit = calendar.granularity(value.partition("T")[0]) or "Y"
        self.mentioned = start = covered.start.date()
        if unit == "D":
            self.day, self.day_sentence = start, True
            background = not self.narrative and is_background(self.tokens, self.current[0])
            if self.last_day is None or (not background and (self.today is None or start <= self.today)):
                self.last_day = start
            self.last_dated = (self.current[1], start)
            if not sense.of_day and self._heads_block(*self.current):
                self.heading = start
        if unit == "Q" and sense.quarter is not None:
            self.quarter = self.period = start
        self.sentence_unit = unit
        if sense.base == "published" or sense.year is not None or (sense.weekday is not None and sense.month is None):
            self.told = None
        if sense.year is not None and (sense.month is not None or sense.season is not None):
            long_ago = self.today is not None and start.year < self.today.year - 1
            self.told, self.told_sentence = (start, True) if long_ago else (None, False)
        if sense.unit == "W" and sense.base == "published" and sense.count == 1:
            self.week = start
        if self._is_name(sense) or self._bounds():
            return
        if self._is_aside(start, sense):
            self.aside = start
            return
        self.reference, self.unit, self.aside, self.reference_above = start, unit, None, False

    def _is_name(self, sense: Sense) -> bool:
        """Whether a day only tells which thing is meant: "the November 27 agreement" moves nobody's "next day"."""
        begin, end = self.current
        noun = not self.tokens.kind(end) and self.tokens.raw(end)[:1].isalpha() and self.tokens.word(end) not in words("function")
        return sense.month is not None and sense.year is None and noun and self.tokens.kind(begin - 1) == "THE"

    def _bounds(self) -> bool:
        """Whether a day only bounds what is told: "has worked since 1 April"; not "Since Wednesday they are bound"."""
        before = self.current[0] - 1
        return not self.narrative and before > 0 and self.tokens.raw(before) in words("bounds")

    def _is_aside(self, start: date, sense: Sense) -> bool:
        """Whether a year far from the history's own is only mentioned: the first one is, a second one near it is not."""
        if not self.narrative or self.reference is None or sense.month is not None:
            return False
        if abs(start.year - self.reference.year) <= _ASIDE_YEARS:
            return False
        return self.aside is None or abs(start.year - self.aside.year) > _ASIDE_YEARS

    def _over_midnight(self, found: Found, value: str) -> str:
        """In "from 11 p.m. to 2 a.m." the second time is on the next day."""
        begun, self.begun = self.begun, None
        sense = found.sense
        if sense.clock and begun is not None and sense.of_day and sense.clock < begun[1]:
            day = calendar.interval(begun[0])
            if day is not None and (moved := calendar.shift(day.start.date(), "D", 1)) is not None:
                value = f"{moved.isoformat()}T{value.partition('T')[2]}"
        if found.through and sense.clock:
            self.begun = (value.partition("T")[0], sense.clock)
        elif sense.clock and sense.of_day and (days := self._days_on(found, sense.clock)):
            day = calendar.interval(value.partition("T")[0])
            if day is not None and (moved := calendar.shift(day.start.date(), "D", days)) is not None:
                value = f"{moved.isoformat()}T{value.partition('T')[2]}"
        if sense.clock:
            self.clock_before = (found.end, sense.clock, sense.zone)
        return value

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

    def _days_on(self, found: Found, clock: tuple[int, ...]) -> int:
        """How many days a clock time lies after the day spoken of: the night of a journey, or the same moment in another zone."""
        before = self.clock_before
        if before is not None and before[0] == found.start - 1 and self.tokens.kinds[before[0]] == "LP":
            hours = clock[0] - before[1][0]  # "at 21:25 (0225 GMT)"
            return 1 if hours < -_ZONES_APART else -1 if hours > _ZONES_APART else 0
        return int(not self.day_beside and self._overnight_from(found, clock))

    def _overnight_from(self, found: Found, clock: tuple[int, ...]) -> bool:
        """Whether "left at 23:50 and landed at 01:10": a small hour told after a late one of the same sentence and clock."""
        if self.clock_before is None:
            return False
        end, before, zone = self.clock_before
        between = range(end, found.start)
        known = {zone, found.sense.zone} - {None, "local"}
        if before[0] < _LATE_HOUR or clock[0] >= _SMALL_HOUR or len(known) > 1 or len(between) > _CLOCKS_APART:
            return False
        if any(sentence_ends(self.tokens, i) or self.tokens.kinds[i] in _NO_SEQUEL for i in between):
            return False
        return any(self.tokens.lower[i] in ("and", "where", "then") for i in between)

    def _unanchored(self, sense: Sense) -> str | None:
        """What a deictic time says where nobody knows when the text was written: before, at or after that."""
        if self.today is not None or self.reference is not None or sense.base not in ("published", "reference"):
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
            return self._time_of(self._day_for_clock(found), sense)
        if sense.unit in ("H", "MI", "S"):
            return self._moved_clock(sense)
        day = self._date(found)
        if day is None or not (sense.part or sense.clock):
            return day
        return self._time_of(day, sense)

    def _time_of(self, day: str | None, sense: Sense) -> str:
        if day is None:
            day = "XXXX-XX-XX"
        if sense.part:
            return f"{day}T{sense.part}"
        assert sense.clock is not None
        return f"{day}T" + ":".join(f"{part:02d}" for part in sense.clock) + zone_suffix(sense.zone)

    def _heads_block(self, start: int, end: int) -> bool:
        """Whether tokens [start, end) begin a block of the text, and with `end` at a block's end are all of it."""
        return (start == 0 or self.tokens.kinds[start - 1] == "BREAK") and (end < 0 or self.tokens.kind(end) in ("BREAK", ""))

    def _day_for_clock(self, found: Found) -> str | None:
        """The day on which a clock time hangs: one right after it, else before it in its sentence, else after it, else before."""
        self.day_beside = False
        for other in self.following:
            between = self.tokens.kinds[found.end : other.start]
            if len(between) <= _BESIDE_TOKENS and other.sense.daily and not set(between) - _BESIDE_KINDS:
                value = self._date(other)  # "on Friday and again at 9:45 a.m. (0645 GMT) on Saturday"
                if value is not None and calendar.granularity(value) == "D":
                    self.day_beside = True
                    return value
        if self.heading is not None and self._heads_block(found.start, -1):
            return self.heading.isoformat()  # an entry of running notes
        if self.day is not None and self.day_sentence:
            return self.day.isoformat()
        ahead = self.day is not None and self.today is not None and self.day > self.today
        if ahead and not self.narrative and direction(self.tokens, found.start, found.end) < 0:
            self.day = None  # "before the New Year holiday … it landed at 8:52": what is past was on no day to come
        for other in self.following:
            if any(sentence_ends(self.tokens, i) for i in range(found.end, other.start)):
                break
            if other.sense.daily or (other.sense.dated and other.sense.part):
                value = self._date(other)
                if value is not None and calendar.granularity(value) == "D":
                    return value
                break
        if self.day is not None:
            return self.day.isoformat()
        if self.narrative:
            if self.reference is not None and self.unit == "D":
                return self.reference.isoformat()
            return f"{self.reference:%Y-%m}-XX" if self.reference is not None and self.unit == "M" else None
        if self.today is None:
            return None
        # Further down a story its clock times are still those of its day.
        recent = self.last_day is not None and timedelta(0) <= self.today - self.last_day <= timedelta(days=_STORY_DAYS)
        if recent and self.last_day is not None and direction(self.tokens, found.start, found.end) < 0:
            return self.last_day.isoformat()
        return self.today.isoformat()

    def _moved_clock(self, sense: Sense) -> str | None:
        base = self.published if sense.base == "published" else None
        if base is None or (base.hour == 0 and base.minute == 0) or sense.count is None:
            day = self.today if sense.base == "published" else self.reference
            return f"{day.isoformat()}TXX" if day else None
        moved = base + timedelta(
            **{
                {"H": "hours", "MI": "minutes", "S": "seconds"}[sense.unit or "H"]: sense.count
                if sense.unit != "MI"
                else sense.count // 60
            }
        )
        return moved.strftime("%Y-%m-%dT%H:%M" if sense.unit != "H" else "%Y-%m-%dT%H")

    def _base(self, sense: Sense) -> date | None:
        today = sense.count == 0 and not sense.part  # a history's "today" is its reader's
        if sense.base == "published" and sense.unit == "D" and self.today is not None and (today or self.present()):
            return self.today
        if sense.base == "published" and not self.narrative:
            return self.today
        if sense.base == "published" and self.narrative:
            return self.reference or self.today
        hanging = sense.unit == "D" or (sense.unit == "M" and sense.day is not None) or (sense.unit == "W" and sense.count == 0)
        if not self.narrative and hanging and self.unit not in ("D", "M", "W", "WE"):
            return self.last_day or self.today  # a year or decade mentioned in between is an aside
        if not self.narrative and self.today is not None and self.reference is not None:
            if self.reference > self.today and hanging and direction(self.tokens, *self.current) < 0:
                return self.last_day or self.today  # "takes effect in May; it was signed the same day"
            if sense.unit == "Y" and sense.count == 0:
                return self.mentioned or self.reference  # "since 1979 … That year": even one that only bounds
            if sense.unit == "M" and sense.day is not None and self._long_told():
                return self.today  # "on the 11th", in a paragraph that names no month
        return self.reference

    def _long_told(self) -> bool:
        """Whether the reference stands in a paragraph before this one, and far from the days of the news."""
        far = self.today is not None and self.reference is not None and (self.today - self.reference).days > _LATELY_DAYS
        return far and self.reference_above

    def present(self) -> bool:
        """Whether a history steps out of its story at the expression at hand: "still today", in a clause that is not past."""
        return self.narrative and direction(self.tokens, *self.current) >= 0

    def _date(self, found: Found) -> str | None:
        sense = found.sense
        if sense.decade is not None:
            return decade_value(sense.decade, self.today)
        if sense.century is not None:
            return f"BC{sense.century:02d}" if sense.era == "BC" else f"{sense.century:02d}"
        if sense.year is not None:
            if sense.unit == "Q":  # "the 1988 period"
                return calendar.at(self.quarter.replace(year=sense.year), "Q") if self.quarter else f"{sense.year:04d}"
            return in_year(sense, sense.year)
        if sense.unit is not None:
            return self._shifted(sense)
        return self._floating(found)

    def _shifted(self, sense: Sense) -> str | None:
        base = self._base(sense)
        unit, count = sense.unit or "D", sense.count or 0
        if sense.lately and direction(self.tokens, *self.current) < 0:
            count -= 1  # "struck overnight": in the night that began the day before
        if base is None:
            return None
        if unit == "Y" and count == -1 and not self.narrative and sense.compares and self.period is not None:
            return calendar.at(calendar.shift(self.period, "Y", -1) or self.period, "Q")
        if sense.compares and sense.base == "reference" and not self.narrative and self.sentence_unit is None and self.today:
            base = self.today if abs((self.today - base).days) < _A_YEAR_APART else base
        moved = count != 0 or (unit == "D" and sense.clock is None)
        coarse = sense.base == "reference" and unit in ("D", "W") and moved and self.unit not in ("D", "W", "WE")
        if sense.base == "reference" and unit == "Q" and self.quarter is not None:
            base = self.quarter
        elif unit == "Q" and sense.base == "reference" and count == 0:
            base = calendar.shift(base, "Q", -1) or base
        day = calendar.shift(base, unit, count)
        if day is None:
            return None
        if coarse and count == 0 and unit == "D" and self.last_day is not None and not self.narrative:
            return self.last_day.isoformat()  # "in 2013 …; he called the same day": a year in between is an aside
        if coarse:
            return f"{day:%Y}-XX-XX" if self.unit != "M" else f"{day:%Y-%m}-XX"
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
        if not calendar.valid(month.year, month.month, number):
            return None
        ahead = count == 0 and not self.narrative and self.today is not None and month.replace(day=number) > self.today
        if ahead and direction(self.tokens, *self.current) < 0:
            month = calendar.shift(month.replace(day=1), "M", -1) or month
        return f"{month:%Y-%m}-{number:02d}" if calendar.valid(month.year, month.month, number) else None

    def _floating(self, found: Found) -> str | None:
        """A weekday, month, season or quarter without its year: the one that the text means."""
        sense = found.sense
        base = self._base(sense) if sense.base else (self.reference if self.narrative else self.today)
        if base is None:
            base = self.reference or self.today
        if sense.weekday is not None and sense.month is None and sense.which is None and (beside := self._beside(found)):
            return calendar.weekday_on_or_after(beside - timedelta(days=3), sense.weekday).isoformat()
        which = sense.which
        if which is None:
            which = direction(self.tokens, found.start, found.end)
            explicit = False
        else:
            explicit = True
        if sense.weekend:
            return nearest.weekend(base, which)
        if base is None:
            return nearest.without_year(sense)
        if sense.weekday is not None and sense.month is None:
            if explicit and which == 0 and direction(self.tokens, found.start, found.end) < 0:
                return calendar.weekday_on_or_before(base, sense.weekday).isoformat()
            if self.week is not None and not explicit and which >= 0:
                return calendar.weekday_on_or_after(self.week, sense.weekday).isoformat()  # "next week …, there on Wednesday"
            return nearest.weekday(base, sense.weekday, which, explicit)
        return self._year_for(sense, base, which, explicit)

    def _beside(self, found: Found) -> date | None:
        """The day before an opening bracket: "Tuesday (early Wednesday in Tokyo)" tells one moment twice."""
        opened = [i for i in range(max(0, found.start - _BRACKET_TOKENS), found.start) if self.tokens.kinds[i] == "LP"]
        if not opened or self.last_dated is None or self.last_dated[0] != opened[-1]:
            return None
        return self.last_dated[1]

    def _year_for(self, sense: Sense, base: date, which: int, explicit: bool) -> str | None:
        values = [(year, in_year(sense, year)) for year in (base.year - 1, base.year, base.year + 1)]
        spans = [(value, calendar.interval(value, self.south)) for _, value in values if value is not None]
        spans_ok = [(value, span) for value, span in spans if span is not None]
        if not spans_ok:
            return None
        now = datetime(base.year, base.month, base.day)
        ended = [value for value, span in spans_ok if span.end <= now]
        later = [value for value, span in spans_ok if span.start > now]
        open_now = [value for value, span in spans_ok if span.start <= now < span.end]
        if explicit:
            if which == 0:
                return open_now[-1] if open_now else values[1][1]
            if which < 0:
                return ended[-1] if ended else None
            return later[0] if later else None
        closest = min(spans_ok, key=lambda pair: nearest.distance(pair[1], now, 0))
        if not self.narrative and sense.weekday is not None and closest[1].start.isoweekday() == sense.weekday:
            return closest[0]  # "Monday, Oct. 26": the weekday tells the year
        if sense.day is not None and (year := self.years.get((sense.month, sense.day))):
            return in_year(sense, year)
        if (after := self._after_told(sense, which)) is not None:
            return after
        if sense.day is not None and (year := self.surely.get((sense.month, sense.day))):
            return in_year(sense, year)
        if self.narrative:
            return values[1][1]  # a history tells on in the year it has reached
        return min(spans_ok, key=lambda pair: nearest.distance(pair[1], now, which))[0]

    def _after_told(self, sense: Sense, which: int) -> str | None:
        """ "Signed in May 2010 …; in June it was ratified": after the month or day long ago that the paragraph told in full."""
        if self.told is None or not (sense.month or sense.season):
            return None
        if which > 0 or (not self.told_sentence and (which == 0 or self.narrative or self._is_recent(sense))):
            return None
        for year in (self.told.year, self.told.year + (not self.told_sentence)):
            value = in_year(sense, year)
            covered = calendar.interval(value) if value else None
            if covered is not None and covered.end.date() > self.told:
                return value
        return None

    def _is_recent(self, sense: Sense) -> bool:
        """Whether a month or day was lately, so that news means it and not its like in a year told before."""
        covered = calendar.interval(in_year(sense, self.today.year) or "") if self.today is not None else None
        return covered is not None and self.today is not None and 0 <= (self.today - covered.start.date()).days < _LATELY_DAYS

    def _whole(self, sense: Sense) -> str | None:
        """The month or year at whose end a duration lies."""
        base, year = self.reference if self.narrative else self.today, sense.year
        if year is None and sense.count is not None and base is not None:
            year = base.year + sense.count
        if year is not None:
            return in_year(Sense(month=sense.month), year)
        if base is None or sense.month is None:
            return None
        return self._year_for(Sense(month=sense.month), base, direction(self.tokens, *self.current), explicit=False)
