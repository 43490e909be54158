"""JSON in the shape of the annotation guide: entities and fillers by their names, times by their words, for a text editor.

In: a gold record. Out: the .json file of its article. `guide_reading.py` reads it back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.correction.model import EntityRow, EventRow, Place, TimeRow, is_name, rows_of
from pipeline.evaluation import Gold
from pipeline.records import EntityType

GROUPS = {
    EntityType.AIRCRAFT_TYPE: "aircraft",
    EntityType.AIRPORT: "airports",
    EntityType.TREATY: "treaties",
    EntityType.AIRCRAFT: "airframes",
    EntityType.COUNTRY: "countries",
    EntityType.PLACE: "places",
    EntityType.ORGANIZATION: "organizations",
    EntityType.PERSON: "people",
    EntityType.GROUP: "groups",
    EntityType.EQUIPMENT: "equipment",
}
CODE_KEYS = {EntityType.AIRCRAFT_TYPE: ("icao", "icao_type"), EntityType.AIRPORT: ("icao", "icao")}
"""How the guide calls the code of a type, and which link that is; of other types it is "id"."""
IDS = {EntityType.COUNTRY: "iso3166", EntityType.AIRPORT: "icao", EntityType.AIRCRAFT_TYPE: "icao_type"}
QUANTITIES = ("killed", "injured", "quantity", "value")


def group_of(kind: EntityType) -> str:
    return GROUPS.get(kind, f"{kind}s")


def write(gold: Gold) -> str:
    """The .json file of one article."""
    text = gold.record.article.text
    entities, times, events = rows_of(gold)
    refs = {id(row): name for name, row in (*entities.items(), *events.items())}
    groups: dict[str, list[dict[str, Any]]] = {group_of(kind): [] for kind in EntityType}
    for row in entities.values():
        groups[group_of(EntityType(row.type))].append(_write_entity(row, refs, text))
    content = {
        "id": gold.stem,
        "published": gold.record.article.published,
        "entities": {name: rows for name, rows in groups.items() if rows},
        "times": [_without_none(_write_time(t, text)) for t in times],
        "events": [_write_event(e, refs, text) for e in events.values()],
    }
    return _pretty(content) + "\n"


def _write_entity(row: EntityRow, refs: Mapping[int, str], text: str) -> dict[str, Any]:
    links = dict(row.links)
    key, link = CODE_KEYS.get(EntityType(row.type), ("id", IDS.get(EntityType(row.type), "")))
    out: dict[str, Any] = {"names": _names(row, text)}
    if row.name not in out["names"]:
        out["name"] = row.name
    if link:
        out[key] = links.pop(link, None)
    out |= {"links": links or None, "mentions": _told(row.named), "refers": _told(row.referred) or None}
    out |= {"within": [refs[id(e)] for e in row.within] or None, "ref": refs[id(row)]}
    return _without_none(out | {"optional": row.optional or None}, keep=(key,) if link else ())


def _names(row: EntityRow, text: str) -> list[str]:
    """Every form of the name in the text, the canonical one first, then the fullest."""
    said = list(dict.fromkeys(text[slice(*p)] for p in row.named or row.referred))
    forms = [s for s in said if is_name(s)] or said
    return sorted(forms, key=lambda s: (s != row.name, -len(s), s))


def _write_time(row: TimeRow, text: str) -> dict[str, Any]:
    said = {"text": text[slice(*row.span)], "at": row.span[0], "type": row.type, "value": row.value}
    return said | {"mod": row.mod, "quant": row.quant, "freq": row.freq}


def _write_event(row: EventRow, refs: Mapping[int, str], text: str) -> dict[str, Any]:
    def filler(entity: EntityRow) -> dict[str, Any]:
        names = [*_names(entity, text), *(n for outer in entity.within for n in _names(outer, text))]
        link = IDS.get(EntityType(entity.type), "")
        out = {"names": list(dict.fromkeys(names)), "id": entity.links.get(link), "ref": refs[id(entity)]}
        return out | ({"country": entity.links["country"]} if entity.type == "group" and "country" in entity.links else {})

    novelty = {"kind": row.novelty, "scope": row.scope, "since": refs.get(id(row.since)), "since_date": row.since_date}
    out = {
        "ref": refs[id(row)],
        "type": row.type,
        "action": row.action,
        "anchor": text[slice(*row.trigger)],
        "at": row.trigger[0],
        "roles": {role: [filler(f) for f in fillers] for role, fillers in row.roles.items()},
        "date": row.date,
        "departure": row.departure,
        "arrival": row.arrival,
        "realis": row.realis,
        "source": [filler(f) for f in row.sources],
        "novelty": _without_none(novelty) if row.novelty else None,
        **{key: row.quantities.get(key) for key in QUANTITIES},
        "quantities": {k: v for k, v in row.quantities.items() if k not in QUANTITIES} or None,
        "attributes": list(row.attributes) or None,
        "problems": list(row.problems) or None,
        "quote": row.quote,
        "evidence": _told(row.evidence),
        "optional": row.optional,
    }
    return _without_none(out, keep=("action", "date", "novelty"))


def _told(places: Iterable[Place]) -> list[str]:
    return [f"{start}:{end}" for start, end in places]


def _without_none(row: dict[str, Any], keep: Iterable[str] = ()) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None or key in keep}


def _pretty(value: Any, indent: int = 0, width: int = 110) -> str:
    """JSON that breaks a line only where a person would."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= width or not value or not isinstance(value, dict | list):
        return flat
    space = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [f"{space}{json.dumps(k)}: {_pretty(v, indent + 1, width)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    rows = [f"{space}{_pretty(v, indent + 1, width)}" for v in value]
    return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"
