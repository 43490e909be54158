"""Who supplies and who gets, where the clause of an order leaves it open or the parse has it the wrong way round.

In: the merged events. Out: fillers of `supplier` and `recipient`.
"""

from __future__ import annotations

from functools import cache

from spacy.tokens import Doc, Span

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events.fillers import Index, in_class, table
from pipeline.events.frames import Frames
from pipeline.records import EntityType, EventType

_MAKERS = frozenset({"aircraft_maker", "defence_company"})
_BUYERS = frozenset({"airline", "air_force", "navy", "army", "military", "lessor"})


def complete_supplies(doc: Doc, events: list[EventNote], frames: Frames, index: Index) -> None:
    """A maker supplies; a state, a force or an airline beside it gets; what is still to come is of the deal told before."""
    _more_of_a_deal(doc, events, frames)
    _the_only_recipient(events)
    for event in events:
        if event.type is EventType.ORDER:
            _part_makers_from_buyers(event)
            _airlines_buy(event)
            _the_maker_supplies(event, doc)
            _whose_name_it_bears(event, index)
            _the_maker_beside(event, index)


_GIVEN = ("delivered", "pledged", "approved")


def _the_only_recipient(events: list[EventNote]) -> None:
    """ "Germany pledged tanks to Ukraine. Britain will send missiles": what states give goes to the only one that the article
    says gets anything."""
    given = [e for e in events if e.type is EventType.ORDER and e.action in _GIVEN]
    getting = list(dict.fromkeys(n for e in given for n in e.roles.get("recipient", [])))
    if len(getting) != 1 or getting[0].type is not EntityType.COUNTRY:
        return
    for event in given:
        giving = event.roles.get("supplier", [])
        states = [n for n in giving if n.type is EntityType.COUNTRY or n.kind in ("ministry", "igo", "government")]
        if states and not event.roles.get("recipient") and getting[0] not in giving:
            event.roles["recipient"] = list(getting)
            event.why.append(f"recipient {getting[0].name!r}: the only one of the article")


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


def _airlines_buy(event: EventNote) -> None:
    """ "An order from Flynas for 75 jets": whom an order comes from gets what is ordered, if it is an airline."""
    buyers = event.roles.get("supplier", [])
    if event.action == "ordered" and not event.roles.get("recipient") and buyers and all(n.kind == "airline" for n in buyers):
        event.roles["recipient"] = event.roles.pop("supplier")
        event.why.append(f"recipient {buyers[0].name!r}: from whom the order comes")


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


@cache
def _maker_names() -> dict[str, str]:
    """Every name of a maker of aircraft → its usual one."""
    rows = (r for r in table("gazetteers/organisations.tsv") if r["kind"] == "aircraft_maker")
    return {name: r["name"] for r in rows for name in (r["name"], *r["aliases"].split("|")) if name}


def _the_maker_beside(event: EventNote, index: Index) -> None:
    """ "Peru has ordered 24 Gripens, *Saab* announced": the only maker that the order's own sentences name supplies aircraft,
    unless they bear another's name."""
    said = _new_from_nobody_else(event, index)
    types = [n for n in event.roles.get("item", []) if n.type is EntityType.AIRCRAFT_TYPE]
    if said is None or not types:
        return
    beside = {id(n): n for t in said for n in index.notes_at(t) if n.kind == "aircraft_maker"}
    maker = next(iter(beside.values())) if len(beside) == 1 else None
    if maker is None or maker in event.roles.get("recipient", []):
        return
    if all((_maker_in(n.name) or maker.name) == maker.name for n in types):
        event.roles["supplier"] = [maker]
        event.why.append(f"supplier {maker.name!r}: the only maker beside the order")


def _maker_in(name: str) -> str | None:
    """The maker that the full name of a type begins with."""
    names = _maker_names()
    return next((names[n] for n in sorted(names, key=len, reverse=True) if name.startswith(f"{n} ")), None)


def _new_from_nobody_else(event: EventNote, index: Index) -> Span | None:
    """The words that tell of an order of new things whose supplier they leave open."""
    if event.roles.get("supplier") or event.action not in ("ordered", "delivered"):
        return None
    if event.action == "delivered" and not any(n.kind in _BUYERS for n in event.roles.get("recipient", [])):
        return None
    said = index.doc.char_span(event.evidence[0][0], event.evidence[-1][1], alignment_mode="expand")
    # from somebody else
    return None if said is None or any(t.lower_ == "from" or in_class(t, "second_hand") for t in said) else said


def _whose_name_it_bears(event: EventNote, index: Index) -> None:
    """ "IndiGo ordered 30 *Airbus* A350s": the maker that only the name of what is ordered names."""
    if _new_from_nobody_else(event, index) is None:
        return
    start, end = event.evidence[0][0], event.evidence[-1][1]
    for mention in (m for item in event.roles.get("item", []) for m in item.mentions if start <= m.start < end):
        first = mention.token_start
        maker = _maker_names().get(index.doc[first].text)
        if maker is None or mention.token_end == first + 1:
            continue
        note = index.maker(index.doc[first], maker)
        if note not in event.roles.get("recipient", []):
            event.roles["supplier"] = [note]
            event.why.append(f"supplier {maker!r}: whose name the aircraft bear")
            return


def _more_of_a_deal(doc: Doc, events: list[EventNote], frames: Frames) -> None:
    """ "Poland ordered tanks from Seoul. Sixty more will come by ship": further things are between the sides of the deal that the
    text told last."""
    further = {rule.id for rule in frames.rules if rule.other}
    orders = sorted((e for e in events if e.type is EventType.ORDER), key=lambda e: e.trigger)
    for i, event in enumerate(orders):
        if event.rule not in further and not _is_further(event, doc):
            continue
        for role, other in (("recipient", "supplier"), ("supplier", "recipient")):
            told = next((e for e in reversed(orders[:i]) if e.roles.get(role)), None)
            if told is None or event.roles.get(role) or (role == "supplier" and _of_another_make(event, told)):
                continue
            if not any(n in event.roles.get(other, []) for n in told.roles[role]):
                event.roles[role] = list(told.roles[role])
                event.why.append(f"{role} {told.roles[role][0].name!r}: of the deal told before")


def _is_further(event: EventNote, doc: Doc) -> bool:
    """Whether a word before its items says that there were some before: "another 24", "60 more tanks"."""
    start, end = event.evidence[0][0], event.evidence[-1][1]
    for mention in (m for item in event.roles.get("item", []) for m in item.mentions if start <= m.start < end):
        root = doc[mention.token_start : mention.token_end].root
        if any(in_class(t, "another") for t in doc[root.left_edge.i : root.i]):
            return True
    return False


def _of_another_make(event: EventNote, told: EventNote) -> bool:
    """Whether the aircraft of two orders are of different types: they may come from different makers."""
    mine, theirs = ([n for n in e.roles.get("item", []) if n.type is EntityType.AIRCRAFT_TYPE] for e in (event, told))
    return bool(mine) and not any(n in theirs for n in mine)
