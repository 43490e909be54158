"""The line a person reads: type, route or parties, date, novelty.

In: an event note. Out: "flight, Moscow→Pyongyang, 9 July 2024, first since treaty".
"""

from __future__ import annotations

import re
from datetime import date

from pipeline.annotations import EntityNote, EventNote
from pipeline.event_types import TypeInfo
from pipeline.records import EntityType, EventType, NoveltyKind, Realis

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_PARTIES: dict[str, tuple[str, ...]] = {
    EventType.AGREEMENT: ("parties", "signatories", "treaty"),
    EventType.MEETING: ("participants", "place"),
    EventType.STATEMENT: ("speaker", "medium"),
    EventType.EXERCISE: ("participants", "place"),
    EventType.SANCTION: ("imposer", "target"),
    EventType.AVIATION_INCIDENT: ("operator", "aircraft", "place"),
}
_ROUTES: dict[str, tuple[str, str]] = {
    EventType.FLIGHT: ("origin", "destination"),
    EventType.AIR_SERVICE: ("origin", "destination"),
    EventType.ORDER: ("supplier", "recipient"),
    EventType.VISIT: ("visitor", "destination"),
    EventType.DEPLOYMENT: ("actor", "destination"),
    EventType.STRIKE: ("actor", "target"),
    EventType.CONTACT: ("actor", "recipient"),
}


def summarise(event: EventNote, info: TypeInfo) -> str:
    """One line for one event."""
    parts = [info.label if event.action is None or event.type in _ROUTES else f"{info.label} {event.action.replace('_', ' ')}"]
    if event.type is EventType.CONTACT and event.plover is not None:
        parts[0] = str(event.plover["type"]).lower()
    if event.realis is not Realis.ACTUAL:
        parts[0] = f"{event.realis.value} {parts[0]}"
    if event.type in _ROUTES:
        a, b = _ROUTES[event.type]
        start, end = (_label(event.roles.get(r, []), city=info.route) for r in (a, b))
        if start or end:
            parts.append(f"{start or '?'}→{end or '?'}" if end else f"{start}→?")
    else:
        names = [_label(event.roles.get(r, [])) for r in _PARTIES.get(event.type, tuple(info.roles) if info.own else ())]
        parts += [n for n in names if n]
    if event.time is not None and event.time.edtf:
        parts.append(readable(event.time.edtf))
    if event.novelty is not None:
        parts.append(_novelty(event))
    return ", ".join(parts)


def _label(notes: list[EntityNote], city: bool = False) -> str:
    names = []
    for note in notes[:3]:
        shown = note
        if city and note.type is EntityType.AIRPORT and note.parent is not None and note.parent.type is EntityType.PLACE:
            shown = note.parent
        names.append(shown.name)
    return " and ".join(names) + (" …" if len(notes) > 3 else "")


def readable(edtf: str) -> str:
    """An EDTF value as a person writes it: "9 July 2024", "June 2024", "2023–2024"."""
    if "/" in edtf:
        a, b = edtf.split("/", 1)
        return f"{readable(a) if a.strip('.') else ''}–{readable(b) if b.strip('.') else ''}"
    m = re.match(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", edtf)
    if m is None:
        return edtf.rstrip("?~")
    year, month, day = m.groups()
    if month is None or not 1 <= int(month) <= 12:
        return edtf.rstrip("?~")
    if day is None:
        return f"{_MONTHS[int(month) - 1]} {year}"
    d = date(int(year), int(month), int(day))
    return f"{d.day} {_MONTHS[d.month - 1]} {d.year}"


def _novelty(event: EventNote) -> str:
    assert event.novelty is not None
    kind = event.novelty.kind
    word = {NoveltyKind.NTH: "nth", NoveltyKind.RESUMPTION: "resumption"}.get(kind, kind.value)
    if event.since is not None and event.since.type is EventType.AGREEMENT:
        return f"{word} since treaty"
    if event.since is not None:
        return f"{word} since {str(event.since.type).replace('_', ' ')}"
    if event.novelty.since:
        return f"{word} since {readable(event.novelty.since)}"
    return word
