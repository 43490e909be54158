"""What a resolved time covers: its EDTF, its interval, its zone, and what contradicts it.

In: a sense and its TIMEX3 value. Out: `Resolved`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline import calendar
from pipeline.records import Problem, TimeType
from pipeline.times import feasts
from pipeline.times.senses import Sense

_LONGEST = 10_000  # units; a longer duration gets no interval
_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Resolved:
    """One anchored expression."""

    value: str
    edtf: str | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    problem: Problem | None = None
    approximate: bool = False


def zone_of(name: str | None, day: datetime) -> tzinfo | None:
    """The zone a sense names, or None where it is not certain ("local time")."""
    if name is None or name == "local":
        return None
    if name.lstrip("-").isdigit():
        return UTC if name == "0" else timezone(timedelta(minutes=int(name)))
    try:
        offset = day.replace(tzinfo=ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return None
    return None if offset is None else timezone(offset)


def zone_suffix(name: str | None) -> str:
    """What a TIMEX3 value says of a zone whose offset its name fixes: "Z" for GMT, "+09" for KST; nothing for places."""
    if name is None or not name.lstrip("-").isdigit():
        return ""
    hours, minutes = divmod(abs(int(name)), 60)
    if not hours and not minutes:
        return "Z"
    return f"{'-' if name.startswith('-') else '+'}{hours:02d}" + (f":{minutes:02d}" if minutes else "")


def in_year(sense: Sense, year: int) -> str | None:
    """The calendar value of a sense whose year is known."""
    if sense.era == "BC":
        return f"BC{year:04d}" + (f"-{sense.month:02d}" if sense.month else "")
    head = f"{year:04d}"
    if sense.holiday is not None:
        return feasts.value(sense.holiday, year) or head
    if sense.fiscal:
        return f"FY{head}" + (f"-Q{sense.quarter}" if sense.quarter else "")
    if sense.month is not None:
        head += f"-{sense.month:02d}"
        if sense.day is None:
            return head
        return f"{head}-{sense.day:02d}" if calendar.valid(year, sense.month, sense.day) else None
    if sense.season:
        return f"{head}-{sense.season}"
    if sense.quarter:
        return f"{head}-Q{sense.quarter}"
    return f"{head}-H{sense.half}" if sense.half else head


def decade_value(decade: int, today: date | None) -> str:
    """A decade; "the nineties" are the last ones."""
    if decade >= 100:
        return f"{decade:03d}"
    year = (today or date(2000, 1, 1)).year
    full = year // 100 * 10 + decade
    return f"{full if full * 10 <= year else full - 10:03d}"


def weekday_problem(sense: Sense, value: str) -> Problem | None:
    """The contradiction of a day and the weekday that the text names beside it."""
    if sense.weekday is None or sense.day is None:
        return None
    covered = calendar.interval(value.partition("T")[0])
    if covered is None or covered.start.isoweekday() == sense.weekday:
        return None
    said = _WEEKDAY_NAMES[sense.weekday - 1]
    is_day = _WEEKDAY_NAMES[covered.start.isoweekday() - 1]
    return Problem(code="weekday_mismatch", message=f"the text says {said}, but {covered.start:%Y-%m-%d} is a {is_day}")


def cover(sense: Sense, value: str, south: bool, fiscal_first_month: int) -> Resolved:
    """A date or time with its EDTF and interval, in its zone where the text names one for certain."""
    if sense.type is TimeType.SET or value.endswith("_REF"):
        return Resolved(value)
    problem = weekday_problem(sense, value)
    covered = calendar.interval(value, south, fiscal_first_month)
    edtf = calendar.to_edtf(value, south, fiscal_first_month)
    if covered is None:
        return Resolved(value, edtf, problem=problem)
    start, end = covered.start, covered.end
    zone = zone_of(sense.zone, start) if sense.clock else None
    if zone is not None:
        start, end = start.replace(tzinfo=zone), end.replace(tzinfo=zone)
        utc = start.astimezone(UTC)
        edtf = f"{utc:%Y-%m-%dT%H:%M:%SZ}" if sense.clock and len(sense.clock) > 2 else f"{utc:%Y-%m-%dT%H:%MZ}"
    return Resolved(value, edtf, start, end, problem, sense.holiday is not None and feasts.is_approximate(sense.holiday))


def cover_duration(sense: Sense, value: str, base: date | None) -> Resolved:
    """A duration, with the interval where it ends or begins at `base` ("the past year")."""
    if not sense.direction or sense.length is None or sense.length[0] is None or base is None:
        return Resolved(value)
    count, unit = sense.length
    if count is None or count != int(count) or count > _LONGEST:
        return Resolved(value)
    ends = calendar.duration_before(base, unit, int(count) * -sense.direction)
    return Resolved(value) if ends is None else _between(value, "/".join(sorted(ends)))


def cover_edge(sense: Sense, value: str, whole: str | None) -> Resolved:
    """ "the last two weeks of February 1951": days counted from one end of the month or year `whole`."""
    covered = calendar.interval(whole) if whole else None
    if covered is None or sense.length is None or sense.length[0] is None or sense.edge is None:
        return Resolved(value)
    count, unit = sense.length
    first, last = covered.start.date(), covered.end.date()
    steps = int(count or 1)
    if sense.edge < 0:
        first = calendar.shift(last, unit, -steps) or first
    else:
        start = calendar.shift(first, unit, steps * (sense.edge - 1)) or first
        first, last = start, min(last, calendar.shift(start, unit, steps) or last)
    if not covered.start.date() <= first < last:
        return Resolved(value)
    grain = "M" if unit == "M" else "D"
    return _between(value, f"{calendar.at(first, grain)}/{calendar.at(last - timedelta(days=1), grain)}")


def _between(value: str, edtf: str) -> Resolved:
    covered = calendar.interval(edtf)
    return Resolved(value, edtf, covered.start if covered else None, covered.end if covered else None)
