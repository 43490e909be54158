"""The event in the PLOVER ontology: type, mode, actor and recipient.

In: an event note. Out: {"type", "mode", "context", "actor", "recipient"} with entity notes, or None where no code exists.
Codes per type and action: models/frames/event_types.toml.
"""

from __future__ import annotations

from typing import Any

from pipeline.annotations import EntityNote, EventNote
from pipeline.events.fillers import Index
from pipeline.events.frames import TypeInfo
from pipeline.records import EventType

_SIDES = {
    EventType.ORDER: (("supplier",), ("recipient",)),
    EventType.AGREEMENT: (("parties", "signatories"), ()),
    EventType.VISIT: (("visitor",), ("host", "destination")),
    EventType.MEETING: (("participants",), ()),
    EventType.EXERCISE: (("participants",), ()),
    EventType.DEPLOYMENT: (("actor",), ("destination", "origin")),
    EventType.STRIKE: (("actor",), ("target", "place")),
    EventType.SANCTION: (("imposer",), ("target",)),
}


def code(event: EventNote, info: TypeInfo, index: Index) -> dict[str, Any] | None:
    """The PLOVER block of one event."""
    kind = info.plover.get(event.action or "", info.plover.get("default"))
    if kind is None or event.type not in _SIDES:
        return None
    actor_roles, recipient_roles = _SIDES[event.type]
    actors = _first(event, actor_roles)
    recipients = _first(event, recipient_roles)
    return {
        "type": kind,
        "mode": info.plover.get("mode"),
        "context": None,
        "actor": actors,
        "recipient": [r for r in recipients if r not in actors],
    }


def _first(event: EventNote, roles: tuple[str, ...]) -> list[EntityNote]:
    for role in roles:
        notes = event.roles.get(role, [])
        if notes:
            return notes
    return []
