"""Roles that the trigger's clause leaves open, filled from elsewhere in the article where that is sure.

In: the merged events. Out: more fillers on them. Mere nearness fills nothing: each step below names why it is sure.
"""

from __future__ import annotations

from datetime import date, timedelta

from spacy.tokens import Doc

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.event_types import TypeInfo
from pipeline.events import attacks, company, itinerary, machines, mishaps, stays
from pipeline.events.aboard import complete_passengers
from pipeline.events.accords import complete_parties
from pipeline.events.fillers import LOCATIONS, Index, in_class, lexicon
from pipeline.events.forces import complete_forces
from pipeline.events.frames import Frames
from pipeline.events.itinerary import shared_place, shares_machine
from pipeline.events.sameness import is_bare, same
from pipeline.events.scene import complete_scenes
from pipeline.events.services import complete_services
from pipeline.events.stays import state_of
from pipeline.events.supplies import complete_supplies
from pipeline.events.whereabouts import complete_whereabouts, take_on_from_stops
from pipeline.records import BlockKind, EntityType, EventType, Realis


def complete(doc: Doc, events: list[EventNote], frames: Frames, index: Index) -> None:
    """Adds what the article as a whole makes sure."""
    types, routes = frames.types, frames.routes
    machines.complete_machines(doc, events, index)
    mishaps.complete_ends(doc, events)
    take_on_from_stops(doc, events)
    itinerary.complete_routes(doc, events, routes)
    complete_scenes(doc, events)
    complete_passengers(doc, events, index)
    complete_whereabouts(doc, events, index)
    _incident_and_its_flight(events)
    mishaps.complete_places(doc, events)
    machines.only_operator(doc, events)
    complete_services(doc, events)
    _same_days(events)
    _evacuations(doc, events)
    itinerary.evacuated_from(doc, events)
    complete_parties(doc, events, index)
    complete_supplies(doc, events, frames, index)
    complete_forces(doc, events, frames)
    company.inviters(doc, events, index)
    stays.places_met(doc, events)
    stays.hosts_met(doc, events)
    _hosts_at_home(events)
    company.beside_occasions(doc, events)
    company.return_visits(doc, events)
    company.states_visited(doc, events)
    stays.places_met(doc, events)
    stays.places_signed(doc, events)
    stays.next_stops(doc, events)
    stays.until_they_left(doc, events, index)
    company.one_of_each(doc, events)
    attacks.without_vague_targets(events)
    _only_number(doc, events)
    for event in events:
        ends = event.roles.get("destination") or event.roles.get("origin")
        if (
            event.type is EventType.FLIGHT
            and event.action == "flew"
            and routes.get(event.rule) != itinerary.STOP
            and event.roles.get("via")
            and not ends
        ):
            event.action = "overflew"
        _place_of_target(event)
        _fold_places(event, types)
        _not_himself(event)


def _incident_and_its_flight(events: list[EventNote]) -> None:
    """The flight that met with the incident lends it its route and machine, and takes them from it; it is one flight, in however
    many places the text tells of it."""
    incidents = [e for e in events if e.type is EventType.AVIATION_INCIDENT]
    for incident in incidents:
        flights = [e for e in events if e.type is EventType.FLIGHT and e.realis in (Realis.ACTUAL, Realis.POSSIBLE)]
        found = [f for f in flights if _befell(incident, f, alone=len(incidents) == 1)]
        flight = next((f for f in found if f.realis is Realis.ACTUAL), None)
        if flight is None:
            continue
        for other in found:
            ways = ("operator", "aircraft", "tail_number", *_ENDS)
            if other is not flight and _same_time(flight, other) and not _contradicts(flight, other, ways):
                _lend(other, flight, ("operator", "aircraft", "tail_number", "passengers", *_ENDS), "told elsewhere")
                flight.evidence = sorted({*flight.evidence, *other.evidence})
                events.remove(other)
        _lend(flight, incident, (*_ENDS, "operator", "aircraft", "tail_number"), "of the flight it happened to")
        # an interceptor's type stands beside the other's, and a mishap may be of two machines
        if len(incident.roles.get("aircraft", [])) < 2 and "agent" not in incident.roles:
            _lend(incident, flight, ("operator", "aircraft", "tail_number"), "of the machine that met with the incident")
        if not any(flight.roles.get(r) for r in (*_ENDS, "via", "passengers")):
            # "A Kenya Airways flight overshot the runway": no more is told of the flight than its mishap
            incident.evidence = sorted({*incident.evidence, *flight.evidence})
            events.remove(flight)


