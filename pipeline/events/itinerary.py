"""Where machines and travellers were before and go next: ends of a flight that its own words leave open.

In: the merged events. Out: origins, destinations and passengers on flights. Mere nearness fills nothing: a flight takes an end
from another one only where its words point there ("back", "on to", "again", "the other way", "another").
"""

from __future__ import annotations

from collections.abc import Mapping

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events.another import one_more
from pipeline.events.clauses import is_verb, surface_subject
from pipeline.events.fillers import LOCATIONS, finest, in_class, lexicon
from pipeline.events.sameness import same
from pipeline.records import EventType, Realis

REVERSED = "reversed"
"""`route` of a rule whose flight goes where the one told before came from, and the other way round."""
STOP = "stop"
"""`route` of a rule by which "via" is a place on the ground."""

_MACHINE_ROLES = ("tail_number", "aircraft", "operator")
_AGAIN_WITHIN = 4
"""Words behind a verb of motion among which "back", "on" and "again" are its own."""
_STOPPED_AT: dict[EventType | str, str] = {EventType.FLIGHT: "destination", EventType.AVIATION_INCIDENT: "place"}
_STOPPING = frozenset({"emergency_landing", "diversion", "runway_excursion"})


def complete_routes(doc: Doc, events: list[EventNote], routes: Mapping[str, str]) -> None:
    """Fills the ends that the article makes sure.

    Args:
        routes: the rules with a `route` of their own, by id.
    """
    air = sorted((e for e in events if e.type in _STOPPED_AT and e.realis is not Realis.GENERIC), key=first_told)
    for n, event in enumerate(air):
        if event.type is not EventType.FLIGHT:
            continue
        before = air[:n]
        flights = [f for f in before if f.type is EventType.FLIGHT]
        _who_is_meant(doc, event, before)
        if routes.get(event.rule) == REVERSED:
            _goes_the_other_way(event, flights)
        _as_the_others(doc, event, flights)
        _landed_too(doc, event, flights)
        _had_come(doc, event, flights)
        _next_leg(doc, event, before)
    _described_behind(doc, air)
    _happened_at(doc, air)
    events[:] = [e for e in events if e.roles]


def first_told(event: EventNote) -> tuple[int, int]:
    """Where the text first tells of an event."""
    return min([*event.evidence, event.trigger])


def trigger_token(doc: Doc, event: EventNote) -> Token | None:
    """The first token of an event's trigger."""
    span = doc.char_span(*event.trigger, alignment_mode="expand")
    return span[0] if span is not None and len(span) else None


def shared_place(a: list[EntityNote], b: list[EntityNote]) -> bool:
    """Whether two lists have a place in common, or one that lies in another."""
    return any(same(x, y) for x in a for y in b)


def shares_machine(a: EventNote, b: EventNote) -> bool:
    """Whether two events are flown by the same machine or crew, as far as the text names them."""
    for role in _MACHINE_ROLES:
        mine, theirs = a.roles.get(role, []), b.roles.get(role, [])
        if mine and theirs:
            return any(same(x, y) for x in mine for y in theirs)
    return False


def fill(event: EventNote, role: str, notes: list[EntityNote], why: str) -> None:
    """Fills an open end; no route ends where it began."""
    other = "origin" if role == "destination" else "destination"
    if notes and role not in event.roles and not shared_place(notes, event.roles.get(other, [])):
        event.roles[role] = list(notes)
        event.why.append(f"{role} {notes[0].name!r}: {why}")


def stopped_at(event: EventNote) -> list[EntityNote]:
    """Where a flight ended, or the place to which a mishap brought it down."""
    if event.type is EventType.AVIATION_INCIDENT and event.action not in _STOPPING:
        return []
    return event.roles.get(_STOPPED_AT.get(event.type, ""), [])


def _who_is_meant(doc: Doc, event: EventNote, before: list[EventNote]) -> None:
    """ "A second jet took them on to Ankara": a pronoun that coreference left open, behind a verb that carries people, means
    those whom the flight before had aboard."""
    token = trigger_token(doc, event)
    if token is None or event.roles.get("passengers") or not before:
        return
    aboard = before[-1].roles.get("passengers", [])
    if aboard and any(map(_is_them, token.children)):
        event.roles["passengers"] = list(aboard)
        event.why.append("passengers: whom the flight before carried")


def _is_them(child: Token) -> bool:
    return child.dep_ == "dobj" and child.lower_ in ("them", "him", "her")


