"""Departure and arrival of flights in UTC, where the text names no zone and the place of the clock has one for certain.

In: a flight with its roles. Out: EDTF moments in UTC on it. Where it is which time is in models/times/local_zones.tsv.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from math import cos, hypot, radians
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.annotations import EntityNote, EventNote
from pipeline.records import EventTime
from pipeline.resources import model_path

_REACH = 60.0  # km around a city within which its time is certain; no zone's border is so near to the cities of the table
_KM_PER_DEGREE = 111.2  # of latitude


def in_utc(event: EventNote) -> None:
    """Sets departure and arrival of a flight into UTC by the places that it leaves and reaches."""
    event.departure = _moved(event.departure, event.roles.get("origin", []))
    event.arrival = _moved(event.arrival, event.roles.get("destination", []))


def _moved(time: EventTime | None, places: list[EntityNote]) -> EventTime | None:
    if time is None or time.edtf is None or len(time.edtf) != len("2024-07-09T04:10"):
        return time
    local = _local(time.edtf)
    zone = next((z for p in places if (z := _zone_of(p))), None)
    if local is None:
        return time
    if zone is None:
        return time.model_copy(update={"edtf": f"{local:%Y-%m-%dT%H:%M}"})
    return time.model_copy(update={"edtf": f"{local.replace(tzinfo=zone).astimezone(UTC):%Y-%m-%dT%H:%MZ}"})


def _local(edtf: str) -> datetime | None:
    """A clock time of a day; 24:00 is the next day's 00:00."""
    day, _, clock = edtf.partition("T")
    try:
        return datetime.fromisoformat(day) + timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))
    except (ValueError, OverflowError):
        return None


@cache
def _table() -> tuple[dict[str, str], list[tuple[str, float, float, str]]]:
    """The zones of whole states, and (state, latitude, longitude, zone) of cities in the others."""
    states, cities = {}, []
    for line in model_path("times/local_zones.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            state, zone, city, latitude, longitude = line.split("\t")
            if city == "-":
                states[state] = zone
            else:
                cities.append((state, float(latitude), float(longitude), zone))
    return states, cities


def _zone_of(place: EntityNote) -> ZoneInfo | None:
    states, cities = _table()
    code = place.links.country or place.links.iso3166
    name = states.get(code or "")
    if name is None and place.latitude is not None and place.longitude is not None:
        name = next(
            (z for s, lat, lon, z in cities if s == code and _km(place.latitude, place.longitude, lat, lon) <= _REACH), None
        )
    try:
        return ZoneInfo(name) if name is not None else None
    except ZoneInfoNotFoundError:
        return None


def _km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Distance of near places; the meridians' convergence is that of the first."""
    north = (to_latitude - latitude) * _KM_PER_DEGREE
    east = (to_longitude - longitude) * _KM_PER_DEGREE * cos(radians(latitude))
    return hypot(north, east)
