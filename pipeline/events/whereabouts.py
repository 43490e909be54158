"""Where machines and travellers were before a flight of which the text tells no beginning.

In: the merged events and the text. Out: ends of flights. Mere nearness fills nothing: the text says of the very machine or of the
very people that they were at a place, came down there or left it, and the flight is the next one that it tells of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote, EventNote
from pipeline.events.clauses import is_noun, is_verb, surface_subject
from pipeline.events.fillers import LOCATIONS, Index, finest, in_class
from pipeline.events.itinerary import fill, first_told, later, stopped_at, trigger_token
from pipeline.events.predicates import Predicate, predicate_of
from pipeline.events.sameness import same
from pipeline.events.tellings import DEFINITE
from pipeline.events.vehicles import counted, vehicle_fillers
from pipeline.records import EntityType, EventType, Realis

_MACHINE_ROLES = ("aircraft", "tail_number")
_WHERE = ("prep:in", "prep:at", "prep:on", "sub:in", "sub:at", "light:prep:in", "light:prep:at")


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody or something told to be at a place, at a token."""

    at: int
    who: frozenset[EntityNote]
    place: EntityNote
    event: EventNote | None = None
    """The landing that tells it, if one does."""


def complete_whereabouts(doc: Doc, events: list[EventNote], index: Index) -> None:
    """Fills the origin of flights from where their machine or those aboard had been, and the end of those that "flew in"."""
    flights = _flights(events)
    seen: list[Sighting] | None = None
    for event in flights:
        token = trigger_token(doc, event)
        if token is None:
            continue
        if "destination" not in event.roles:
            _where_they_are(event, token, index)
        if "origin" not in event.roles and _starts_anew(event, token):
            seen = _sightings(doc, index, flights) if seen is None else seen
            _from_sighting(doc, event, token, seen, flights)


def _flights(events: list[EventNote]) -> list[EventNote]:
    return sorted((e for e in events if e.type is EventType.FLIGHT and e.realis is not Realis.GENERIC), key=first_told)


# --- those whom a mishap left somewhere ----------------------------------------------------------------------------------


def take_on_from_stops(doc: Doc, events: list[EventNote]) -> None:
    """Fills the origin of flights that take on those whom a mishap brought down."""
    stops = sorted((e for e in events if e.type is EventType.AVIATION_INCIDENT and stopped_at(e)), key=lambda e: e.trigger)
    for event in _flights(events) if stops else ():
        token = trigger_token(doc, event)
        if token is not None and "origin" not in event.roles:
            _taken_from_the_stop(event, token, stops)


def _taken_from_the_stop(event: EventNote, token: Token, stops: list[EventNote]) -> None:
    """ "A jet diverted to Reykjavik. The passengers were flown on to Seattle": those aboard go on from where they came down."""
    if not any(_are_those_aboard(c) for c in token.children if c.dep_ in ("dobj", "nsubjpass")):
        return
    last = next((s for s in reversed(stops) if s.trigger < event.trigger), None)
    if last is not None and not later(event, last):
        fill(event, "origin", stopped_at(last), "where those aboard had come down")


def _are_those_aboard(noun: Token) -> bool:
    """ "The passengers", "them", "the first group", "the rest", "most of the travellers"."""
    whole = counted(noun)
    if whole.lower_ == "them":
        return True
    definite = any(c.lower_ in DEFINITE or c.lower_ == "all" for t in (noun, whole) for c in t.children if c.dep_ != "prep")
    return definite and any(in_class(t, c) for t in (noun, whole) for c in ("passenger_word", "part_of_those_aboard"))


# --- machines that had been somewhere ------------------------------------------------------------------------------------


def _starts_anew(event: EventNote, token: Token) -> bool:
    """Whether a flight is told of a machine that the text points back to ("the jet", "it", "two of the Rafales"), or of named
    people."""
    if any(n.type is EntityType.PERSON for n in event.roles.get("passengers", [])):
        return True
    subject = surface_subject(token) if is_verb(token) else None
    objects = [c for c in token.children if c.dep_ in ("dobj", "nsubjpass")]
    heads = [t for t in (subject, *objects) if t is not None]
    return any(_points_back(h) for h in heads) or bool(event.roles.get("tail_number"))