def _goes_the_other_way(event: EventNote, flights: list[EventNote]) -> None:
    """ "EgyptAir goes the other way tomorrow": the way of the last flight told that has one, backwards."""
    out = next((f for f in reversed(flights) if f.roles.get("destination") or f.roles.get("origin")), None)
    if out is None:
        return
    fill(event, "origin", out.roles.get("destination", []), "the other way")
    fill(event, "destination", out.roles.get("origin", []), "the other way")
    if not any(event.roles.get(r) for r in _MACHINE_ROLES):
        event.roles |= {r: list(out.roles[r]) for r in ("aircraft", "operator") if out.roles.get(r)}


def _as_the_others(doc: Doc, event: EventNote, flights: list[EventNote]) -> None:
    """ "Another Swiss flight from Bamako is expected", "a second is bound for Houston": one more of a series goes where the last
    one of it went, or starts where that one started."""
    token = trigger_token(doc, event)
    if token is None or not flights or (event.roles.get("origin") and event.roles.get("destination")):
        return
    if event.action == "patrol" or not any(map(one_more, _spoken_of(token))):
        return
    told = [f for f in reversed(flights) if f.realis is not Realis.DENIED and not _other_machine(f, event)]
    # "A second brought 113 people to Amman": from where they were, and not from where the first set out to fetch some
    fetches = in_class(token, "fetching")
    for role in ("destination", "origin") if not fetches else ("destination",):
        last = next((f for f in told if f.roles.get(role)), None)
        if last is not None and not _shares_end(last, event):
            fill(event, role, last.roles[role], "as the one before it of which it is another")


def _landed_too(doc: Doc, event: EventNote, flights: list[EventNote]) -> None:
    """ "The aircraft from Houston is down as well": where the last one landed."""
    token = trigger_token(doc, event)
    if token is None or event.action != "landed" or not flights or "destination" in event.roles:
        return
    verb = token.head if token.dep_ in ("acomp", "attr", "advmod") else token
    start = doc[verb.sent.start - 1].sent.start_char if verb.sent.start else 0
    last = next((f for f in reversed(flights) if f.action == "landed" and f.roles.get("destination")), None)
    if last is None or not any(start <= s for s, _ in last.evidence) or not any(in_class(c, "also") for c in verb.children):
        return
    fill(event, "destination", last.roles["destination"], "where the one before it landed")
    if last.roles.get("operator") and not any(event.roles.get(r) for r in _MACHINE_ROLES):
        event.roles["operator"] = list(last.roles["operator"])


def _had_come(doc: Doc, event: EventNote, flights: list[EventNote]) -> None:
    """ "A jet took off from Leipzig. The Boeing *had come from Doha* the evening before": to where the flight told started, of
    which no other machine is named."""
    token = trigger_token(doc, event)
    if token is None or not flights or not event.roles.get("origin") or "destination" in event.roles:
        return
    inward = in_class(token, "arriving") or token.lemma_ == "come" or any(in_class(c, "inward") for c in token.children)
    onward = flights[-1]
    if not inward or not onward.roles.get("origin") or (onward.action == "landed" and not onward.departure):
        return
    if token.tag_ == "VBN" and not _other_machine(onward, event) and not later(onward, event):
        fill(event, "destination", onward.roles["origin"], "where the flight told before it began")


def _other_machine(a: EventNote, b: EventNote) -> bool:
    """Whether two flights are told of different operators or machines."""
    known = any(a.roles.get(r) and b.roles.get(r) for r in _MACHINE_ROLES)
    return known and not shares_machine(a, b)


def _shares_end(a: EventNote, b: EventNote) -> bool:
    """Whether one flight starts where the other ends."""
    ends = (("origin", "destination"), ("destination", "origin"))
    return any(shared_place(a.roles.get(x, []), b.roles.get(y, [])) for x, y in ends)


def _spoken_of(token: Token) -> list[Token]:
    """The heads of the phrases that a trigger belongs to, or has for its subject or object."""
    verb = token.head if token.dep_ in ("acomp", "attr") else token
    subject = surface_subject(verb) if is_verb(verb) else None
    return [t for t in (token, subject, *(c for c in verb.children if c.dep_ in ("nsubjpass", "dobj"))) if t is not None]


