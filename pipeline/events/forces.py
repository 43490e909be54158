"""Whose forces move, where they go and whom they relieve, where the clause of a deployment leaves it open.

In: the merged events. Out: fillers of `actor`, `destination` and, of exercises, `participants`.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events.fillers import in_class
from pipeline.events.frames import Frames
from pipeline.events.itinerary import trigger_token
from pipeline.records import EntityType, EventType

# The role whose phrase names the state it belongs to, and the role which that state plays.
_OWNED = {EventType.DEPLOYMENT: ("asset", "actor"), EventType.STRIKE: ("weapon", "actor")}


def complete_forces(doc: Doc, events: list[EventNote], frames: Frames) -> None:
    """Adds whose forces they are, where the drill is that they are sent to, and where those were that they relieve."""
    _whose_forces(doc, events)
    _sent_to_drills(doc, events)
    _reliefs(events, frames)


def _whose_forces(doc: Doc, events: list[EventNote]) -> None:
    """ "The drawdown of American forces", "Ukrainian drones hit": whose the forces are acts, where nobody else does."""
    countries = {n.links.iso3166: n for n in doc_notes.entities(doc) if n.type is EntityType.COUNTRY and n.links.iso3166}
    for event in events:
        if event.type not in _OWNED or event.roles.get(_OWNED[EventType(event.type)][1]):
            continue
        owned, acting = _OWNED[EventType(event.type)]
        states = [_named_state(n, doc, countries) for n in event.roles.get(owned, [])]
        codes = list(dict.fromkeys(code for code in states if code is not None and code in countries))
        if len(codes) == 1 and not any(n.links.iso3166 == codes[0] for n in event.roles.get("target", [])):
            event.roles[acting] = [countries[codes[0]]]
            event.why.append(f"{acting}: whose the {owned} is")


def _named_state(note: EntityNote, doc: Doc, countries: dict[str, EntityNote]) -> str | None:
    """The state that a phrase names before its noun: "*American* forces from Iraq"."""
    if note.links.country is not None or not note.mentions:
        return note.links.country
    span = doc[note.mentions[0].token_start : note.mentions[0].token_end]
    before = [c for c, n in countries.items() if any(span.start <= m.token_start < span.root.i for m in n.mentions)]
    return before[0] if len(before) == 1 else None


def _sent_to_drills(doc: Doc, events: list[EventNote]) -> None:
    """ "Exercise Blue Flag opened at Ovda. Greece has deployed four F-16s for the drill": they go where the only drill that the
    text tells of is held, and whoever sends them takes part."""
    drills = [e for e in events if e.type is EventType.EXERCISE]
    if len(drills) != 1:
        return
    for event in events:
        verb = trigger_token(doc, event) if event.type is EventType.DEPLOYMENT and event.action == "deploy" else None
        if verb is None or not _is_for_a_drill(verb):
            continue
        drill = drills[0]
        if drill.roles.get("place") and not event.roles.get("destination"):
            event.roles["destination"] = list(drill.roles["place"])
            event.why.append("destination: where the drill is held")
        taking_part = drill.roles.get("participants", [])
        if senders := [n for n in event.roles.get("actor", []) if n not in taking_part]:
            drill.roles["participants"] = [*taking_part, *senders]


def _is_for_a_drill(verb: Token) -> bool:
    """Whether what a verb sends is "for the drill", wherever the parser hung it."""
    behind = (t for t in verb.sent if t.i > verb.i and t.lower_ == "for")
    return any(in_class(c, "exercise") for prep in behind for c in prep.children if c.dep_ == "pobj")


def _reliefs(events: list[EventNote], frames: Frames) -> None:
    """ "F-35s completed a tour at Malbork. Four F-16s have replaced them": who relieves others goes where they are, or were."""
    relieving = {rule.id for rule in frames.rules if rule.other and rule.type is EventType.DEPLOYMENT}
    moves = sorted((e for e in events if e.type is EventType.DEPLOYMENT), key=lambda e: e.trigger)
    for i, event in enumerate(moves[1:], 1):
        before = moves[i - 1]
        end = "origin" if before.action == "withdraw" else "destination"
        if event.rule in relieving and not event.roles.get("destination") and before.roles.get(end):
            event.roles["destination"] = list(before.roles[end])
            event.why.append("destination: where those are whom they relieve")
