"""FollowTheMoney entities, one a line of JSON, as OpenSanctions and Aleph tools read them.

In: the records of a store. Out: statements in these schemata, each with the article as `proof`:

    article                          Article
    person, organization, group      Person, Organization, LegalEntity
    country                          PublicBody (as an actor), Address (as a place)
    place, airport                   Address, with coordinates
    aircraft, aircraft_type          Airplane
    equipment                        Asset
    the names of a legal entity      Mention, which links it to the article
    event with origin, destination   Trip
    other events                     Event

Ids are hashes of article and entity: nothing is merged across articles, which is the work of a matcher; Wikidata ids and
registrations are there for it. An entity of FollowTheMoney says that something is so: events that the text denies or tells as
generic are left out, and `keywords` says planned or possible of others. Treaties and exercises have no schema; they are named
in the events' texts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.records import Article, Entity, EntityType, Event, Realis, Record
from pipeline.stores.export import Content
from pipeline.stores.plain_dates import start_and_end, utc

SCHEMATA = {
    EntityType.PERSON: "Person",
    EntityType.ORGANIZATION: "Organization",
    EntityType.GROUP: "LegalEntity",
    EntityType.COUNTRY: "PublicBody",
    EntityType.PLACE: "Address",
    EntityType.AIRPORT: "Address",
    EntityType.AIRCRAFT: "Airplane",
    EntityType.AIRCRAFT_TYPE: "Airplane",
    EntityType.EQUIPMENT: "Asset",
}
LEGAL = frozenset({EntityType.PERSON, EntityType.ORGANIZATION, EntityType.GROUP, EntityType.COUNTRY})
UNSAID = frozenset({Realis.DENIED, Realis.GENERIC})
_LANGUAGES = {"en": "eng"}
"""ISO 639-3, which FollowTheMoney takes; articles in other languages become no events."""
_ORGANIZERS = ("operator", "organizer", "host")
_URL = re.compile(r"https?://[^\s/?#]+\.[^\s]+")


class FollowTheMoney:
    """The `Format` of one file of FollowTheMoney entities."""

    folder = False
    suffix = ".ftm.json"

    def write(self, folder: Path, name: str, content: Content) -> None:
        """One entity a line, article by article."""
        with (folder / name).open("w", encoding="utf-8") as file:
            for record in content.records():
                for entity in entities(record):
                    file.write(json.dumps(entity, ensure_ascii=False) + "\n")


def entities(record: Record) -> Iterator[dict[str, Any]]:
    """The entities that one record becomes."""
    article = record.article
    yield _entity(article, "", "Article", **_article(article))
    as_places = {e for event in record.events for e in _places(event)}
    for entity in record.entities:
        if entity.type in SCHEMATA:
            yield _entity(article, entity.id, SCHEMATA[entity.type], **_thing(article, entity, record))
        if entity.type is EntityType.COUNTRY and entity.id in as_places:
            yield _entity(article, f"{entity.id}/place", "Address", **_address(article, entity))
        if entity.type in LEGAL:
            names = dict.fromkeys(m.text for m in entity.mentions if m.finder != "coreference")
            mention = {"document": _id(article, ""), "resolved": _id(article, entity.id), "name": list(names) or entity.name}
            yield _entity(article, f"{entity.id}/mention", "Mention", **mention)
    known = {entity.id: entity for entity in record.entities}
    for event in record.events:
        if event.realis not in UNSAID:
            yield _event(article, event, known)


def _article(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "name": article.title,
        "author": [*article.authors, *article.organizations],
        "publisher": article.site,
        "publishedAt": utc(article.published),
        "modifiedAt": utc(article.modified),
        "language": _LANGUAGES.get(article.language or ""),
        "sourceUrl": _url(article.url),
        "fileName": article.source,
        "keywords": article.keywords,
        "bodyText": article.text,
    }


def _thing(article: Article, entity: Entity, record: Record) -> dict[str, Any]:
    proof, links = _id(article, ""), entity.links
    if entity.type in (EntityType.PLACE, EntityType.AIRPORT):
        return _address(article, entity)
    found: dict[str, Any] = {"name": entity.name, "proof": proof, "wikidataId": links.wikidata, "country": _country(entity)}
    if entity.type is EntityType.PERSON:
        found["position"] = entity.role
    elif entity.type is EntityType.AIRCRAFT_TYPE:
        found |= {"model": entity.name, "icaoCode": links.icao_type}
    elif entity.type is EntityType.AIRCRAFT:
        kinds = [e for event in record.events if entity.id in event.roles.get("tail_number", ()) for e in _types(event, record)]
        found |= {
            "registrationNumber": entity.name,
            "model": [e.name for e in kinds],
            "icaoCode": [e.links.icao_type for e in kinds],
        }
    return found


def _types(event: Event, record: Record) -> list[Entity]:
    return [entity for entity in record.entities if entity.id in event.roles.get("aircraft", ())]


def _address(article: Article, entity: Entity) -> dict[str, Any]:
    return {
        "full": entity.name,
        "name": entity.name,
        "city": entity.name if entity.type is EntityType.PLACE and entity.links.geonames else None,
        "country": _country(entity),
        "latitude": None if entity.latitude is None else str(entity.latitude),
        "longitude": None if entity.longitude is None else str(entity.longitude),
        "remarks": [f"{key.upper()} {code}" for key in ("icao", "iata") if (code := getattr(entity.links, key))],
        "proof": _id(article, ""),
    }


def _event(article: Article, event: Event, known: dict[str, Entity]) -> dict[str, Any]:
    """A Trip if both ends are known, as its schema wants; else an Event."""
    ends = {end: [e for e in event.roles.get(end, ()) if _is_place(known.get(e))] for end in ("origin", "destination")}
    places = [known[e] for e in _places(event) if e in known]
    fillers = [known[e] for fillers in event.roles.values() for e in fillers if e in known]
    start, end = start_and_end(event.departure or event.time), start_and_end(event.arrival or event.time)
    found: dict[str, Any] = {
        "name": event.summary,
        "summary": event.summary,
        "description": [article.text[span.start : span.end] for span in event.evidence],
        "date": utc(start[0]) if start[1] is None and event.arrival is None else None,
        "startDate": utc(start[0]),
        "endDate": utc(end[1] or end[0]),
        "organizer": [_id(article, e) for role in _ORGANIZERS for e in event.roles.get(role, ()) if _is_legal(known.get(e))],
        "involved": [_id(article, e.id) for e in fillers if _is_legal(e)],
        "location": [place.name for place in places],
        "country": [country for place in places if (country := _country(place))],
        "keywords": [event.type, event.action, event.realis, *event.attributes],
        "notes": [f"attributed to {known[e].name}" for e in event.attributed_to if e in known],
        "recordId": f"{article.id}#{event.id}",
        "publisher": article.site,
        "sourceUrl": _url(article.url),
        "proof": _id(article, ""),
    }
    if not all(ends.values()):
        return _entity(article, event.id, "Event", **found)
    found["startLocation"], found["endLocation"] = ([_place_id(article, known[e]) for e in end] for end in ends.values())
    vehicles = [e for role in ("tail_number", "aircraft") for e in event.roles.get(role, ()) if _is_aircraft(known.get(e))]
    found["vehicle"] = [_id(article, e) for e in vehicles]
    return _entity(article, event.id, "Trip", **found)


def _places(event: Event) -> list[str]:
    return [e for role in ("place", "origin", "via", "destination") for e in event.roles.get(role, ())]


def _is_place(entity: Entity | None) -> bool:
    return entity is not None and entity.type in (EntityType.PLACE, EntityType.AIRPORT, EntityType.COUNTRY)


def _is_aircraft(entity: Entity | None) -> bool:
    return entity is not None and entity.type in (EntityType.AIRCRAFT, EntityType.AIRCRAFT_TYPE)


def _is_legal(entity: Entity | None) -> bool:
    return entity is not None and entity.type in LEGAL


def _place_id(article: Article, entity: Entity) -> str:
    return _id(article, f"{entity.id}/place" if entity.type is EntityType.COUNTRY else entity.id)


def _country(entity: Entity) -> str | None:
    code = entity.links.iso3166 or entity.links.country
    return code.lower() if code else None


def _url(value: str | None) -> str | None:
    return value if value and _URL.fullmatch(value) else None


def _id(article: Article, part: str) -> str:
    return "dateline-" + hashlib.sha256(f"{article.id}\n{part}".encode()).hexdigest()[:32]


def _entity(article: Article, part: str, schema: str, **properties: Any) -> dict[str, Any]:
    """An entity with the properties that have values; each is a list without doubles."""
    cleaned: dict[str, list[str]] = {}
    for name, value in properties.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        if found := list(dict.fromkeys(str(v) for v in values if v is not None and str(v).strip())):
            cleaned[name] = found
    return {"id": _id(article, part), "schema": schema, "properties": cleaned}