def _next_leg(doc: Doc, event: EventNote, before: list[EventNote]) -> None:
    """The next flight of a machine starts where the last one ended; "back" leads to where an earlier one came from."""
    flights = [f for f in before if f.type is EventType.FLIGHT]
    back = followed_by(doc, event, "homeward") or _trigger_word(doc, event) == "return"
    onward = followed_by(doc, event, "onward") or (event.action == "departed" and followed_by(doc, event, "repeating"))
    out = next((f for f in reversed(flights) if _way_out(f, event)), None) if back else None
    last = out or next(iter(reversed(before)), None)
    if last is None:
        return
    if _turned_back(last, event):
        _end_of_incident(event, before)
    elif (back or onward) and (out is not None or shares_machine(last, event)):
        fill(event, "origin", stopped_at(last), "where the flight before ended")
        if back:
            fill(event, "destination", last.roles.get("origin", []), "back to where the flight before began")
    if followed_by(doc, event, "outward") and shares_machine(last, event):
        fill(event, "origin", stopped_at(last), "where the machine had gone")
        _fetched(doc, last, event)
    landed = next((f for f in reversed(flights) if shares_machine(f, event)), None)
    if landed is not None and event.action == "departed" and _same_one(landed, event) and later(landed, event):
        fill(event, "origin", stopped_at(landed), "where the machine had landed")
    _carried_on(doc, event, before, back or onward)


def _carried_on(doc: Doc, event: EventNote, before: list[EventNote], further: bool) -> None:
    """Who is flown twice is flown on from where he was brought first.

    Args:
        further: whether the words of the flight say that it goes on or back.
    """
    token = trigger_token(doc, event)
    if further and token is not None and any(map(_is_them, token.children)):
        fill(event, "origin", stopped_at(before[-1]), "where those aboard had come down")
    carried = next((f for f in reversed(before) if _same_travellers(f, event)), None)
    if carried is not None and (further or later(carried, event)):
        fill(event, "origin", stopped_at(carried), "where those aboard had been brought")


def _fetched(doc: Doc, way: EventNote, event: EventNote) -> None:
    """ "Two C-130Js did. They brought out 26": what only said that machines went is the beginning of what they brought."""
    if _trigger_word(doc, way) == "do":
        event.evidence = sorted({*event.evidence, *way.evidence})
        way.roles.clear()


def _described_behind(doc: Doc, air: list[EventNote]) -> None:
    """ "A jet landed in Riyadh. The flight from Damascus restores a link": a definite flight that is told of in no event of its
    own is the one just told."""
    flights = [e for e in air if e.type is EventType.FLIGHT]
    inside = [span for e in flights for span in (*e.evidence, e.trigger)]
    for token in doc:
        if not in_class(token, "flight_noun") or not any(c.lower_ in ("the", "this", "that") for c in token.children):
            continue
        sentence = token.sent
        if token.tag_ != "NN" or any(s < sentence.end_char and sentence.start_char < e for s, e in inside):
            continue
        before = [f for f in flights if first_told(f) < (token.idx, token.idx)]
        start = doc[sentence.start - 1].sent.start_char if sentence.start else 0
        if before and any(start <= s < sentence.start_char for s, _ in before[-1].evidence):
            for preposition, role in (("from", "origin"), ("to", "destination")):
                fill(before[-1], role, _behind(token, preposition, doc), "what the next sentence says of the flight")


def _happened_at(doc: Doc, air: list[EventNote]) -> None:
    """ "A jet left the runway. The incident happened at Sibu airport": where the only mishap told is said to be."""
    told = [e for e in air if e.type is EventType.AVIATION_INCIDENT]
    if len(told) != 1 or told[0].roles.get("place"):
        return
    for token in doc:
        verb = token.head
        if not in_class(token, "mishap_noun") or token.dep_ != "nsubj" or not in_class(verb, "befalling"):
            continue
        if not any(c.lower_ in ("the", "this") for c in token.children):
            continue
        ends = [c for p in verb.children if p.dep_ == "prep" and in_class(p, "whereabouts") for c in p.children]
        found = finest([n for c in ends if c.dep_ == "pobj" for n in _located(c, doc)])
        if found is not None:
            told[0].roles["place"] = [found]
            told[0].why.append(f"place {found.name!r}: where the {token.lower_} is said to have happened")
            return


def _located(token: Token, doc: Doc) -> list[EntityNote]:
    return [
        n
        for n in doc_notes.entities(doc)
        if n.type in LOCATIONS and any(m.token_start <= token.i < m.token_end for m in n.mentions)
    ]


def _behind(noun: Token, preposition: str, doc: Doc) -> list[EntityNote]:
    ends = [c for p in noun.children if p.dep_ == "prep" and p.lower_ == preposition for c in p.children if c.dep_ == "pobj"]
    place = finest([n for c in ends for n in _located(c, doc)])
    return [place] if place is not None else []


def _turned_back(out: EventNote, event: EventNote) -> bool:
    """ "Bound for Accra, the jet returned to Atlanta": who comes down where he set out, and has landed nowhere else, was never
    there."""
    home = shared_place(out.roles.get("origin", []), event.roles.get("destination", []))
    return out.action == "departed" and home and not later(out, event)


