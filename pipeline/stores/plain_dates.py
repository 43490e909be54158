"""Event times for formats that know dates but no EDTF.

In: an `EventTime`. Out: ISO 8601 start and end, at the text's own granularity where one date can say it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from pipeline.records import EventTime

_PLAIN = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?)?)?")
"""A year, month, day or minute; not the seasons (2023-21), decades (199X) and open ends (../2024) of EDTF."""


def start_and_end(time: EventTime | None) -> tuple[str | None, str | None]:
    """The first and last date or instant, both inclusive; the end is None where the start says it all."""
    if time is None:
        return None, None
    parts = [part.rstrip("?~%") for part in (time.edtf or "").split("/")]
    if all(_PLAIN.fullmatch(part) for part in parts):
        return parts[0], parts[1] if len(parts) == 2 else None
    start = time.earliest[:10] if time.earliest else None
    end = _day_before(time.latest[:10]) if time.latest else None
    return start, None if end == start else end


def utc(value: str | None) -> str | None:
    """A date as it is; an instant with a zone in universal time, without the zone."""
    if value is None or not re.search(r"T.*(Z|[+-]\d\d:?\d\d)$", value):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _day_before(day: str) -> str | None:
    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    except ValueError:
        return None
