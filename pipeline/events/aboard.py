"""Who was aboard a flight, where another sentence than the flight's says so.

In: the merged events and the text. Out: passengers of flights, and the ends of a flight that its passengers' own journey gives.
Mere nearness fills nothing: the text says that they were on board, or tells of their journey and goes on with "the plane".
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote, EventNote
from pipeline.events.arguments import Argument
from pipeline.events.clauses import clause_of, is_aboard, is_noun, is_verb, surface_subject
from pipeline.events.fillers import LOCATIONS, Index, finest, in_class
from pipeline.events.itinerary import fill, first_told, shared_place, trigger_token
from pipeline.events.predicates import predicate_of
from pipeline.events.tellings import DEFINITE
from pipeline.events.vehicles import is_vehicle, named_or_not
from pipeline.records import EntityType, EventType, Realis

_SUBJECTS = ("nsubj", "nsubjpass", "attr")
_REACH = 2
"""Sentences back in which the flight stands whose passengers are told."""
_ABOARD = (EntityType.PERSON, EntityType.GROUP, EntityType.EQUIPMENT)


def complete_passengers(doc: Doc, events: list[EventNote], index: Index) -> None:
    """Adds those whom the text says to have been aboard."""
    flights = sorted((e for e in events if e.type is EventType.FLIGHT and e.realis is not Realis.GENERIC), key=first_told)
    if not flights:
        return
    for token in doc:
        heads = _told_aboard(token) or _accompanying(token, flights, index) or _carried(token, events, index)
        flight = _flown(token, flights, doc) if heads else None
        if flight is not None:
            _add(flight, [n for h in heads for one in index.heads(h) for n in _people(one, index)], token)
    for flight in flights:
        if not flight.roles.get("passengers"):
            _went_on_it(doc, flight, index)


def _people(head: Token, index: Index) -> list[EntityNote]:
    if head.tag_.startswith(("PRP", "W")) or any(c.dep_ == "det" and c.lower_ == "no" for c in head.children):
        return []
    return [n for n in named_or_not(head, index) if n.type in _ABOARD]


def _add(flight: EventNote, people: list[EntityNote], token: Token) -> None:
    aboard = flight.roles.get("passengers", [])
    new = [n for n in dict.fromkeys(people) if n not in aboard]
    if new:
        flight.roles["passengers"] = [*aboard, *new]
        flight.why.append(f"passengers {new[0].name!r}: said to have been {token.text!r}")


# --- "was on board", "had 110 people aboard", "among the passengers were" --------------------------------------------------


def _told_aboard(token: Token) -> list[Token]:
    """The heads of those whom a word like "aboard" is said of."""
    if is_aboard(token):
        holder = token.head.head if token.dep_ == "pobj" else token.head
    elif token.dep_ == "pobj" and token.head.lower_ in ("among", "amongst") and in_class(token, "those_aboard"):
        holder = token.head.head
    else:
        return []
    if any(c.dep_ == "neg" for c in holder.children):
        return []
    if holder.lemma_ == "be" and is_verb(holder):
        return [c for c in holder.children if c.dep_ in _SUBJECTS and c != token]
    if holder.lemma_ == "have" and is_verb(holder):
        return [c for c in holder.children if c.dep_ == "dobj"]
    return [holder] if is_noun(holder) and holder.dep_ == "dobj" and holder.head.lemma_ == "have" else []


def _accompanying(token: Token, flights: list[EventNote], index: Index) -> list[Token]:
    """ "Christopher *accompanied* Aristide on the flight": who goes with somebody who is aboard."""
    if not is_verb(token) or not in_class(token, "accompanying"):
        return []
    predicate = predicate_of(token)
    sides = predicate.slot("subj", "obj")
    known = {n for f in flights for n in f.roles.get("passengers", [])}
    led = [a for a in sides if any(n in known for n in index.resolve(a.head))]
    aboard = any(in_class(a.head, "flight_noun") or is_vehicle(a.head, index) for a in predicate.slot("prep:on", "prep:aboard"))
    return [a.head for a in sides if a not in led] if led or aboard else []


def _carried(token: Token, events: list[EventNote], index: Index) -> list[Token]:
    """ "It was carrying 35 tons of food", "the plane was loaded with tents": what the machine just told of had in it, where the
    verb tells of no flight or delivery itself."""
    laden = in_class(token, "laden")
    if not is_verb(token) or not (laden or in_class(token, "carrying")) or token.dep_ in ("acl", "relcl", "amod"):
        return []
    if any(e.trigger[0] <= token.idx < e.trigger[1] for e in events):
        return []
    told = token.tag_ == "VBD" or any(
        c.lower_ in ("was", "were", "been", "had") for c in token.children if c.dep_.startswith("aux")
    )
    if not told or clause_of(token).modals:
        # "a plane that can carry officials"
        return []
    predicate = predicate_of(token)
    machine = next((a.head for a in predicate.slot("obj" if laden else "subj") if not a.shared), None)
    if machine is None or any(c.dep_ == "neg" for c in token.children):
        return []
    definite = any(c.dep_ in ("det", "poss") and c.lower_ in DEFINITE for c in machine.children)
    if not (machine.lower_ in ("it", "they") or (definite and is_vehicle(machine, index))):
        return []
    return [a.head for a in predicate.slot("prep:with" if laden else "obj")]


def _flown(token: Token, flights: list[EventNote], doc: Doc) -> EventNote | None:
    """The flight that was told last before a word, in its sentence or in the two before."""
    start = token.sent.start
    for _ in range(_REACH):
        if start:
            start = doc[start - 1].sent.start
    end = token.sent.end_char
    near = [f for f in flights if any(doc[start].idx <= s < end for s, _ in f.evidence)]
    before = [f for f in near if first_told(f) <= (token.sent.start_char, token.sent.end_char)]
    return before[-1] if before else None


# --- "Pelosi left Taiwan on Wednesday. The C-40C took off from Songshan" ------------------------------------------------------


def _went_on_it(doc: Doc, flight: EventNote, index: Index) -> None:
    """Whose journey the sentence before tells, and the text goes on with "the plane": they are on it, and it goes their way."""
    token = trigger_token(doc, flight)
    subject = surface_subject(token) if token is not None and is_verb(token) else None
    if token is None or subject is None or not is_vehicle(subject, index) or not token.sent.start:
        return
    if not any(c.dep_ in ("det", "poss") and c.lower_ in DEFINITE for c in subject.children) or in_class(subject, "flight_noun"):
        return
    for verb in doc[token.sent.start - 1].sent:
        if not is_verb(verb) or not (in_class(verb, "journeying") or in_class(verb, "leaving")):
            continue
        predicate = predicate_of(verb)
        heads = [h for a in predicate.slot("subj") for h in index.heads(a.head)]
        people = [n for h in heads for n in index.resolve(h) if n.type is EntityType.PERSON or n.kind == "delegation"]
        leaves = in_class(verb, "leaving")
        start = _end(predicate.slot("prep:from", *(("obj",) if leaves else ())), index)
        goal = _end(predicate.slot("prep:to", "prep:for", "prep:in", "prep:into", "prep:at"), index)
        if people and _agree(flight, start, goal):
            _add(flight, people, verb)
            fill(flight, "origin", start, "where those aboard set out")
            fill(flight, "destination", goal, "where those aboard went")
            return


def _end(arguments: list[Argument], index: Index) -> list[EntityNote]:
    place = finest([n for a in arguments for n in index.resolve(a.head) if n.type in LOCATIONS])
    return [place] if place is not None else []


def _agree(flight: EventNote, start: list[EntityNote], goal: list[EntityNote]) -> bool:
    """Whether an end is the same, and none differs."""
    ends = [(start, flight.roles.get("origin", [])), (goal, flight.roles.get("destination", []))]
    told = [shared_place(mine, theirs) for mine, theirs in ends if mine and theirs]
    return bool(told) and all(told)
