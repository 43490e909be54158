"""The dates of feasts and public holidays, those of the Jewish, Islamic and Chinese calendars among them.

In: an entry of models/times/holidays.toml and a year. Out: its date or interval. All is computed, for the years 1600 to 2399: the
Hebrew calendar exactly; the Chinese from new moons and the sun's longitude; the Islamic from new moons and dusk at Mecca: it is
approximate, since authorities decide by sighting (within a day of what Saudi Arabia announced from 2015 to 2025).

Sources: Hebrew and Islamic arithmetic as in Reingold and Dershowitz, Calendrical Calculations; new moons and solar longitude as
in Meeus, Astronomical Algorithms, chapters 49 and 25 (to some minutes). Day numbers are Python's ordinals, moments Julian days.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from math import radians, sin
from typing import Any

from pipeline import calendar
from pipeline.times.grammar import table

_HEBREW_EPOCH = -1373427  # ordinal of 1 Tishri of the year 1
_HEBREW_YEARS = 3761  # the Hebrew year that begins in the autumn of a year, less that year
_ISLAMIC_EPOCH = 227014  # ordinal of the day before 1 Muharram of the year 1 (16 July 622, Julian)
_JULIAN_DAY = 1721424.5  # Julian day of midnight before ordinal 0
_TERRESTRIAL = 69 / 86400  # days by which ephemeris time is ahead of UT now
_CHINA, _MECCA_DUSK, _INDIA_DUSK = 8 / 24, 15.5 / 24, 12.5 / 24  # UTC+8; sunset at Mecca and Delhi as UT
_SYNODIC = 29.530588861
_TROPICAL = 365.2422
_LIBRA_ENDS = 234.0  # degrees, about: where the sun leaves sidereal Libra, whose new moon is Diwali's
_YEARS = range(1600, 2400)
_RABBINIC_MOVES = {"shoah": {5: -1, 7: 1}, "independence": {5: -1, 6: -2, 1: 1}}
"""By ISO weekday: days by which Israeli law moves a day that would break the Sabbath."""


@cache
def _entries() -> list[dict[str, Any]]:
    return list(table("holidays")["holiday"])


def is_approximate(index: int) -> bool:
    """Whether the date depends on a sighting of the moon, or on a local custom that no arithmetic knows."""
    return bool(_entries()[index].get("approximate"))


def value(index: int, year: int) -> str | None:
    """The TIMEX3 value of a holiday in a year: a day, or first and last day; None where no rule reaches."""
    first = day(index, year)
    length = _entries()[index].get("days", 1)
    if first is None or length == 1:
        return first.isoformat() if first else None
    return f"{first.isoformat()}/{(first + timedelta(days=length - 1)).isoformat()}"


@cache
def day(index: int, year: int) -> date | None:
    """The (first) day of a holiday in a year; None where no rule reaches."""
    entry = _entries()[index]
    try:
        if "fixed" in entry:
            return date.fromisoformat(f"{year:04d}-{entry['fixed']}")
        if "nth" in entry:
            month, weekday, n = entry["nth"]
            return calendar.nth_weekday(year, month, weekday, n) + timedelta(days=entry.get("offset", 0))
        if "easter" in entry:
            return calendar.easter(year) + timedelta(days=entry["easter"])
        if "orthodox" in entry:
            return calendar.orthodox_easter(year) + timedelta(days=entry["orthodox"]) if 1900 <= year < 2100 else None
        return _lunar(entry, year) if year in _YEARS else None
    except (ValueError, OverflowError):
        return None


def _lunar(entry: dict[str, Any], year: int) -> date | None:
    if "passover" in entry:
        found = passover(year) + timedelta(days=entry["passover"])
        moves = _RABBINIC_MOVES.get(entry.get("moved", ""), {})
        return found + timedelta(days=moves.get(found.isoweekday(), 0))
    if "rosh_hashanah" in entry:
        return hebrew_new_year(year + _HEBREW_YEARS) + timedelta(days=entry["rosh_hashanah"])
    if "hanukkah" in entry:
        return hanukkah(year)
    if "islamic" in entry:
        month, number = entry["islamic"]
        return islamic(year, month, number)
    if "chinese" in entry:
        month, number = entry["chinese"]
        return chinese_month(year, month) + timedelta(days=number - 1)
    if "sun" in entry:
        longitude, hours = entry["sun"]
        return _date(_sun_at(year, longitude) + hours / 24)
    return diwali(year) if "diwali" in entry else None


# --- Hebrew


def _hebrew_days(year: int) -> int:
    """Days from the epoch to the mean new moon of Tishri, moved off Sunday, Wednesday and Friday."""
    months = (235 * year - 234) // 19
    days = 29 * months + (12084 + 13753 * months) // 25920
    return days + (3 * (days + 1) % 7 < 3)


def hebrew_new_year(year: int) -> date:
    """Rosh Hashanah of a Hebrew year."""
    before, here, after = _hebrew_days(year - 1), _hebrew_days(year), _hebrew_days(year + 1)
    delay = 2 if after - here == 356 else 1 if here - before == 382 else 0
    return date.fromordinal(_HEBREW_EPOCH + here + delay)


def passover(year: int) -> date:
    """15 Nisan, which is always 163 days before the next Rosh Hashanah."""
    return hebrew_new_year(year + _HEBREW_YEARS) - timedelta(days=163)


def hanukkah(year: int) -> date:
    """25 Kislev: the month before it has 30 days in years of 355 and 385 days, else 29."""
    first, following = (hebrew_new_year(year + _HEBREW_YEARS + n) for n in (0, 1))
    return first + timedelta(days=30 + 29 + ((following - first).days % 10 == 5) + 24)


# --- sun and moon


def _date(julian: float) -> date:
    return date.fromordinal(int(julian - _JULIAN_DAY))


def new_moon(number: int) -> float:
    """The moment of a new moon as Julian day; number 0 is that of 6 January 2000."""
    t = number / 1236.85
    e = 1 - 0.002516 * t
    sun = radians(2.5534 + 29.1053567 * number)
    moon = radians(201.5643 + 385.81693528 * number + 0.0107582 * t * t)
    node = radians(160.7108 + 390.67050284 * number - 0.0016118 * t * t)
    ascending = radians(124.7746 - 1.56375588 * number)
    return (
        2451550.09766
        + _SYNODIC * number
        + 0.00015437 * t * t
        - 0.4072 * sin(moon)
        + 0.17241 * e * sin(sun)
        + 0.01608 * sin(2 * moon)
        + 0.01039 * sin(2 * node)
        + 0.00739 * e * sin(moon - sun)
        - 0.00514 * e * sin(moon + sun)
        + 0.00208 * e * e * sin(2 * sun)
        - 0.00111 * sin(moon - 2 * node)
        - 0.00057 * sin(moon + 2 * node)
        + 0.00056 * e * sin(2 * moon + sun)
        - 0.00042 * sin(3 * moon)
        + 0.00042 * e * sin(sun + 2 * node)
        + 0.00038 * e * sin(sun - 2 * node)
        - 0.00024 * e * sin(2 * moon - sun)
        - 0.00017 * sin(ascending)
        - _TERRESTRIAL
    )


def _longitude(julian: float) -> float:
    """The sun's apparent longitude in degrees, to 0.01."""
    t = (julian + _TERRESTRIAL - 2451545) / 36525
    anomaly = radians(357.52911 + 35999.05029 * t)
    centre = (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    return (
        280.46646 + 36000.76983 * t + 0.0003032 * t * t + centre - 0.00569 - 0.00478 * sin(radians(125.04 - 1934.136 * t))
    ) % 360


def _sun_at(year: int, longitude: float) -> float:
    """When the sun reaches a longitude in a calendar year, as Julian day; 280 degrees are passed at the turn of the year."""
    moment = date(year, 1, 1).toordinal() + _JULIAN_DAY + ((longitude - 280) % 360) / 360 * _TROPICAL
    for _ in range(4):
        moment += ((longitude - _longitude(moment) + 180) % 360 - 180) / 360 * _TROPICAL
    return moment


def _moon_on_or_before(julian: float, offset: float) -> int:
    """The number of the last new moon on or before the local day of a moment."""
    number = int((julian - 2451550) / _SYNODIC) + 2
    while _date(new_moon(number) + offset) > _date(julian + offset):
        number -= 1
    return number


# --- Chinese


@cache
def chinese_month(year: int, month: int) -> date:
    """The first day of a lunar month of the Chinese year that begins in `year`: the eleventh month holds the winter solstice."""
    start = year if month >= 11 else year - 1
    first = _moon_on_or_before(_sun_at(start, 270), _CHINA)
    last = _moon_on_or_before(_sun_at(start + 1, 270), _CHINA)
    ordinal = (month - 11) % 12
    number = first + ordinal
    if last - first == 13 and any(_holds_no_term(first + i) for i in range(1, ordinal + 1)):
        number += 1
    return _date(new_moon(number) + _CHINA)


def _holds_no_term(number: int) -> bool:
    """Whether the sun enters no sign (multiple of 30 degrees) during the month: it is the leap month."""
    begin, end = (_date(new_moon(n) + _CHINA).toordinal() + _JULIAN_DAY - _CHINA for n in (number, number + 1))
    return int(_longitude(begin) // 30) == int(_longitude(end) // 30)


# --- Islamic


def islamic(year: int, month: int, number: int) -> date | None:
    """The first day in a Gregorian year that is the `number`-th of an Islamic month; None where the year has none."""
    about = (date(year, 1, 1).toordinal() - _ISLAMIC_EPOCH) // 354.367
    for hijri in range(int(about), int(about) + 4):
        mean = number + 29 * (month - 1) + (6 * month - 1) // 11 + (hijri - 1) * 354 + (3 + 11 * hijri) // 30 + _ISLAMIC_EPOCH
        found = _islamic_month(mean - number) + timedelta(days=number - 1)
        if found.year == year:
            return found
    return None


def _islamic_month(mean: int) -> date:
    """The month whose mean beginning is near: it begins on the day after the first dusk at Mecca that follows a new moon."""
    moon = new_moon(round((mean + _JULIAN_DAY - 1 - 2451550) / _SYNODIC))
    return _date(moon + 1 - _MECCA_DUSK) + timedelta(days=1)


# --- Hindu


def diwali(year: int) -> date:
    """The evening before the new moon while the sun is in sidereal Libra, by Indian days."""
    number = _moon_on_or_before(_sun_at(year, _LIBRA_ENDS), 0)
    return _date(new_moon(number) - _INDIA_DUSK)
