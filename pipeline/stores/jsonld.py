"""JSON-LD in the terms of schema.org, as search engines and knowledge graphs read them.

In: the records of a store. Out: one document with a `@graph`, a node a line:

    article                          NewsArticle: `about` its events, `mentions` its entities
    person, organization, group      Person, Organization, Organization
    country, place, airport          Country, Place, Airport, with `geo`
    aircraft, aircraft_type          Vehicle
    treaty, equipment, exercise      CreativeWork, Product, Event
    flight                           Flight (departureAirport, arrivalAirport, provider, aircraft …)
    other events                     Event

What plays a part in an event is `about` it, by schema.org's `Role` with the role's name. schema.org has no way to say that
something did not happen: events that the text denies or tells as generic are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.records import Article, Entity, EntityType, Event, EventType, Realis, Record
from pipeline.stores.export import Content
from pipeline.stores.plain_dates import start_and_end

CONTEXT = "https://schema.org"
TYPES = {
    EntityType.PERSON: "Person",
    EntityType.ORGANIZATION: "Organization",
    EntityType.GROUP: "Organization",
    EntityType.COUNTRY: "Country",
    EntityType.PLACE: "Place",
    EntityType.AIRPORT: "Airport",
    EntityType.AIRCRAFT: "Vehicle",
    EntityType.AIRCRAFT_TYPE: "Vehicle",
    EntityType.TREATY: "CreativeWork",
    EntityType.EQUIPMENT: "Product",
    EntityType.EXERCISE: "Event",
}
PLACES = frozenset({EntityType.COUNTRY, EntityType.PLACE, EntityType.AIRPORT})
UNSAID = frozenset({Realis.DENIED, Realis.GENERIC})


class JsonLd:
    """The `Format` of one JSON-LD document."""

    folder = False
    suffix = ".jsonld"

    def write(self, folder: Path, name: str, content: Content) -> None:
        """One node a line, article by article."""
        with (folder / name).open("w", encoding="utf-8") as file:
            file.write(f'{{"@context": "{CONTEXT}", "@graph": [')
            comma = ""
            for record in content.records():
                for node in nodes(record):
                    file.write(f"{comma}\n{json.dumps(node, ensure_ascii=False)}")
                    comma = ","
            file.write("\n]}\n")


def nodes(record: Record) -> Iterator[dict[str, Any]]:
    """The nodes that one record becomes."""
    article = record.article
    told = [event for event in record.events if event.realis not in UNSAID]
    yield _article(article, record.entities, told)
    for entity in record.entities:
        yield _thing(article, entity)
    known = {entity.id: entity for entity in record.entities}
    for event in told:
        yield _event(article, event, known)


def _article(article: Article, entities: tuple[Entity, ...], events: list[Event]) -> dict[str, Any]:
    return _node(
        _id(article, ""),
        "NewsArticle",
        url=article.url,
        headline=article.title,
        author=[
            *({"@type": "Person", "name": name} for name in article.authors),
            *({"@type": "Organization", "name": name} for name in article.organizations),
        ],
        publisher={"@type": "Organization", "name": article.site} if article.site else None,
        datePublished=article.published,
        dateModified=article.modified,
        inLanguage=article.language,
        articleSection=article.section,
        keywords=list(article.keywords),
        identifier=article.id,
        articleBody=article.text,
        about=[{"@id": _id(article, event.id)} for event in events],
        mentions=[{"@id": _id(article, entity.id)} for entity in entities],
    )


def _thing(article: Article, entity: Entity) -> dict[str, Any]:
    links = entity.links
    is_place = entity.type in PLACES
    has_position = is_place and entity.latitude is not None
    codes = {"iso3166": links.iso3166, "icao_type": links.icao_type}
    if entity.type is not EntityType.AIRPORT:
        codes |= {"icao": links.icao, "iata": links.iata}
    same = [f"https://www.wikidata.org/entity/{links.wikidata}"] if links.wikidata else []
    same += [f"https://sws.geonames.org/{links.geonames}/"] if links.geonames else []
    return _node(
        _id(article, entity.id),
        TYPES.get(entity.type, "Thing"),
        name=entity.name,
        sameAs=same,
        jobTitle=entity.role if entity.type is EntityType.PERSON else None,
        icaoCode=links.icao if entity.type is EntityType.AIRPORT else None,
        iataCode=links.iata if entity.type is EntityType.AIRPORT else None,
        geo={"@type": "GeoCoordinates", "latitude": entity.latitude, "longitude": entity.longitude} if has_position else None,
        containedInPlace={"@type": "Country", "identifier": links.country} if is_place and links.country else None,
        identifier=[{"@type": "PropertyValue", "propertyID": k, "value": v} for k, v in codes.items() if v],
    )


def _event(article: Article, event: Event, known: dict[str, Entity]) -> dict[str, Any]:
    start, end = start_and_end(event.time)
    common: dict[str, Any] = {
        "name": event.summary,
        "description": " ".join(article.text[span.start : span.end] for span in event.evidence),
        "identifier": f"{article.id}#{event.id}",
        "subjectOf": {"@id": _id(article, "")},
        "about": [
            {"@type": "Role", "roleName": role, "about": {"@id": _id(article, filler)}}
            for role, fillers in event.roles.items()
            for filler in fillers
        ],
        "keywords": [k for k in (event.type, event.action, event.realis, *event.attributes) if k],
    }
    if event.type is EventType.FLIGHT:
        return _node(_id(article, event.id), "Flight", **common, **_flight(article, event, known))
    where = [{"@id": _id(article, e)} for e in (*event.roles.get("place", ()), *event.roles.get("destination", ())) if e in known]
    scheduled = f"{CONTEXT}/EventScheduled" if event.realis is Realis.PLANNED else None
    return _node(_id(article, event.id), "Event", **common, startDate=start, endDate=end, location=where, eventStatus=scheduled)


def _flight(article: Article, event: Event, known: dict[str, Entity]) -> dict[str, Any]:
    def fillers(role: str, airports: bool) -> list[dict[str, str]]:
        found = [known[e] for e in event.roles.get(role, ()) if e in known]
        return [{"@id": _id(article, e.id)} for e in found if (e.type is EntityType.AIRPORT) == airports]

    start, end = start_and_end(event.departure or event.time), start_and_end(event.arrival or event.time)
    return {
        "departureTime": start[0],
        "arrivalTime": end[1] or end[0],
        "departureAirport": fillers("origin", True),
        "arrivalAirport": fillers("destination", True),
        "tripOrigin": fillers("origin", False),
        "itinerary": [*fillers("via", True), *fillers("via", False), *fillers("destination", False)],
        "provider": fillers("operator", False),
        "aircraft": [*fillers("tail_number", False), *fillers("aircraft", False)],
    }


def _id(article: Article, part: str) -> str:
    return f"urn:dateline:{quote(article.id, safe='')}" + (f"#{part}" if part else "")


def _node(key: str, kind: str, /, **properties: Any) -> dict[str, Any]:
    """A node with the properties that have values; a list of one is that one."""
    node: dict[str, Any] = {"@id": key, "@type": kind}
    for name, value in properties.items():
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if value not in (None, [], "", {}):
            node[name] = value
    return node
