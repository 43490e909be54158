"""All calendar and interval arithmetic: TIMEX3 values, EDTF strings and half-open intervals, each into the others.

In: values such as "2024-W28", "1989-Q3", "2024-07-09T04:10", "199" (a decade), "BC0218", "FY2024". Out: `Interval` (half open,
naive datetimes in the calendar's own local time), EDTF (ISO 8601-2) strings, and values shifted by whole units.

Units are TIMEX3's letters: S, MI (minutes; TIMEX3 writes both minutes and months M), H, D, W, M, Q, Y, E (decade), C (century),
L (millennium). Weeks are ISO 8601 weeks. EDTF has no weeks, weekends or parts of a day: weeks and weekends become intervals of
days, parts of a day their day. Seasons are meteorological (WMO: spring is March to May in the north); a season that runs over the
new year carries the year in which it begins. EDTF numbers: seasons 21-24, quarters 33-36, half-years 40-41 (ISO 8601-2, 4.8).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta

SEASONS = ("SP", "SU", "FA", "WI")
NORTH_FIRST_MONTH = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
SOUTH_FIRST_MONTH = {"FA": 3, "WI": 6, "SP": 9, "SU": 12}
# Parts of a day as (first hour, last hour, exclusive); night runs into the next day. TIMEX3 names the parts, not their hours.
DAY_PARTS = {"MO": (5, 12), "MI": (11, 14), "AF": (12, 18), "EV": (17, 22), "NI": (20, 30), "DT": (6, 18)}
FISCAL_FIRST_MONTH = 10  # United States federal government, 31 U.S.C. 1102: 1 October of the year before

_VALUE = re.compile(
    r"(?P<bc>BC)?(?P<fy>FY)?(?P<year>\d{1,4})"
    r"(?:-(?:W(?P<week>\d\d)(?:-(?:(?P<weekend>WE)|(?P<weekday>[1-7])))?|Q(?P<quarter>[1-4])|H(?P<half>[12])"
    r"|(?P<season>SP|SU|FA|WI)|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?"
    r"(?:T(?:(?P<part>MO|MI|AF|EV|NI|DT)|(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?))?"
)


@dataclass(frozen=True, slots=True)
class Interval:
    """[start, end) of local calendar time."""

    start: datetime
    end: datetime


def valid(year: int, month: int, day: int) -> bool:
    """Whether the Gregorian calendar has this day (years 1 to 9999)."""
    return MINYEAR <= year <= MAXYEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day when it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def week_value(day: date) -> str:
    """The ISO week a day lies in."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def at(day: date, unit: str) -> str:
    """The calendar unit that holds `day`, as a TIMEX3 value."""
    if unit == "W":
        return week_value(day)
    if unit == "Q":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    widths = {"M": f"{day.year:04d}-{day.month:02d}", "Y": f"{day.year:04d}", "E": f"{day.year // 10:03d}"}
    widths |= {"C": f"{day.year // 100:02d}", "L": f"{day.year // 1000}"}
    return widths.get(unit, day.isoformat())


_MONTHS = {"M": 1, "Q": 3, "Y": 12, "E": 120, "C": 1200, "L": 12000}


SHIFTED = frozenset({"D", "W", *_MONTHS})
"""The units that `shift` moves by."""


def shift(day: date, unit: str, count: int) -> date | None:
    """`day` moved by whole units; None beyond the years 1 to 9999."""
    try:
        if unit in _MONTHS:
            return add_months(day, _MONTHS[unit] * count)
        return day + timedelta(days=count * (7 if unit == "W" else 1))
    except (ValueError, OverflowError):
        return None


def weekday_on_or_before(day: date, weekday: int) -> date:
    """The latest such weekday (Monday is 1) that is not after `day`."""
    return day - timedelta(days=(day.isoweekday() - weekday) % 7)


def weekday_on_or_after(day: date, weekday: int) -> date:
    """The earliest such weekday (Monday is 1) that is not before `day`."""
    return day + timedelta(days=(weekday - day.isoweekday()) % 7)


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th such weekday of a month; n = -1 is the last. Raises ValueError when the month has no n-th."""
    if n > 0:
        found = weekday_on_or_after(date(year, month, 1), weekday) + timedelta(weeks=n - 1)
    else:
        found = weekday_on_or_before(date(year, month, monthrange(year, month)[1]), weekday) + timedelta(weeks=n + 1)
    if found.month != month:
        raise ValueError(f"{year}-{month:02d} has no weekday {weekday} number {n}")
    return found


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm, Nature, 20 April 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Easter Sunday of the Julian computus as a Gregorian date (Meeus), for 1900 to 2099."""
    d = (19 * (year % 19) + 15) % 30
    e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


