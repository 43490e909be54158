"""What a person may write as a date: EDTF (ISO 8601-2) as far as records use it.

In: "2024-07-09", "2024-06?", "2024-07-09T01:12Z", "2023-07/2024-07", "2022-02/..", "2024-23", "2024-W28". Out: the half-open
interval it covers, as ISO 8601 strings; None where it is open or has no bounds in the calendar (seasons). ValueError for
anything else.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from pipeline.records import EventTime

_WEEK = re.compile(r"(\d{4})-W(\d\d)")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d)?(Z|[+-]\d\d:\d\d)?)?)?)?")
_OPEN = re.compile(r"[\dX]{4}(?:-[\dX]{2}(?:-[\dX]{2})?)?")
"""Dates with open digits ("199X", "2002-02-XX"): right, but without an interval that we compute."""
_SEASONS = range(21, 42)


def event_time(edtf: str, mentions: tuple[str, ...] = ()) -> EventTime:
    """The time of an event. Raises ValueError for what is no date."""
    earliest, latest = interval(edtf)
    return EventTime(edtf=edtf, earliest=earliest, latest=latest, approximate=edtf.endswith(("?", "~", "%")), mentions=mentions)


def interval(edtf: str) -> tuple[str | None, str | None]:
    """The bounds of a date."""
    value = edtf.rstrip("?~%")
    if "/" in value:
        left, _, right = value.partition("/")
        return (
            None if left in ("", "..") else interval(left)[0],
            None if right in ("", "..") else interval(right)[1],
        )
    if match := _WEEK.fullmatch(value):
        monday = datetime.fromisocalendar(int(match[1]), int(match[2]), 1)
        return monday.isoformat(), (monday + timedelta(days=7)).isoformat()
    match = _DATE.fullmatch(value)
    if match is None:
        if _OPEN.fullmatch(value):
            return None, None
        raise ValueError(f"{edtf!r} is no EDTF date")
    year, month, day, hour, minute = (int(x) if x else None for x in match.groups()[:5])
    if year == 0 or (month in _SEASONS and day is None):
        return None, None
    try:
        start = datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0)
    except ValueError as error:
        raise ValueError(f"{edtf!r} is no date: {error}") from error
    return _bounds(start, month, day, hour, (match[6] or "").replace("Z", "+00:00"))


def _bounds(start: datetime, month: int | None, day: int | None, hour: int | None, zone: str) -> tuple[str, str]:
    if hour is not None:
        return start.isoformat() + zone, (start + timedelta(minutes=1)).isoformat() + zone
    if day is not None:
        return start.isoformat(), (start + timedelta(days=1)).isoformat()
    if month is not None:
        return start.isoformat(), datetime(start.year + month // 12, month % 12 + 1, 1).isoformat()
    return start.isoformat(), datetime(start.year + 1, 1, 1).isoformat()
