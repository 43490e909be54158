"""Who supplies and who gets, where the clause of an order leaves it open or the parse has it the wrong way round.

In: the merged events. Out: fillers of `supplier` and `recipient`.
"""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.records import EntityType, EventType

_MAKERS = frozenset({"aircraft_maker", "defence_company"})
_BUYERS = frozenset({"airline", "air_force", "navy", "army", "military", "lessor"})


def complete_supplies(doc: Doc, events: list[EventNote]) -> None:
    """A maker supplies; a state, a force or an airline beside it gets."""
    for event in events:
        if event.type is EventType.ORDER:
            _part_makers_from_buyers(event)
            _the_maker_supplies(event, doc)


def _part_makers_from_buyers(event: EventNote) -> None:
    """ "A contract was signed by Saab and Thailand"."""
    sides = [*event.roles.get("supplier", []), *event.roles.get("recipient", [])]
    makers = [n for n in sides if n.kind in _MAKERS]
    buyers = [n for n in sides if n not in makers and (n.type is EntityType.COUNTRY or n.kind in _BUYERS)]
    mixed = any(
        any(n in makers for n in event.roles.get(role, [])) and any(n in buyers for n in event.roles.get(role, []))
        for role in ("supplier", "recipient")
    )
    if mixed and len(makers) + len(buyers) == len(sides):
        event.roles["supplier"], event.roles["recipient"] = makers, buyers
        event.why.append(f"supplier {makers[0].name!r}: who makes such things")


def _the_maker_supplies(event: EventNote, doc: Doc) -> None:
    """ "Airbus … IndiGo ordered 30 A350s": an airline gets new aircraft from their maker, where the article names it."""
    airlines = [n for n in event.roles.get("recipient", []) if n.kind == "airline"]
    if event.roles.get("supplier") or not airlines or event.action not in ("ordered", "delivered"):
        return
    makers = [n for n in doc_notes.entities(doc) if n.kind == "aircraft_maker"]
    found: list[EntityNote] = [m for item in event.roles.get("item", []) for m in makers if item.name.startswith(f"{m.name} ")]
    if found and len(set(map(id, found))) == 1:
        event.roles["supplier"] = found[:1]
        event.why.append(f"supplier {found[0].name!r}: the maker of what is ordered")
