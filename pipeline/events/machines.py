"""Whose aircraft it was and of which type, where the article says so elsewhere than in the clause of the event.

In: the merged events. Out: operators and types on flights and mishaps; each step names why it is sure.
"""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events.clauses import is_noun, is_verb
from pipeline.events.fillers import Index, in_class
from pipeline.events.predicates import predicate_of
from pipeline.events.sameness import same
from pipeline.events.vehicles import is_vehicle, vehicle_fillers
from pipeline.records import BlockKind, EntityType, EventType

AIR = (EventType.FLIGHT, EventType.AVIATION_INCIDENT)


def complete_machines(doc: Doc, events: list[EventNote], index: Index) -> None:
    """Adds the type and the operator that the article as a whole makes sure."""
    _only_aircraft(doc, events, index)
    _whose_machine(events, index)
    _said_whose(doc, events, index)


def _only_aircraft(doc: Doc, events: list[EventNote], index: Index) -> None:
    """An article that names a single aircraft type, and shows or tells of one air event in its lead, means that type."""
    found = [n for n in doc_notes.entities(doc) if n.type is EntityType.AIRCRAFT_TYPE]
    flights = [e for e in events if e.type in AIR and e.realis.value == "actual"]
    if len(found) != 1 or not flights:
        return
    main = [e for e in flights if e.type is flights[0].type][:1]
    article = doc_notes.article(doc)
    caption = article is not None and any(
        b.kind in (BlockKind.CAPTION, BlockKind.TITLE) and b.start <= m.start < b.end
        for b in article.blocks
        for m in found[0].mentions
    )
    owners = _owners(found[0], index)
    told = _is_what_it_was(doc, found[0])
    for event in main:
        operator = event.roles.get("operator", [])
        if not told and operator and owners and not any(same(a, b) for a in operator for b in owners):
            continue
        inside = any(s <= m.start < e for s, e in event.evidence for m in found[0].mentions)
        lone = event.type is EventType.AVIATION_INCIDENT and len([e for e in flights if e.type is event.type]) == 1
        if "aircraft" not in event.roles and (caption or inside or lone or told):
            event.roles["aircraft"] = [found[0]]
            event.why.append(f"aircraft {found[0].name!r}: the only type the article names")


def _is_what_it_was(doc: Doc, machine: EntityNote) -> bool:
    """ "The aircraft was a Boeing 737", "the plane used was Etihad's Boeing 787 Greenliner": a type that the article says its
    machine was."""
    for mention in machine.mentions:
        root = doc[mention.token_start : mention.token_end].root
        while root.dep_ in ("compound", "nmod") and is_noun(root.head):
            root = root.head
        if root.dep_ != "attr":
            continue
        # "the aircraft involved was": parsers hang the subject on the participle
        before = doc[root.head.left_edge.i : root.head.i] if root.head.left_edge.i < root.head.i else doc[0:0]
        near = [*before, *doc[max(root.sent.start, root.head.i - _BEFORE_VERB) : root.head.i]]
        if any(in_class(t, "vehicle") and any(c.lower_ == "the" for c in t.children) for t in near):
            return True
    return False


_BEFORE_VERB = 3


def _said_whose(doc: Doc, events: list[EventNote], index: Index) -> None:
    """ "The helicopter belonged to Heritage Aviation", "the jet was operated by Sahara": a clause of its own that says whose the
    machine is."""
    open_ones = [e for e in events if e.type in AIR and "operator" not in e.roles and e.realis.value == "actual"]
    if not open_ones:
        return
    nobody = not any(e.roles.get("operator") for e in events if e.type in AIR)
    for verb in doc:
        if not in_class(verb, "operating") or verb.dep_ in ("acl", "relcl", "amod") or not is_verb(verb):
            continue
        predicate = predicate_of(verb)
        belongs = verb.lemma_ == "belong"
        what = next(iter(predicate.slot("subj" if belongs else "obj")), None)
        whose = next(iter(predicate.slot("prep:to") if belongs else predicate.slot("subj")), None)
        if what is None or whose is None or not is_vehicle(what.head, index):
            continue
        owner = next((n for n in index.resolve(whose.head) if n.type is EntityType.ORGANIZATION), None)
        if owner is None:
            continue
        named = {f.note for role, f in vehicle_fillers(what.head, index, False) if role in ("aircraft", "tail_number")}
        definite = any(c.lower_ in ("the", "this", "that") for c in what.head.children)
        for event in open_ones:
            machines = {*event.roles.get("aircraft", []), *event.roles.get("tail_number", [])}
            if machines & named or (nobody and definite and not (machines and named)):
                event.roles["operator"] = [owner]
                event.why.append(f"operator {owner.name!r}: whose the machine is said to be")
        return