_ENDS = ("origin", "destination")


def _befell(incident: EventNote, flight: EventNote, alone: bool) -> bool:
    """Whether an incident befell a flight: one machine, or the only incident, told beside it; nothing told of both differs."""
    if not shares_machine(incident, flight) and not (alone and _side_by_side(incident, flight)):
        return False
    return _same_time(incident, flight) and not _contradicts(incident, flight, ("operator", "aircraft", "tail_number", "origin"))


def _contradicts(a: EventNote, b: EventNote, roles: tuple[str, ...]) -> bool:
    return any(a.roles.get(r) and b.roles.get(r) and not shared_place(a.roles[r], b.roles[r]) for r in roles)


def _lend(giver: EventNote, taker: EventNote, roles: tuple[str, ...], why: str) -> None:
    for role in roles:
        if role not in taker.roles and giver.roles.get(role):
            taker.roles[role] = list(giver.roles[role])
            taker.why.append(f"{role}: {why}")


def _same_time(incident: EventNote, flight: EventNote) -> bool:
    """Whether no day told of a mishap excludes the day told of a flight, or the one before."""
    a, b = incident.time, flight.time
    if a is None or b is None or _undated(incident) or _undated(flight):
        return True
    if not (a.earliest and a.latest and b.earliest and b.latest):
        return True
    day_before = (date.fromisoformat(a.earliest[:10]) - timedelta(days=1)).isoformat()
    return b.latest[:10] > day_before and b.earliest[:10] <= a.latest[:10]


def _side_by_side(a: EventNote, b: EventNote) -> bool:
    """Whether two events are told in the same sentence or in neighbouring ones, or the machine of neither is named."""
    if not any(e.roles.get(r) for e in (a, b) for r in ("tail_number", "aircraft", "operator")):
        return True
    return any(x[0] - y[1] <= 2 and y[0] - x[1] <= 2 for x in a.evidence for y in b.evidence)


# Of two events of these types that share a filler of these roles, one's day is the other's.
_ONE_DAY = (
    (EventType.FLIGHT, EventType.AVIATION_INCIDENT, ("tail_number", "aircraft", "operator")),
    (EventType.VISIT, EventType.FLIGHT, ("visitor", "passengers")),
)


def _same_days(events: list[EventNote]) -> None:
    """A flight and what befell it, a visit and the flight that brought the visitor: the day that the text gives for one holds
    for the other, where they are the only ones of their kind that fit."""
    for first, second, roles in _ONE_DAY:
        for event in [e for e in events if e.type in (first, second) and _undated(e) and e.realis.value == "actual"]:
            other = second if event.type is first else first
            twins = [
                o
                for o in events
                if o.type is other and not _undated(o) and o.realis.value == "actual" and _share(event, o, roles)
            ]
            if len(twins) == 1 and twins[0].time is not None and "/" not in (twins[0].time.edtf or ""):
                event.time, event.times = twins[0].time, list(twins[0].times)
                event.why.append(f"time: that of the {twins[0].type} it belongs to")


def _undated(event: EventNote) -> bool:
    return event.time is None or (event.time.edtf or "").endswith("?")