def _points_back(head: Token) -> bool:
    whole = counted(head)
    definite = any(c.lower_ in DEFINITE for c in whole.children if c.dep_ in ("det", "poss"))
    return head.lower_ in ("it", "they") or definite


def _from_sighting(doc: Doc, event: EventNote, token: Token, seen: list[Sighting], flights: list[EventNote]) -> None:
    mine = {n for r in (*_MACHINE_ROLES, "passengers") for n in event.roles.get(r, [])}
    last = next((s for s in reversed(seen) if s.at < token.i and s.who & mine and s.event is not event), None)
    if last is None or not _is_before(last, event):
        return
    for other in flights:
        at = trigger_token(doc, other)
        theirs = {n for r in (*_MACHINE_ROLES, "passengers") for n in other.roles.get(r, [])}
        if at is not None and other is not event and other is not last.event and last.at < at.i < token.i and theirs & last.who:
            return
    fill(event, "origin", [last.place], "where the text says that it or those aboard had been")


def _is_before(sighting: Sighting, event: EventNote) -> bool:
    """Whether a landing was before a flight; of a stay the order of the text says so."""
    landed = sighting.event
    if landed is None:
        return True
    return later(landed, event) or (landed.realis is Realis.ACTUAL and event.realis is Realis.PLANNED)


def _sightings(doc: Doc, index: Index, flights: list[EventNote]) -> list[Sighting]:
    """Every stay, leave-taking, hand-over and landing that the text tells of somebody or something known, in its order."""
    found = [s for token in doc for s in _told_at(token, index)]
    for flight in flights:
        token = trigger_token(doc, flight)
        who = frozenset(n for r in (*_MACHINE_ROLES, "passengers") for n in flight.roles.get(r, []))
        place = finest(flight.roles.get("destination", []))
        if token is not None and flight.action == "landed" and place is not None and who:
            found.append(Sighting(token.i, who, place, flight))
    return sorted(found, key=lambda s: s.at)


def _told_at(token: Token, index: Index) -> list[Sighting]:
    if is_verb(token) and in_class(token, "leaving"):
        predicate = predicate_of(token)
        who = frozenset(n for a in predicate.slot("subj") for n in index.resolve(a.head) if n.type is EntityType.PERSON)
        place = _place(predicate, ("obj", "prep:from"), index)
    elif (is_verb(token) and in_class(token, "staying")) or (is_noun(token) and in_class(token, "handing_over")):
        predicate = predicate_of(token)
        slots = ("subj", "obj") if is_verb(token) else ("prep:of", "prep:to")
        heads = [a.head for a in predicate.slot(*slots)]
        who = frozenset(f.note for h in heads for role, f in vehicle_fillers(h, index, False) if role in _MACHINE_ROLES)
        place = _place(predicate, _WHERE, index)
    else:
        return []
    return [Sighting(token.i, who, place)] if who and place is not None else []


def _place(predicate: Predicate, slots: tuple[str, ...], index: Index) -> EntityNote | None:
    return finest([n for a in predicate.slot(*slots) for n in index.resolve(a.head) if n.type in LOCATIONS])


# --- those who are still where they flew to ------------------------------------------------------------------------------


def _where_they_are(event: EventNote, token: Token, index: Index) -> None:
    """ "He has been in Moscow since he flew in from Hong Kong": where somebody has been since he came is where he came to."""
    above = token.head
    came = any(in_class(c, "inward") for c in token.children) or in_class(token, "arriving")
    since = any(c.lower_ == "since" and c.dep_ in ("mark", "prep") for c in token.children) or above.lower_ == "since"
    verb = above.head if above.lower_ == "since" else above
    if not (came and since and is_verb(verb)):
        return
    predicate = predicate_of(verb)
    heads = [a.head for a in predicate.slot("prep:in", "prep:at", "sub:in", "sub:at") if a.head.i < token.i]
    # "in the transit area of another airport, Sheremetyevo"
    inner = [t for h in heads for t in h.subtree if t.i < token.i]
    place = finest([n for h in heads for n in index.resolve(h) if n.type in LOCATIONS]) or finest(
        [n for t in inner for n in index.notes_at(t) if n.type is EntityType.AIRPORT]
    )
    if place is not None and not any(same(place, n) for n in event.roles.get("origin", [])):
        fill(event, "destination", [place], "where they have been since")
