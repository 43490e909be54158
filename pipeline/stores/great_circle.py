"""The shortest way over the earth between two places, as a map can draw it.

In: positions, (longitude, latitude) in degrees, WGS 84. Out: lines of positions, cut where they cross the antimeridian, as
RFC 7946 (section 3.1.9) asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import acos, asin, atan2, ceil, cos, degrees, isclose, pi, radians, sin

Position = tuple[float, float]
EARTH_KM = 6371.0088
"""The mean radius of the earth (IUGG)."""
STEP_KM = 100.0
"""Chords of this length stray less than 0.2 km from the arc."""
PLACES = 5
"""Decimals of a degree: a metre."""


def great_circle(start: Position, end: Position) -> list[list[Position]]:
    """The arc between two positions: one line, or two if it crosses the antimeridian."""
    return _cut([_rounded(p) for p in _arc(start, end)])


def distance_km(start: Position, end: Position) -> float:
    """The length of the arc."""
    return _angle(start, end) * EARTH_KM


def _arc(start: Position, end: Position) -> Iterator[Position]:
    angle = _angle(start, end)
    steps = max(1, ceil(angle * EARTH_KM / STEP_KM))
    if isclose(angle, pi, abs_tol=1e-6):  # every way is the shortest: over the north pole
        yield from _arc(start, (start[0], 90.0))
        yield from _arc((end[0], 90.0), end)
        return
    (x1, y1, z1), (x2, y2, z2) = _vector(start), _vector(end)
    yield start
    for step in range(1, steps):
        a, b = sin((1 - step / steps) * angle) / sin(angle), sin(step / steps * angle) / sin(angle)
        x, y, z = a * x1 + b * x2, a * y1 + b * y2, a * z1 + b * z2
        yield degrees(atan2(y, x)), degrees(asin(max(-1.0, min(1.0, z))))
    yield end


def _cut(line: list[Position]) -> list[list[Position]]:
    lines = [[line[0]]]
    for (lon1, lat1), (lon2, lat2) in pairwise(line):
        if abs(lon2 - lon1) > 180:
            side = 180.0 if lon1 > 0 else -180.0
            beyond = lon2 + 2 * side  # the second point as if the map went on
            share = (side - lon1) / (beyond - lon1) if beyond != lon1 else 0.0
            latitude = round(lat1 + share * (lat2 - lat1), PLACES)
            lines[-1].append((side, latitude))
            lines.append([(-side, latitude)])
        lines[-1].append((lon2, lat2))
    return [without for line in lines if len(without := _without_doubles(line)) > 1]


def _without_doubles(line: list[Position]) -> list[Position]:
    return [p for n, p in enumerate(line) if n == 0 or p != line[n - 1]]


def _angle(start: Position, end: Position) -> float:
    (x1, y1, z1), (x2, y2, z2) = _vector(start), _vector(end)
    return acos(max(-1.0, min(1.0, x1 * x2 + y1 * y2 + z1 * z2)))


def _vector(position: Position) -> tuple[float, float, float]:
    longitude, latitude = radians(position[0]), radians(position[1])
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def _rounded(position: Position) -> Position:
    return round(position[0], PLACES), round(position[1], PLACES)