def _share(a: EventNote, b: EventNote, roles: tuple[str, ...]) -> bool:
    mine = [n for r in roles for n in a.roles.get(r, [])]
    theirs = [n for r in roles for n in b.roles.get(r, [])]
    here = [n for r in ("origin", "destination", "place") for n in a.roles.get(r, [])]
    there = [n for r in ("origin", "destination", "place") for n in b.roles.get(r, [])]
    return any(x is y for x in mine for y in theirs) and (not here or not there or shared_place(here, there))


def _evacuations(doc: Doc, events: list[EventNote]) -> None:
    """In an article about an evacuation, a flight with people aboard is part of it."""
    people = (EntityType.PERSON, EntityType.GROUP, EntityType.COUNTRY)
    for event in events:
        aboard = event.roles.get("passengers", [])
        if event.action == "evacuated" and aboard and all(n.type not in people or _is_measure(n, doc) for n in aboard):
            event.action = "flew"
    article = doc_notes.article(doc)
    titles = [b for b in article.blocks if b.kind is BlockKind.TITLE] if article is not None else []
    # "rescue teams" come; who is rescued is taken out
    words = [t for t in doc if in_class(t, "evacuating") and not (t.lemma_ == "rescue" and t.dep_ in ("compound", "amod"))]
    if len(words) < 2 and not any(b.start <= t.idx < b.end for b in titles for t in words):
        return
    for event in events:
        if event.type is EventType.FLIGHT and any(
            n.type in people and not _helps(n, doc) and not _is_measure(n, doc) for n in event.roles.get("passengers", [])
        ):
            event.action = "evacuated"


def _is_measure(aboard: EntityNote, doc: Doc) -> bool:
    """ "310 tonnes of maize": no people."""
    first = aboard.mentions[0]
    words = doc[first.token_start : first.token_end]
    return aboard.kind == "nominal" and any(in_class(t, "weight") for t in words)


def _helps(guest: EntityNote, doc: Doc) -> bool:
    """A team, doctors, soldiers: who is flown in for an evacuation, and not out by it."""
    roots = [doc[m.token_start : m.token_end].root for m in guest.mentions]
    return guest.type is EntityType.GROUP and any(in_class(root, "helper") for root in roots)


def visits_by_air(events: list[EventNote]) -> list[EventNote]:
    """The visits that flights make: somebody in office who is flown abroad visits the place, unless a visit there is told."""
    visits = [e for e in events if e.type is EventType.VISIT]
    out: list[EventNote] = []
    for flight in events:
        where = flight.roles.get("destination", [])
        if flight.type is not EventType.FLIGHT or flight.realis.value not in ("actual", "planned") or not where:
            continue
        if flight.action == "evacuated":
            continue
        guests = [n for n in flight.roles.get("passengers", []) if _abroad(n, flight)]
        told = any(
            shared_place(v.roles.get("visitor", []), guests)
            and (not v.roles.get("destination") or shared_place(v.roles["destination"], where))
            for v in visits
        )
        if not guests or told:
            continue
        roles = {"visitor": guests, "destination": list(where)}
        if flight.roles.get("origin"):
            roles["origin"] = list(flight.roles["origin"])
        why = f"visit: {guests[0].name!r}, in office, is flown abroad"
        visit = flight.implies(EventType.VISIT, None, roles, "visit.by_air", why)
        visits.append(visit)
        out.append(visit)
    return out


def _abroad(guest: EntityNote, flight: EventNote) -> bool:
    """Whether somebody in office is flown to another country than his own, or, where his own is not said, over a border."""
    if guest.type is EntityType.GROUP:
        office = guest.kind == "delegation" or "delegation" in guest.name.lower()
    else:
        office = guest.type is EntityType.PERSON and bool(lexicon()["statesman"] & set((guest.role or "").lower().split()))
    there = state_of(flight.roles["destination"][0])
    home = guest.links.country or state_of(*flight.roles.get("origin", [])[:1])
    return office and there is not None and home is not None and home != there


