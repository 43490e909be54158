"""GeoJSON (RFC 7946): events on a map, flights as the lines they fly.

In: the records of a store. Out: one FeatureCollection, a feature per event and a line per feature:

    flight, air_service   LineString along the great circle origin - via - destination; MultiLineString where it is cut at the
                          antimeridian or goes to several destinations
    other events          Point: where it took place, else where it led to, else another of its places
    no place known        null, as RFC 7946 (section 3.2) has it for features without a location

The properties are the columns of the event type's flat view, without those that are unknown, and `type`. Where a position is
that of a whole country (its geographic centre), `approximate_location` says so. The arc is given every 100 km.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.event_types import LOCATIONS, Role, TypeInfo
from pipeline.records import Entity, EntityType, Event, EventType, Record
from pipeline.stores.export import Content
from pipeline.stores.great_circle import PLACES, Position, distance_km, great_circle
from pipeline.stores.tabular import Views, batched, together
from pipeline.stores.views import view_columns

FLOWN = frozenset({EventType.FLIGHT, EventType.AIR_SERVICE})
_FIRST = ("place", "destination")
"""Roles that say best where an event is."""
_SAME_KM = 0.01
"""Nearer than this, two places are one."""


class GeoJson:
    """The `Format` of one GeoJSON file."""

    folder = False
    suffix = ".geojson"

    def write(self, folder: Path, name: str, content: Content) -> None:
        """One feature a line, in the order of the articles and their events."""
        with (folder / name).open("w", encoding="utf-8") as file:
            file.write('{"type": "FeatureCollection", "features": [')
            for number, feature in enumerate(_features(content)):
                file.write(f"{',' if number else ''}\n{json.dumps(feature, ensure_ascii=False)}")
            file.write("\n]}\n")


def _features(content: Content) -> Iterator[dict[str, Any]]:
    views, types = Views(content.types), {str(info.type): info for info in content.types}
    names = {info.view: ("type", *(c.name for c in view_columns(info, "sqlite"))) for info in content.types}
    for lines in batched(content.lines()):
        found = views.of(together([json.loads(line) for line in lines]))
        flat = {
            (row[0], row[1]): {k: v for k, v in zip(names[info.view], (str(info.type), *row), strict=True) if v is not None}
            for info in content.types
            for row in found[info.view]
        }
        for line in lines:
            record = Record.model_validate_json(line)
            where = {e.id: e for e in record.entities if e.latitude is not None and e.longitude is not None}
            for event in record.events:
                shape, used = geometry(event, where, types.get(str(event.type)))
                properties = flat.get((record.article.id, event.id)) or _without_view(record, event)
                if any(entity.type is EntityType.COUNTRY for entity in used):
                    properties["approximate_location"] = True
                key = f"{record.article.id}#{event.id}"
                yield {"type": "Feature", "id": key, "geometry": shape, "properties": properties}


def _without_view(record: Record, event: Event) -> dict[str, Any]:
    """What is said of an event whose type the store was not told of: another run's `--frames`."""
    known = {"type": str(event.type), "article_id": record.article.id, "event_id": event.id, "summary": event.summary}
    return known | {"realis": str(event.realis), "confidence": event.confidence}


def geometry(
    event: Event, where: Mapping[str, Entity], info: TypeInfo | None
) -> tuple[dict[str, Any] | None, tuple[Entity, ...]]:
    """The geometry of an event, and the entities whose positions it is made of.

    Args:
        where: the entities that have a position, by id.
        info: the event's type; None for one that is not known.
    """
    if event.type in FLOWN and (legs := tuple(_legs(event, where))):
        lines = [line for start, end in legs for line in great_circle(_position(start), _position(end))]
        used = tuple(entity for leg in legs for entity in leg)
        if len(lines) == 1:
            return {"type": "LineString", "coordinates": lines[0]}, used
        return {"type": "MultiLineString", "coordinates": lines}, used
    for role in sorted(event.roles, key=lambda r: _rank(r, info)):
        for filler in event.roles[role] if _may_be_place(role, info) else ():
            if filler in where:
                return {"type": "Point", "coordinates": _position(where[filler])}, (where[filler],)
    return None, ()


def _legs(event: Event, where: Mapping[str, Entity]) -> Iterator[tuple[Entity, Entity]]:
    """The stretches flown: origin, stops, and each destination from the last stop. A stop of unknown place is flown over."""
    origins, stops, ends = ([where[e] for e in event.roles.get(r, ()) if e in where] for r in ("origin", "via", "destination"))
    way = [*origins[:1], *stops]
    legs = [*pairwise(way), *((way[-1], end) for end in ends if way)]
    yield from ((start, end) for start, end in legs if distance_km(_position(start), _position(end)) > _SAME_KM)


def _position(entity: Entity) -> Position:
    assert entity.longitude is not None and entity.latitude is not None
    return round(entity.longitude, PLACES), round(entity.latitude, PLACES)


def _rank(role: str, info: TypeInfo | None) -> tuple[int, int]:
    order = list(info.roles) if info else []
    return _FIRST.index(role) if role in _FIRST else len(_FIRST), order.index(role) if role in order else len(order)


def _may_be_place(role: str, info: TypeInfo | None) -> bool:
    known: Role | None = info.roles.get(role) if info else None
    return known is None or bool(known.types & (LOCATIONS - {EntityType.COUNTRY}))