def _whose_machine(events: list[EventNote], index: Index) -> None:
    """An aircraft that the article calls a single operator's anywhere ("US Air Force B-52s") is that operator's everywhere."""
    known: dict[EntityNote, list[EntityNote]] = {}
    for event in events:
        if event.type not in AIR or "operator" in event.roles or event.realis.value == "generic":
            continue
        for machine in (*event.roles.get("tail_number", []), *event.roles.get("aircraft", [])):
            if machine not in known:
                known[machine] = _owners(machine, index)
            owners = known[machine]
            if len(owners) == 1:
                event.roles["operator"] = list(owners)
                event.why.append(f"operator {owners[0].name!r}: whose {machine.name!r} it is elsewhere in the article")
                break


def _owners(machine: EntityNote, index: Index) -> list[EntityNote]:
    """The operators that the phrases around a machine's mentions name, the finest of those that are the same."""
    found: list[EntityNote] = []
    for mention in machine.mentions:
        head = index.doc[mention.token_start : mention.token_end].root
        if head.dep_ in ("compound", "nmod", "appos") and is_noun(head.head) and is_vehicle(head.head, index):
            head = head.head
        for role, filler in vehicle_fillers(head, index, False):
            if role != "operator" or any(f is filler.note for f in found):
                continue
            twin = next((f for f in found if same(f, filler.note)), None)
            if twin is None:
                found.append(filler.note)
            elif twin.type is EntityType.COUNTRY:
                found[found.index(twin)] = filler.note
    return found


# Title, caption or standfirst, and the first paragraphs.
_LEAD_BLOCKS = 4
_CARRIERS = frozenset({"airline", "air_force"})


def only_operator(doc: Doc, events: list[EventNote]) -> None:
    """An article about a single airline or air force means it where an aircraft has no operator: one that its title or lead
    names, and that it comes back to."""
    carriers = [n for n in doc_notes.entities(doc) if n.kind in _CARRIERS]
    article = doc_notes.article(doc)
    if len(carriers) != 1 or article is None:
        return
    lead = article.blocks[:_LEAD_BLOCKS]
    led = len(carriers[0].mentions) > 1 and any(b.start <= m.start < b.end for b in lead for m in carriers[0].mentions)
    flown = [e.roles["operator"][0] for e in events if e.type in AIR and e.roles.get("operator")]
    if not (led or (len(flown) > 1 and all(same(n, carriers[0]) for n in flown))):
        return
    for event in events:
        if event.type is EventType.AIR_SERVICE and (carriers[0].kind != "airline" or is_of_airport(event)):
            continue
        if _is_of_other_fleet(event, carriers[0], events):
            continue
        if event.type in (*AIR, EventType.AIR_SERVICE) and "operator" not in event.roles and event.realis.value != "generic":
            event.roles["operator"] = [carriers[0]]
            event.why.append(f"operator {carriers[0].name!r}: the only one the article names")


def _is_of_other_fleet(event: EventNote, carrier: EntityNote, events: list[EventNote]) -> bool:
    """ "A Cessna 340 crashed. An air force Black Hawk was to drop rescuers", "the bodies were flown home": a machine that the
    carrier would not fly, or that nobody names in an article about its mishap."""
    own = event.roles.get("aircraft", [])
    if carrier.kind == "air_force" and any(n.kind is None or n.kind in _CIVIL for n in own):
        return not any(carrier in e.roles.get("operator", []) and set(own) & set(e.roles.get("aircraft", [])) for e in events)
    mishap = any(e.type is EventType.AVIATION_INCIDENT for e in events)
    nobodys = not own and not event.roles.get("tail_number") and bool(event.roles.get("passengers"))
    return mishap and nobodys and event.type is EventType.FLIGHT and not event.roles.get("origin")


_CIVIL = frozenset({"airliner", "business", "light"})
"""Kinds of types; one without a kind is in no table of the families that forces fly."""


def is_of_airport(event: EventNote) -> bool:
    """ "The airport was closed": no airline's doing."""
    return not event.roles.get("destination") and any(n.type is EntityType.AIRPORT for n in event.roles.get("origin", []))