def _only_number(doc: Doc, events: list[EventNote]) -> None:
    """The only registration or flight number of an article that tells of a single mishap is that of the aircraft in it."""
    numbers = [n for n in doc_notes.entities(doc) if n.type is EntityType.AIRCRAFT]
    mishaps = [e for e in events if e.type is EventType.AVIATION_INCIDENT]
    if len(numbers) != 1 or len(mishaps) != 1 or mishaps[0].realis.value != "actual":
        return
    flown = [e for e in events if numbers[0] in e.roles.get("tail_number", []) and e is not mishaps[0]]
    if not mishaps[0].roles.get("tail_number") and all(shares_machine(mishaps[0], e) for e in flown):
        mishaps[0].roles["tail_number"] = numbers
        mishaps[0].why.append(f"tail_number {numbers[0].name!r}: the only one the article names")


def _hosts_at_home(events: list[EventNote]) -> None:
    """A state that hosts a visitor is where the visit leads."""
    for event in events:
        states = [n for n in event.roles.get("host", []) if n.type is EntityType.COUNTRY]
        if event.type is EventType.VISIT and states and not event.roles.get("destination"):
            event.roles["destination"] = states[:1]
            event.why.append(f"destination {states[0].name!r}: the state that hosts")


# Nobody supplies, strikes, bans or hosts himself, no route ends where it began, and who is left does not leave: of two roles of
# one entity the first holds.
_NEVER_BOTH = (
    ("recipient", "supplier"),
    ("actor", "target"),
    ("imposer", "target"),
    ("visitor", "host"),
    ("destination", "origin"),
    ("origin", "actor"),
)


def _not_himself(event: EventNote) -> None:
    for first, second in _NEVER_BOTH:
        rest = [n for n in event.roles.get(second, []) if n not in event.roles.get(first, [])]
        if second in event.roles and first in event.roles:
            event.roles[second] = rest
            if not rest:
                del event.roles[second]
    if event.type is EventType.DEPLOYMENT:
        _movers(event)


def _movers(event: EventNote) -> None:
    """ "Iraqi troops massed in Kuwait" moved themselves; "the force dispatched to Saudi Arabia" is moved, and moves nobody."""
    actors, moved = event.roles.get("actor", []), event.roles.get("asset", [])
    groups = [n for n in actors if n.type is EntityType.GROUP or n.kind == "military_unit"]
    if not moved and groups:
        event.roles["asset"] = groups
        if event.action == "withdraw":
            event.roles["actor"] = [n for n in actors if n not in groups] or actors
    elif moved and (movers := [n for n in actors if n not in groups or n not in moved]) != actors:
        event.roles["actor"] = movers
        if not movers:
            del event.roles["actor"]


def _place_of_target(event: EventNote) -> None:
    """What is struck and has a place on the map is where it is struck; a building is only what is struck."""
    struck = event.roles.get("target", [])
    if event.type is EventType.STRIKE and any(n.kind == "facility" and n in struck for n in event.roles.get("place", [])):
        del event.roles["place"]
    if event.type is EventType.STRIKE and "place" not in event.roles:
        places = [n for n in struck if n.type in LOCATIONS and any(m.form == "name" for m in n.mentions)]
        if places:
            event.roles["place"] = places
            event.why.append(f"place {places[0].name!r}: the target is a place")


def _fold_places(event: EventNote, types: dict[str, TypeInfo]) -> None:
    """Of places that lie in one another, a role keeps the finest; of a noun alone and a phrase of it, the phrase."""
    for role, notes in event.roles.items():
        event.roles[role] = notes = [n for n in notes if not any(is_bare(n, other) for other in notes)] or notes
        info = types[event.type].roles.get(role)
        if info is None or not info.is_location or len(notes) < 2:
            continue
        kept: list[EntityNote] = []
        order = {EntityType.AIRPORT: 0, EntityType.PLACE: 1, EntityType.COUNTRY: 2}
        for note in sorted(notes, key=lambda n: order[n.type]):
            if not any(same(note, k) for k in kept):
                kept.append(note)
        event.roles[role] = [n for n in notes if n in kept]