def interval(value: str, south: bool = False, fiscal_first_month: int = FISCAL_FIRST_MONTH) -> Interval | None:
    """What a TIMEX3 calendar value covers; None for durations, sets, vague references and years before 1.

    Args:
        value: the TIMEX3 value; a zone in it is left alone, the interval is local.
        south: seasons of the southern hemisphere.
        fiscal_first_month: the month in which a fiscal year ("FY2024") begins, in the year before unless it is January.
    """
    if "/" in value:
        first, _, last = value.partition("/")
        a, b = interval(first, south), interval(last, south)
        return Interval(a.start, b.end) if a and b and a.start < b.end else None
    match = _VALUE.fullmatch(value.partition("-X")[0].partition("-WX")[0])
    if match is None or match["bc"]:
        return None
    try:
        days = _days(match, south, fiscal_first_month)
        return days and _narrow(days, match)
    except (ValueError, OverflowError):
        return None


def _days(match: re.Match[str], south: bool, fiscal_first_month: int) -> Interval | None:
    digits = match["year"]
    if len(digits) < 4:
        width = 10 ** (4 - len(digits))
        return None if match["month"] else _years(int(digits) * width, width)
    year = int(digits)
    if match["fy"]:
        first = date(year - (fiscal_first_month > 1), fiscal_first_month, 1)
        if match["quarter"]:
            return _months(add_months(first, 3 * (int(match["quarter"]) - 1)), 3)
        return _months(first, 12)
    if match["week"]:
        monday = date.fromisocalendar(year, int(match["week"]), 1)
        if match["weekend"]:
            return _span(monday + timedelta(days=5), 2)
        if match["weekday"]:
            return _span(monday + timedelta(days=int(match["weekday"]) - 1), 1)
        return _span(monday, 7)
    if match["quarter"]:
        return _months(date(year, 3 * int(match["quarter"]) - 2, 1), 3)
    if match["half"]:
        return _months(date(year, 6 * int(match["half"]) - 5, 1), 6)
    if match["season"]:
        first_month = (SOUTH_FIRST_MONTH if south else NORTH_FIRST_MONTH)[match["season"]]
        return _months(date(year, first_month, 1), 3)
    if match["day"]:
        return _span(date(year, int(match["month"]), int(match["day"])), 1)
    if match["month"]:
        return _months(date(year, int(match["month"]), 1), 1)
    return _years(year, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _span(first: date, days: int) -> Interval:
    return Interval(_midnight(first), _midnight(first) + timedelta(days=days))


def _months(first: date, months: int) -> Interval:
    try:
        end = _midnight(add_months(first, months))
    except ValueError:
        end = datetime.max
    return Interval(_midnight(first), end)


def _years(first: int, years: int) -> Interval:
    end = datetime(first + years, 1, 1) if first + years <= MAXYEAR else datetime.max
    return Interval(datetime(max(first, MINYEAR), 1, 1), end)


def _narrow(days: Interval, match: re.Match[str]) -> Interval | None:
    if match["part"]:
        first, last = DAY_PARTS[match["part"]]
        return Interval(days.start + timedelta(hours=first), days.start + timedelta(hours=last))
    if match["hour"] is None:
        return days
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
        return None
    start = days.start + timedelta(hours=hour, minutes=minute, seconds=second)
    width = timedelta(seconds=1) if match["second"] else timedelta(minutes=1) if match["minute"] else timedelta(hours=1)
    return Interval(start, start + width)


def to_edtf(value: str, south: bool = False, fiscal_first_month: int = FISCAL_FIRST_MONTH) -> str | None:
    """A TIMEX3 calendar value as EDTF; None where it denotes no calendar date, time or interval."""
    if "/" in value:
        ends = [to_edtf(part, south) for part in value.split("/")]
        return None if None in ends or any("/" in str(e) for e in ends) else "/".join(str(e) for e in ends)
    if "X" in value:
        return _unspecified(value)
    match = _VALUE.fullmatch(value)
    if match is None:
        return None
    if match["bc"]:
        # ISO 8601 has a year 0000, which is 1 BC.
        year = int(match["year"]) - 1
        whole = len(match["year"]) == 4 and match.end() == match.end("year")
        return f"-{year:04d}" if whole and year else "0000" if whole else None
    if len(match["year"]) < 4:
        return match["year"] + "X" * (4 - len(match["year"])) if match.end() == match.end("year") else None
    covered = interval(value, south, fiscal_first_month)
    if covered is None:
        return None
    if match["fy"]:
        return f"{covered.start:%Y-%m}/{covered.end - timedelta(days=1):%Y-%m}"
    return _edtf(match, covered)


def _edtf(match: re.Match[str], covered: Interval) -> str:
    year = match["year"]
    if match["week"] and not match["weekday"]:
        return f"{covered.start:%Y-%m-%d}/{covered.end - timedelta(days=1):%Y-%m-%d}"
    if match["quarter"]:
        return f"{year}-{32 + int(match['quarter'])}"
    if match["half"]:
        return f"{year}-{39 + int(match['half'])}"
    if match["season"]:
        return f"{year}-{21 + SEASONS.index(match['season'])}"
    if match["week"]:
        day = f"{covered.start:%Y-%m-%d}"
    else:
        day = match.string[: match.end("day")] if match["day"] else match.string[: match.end("month")] if match["month"] else year
    if match["hour"] is None:
        return day
    second = f":{match['second']}" if match["second"] else ""
    return f"{day}T{match['hour']}:{match['minute'] or '00'}{second}{match['zone'] or ''}"


def _unspecified(value: str) -> str | None:
    """EDTF spells unknown digits as TIMEX3 does, as long as the year is known: "1915-XX-XX"; an unknown week is its year."""
    if not re.fullmatch(r"\d{4}(?:-WXX|-QX|-XX(?:-XX)?|-\d\d-XX)(?:T\w+)?", value):
        return None
    day = value.partition("T")[0]
    return day[:4] if day[4:6] in ("-W", "-Q") else day


_EDTF_SEASON = re.compile(r"(\d{4})-(2[1-4]|3[3-6]|4[01])")


def from_edtf(edtf: str) -> str | None:
    """An EDTF string as TIMEX3 value, the inverse of `to_edtf` where there is one; None for strings that are not EDTF."""
    edtf = edtf.rstrip("?~%")
    if "/" in edtf:
        return _week_of(edtf) or _both(edtf)
    if season := _EDTF_SEASON.fullmatch(edtf):
        number = int(season[2])
        if number < 30:
            return f"{season[1]}-{SEASONS[number - 21]}"
        return f"{season[1]}-Q{number - 32}" if number < 40 else f"{season[1]}-H{number - 39}"
    if re.fullmatch(r"\d{1,3}X{1,3}", edtf) and len(edtf) == 4:
        return edtf.rstrip("X")
    if edtf == "0000":
        return "BC0001"
    if re.fullmatch(r"-\d{4}", edtf):
        return f"BC{int(edtf[1:]) + 1:04d}"
    return edtf if to_edtf(edtf) is not None else None


def in_months(edtf: str) -> str:
    """An EDTF string with a quarter or half of a year as its first and last month: "2006-41" is "2006-07/2006-12"; others are
    returned as they are."""
    value = from_edtf(edtf) if _EDTF_SEASON.fullmatch(edtf) else None
    covered = interval(value) if value is not None and value[5] in "QH" else None
    return edtf if covered is None else f"{covered.start:%Y-%m}/{covered.end - timedelta(days=1):%Y-%m}"


def _both(edtf: str) -> str | None:
    first, _, last = edtf.partition("/")
    if ".." in (first, last):
        return None
    a, b = from_edtf(first), from_edtf(last)
    return f"{a}/{b}" if a and b and "/" not in a + b else None


def _week_of(edtf: str) -> str | None:
    first, _, last = edtf.partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    if start.isoweekday() == 1 and end - start == timedelta(days=6):
        return week_value(start)
    if start.isoweekday() == 6 and end - start == timedelta(days=1):
        return f"{week_value(start)}-WE"
    return None


def granularity(value: str) -> str | None:
    """The unit a calendar value is given in: TH (clock time), P (part of a day), D, WE, W, M, S (season), Q, H, Y, E, C or L."""
    match = _VALUE.fullmatch(value)
    if match is None:
        return None
    groups = match.groupdict()
    for name, unit in (("hour", "TH"), ("part", "P"), ("day", "D"), ("weekday", "D"), ("weekend", "WE"), ("week", "W")):
        if groups[name]:
            return unit
    for name, unit in (("month", "M"), ("season", "S"), ("quarter", "Q"), ("half", "H")):
        if groups[name]:
            return unit
    return {4: "Y", 3: "E", 2: "C", 1: "L"}[len(match["year"])]


_DURATION_SECONDS = {"S": 1, "MI": 60, "H": 3600, "D": 86400, "W": 604800}


def duration_value(count: float | None, unit: str) -> str:
    """A TIMEX3 duration: 36 H is "PT36H", 2.5 Y "P2.5Y"; decades, centuries and millennia are written in years."""
    if unit in ("E", "C", "L") and count is not None:
        count, unit = count * {"E": 10, "C": 100, "L": 1000}[unit], "Y"
    if unit == "H" and count is not None and count in (0.25, 0.5, 0.75):
        count, unit = count * 60, "MI"  # "half an hour" is told in minutes
    number = "X" if count is None else f"{count:g}" if count < 1e6 else f"{count:.0f}"
    if unit == "MI":
        return f"PT{number}M"
    return f"PT{number}{unit}" if unit in ("S", "H") else f"P{number}{unit}"


def duration_before(end: date, unit: str, count: int) -> tuple[str, str] | None:
    """The first and last calendar unit of the `count` units that end on `end`: the past year on 2024-07-09 is 2023-07 to 2024-07.

    Years and quarters are counted in months, months in months, weeks and days in days: the precision that the words carry.
    """
    finest = {"Y": "M", "E": "Y", "C": "Y", "L": "Y", "Q": "M", "M": "M", "W": "D", "D": "D"}.get(unit)
    start = shift(end, unit, -count)
    if finest is None or start is None:
        return None
    return at(start, finest), at(end, finest)


def utc_offset(zone: str) -> timedelta | None:
    """The offset that a value's zone ("Z", "+09", "-05:30") stands for."""
    if zone == "Z":
        return timedelta(0)
    match = re.fullmatch(r"([+-])(\d\d):?(\d\d)?", zone)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return -offset if match[1] == "-" else offset
