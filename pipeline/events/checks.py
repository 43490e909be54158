"""Where an event contradicts itself or the world; the stated values stay as stated.

In: an event note. Out: `Problem`s on it. Great-circle distance on a sphere of radius 6,371 km; speeds are ceilings well above
any transport aircraft (3,600 km/h, the SR-71's, for all others), so that only the impossible is reported.
"""

from __future__ import annotations

from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from pipeline.annotations import EntityNote, EventNote
from pipeline.records import EventTime, EventType, Problem

EARTH_RADIUS_KM = 6371.0
CEILING_KMH = 1100.0
FAST_KMH = 3600.0
_FAST_KINDS = frozenset({"fighter", "interceptor", "supersonic", "bomber", "reconnaissance"})


def check(event: EventNote) -> None:
    """Adds the problems of one event."""
    if event.type is EventType.FLIGHT:
        _order_and_speed(event)
    for note in event.times:
        if note.problem is not None and note.problem not in event.problems:
            event.problems.append(note.problem)
    killed, aboard = event.quantities.get("killed"), event.quantities.get("aboard")
    if isinstance(killed, float) and isinstance(aboard, float) and killed > aboard and event.type is EventType.AVIATION_INCIDENT:
        event.problems.append(Problem(code="killed_more_than_aboard", message=f"{killed:g} killed, but {aboard:g} aboard"))


def _order_and_speed(event: EventNote) -> None:
    start, end = instant(event.departure), instant(event.arrival)
    if start is None or end is None:
        return
    if (start.tzinfo is None) != (end.tzinfo is None):
        return
    hours = (end - start).total_seconds() / 3600
    if hours < 0:
        event.problems.append(
            Problem(
                code="arrival_before_departure",
                message=f"arrival {_edtf(event.arrival)} is before departure {_edtf(event.departure)}",
            )
        )
        return
    origin, destination = (event.roles.get(r, [None])[0] for r in ("origin", "destination"))
    distance = great_circle_km(origin, destination)
    fast = any((a.kind or "") in _FAST_KINDS for a in event.roles.get("aircraft", []))
    ceiling = FAST_KMH if fast else CEILING_KMH
    if distance is not None and start.tzinfo is not None and hours * ceiling < distance:
        event.problems.append(
            Problem(code="too_fast", message=f"{distance:.0f} km in {hours:.1f} h would be faster than {ceiling:.0f} km/h")
        )


def _edtf(time: EventTime | None) -> str:
    return (time.edtf if time is not None else None) or "?"


def instant(time: EventTime | None) -> datetime | None:
    """The instant of a time with a clock, else None."""
    if time is None or time.edtf is None or "T" not in time.edtf:
        return None
    try:
        return datetime.fromisoformat(time.edtf.rstrip("?~%"))
    except ValueError:
        return None


def great_circle_km(a: EntityNote | None, b: EntityNote | None) -> float | None:
    """Distance in kilometres between two places with coordinates."""
    if a is None or b is None or None in (a.latitude, a.longitude, b.latitude, b.longitude):
        return None
    la, lo, lb, mo = (radians(x) for x in (a.latitude, a.longitude, b.latitude, b.longitude) if x is not None)
    h = sin((lb - la) / 2) ** 2 + cos(la) * cos(lb) * sin((mo - lo) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(h))
