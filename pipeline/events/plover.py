"""The event in the PLOVER ontology: type, mode, context, actor and recipient.

In: the events of a Doc. Out: `plover` on each that has a code, and the acts of the article's lead that are none of the twelve
types, as events of type "contact". An event of the twelve types takes its code from its type and action
(models/frames/event_types.toml), or from the act that shares its trigger (models/frames/acts), which says more. PLOVER codes
one act a sentence: in a text of one sentence only the act nearest to its root keeps a code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spacy.tokens import Doc, Span, Token

from pipeline.annotations import EntityNote, EventNote
from pipeline.events import acts
from pipeline.events.act_words import lexicon
from pipeline.events.acts import Act
from pipeline.events.fillers import Index
from pipeline.events.frames import EventMention, Frames
from pipeline.events.states import state
from pipeline.records import EventType, Realis

_SIDES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    EventType.ORDER: (("supplier",), ("recipient",)),
    EventType.AGREEMENT: (("parties", "signatories"), ()),
    EventType.VISIT: (("visitor",), ("host", "destination")),
    EventType.MEETING: (("participants",), ()),
    EventType.EXERCISE: (("participants",), ()),
    EventType.DEPLOYMENT: (("actor",), ("destination", "origin")),
    EventType.STRIKE: (("actor",), ("target", "place")),
    EventType.SANCTION: (("imposer",), ("target",)),
}


def code(
    doc: Doc, index: Index, frames: Frames, events: list[EventNote], note_of: Callable[[EventMention], EventNote]
) -> list[EventNote]:
    """Sets `plover` on the events and returns those that the lead's own act adds.

    Args:
        note_of: makes an event of a telling.
    """
    for event in events:
        event.plover = _block(event, frames)
    added: list[EventNote] = []
    alone = sum(1 for s in doc.sents if len(s) > 3) == 1
    for lead in acts.leads(doc):
        acts_here = _lead(lead, index, frames, [e for e in events if _told_in(e, lead)], alone, note_of)
        # what is an event of the twelve types already is no act beside it
        added += [a for a in acts_here if alone or not any(a.trigger == e.trigger for e in events)]
    return added


def _lead(
    lead: Span, index: Index, frames: Frames, here: list[EventNote], alone: bool, note_of: Callable[[EventMention], EventNote]
) -> list[EventNote]:
    """Codes the lead by its main act; an act that is no event yet becomes one."""
    found = acts.acts(lead, index, frames)
    coded = [e for e in here if e.plover is not None]
    for event in coded:
        same = next((a for a in found if a.mention.predicate.span == event.trigger), None)
        if not isinstance(event.type, EventType):
            continue  # a user's own type has the code that the user gave it
        if same is not None:
            event.plover = _merged(event, same)
        elif event.plover is not None and not event.plover["actor"]:
            _name_actor(event, lead, index, frames)
    rivals = [(_depth(e, lead), e) for e in coded if lead.start_char <= e.trigger[0] < lead.end_char]
    if alone:
        nearest = min(rivals, key=lambda r: r[0], default=None)
        best = found[0] if found else None
        if nearest is not None and (best is None or nearest[0] <= best.cost):
            best = None
        for _, event in rivals:
            if nearest is None or best is not None or event is not nearest[1]:
                event.plover = None
        return [_event(best, note_of)] if best is not None else []
    if here or not found or not _certain(found[0]):
        return []
    return [e for e in [_event(found[0], note_of)] if e.realis is Realis.ACTUAL]


def _certain(act: Act) -> bool:
    """Whether both sides of an act are known: in a whole article others are left out."""
    return bool(act.actors and act.recipients) and all(state(n) for n in (*act.actors, *act.recipients))


def _event(act: Act, note_of: Callable[[EventMention], EventNote]) -> EventNote:
    event = note_of(acts.mention_of(act))
    event.plover = acts.refined(act)
    return event


def _merged(event: EventNote, act: Act) -> dict[str, Any]:
    block, old = acts.refined(act), event.plover or {}
    for side in ("actor", "recipient"):
        block[side] = block[side] or old.get(side, [])
    return block


def _told_in(event: EventNote, lead: Span) -> bool:
    coded = event.type in _SIDES or event.plover is not None
    return coded and any(s < lead.end_char and lead.start_char < e for s, e in event.evidence)


def _name_actor(event: EventNote, lead: Span, index: Index, frames: Frames) -> None:
    """Fills an open actor with who acts in the clause; several who exercise together cooperate."""
    block = event.plover or {}
    kept = [n for n in acts.subjects(_trigger(event, lead), index, frames) if n not in block["recipient"]]
    block["actor"] = kept
    if event.type is EventType.EXERCISE and len(kept) > 1:
        block["type"] = frames.types[event.type].plover.get("joint", block["type"])


def _trigger(event: EventNote, lead: Span) -> Token:
    return next((t for t in lead if t.idx <= event.trigger[0] < t.idx + len(t)), lead.root)


def _depth(event: EventNote, lead: Span) -> float:
    return acts.depth(_trigger(event, lead))


def _block(event: EventNote, frames: Frames) -> dict[str, Any] | None:
    """The code that an event's type and action stand for."""
    info = frames.types[event.type]
    codes = info.plover
    kind = codes.get(event.action or "", codes.get("default"))
    if kind is None or (event.type not in _SIDES and not info.own):
        return None
    if event.type is EventType.EXERCISE and len(event.roles.get("participants", [])) > 1:
        kind = codes.get("joint", kind)
    kind = _by_status(kind, event.realis)
    if kind is None:
        return None
    own = info.plover_sides
    actor_roles, recipient_roles = _SIDES.get(event.type, (own.get("actor", ()), own.get("recipient", ())))
    actors = _first(event, actor_roles)
    recipients = _first(event, recipient_roles)
    return {
        "type": kind,
        "mode": codes.get("mode"),
        "context": None,
        "actor": actors,
        "recipient": [r for r in recipients if r not in actors],
    }


def _by_status(kind: str, status: Realis) -> str | None:
    """A planned act is a promise or a threat; one that is denied is a refusal; what is only possible, or general, has no code."""
    future = lexicon()["future"]
    if status in (Realis.POSSIBLE, Realis.GENERIC):
        return None
    if status is Realis.PLANNED:
        return next((coded for coded in ("AGREE", "THREATEN") if kind in future[coded]), kind)
    if status is Realis.DENIED and kind in future["AGREE"]:
        return "REJECT"
    return kind


def _first(event: EventNote, roles: tuple[str, ...]) -> list[EntityNote]:
    for role in roles:
        notes = event.roles.get(role, [])
        if notes:
            return notes
    return []
