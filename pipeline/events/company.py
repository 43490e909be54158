"""Who takes part in visits and talks, once an article's tellings are one event.

In: the merged events. Out: visits and meetings without a filler that another one names better. Each step names why it is sure.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote, EventNote
from pipeline.events.fillers import LOCATIONS, Index, in_class
from pipeline.events.frames import Frames
from pipeline.events.itinerary import trigger_token
from pipeline.events.states import countries, home_of
from pipeline.records import EntityType, EventType

_TOGETHER: dict[EventType | str, tuple[str, ...]] = {EventType.MEETING: ("participants",), EventType.VISIT: ("visitor", "host")}
_HOSTS = frozenset({EntityType.PERSON, EntityType.COUNTRY, EntityType.ORGANIZATION})
_UNNAMED = frozenset({"person", "nominal"})


def next_rounds(events: list[EventNote], frames: Frames) -> None:
    """ "A further round is planned for June": of those who took part in the last one told."""
    further = {rule.id for rule in frames.rules if rule.other and rule.type is EventType.MEETING}
    meetings = sorted((e for e in events if e.type is EventType.MEETING), key=lambda e: e.trigger)
    for i, event in enumerate(meetings):
        before = next(
            (m for m in reversed(meetings[:i]) if m.action != "phone" and len(m.roles.get("participants", [])) > 1), None
        )
        if event.rule in further and before is not None and not event.roles.get("participants"):
            event.roles["participants"] = list(before.roles["participants"])
            event.why.append("participants: those of the round before")


def one_of_each(doc: Doc, events: list[EventNote]) -> None:
    """ "Foreign ministers of Oman and Kenya met. Ali Hasan told Petr Novak …", "the Omani minister": a state, and an office of it
    that is not named, fall where somebody of that state is named."""
    for event in events:
        for role in _TOGETHER.get(event.type, ()):
            notes = event.roles.get(role, [])
            homes = {home for n in notes if n.type is EntityType.PERSON and (home := home_of(n, doc))}
            kept = [n for n in notes if not _stands_for(n, homes)]
            if homes and kept != notes:
                event.roles[role] = kept
                event.why.append(f"{role} without {', '.join(n.name for n in notes if n not in kept)}: named in person")


def _stands_for(note: EntityNote, homes: set[str]) -> bool:
    if note.type is EntityType.COUNTRY:
        return note.links.iso3166 in homes
    return note.type is EntityType.GROUP and note.kind in _UNNAMED and note.links.country in homes


def inviters(doc: Doc, events: list[EventNote], index: Index) -> None:
    """ "Paid a visit to Oman at the invitation of President Ali Hasan": who invites is the host, and no visitor."""
    for event in events:
        if event.type is not EventType.VISIT:
            continue
        told = [t for t in doc if in_class(t, "invitation") and any(a <= t.idx < b for a, b in event.evidence)]
        found = [n for t in told for n in _inviting(t, index)]
        hosts = [n for n in dict.fromkeys(found) if n.type in _HOSTS]
        guests = [n for n in event.roles.get("visitor", []) if n not in hosts]
        if hosts and (guests or not event.roles.get("visitor")):
            event.roles["host"] = list(dict.fromkeys([*hosts, *event.roles.get("host", [])]))
            event.roles["visitor"] = guests
            event.why.append(f"host {hosts[0].name!r}: who invites")


def _inviting(invitation: Token, index: Index) -> list[EntityNote]:
    owners = [c for c in invitation.children if c.dep_ == "poss"]
    behind = (p for p in invitation.children if p.dep_ == "prep" and p.lower_ in ("of", "from", "by"))
    owners += [o for p in behind for o in p.children if o.dep_ == "pobj"]
    return [n for o in owners for h in index.heads(o) for n in index.resolve(h)]


def beside_occasions(doc: Doc, events: list[EventNote]) -> None:
    """ "Met on the sidelines of the ministers' meeting in Bari": what takes place beside an occasion takes place there."""
    meetings = [(e, t) for e in events if e.type is EventType.MEETING and (t := trigger_token(doc, e)) is not None]
    for occasion, token in meetings:
        side = next((a for a in token.ancestors if in_class(a, "margin")), None)
        for event, other in meetings:
            if side is None or event is occasion or other.sent != side.sent or other in side.subtree:
                continue
            if occasion.roles.get("place") and not event.roles.get("place") and event.action not in ("phone", "video"):
                event.roles["place"] = list(occasion.roles["place"])
                event.why.append("place: that of the occasion beside which it took place")


def states_visited(doc: Doc, events: list[EventNote]) -> None:
    """ "Hailed the visit of the Kenyan minister": where a visit names no place, the only place where the visitor is met."""
    for event in events:
        if event.type is not EventType.VISIT or event.roles.get("destination"):
            continue
        guests = event.roles.get("visitor", [])
        met = [
            e
            for e in events
            if e.type is EventType.MEETING
            and any(n in e.roles.get("participants", []) for n in guests)
            and e.realis is event.realis
        ]
        places = list(dict.fromkeys(n for e in met for n in e.roles.get("place", []) if n.type in LOCATIONS))
        homes = {home_of(n, doc) for n in guests} - {None}
        if len(places) == 1 and (places[0].links.country or places[0].links.iso3166) not in homes:
            event.roles["destination"] = places
            event.why.append(f"destination {places[0].name!r}: where the visitor was met")
        elif not places:
            _at_home_of_host(doc, event, homes)


def _at_home_of_host(doc: Doc, event: EventNote, homes: set[str | None]) -> None:
    """ "Arrived from Moscow and was received by the Norwegian premier": to the state of the only one who receives."""
    states = {home_of(n, doc) for n in event.roles.get("host", []) if n.type is EntityType.PERSON}
    found = countries(doc, states)
    if len(states) == len(found) == 1 and not states & homes and None not in states:
        event.roles["destination"] = found
        event.why.append(f"destination {found[0].name!r}: the state of the host")


def _reverses(token: Token) -> bool:
    return in_class(token, "direction_word") and any(in_class(c, "opposite") for c in token.children)


def return_visits(doc: Doc, events: list[EventNote]) -> None:
    """ "Abiy visited Asmara. Isaias made the trip in the opposite direction": to the state of whom he had received."""
    visits = [e for e in events if e.type is EventType.VISIT]
    for i, event in enumerate(visits):
        token = trigger_token(doc, event)
        back = token is not None and any(_reverses(t) or in_class(t, "returning_it") for t in token.sent)
        if not back or event.roles.get("destination"):
            continue
        for told in reversed(visits[:i]):
            guests = [n for n in told.roles.get("visitor", []) if n.type is EntityType.PERSON]
            homes = {home_of(n, doc) for n in guests}
            found = countries(doc, homes)
            there = {n.links.country or n.links.iso3166 for n in told.roles.get("destination", [])}
            hosted = any(n in told.roles.get("host", []) or home_of(n, doc) in there for n in event.roles.get("visitor", []))
            if len(found) == 1 and hosted:
                event.roles["destination"] = found
                event.roles.setdefault("origin", list(told.roles.get("destination", [])))
                event.why.append(f"destination {found[0].name!r}: where the visitor before had come from")
                break