def _end_of_incident(event: EventNote, before: list[EventNote]) -> None:
    """Coming back from where a mishap began is the end of the mishap, and no flight of its own."""
    for incident in before:
        known = any(incident.roles.get(r) and event.roles.get(r) for r in _MACHINE_ROLES)
        if incident.type is EventType.AVIATION_INCIDENT and (shares_machine(incident, event) or not known):
            incident.evidence = sorted({*incident.evidence, *event.evidence})
            event.roles.clear()
            return


def _same_travellers(a: EventNote, b: EventNote) -> bool:
    return any(x is y for x in a.roles.get("passengers", []) for y in b.roles.get("passengers", []))


def _same_one(a: EventNote, b: EventNote) -> bool:
    """Whether two events share the very airframe, or the only type that both name."""
    return any(set(a.roles.get(r, [])) & set(b.roles.get(r, [])) for r in ("tail_number", "aircraft"))


def later(first: EventNote, second: EventNote) -> bool:
    """Whether an event is dated after another, by day or by clock."""
    if first.arrival is not None and second.departure is not None and first.arrival.edtf and second.departure.edtf:
        return first.arrival.edtf[:16] < second.departure.edtf[:16]
    ends = first.time.latest if first.time is not None else None
    starts = second.time.earliest if second.time is not None else None
    return ends is not None and starts is not None and ends[:10] <= starts[:10]


def _way_out(flight: EventNote, back: EventNote) -> bool:
    """Whether a flight is the one that another comes back from: it began where that one ends, and no other machine flew it."""
    start, home = flight.roles.get("origin"), back.roles.get("destination")
    if not start or not flight.roles.get("destination") or (home and not shared_place(start, home)):
        return False
    known = any(flight.roles.get(r) and back.roles.get(r) for r in _MACHINE_ROLES)
    return shares_machine(flight, back) if known else bool(home)


def followed_by(doc: Doc, event: EventNote, name: str) -> bool:
    """Whether a word of a class stands just behind the trigger."""
    token = trigger_token(doc, event)
    return token is not None and any(
        t.lower_ in lexicon()[name] for t in doc[token.i + 1 : min(token.i + _AGAIN_WITHIN, len(doc))]
    )


def _trigger_word(doc: Doc, event: EventNote) -> str:
    token = trigger_token(doc, event)
    return token.lemma_ if token is not None else ""


# --- evacuations ---------------------------------------------------------------------------------------------------------


def evacuated_from(doc: Doc, events: list[EventNote]) -> None:
    """The flights of one evacuation start where people are brought out from, where the article names a single such place."""
    flights = [e for e in events if e.type is EventType.FLIGHT and e.action == "evacuated"]
    known = _left_behind(doc) or [n for e in flights for n in e.roles.get("origin", [])]
    finer = [n for n in dict.fromkeys(known) if not any(n is not m and _lies_in(m, n) for m in known)]
    if len(finer) != 1 or len(flights) < 2:
        return
    for event in flights:
        fill(event, "origin", finer, "what the article's evacuation is from")
    # "Transports of four nations lifted hundreds out overnight": what the lead sums up is told one by one behind it
    whole = min(flights, key=first_told)
    if _sums_up(whole) and sum(map(_is_told_in_full, flights)) > 1:
        events.remove(whole)


def _sums_up(event: EventNote) -> bool:
    return not any(event.roles.get(r) for r in ("destination", "aircraft", "tail_number"))


def _is_told_in_full(event: EventNote) -> bool:
    return bool(event.roles.get("destination")) and bool(event.roles.get("operator"))


def _left_behind(doc: Doc) -> list[EntityNote]:
    """The places behind "evacuation from", "flew foreigners out of"."""
    rows = [(m.token_end, m.token_start, n) for n in doc_notes.entities(doc) if n.type in LOCATIONS for m in n.mentions]
    # "Niger's capital" is the city, not the state that the phrase begins with
    longest = {start: note for _, start, note in sorted(rows, key=lambda r: r[:2])}
    return [note for start, note in longest.items() if _brought_out_of(doc[start])]


def _brought_out_of(token: Token) -> bool:
    place = token
    while place.dep_ in ("det", "compound", "amod", "poss", "case") and place.head.i > place.i:
        place = place.head
    preposition = place.head
    if place.dep_ != "pobj" or preposition.lower_ not in ("of", "from"):
        return False
    above = preposition.head
    if preposition.lower_ == "of":
        return above.lower_ == "out" and above.dep_ == "prep" and in_class(above.head, "carrying_out")
    return in_class(above, "evacuating")


def _lies_in(inner: EntityNote, outer: EntityNote) -> bool:
    return same(inner, outer) and inner.type is not outer.type
