"""Roles that the trigger's clause leaves open, filled from elsewhere in the article where that is sure.

In: the merged events. Out: more fillers on them. Mere nearness fills nothing: each step below names why it is sure.
"""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events.fillers import finest
from pipeline.events.frames import TypeInfo
from pipeline.events.merging import same
from pipeline.records import BlockKind, EntityType, EventType

_AIR = (EventType.FLIGHT, EventType.AVIATION_INCIDENT)


def complete(doc: Doc, events: list[EventNote], types: dict[EventType, TypeInfo]) -> None:
    """Adds what the article as a whole makes sure."""
    _only_aircraft(doc, events)
    _parties_of_treaty(doc, events)
    for event in events:
        _place_of_target(event)
        _fold_places(event, types)


def _only_aircraft(doc: Doc, events: list[EventNote]) -> None:
    """An article that names a single aircraft type, and shows or tells of one air event in its lead, means that type."""
    found = [n for n in doc_notes.entities(doc) if n.type is EntityType.AIRCRAFT_TYPE]
    flights = [e for e in events if e.type in _AIR and e.realis.value == "actual"]
    if len(found) != 1 or not flights:
        return
    main = [e for e in flights if e.type is flights[0].type][:1]
    article = doc_notes.article(doc)
    caption = article is not None and any(
        b.kind in (BlockKind.CAPTION, BlockKind.TITLE) and b.start <= m.start < b.end
        for b in article.blocks
        for m in found[0].mentions
    )
    for event in main:
        if "aircraft" not in event.roles and (
            caption or any(s <= m.start < e + 400 for s, e in event.evidence for m in found[0].mentions)
        ):
            event.roles["aircraft"] = [found[0]]
            event.why.append(f"aircraft {found[0].name!r}: the only type the article names")


def _parties_of_treaty(doc: Doc, events: list[EventNote]) -> None:
    """Who signs for a state makes that state a party; a known treaty's parties are those the article names."""
    countries = {n.links.iso3166: n for n in doc_notes.entities(doc) if n.type is EntityType.COUNTRY and n.links.iso3166}
    for event in events:
        if event.type is not EventType.AGREEMENT or event.roles.get("parties"):
            continue
        states = [countries[c] for n in event.roles.get("signatories", []) if (c := n.links.country) in countries]
        treaty = next((n for n in event.roles.get("treaty", []) if n.treaty), None)
        if not states and treaty is not None and treaty.treaty is not None:
            listed = treaty.treaty.get("parties") or []
            states = [countries[c] for c in listed if c in countries] if len(listed) <= 3 else []
        if states:
            event.roles["parties"] = list(dict.fromkeys(states))
            event.why.append("parties: the states of the signatories, or of the treaty, that the article names")


def _place_of_target(event: EventNote) -> None:
    """What is struck and has a place on the map is where it is struck."""
    if event.type is EventType.STRIKE and "place" not in event.roles:
        place = finest(event.roles.get("target", []))
        if place is not None:
            event.roles["place"] = [place]
            event.why.append(f"place {place.name!r}: the target is a place")


def _fold_places(event: EventNote, types: dict[EventType, TypeInfo]) -> None:
    """Of places that lie in one another, a role keeps the finest."""
    for role, notes in event.roles.items():
        info = types[event.type].roles.get(role)
        if info is None or not info.is_location or len(notes) < 2:
            continue
        kept: list[EntityNote] = []
        order = {EntityType.AIRPORT: 0, EntityType.PLACE: 1, EntityType.COUNTRY: 2}
        for note in sorted(notes, key=lambda n: order[n.type]):
            if not any(same(note, k) for k in kept):
                kept.append(note)
        event.roles[role] = kept[:1] if info.single else [n for n in notes if n in kept]
