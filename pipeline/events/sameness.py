"""Whether two fillers are one thing, as far as telling events apart goes: a town and its state, a force and its country.

In: two entities. Out: yes or no.
"""

from __future__ import annotations

from pipeline.annotations import EntityNote
from pipeline.events.checks import great_circle_km
from pipeline.events.fillers import within
from pipeline.records import EntityType

_REGION_RADIUS = 150.0
"""Kilometres from the middle of a region within which a town of the same state may lie in it."""
_LARGE_REGION_RADIUS = 600.0
_LARGE_STATES = frozenset({"US", "CA", "AU", "RU", "BR", "KZ"})
"""States whose regions are as large as other states."""


def same(a: EntityNote, b: EntityNote) -> bool:
    """The same thing, or a place and what it lies in, or a force and its state."""
    if a is b or within(a, b) or within(b, a):
        return True
    if is_bare(a, b) or is_bare(b, a):
        return True
    if _gives_name(a, b) or _gives_name(b, a):
        return True
    if _described(a, b) or _described(b, a) or _in_region(a, b) or _in_region(b, a):
        return True
    state, force = (a, b) if a.type is EntityType.COUNTRY else (b, a)
    return (
        state.type is EntityType.COUNTRY
        and force.type in (EntityType.ORGANIZATION, EntityType.GROUP, EntityType.PERSON)
        and force.links.country == state.links.iso3166 is not None
    )


def _in_region(region: EntityNote, town: EntityNote) -> bool:
    """Whether a town may lie in a region that is told instead of it: "crash in Wales", "near Welshpool"."""
    if region.kind != "region" or town.kind == "region" or region.links.country != town.links.country or not town.links.country:
        return False
    away = great_circle_km(region, town)
    return away is not None and away <= (_REGION_RADIUS if region.links.country not in _LARGE_STATES else _LARGE_REGION_RADIUS)


def is_bare(bare: EntityNote, full: EntityNote) -> bool:
    """ "Drone" of "a drone strike" and "ten drones": a noun alone names no other things than a phrase of the same noun."""
    if not (bare.type is full.type is EntityType.EQUIPMENT) or bare.kind != "nominal" or bare is full:
        return False
    noun, phrase = bare.name.lower().split(), full.name.lower().split()
    return len(noun) == 1 and noun[0].removesuffix("s") == phrase[-1].removesuffix("s")


def _gives_name(place: EntityNote, airport: EntityNote) -> bool:
    """ "Newark", which no table places, and Newark Liberty International Airport."""
    if place.type is not EntityType.PLACE or airport.type is not EntityType.AIRPORT or place.latitude is not None:
        return False
    return airport.name.lower().startswith(f"{place.name.lower()} ")


def _described(group: EntityNote, person: EntityNote) -> bool:
    """ "The Kazakh counterpart" and the minister of Kazakhstan: a nominal of the person's state that no name contradicts."""
    return (
        group.type is EntityType.GROUP
        and group.kind in ("person", "nominal")
        and person.type is EntityType.PERSON
        and group.links.country is not None
        and group.links.country == person.links.country
    )
