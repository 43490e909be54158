"""Events told by what is left of a clause: "Putin ratified it on 9 November, Kim two days later", "… and 365 on Wednesday",
"flown to Guam, then on to Hickam in a C-17"; and by a verb that stands for another: "Russia followed in May", "did the same".

In: the mentions that whole clauses gave. Out: further mentions whose verb is the one before; each takes over what its remnant
does not replace, and mentions learn between which tokens their own times stand.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, TimeNote
from pipeline.events.another import one_more
from pipeline.events.clauses import clause_of, is_noun, is_verb, surface_subject
from pipeline.events.fillers import LOCATIONS, Filler, Index, finest, in_class
from pipeline.events.frames import EventMention
from pipeline.events.predicates import predicate_of
from pipeline.events.vehicles import counted, is_elliptical, is_vehicle, vehicle_fillers
from pipeline.records import EntityType, EventType, TimeType

_MOST_WORDS = 6
"""A remnant is short: a name or a count, and its time."""
_ECHOED = frozenset(
    {EventType.AGREEMENT, EventType.SANCTION, EventType.AIR_SERVICE, EventType.DEPLOYMENT, EventType.VISIT, EventType.ORDER}
)
_ACTOR_ROLES = ("parties", "signatories", "imposer", "operator", "actor", "visitor", "recipient", "supplier")
_ACTORS = frozenset({EntityType.PERSON, EntityType.COUNTRY, EntityType.ORGANIZATION, EntityType.GROUP})


def remnants(doc: Doc, mentions: list[EventMention], index: Index) -> list[EventMention]:
    """The mentions that gapped clauses add. Narrows `times_in` of those whose verb they share."""
    out: list[EventMention] = []
    dated = [t for t in doc_notes.times(doc) if t.type in (TimeType.DATE, TimeType.TIME) and t.edtf is not None]
    for mention in mentions:
        if (next_met := _in_turn(mention)) is not None:
            out.append(next_met)
            continue
        if not is_verb(mention.predicate.head):
            continue
        _called_at(mention, index)
        found = _of_another_time(mention, dated, index) or _next_stop(mention, dated, index) or _onward(mention, dated, index)
        if found is not None:
            out.append(found)
        out += _each(mention, dated, index)
    echoes = _echoes(doc, mentions, index)
    out += [found for m in echoes if (found := _of_another_time(m, dated, index)) is not None]
    return out + echoes + _done_instead(doc, mentions, index) + _further_flights(doc, mentions, index)


def _done_instead(doc: Doc, mentions: list[EventMention], index: Index) -> list[EventMention]:
    """ "The tanker never went to Kabul. Two C-130Js did": what one machine did not do, another did."""
    out: list[EventMention] = []
    for token in doc:
        if token.lemma_ != "do" or token.tag_ != "VBD" or token.dep_ not in ("ROOT", "conj", "ccomp"):
            continue
        subject = next((c for c in token.children if c.dep_ == "nsubj"), None)
        rest = [c for c in token.children if c.dep_ not in ("nsubj", "punct", "cc", "advmod", "npadvmod")]
        told = [m for m in mentions if m.type is EventType.FLIGHT and m.predicate.head.i < token.i]
        if subject is None or rest or not told or not is_vehicle(subject, index) or not _near(told[-1].predicate.head, token):
            continue
        if not (clause := clause_of(told[-1].predicate.head)).negated and not clause.modals:
            continue
        own = vehicle_fillers(subject, index, False)
        roles = {r: [f for role, f in own if role == r] for r in ("aircraft", "operator", "tail_number", "passengers")}
        copy = _copy(told[-1], roles, token)
        out.append(replace(copy, predicate=replace(predicate_of(token), words=[token])))
    return out


def _further_flights(doc: Doc, mentions: list[EventMention], index: Index) -> list[EventMention]:
    """ "Another came the next day", "Two more are to follow": a flight like the last one told; what has a clause of its own and
    no route in it takes over the route."""
    out: list[EventMention] = []
    for token in doc:
        due = token.dep_ == "acomp" and in_class(token, "due")
        if not due and not (is_verb(token) and in_class(token, "repeated_flight")):
            continue
        subject = surface_subject(token.head if due else token)
        told = [m for m in [*mentions, *out] if m.type is EventType.FLIGHT and m.predicate.head.i < token.i]
        told.sort(key=lambda m: m.predicate.head.i)
        if subject is None or not told or not _one_more(subject, index):
            continue
        if any(m.predicate.head.head == token and m.predicate.head.dep_ == "xcomp" for m in mentions):
            # "a second is expected to reach Kabul": told by the other verb
            continue
        told = _of_same_carrier(told, subject, index) or [m for m in told[-1:] if _near(m.predicate.head, token)]
        if not told:
            continue
        own = next((m for m in mentions if m.type is EventType.FLIGHT and m.predicate.head == token), None)
        if own is None:
            if not any(m.predicate.head == token for m in mentions):
                copy = _copy(told[-1], {r: [] for r in ("passengers", "tail_number", "via")}, token)
                out.append(replace(copy, predicate=replace(predicate_of(token), words=[token])))
        elif not any(own.roles.get(r) for r in ("origin", "destination")):
            nameless = not any(own.roles.get(r) for r in ("aircraft", "tail_number", "operator"))
            for role in ("origin", "destination", *(("operator",) if nameless else ())):
                own.roles[role] = [Filler(f.note, f.token, True) for f in told[-1].roles.get(role, [])]
    return out


def _of_same_carrier(told: list[EventMention], subject: Token, index: Index) -> list[EventMention]:
    """The flights of the operator that "two more Saudi aircraft" names."""
    operators = [f.note for role, f in vehicle_fillers(counted(subject), index, False) if role == "operator"]
    return [m for m in told if any(f.note in operators for f in m.roles.get("operator", []))]


def _one_more(subject: Token, index: Index) -> bool:
    """ "Another", "a third", "two more", "a second plane"."""
    whole = counted(subject)
    return (is_elliptical(subject) or is_vehicle(whole, index) or in_class(whole, "another")) and one_more(subject)


def _echoes(doc: Doc, mentions: list[EventMention], index: Index) -> list[EventMention]:
    """ "Russia followed in May", "Pakistan did the same": the last event told, of another actor."""
    triggers = {m.predicate.head.i for m in mentions}
    out: list[EventMention] = []
    for token in doc:
        if not is_verb(token) or not in_class(token, "echoing") or token.i in triggers or not _stands_for_another(token):
            continue
        raised = token.dep_ == "xcomp" and token.lemma_ == "follow"  # "is expected to follow"
        subject = surface_subject(token) if raised else next((c for c in token.children if c.dep_ == "nsubj"), None)
        told = [m for m in mentions if m.predicate.head.i < token.i and m.type in _ECHOED]
        if subject is None or not told or not _near(told[-1].predicate.head, token):
            continue
        last = told[-1]
        for note in index.resolve(subject):
            # "The base at Gao was given back; Timbuktu followed in May": what was done to the one was done to the other
            left = ("origin",) if last.type is EventType.DEPLOYMENT and note.type in LOCATIONS else ()
            role = next((r for r in (*left, *_ACTOR_ROLES) if any(_same_sort(f.note, note) for f in last.roles.get(r, []))), None)
            if role is not None:
                copy = _copy(last, {role: [Filler(note, subject)]}, token)
                out.append(replace(copy, predicate=replace(last.predicate, head=token, verb=token, words=[token])))
                break
    return out


def _stands_for_another(verb: Token) -> bool:
    """Whether "follow" has no object, and "do" only "so" or "the same"."""
    objects = [c for c in verb.children if c.dep_ == "dobj"]
    if verb.lemma_ == "follow":
        return not objects and not any(c.dep_ == "prep" and c.lower_ in ("with", "from", "up") for c in verb.children)
    after = verb.doc[verb.i + 1 : verb.i + 3].text.lower()
    return after.startswith(("so", "the same", "likewise")) and verb.dep_ != "aux"


def _near(before: Token, verb: Token) -> bool:
    """Whether a telling stands in the sentence of a verb, or in the one before."""
    start = verb.sent.start
    return before.i >= (verb.doc[start - 1].sent.start if start else 0)


def _of_another_time(mention: EventMention, dated: list[TimeNote], index: Index) -> EventMention | None:
    """ "…, Kim two days later", "and 365 on Wednesday", "and again on Friday": a second time with its own filler, or none."""
    head, doc = mention.predicate.head, mention.predicate.head.doc
    start, end = mention.sentence
    times = [t for t in dated if head.i < t.token_start < end]
    for first, second in pairwise(times):
        if any(is_verb(t) for t in doc[head.i + 1 : first.token_start]) or not _own(first, mention):
            continue
        words = list(doc[first.token_end : second.token_start])
        left = _remnant(words)
        if left is None or _of_another_clause(left[-1], head) or not _closes(doc, second.token_end, end):
            continue
        taken = _takes_place(mention, left, index)
        if taken is None:
            continue
        mention.times_in = (start, left[0].i)
        return replace(taken, times_in=(left[0].i, second.token_end))
    return None


_STOPS = ("in", "at", "to", "for", "into", "on")
"""Prepositions before the stops of a journey, and before their days."""


def _next_stop(mention: EventMention, dated: list[TimeNote], index: Index) -> EventMention | None:
    """ "Is due in Rome on 25 May and *in Paris* two days later", "travels to Rome, and on Friday *to Kuwait*": the next place has
    a day of its own."""
    stops = mention.roles.get("destination", [])
    if mention.type not in (EventType.VISIT, EventType.FLIGHT) or not stops or mention.apart:
        return None
    doc, (_, end) = mention.predicate.head.doc, mention.sentence
    by_start = {t.token_start: t for t in dated}
    for i in range(stops[0].token.i + 1, end - 1):
        if is_verb(doc[i]):
            return None
        if doc[i].tag_ != "CC" and not in_class(doc[i], "onward"):
            continue
        at = next((n for n in (i + 1, i + 2) if n in by_start), None)
        start = by_start[at].token_end if at is not None else i + 1
        place = next((t for t in doc[start + 1 : min(start + _ITS_PLACE, end)] if is_noun(t) and _located(t, index)), None)
        if place is None or doc[start].lower_ not in _STOPS or any(f.token.i == place.i for f in stops[:1]):
            continue
        behind = next((t for t in dated if 0 <= t.token_start - place.i - 1 <= 1), None)
        time = by_start[at] if at is not None else behind
        # "on Monday on a C-17 from Andrews" names no stop
        if time is None or any(is_verb(t) or t.dep_ == "prep" for t in doc[start + 1 : place.i]):
            continue
        return _stopped(mention, place, index, (min(i, time.token_start), max(place.i + 1, time.token_end)))
    return None


def _stopped(mention: EventMention, place: Token, index: Index, span: tuple[int, int]) -> EventMention:
    """The stop as a mention of its own, which the first one no longer holds."""
    stops = mention.roles["destination"]
    there = Filler(_located(place, index)[0], place)
    first = [f for f in stops if f.note is not there.note]
    origin = first if mention.type is EventType.FLIGHT or mention.roles.get("origin") else []
    copy = _copy(mention, {"destination": [there], "origin": origin, "host": [], "via": []}, place)
    mention.roles["destination"] = first
    mention.times_in, copy.times_in = (mention.sentence[0], span[0]), span
    return copy


def _own(time: TimeNote, mention: EventMention) -> bool:
    """Whether the first time hangs on the verb itself."""
    root = mention.predicate.head.doc[time.token_start : time.token_end].root
    return any(t == mention.predicate.head for t in (root, *root.ancestors))


def _remnant(words: list[Token]) -> list[Token] | None:
    """The tokens of a remnant between two times: after the last comma or "and", without the preposition of its time."""
    while words and words[-1].tag_ == "IN":
        words = words[:-1]
    cut = max((n for n, t in enumerate(words) if t.lower_ in (",", ";", "and", "but")), default=None)
    if cut is None:
        return None
    left = words[cut + 1 :]
    if not left or len(left) > _MOST_WORDS or any(is_verb(t) or t.tag_ in ("IN", "TO", "WDT", "WP", "PRP") for t in left):
        return None
    return left


def _of_another_clause(core: Token, head: Token) -> bool:
    """ "Returned from Rome, where he met the man who will visit Oslo *and Bonn* next week": coordinated with what a later
    verb acts on."""
    node = core
    while node.dep_ == "conj" and is_noun(node.head):
        node = node.head
    return node is not core and is_verb(node.head) and node.head.i > head.i


def _closes(doc: Doc, i: int, end: int) -> bool:
    """Whether the clause ends after the remnant: what had a verb of its own would be a clause."""
    return i >= end or doc[i].is_punct or doc[i].is_space or in_class(doc[i], "after_remnant")


def _takes_place(mention: EventMention, left: list[Token], index: Index) -> EventMention | None:
    """The mention with the remnant in the role of what it replaces."""
    core = left[-1]
    if in_class(core, "repeating"):
        return _copy(mention, {}, core)
    if core.tag_ == "CD" and mention.predicate.slot("obj"):
        role = next((r for r, fs in mention.roles.items() for f in fs if _counted_object(f, mention)), None)
        if role is None:
            return None
        note = index.number(core, EntityType.GROUP)
        return _copy(mention, {role: [Filler(note, core)]}, core)
    for note in index.resolve(core):
        role = next((r for r, fs in mention.roles.items() for f in fs if _same_sort(f.note, note)), None)
        if role is not None:
            return _copy(mention, {role: [Filler(note, core)]}, core)
    return None


def _counted_object(filler: Filler, mention: EventMention) -> bool:
    return any(a.head == filler.token for a in mention.predicate.slot("obj")) and any(
        c.dep_ == "nummod" for c in filler.token.children
    )


def _same_sort(a: EntityNote, b: EntityNote) -> bool:
    return a is not b and (a.type is b.type or {a.type, b.type} <= LOCATIONS or {a.type, b.type} <= _ACTORS)


_ENDS = {"from": "origin", "to": "destination", "for": "destination", "into": "destination"}
_ITS_PLACE = 5
"""Words behind its preposition within which the place of one machine of several stands."""


def _each(mention: EventMention, dated: list[TimeNote], index: Index) -> list[EventMention]:
    """ "Two C-17s took them to Guatemala, one from Biggs Field and one from Tucson", "three reached Bonn: one from Aden on
    Monday, a second from Cairo on Tuesday": a flight for each."""
    if mention.type is not EventType.FLIGHT:
        return []
    doc, (_, end) = mention.predicate.head.doc, mention.sentence
    told: list[tuple[int, str, Filler]] = []
    for i in range(mention.predicate.head.i + 1, end - 2):
        end_of_it = _end_of_one(doc, i, end, index) if _is_one_of_them(doc, i) else None
        if end_of_it is not None:
            told.append((i, *end_of_it))
    if len(told) < 2 or len({role for _, role, _ in told}) > 1:
        return []
    (_, role, first), *others = told
    mention.roles[role] = [first]
    copies = [_copy(mention, {role: [filler]}, filler.token) for _, _, filler in others]
    if any(told[0][0] < t.token_start < end for t in dated):
        bounds = [*(i for i, _, _ in told[1:]), end]
        mention.times_in = (told[0][0], bounds[0])
        for copy, span in zip(copies, pairwise(bounds), strict=True):
            copy.times_in = span
    return copies


def _is_one_of_them(doc: Doc, i: int) -> bool:
    """ "One", "the other", "a second" at the head of a part of a list."""
    before = doc[i - 2] if doc[i - 1].lower_ in ("a", "the") else doc[i - 1]
    ordinal = in_class(doc[i], "ordinal") and doc[i - 1].lower_ in ("a", "the")
    return (in_class(doc[i], "one_of_them") or ordinal) and before.lower_ in (",", "and", ";", ":")


def _end_of_one(doc: Doc, i: int, end: int, index: Index) -> tuple[str, Filler] | None:
    at = i + 2 if in_class(doc[i + 1], "bound") else i + 1
    role = _ENDS.get(doc[at].lower_)
    place = next((t for t in doc[at + 1 : min(at + _ITS_PLACE, end)] if is_noun(t) and _located(t, index)), None)
    return (role, Filler(_located(place, index)[0], place)) if role is not None and place is not None else None


def _onward(mention: EventMention, dated: list[TimeNote], index: Index) -> EventMention | None:
    """ "Flown from Haikou to Guam in a 737, then on to Hickam in a C-17": the next leg, from where the first one ended."""
    ended = mention.roles.get("destination")
    if mention.type is not EventType.FLIGHT or not ended:
        return None
    doc, (start, end) = mention.predicate.head.doc, mention.sentence
    first = max((f.token.i for fs in mention.roles.values() for f in fs if not f.shared), default=mention.predicate.head.i)
    for i in range(first + 1, end - 1):
        if is_verb(doc[i]):
            return None
        if doc[i].lower_ not in ("to", "for") or not any(_leads_on(t) for t in doc[max(i - 2, first) : i]) or is_verb(doc[i + 1]):
            continue
        place = next((t for t in doc[i + 1 : min(i + 6, end)] if is_noun(t) and _located(t, index)), None)
        if place is None or any(f.note in _located(place, index) for f in ended):
            return None
        roles = {"origin": list(ended), "destination": [Filler(n, place) for n in _located(place, index)[:1]]}
        craft = next((t for t in doc[place.i + 1 : end] if is_noun(t) and is_vehicle(t, index)), None)
        own = vehicle_fillers(craft, index, False) if craft is not None else []
        for role in ("aircraft", "operator", "tail_number"):
            roles[role] = [f for r, f in own if r == role] if own else mention.roles.get(role, [])
        times_in = mention.times_in
        if mention.times_in is None and any(i < t.token_start < end for t in dated):
            # "to Tokyo on Sunday and on to Beijing on Tuesday"
            mention.times_in, times_in = (start, i), (i, end)
        return replace(_copy(mention, roles, place), times_in=times_in, action="flew")
    return None


def _leads_on(token: Token) -> bool:
    """Whether a word says that a journey goes on; "on" before a day does not."""
    return in_class(token, "onward") and not any(c.dep_ == "pobj" for c in token.children)


def _called_at(mention: EventMention, index: Index) -> None:
    """ "Landed first at Pratica di Mare and then at Torrejon": the first is a stop on the way, the second the end."""
    stops = mention.roles.get("destination", [])
    if mention.action != "landed" or not stops:
        return
    doc, (_, end) = mention.predicate.head.doc, mention.sentence
    for i in range(stops[0].token.i + 1, end - 2):
        if is_verb(doc[i]):
            return
        if not in_class(doc[i], "onward") or doc[i + 1].lower_ not in ("at", "in", "on"):
            continue
        place = next((t for t in doc[i + 2 : min(i + 2 + _ITS_PLACE, end)] if is_noun(t) and _located(t, index)), None)
        last = finest(_located(place, index)) if place is not None else None
        if place is not None and last is not None and last is not stops[0].note:
            mention.roles["via"] = [*mention.roles.get("via", []), stops[0]]
            mention.roles["destination"] = [Filler(last, place)]
        return


def _in_turn(mention: EventMention) -> EventMention | None:
    """ "Talked with his counterpart and later with the president": a meeting with each, told one after the other."""
    company = mention.roles.get("participants", [])
    if mention.type is not EventType.MEETING or mention.apart:
        return None
    head, (_, end) = mention.predicate.head, mention.sentence
    after = [f for f in company if f.token.i > head.i]
    for i in range(head.i + 1, end - 2):
        behind = head.doc[i + 2] if head.doc[i + 1].text == "," else head.doc[i + 1]
        turn = (in_class(head.doc[i], "onward") or in_class(head.doc[i], "apart")) and behind.lower_ in ("with", "to")
        before, later = [f for f in after if f.token.i < i], [f for f in after if f.token.i > i]
        if not turn or not before or not later or is_verb(head.doc[later[0].token.i - 1]):
            continue
        there = [f for f in mention.roles.get("place", []) if f.token.i > i]
        copy = _copy(mention, {"participants": [*(f for f in company if f not in after), *later]}, later[0].token)
        mention.roles["participants"] = [f for f in company if f not in later]
        if there:
            mention.roles["place"] = [f for f in mention.roles["place"] if f not in there]
        mention.times_in, copy.times_in = (mention.sentence[0], i), (i, end)
        return copy
    return None


def _located(token: Token, index: Index) -> list[EntityNote]:
    return [n for n in index.resolve(token) if n.type in LOCATIONS]


def _copy(mention: EventMention, roles: dict[str, list[Filler]], core: Token) -> EventMention:
    kept = {role: list(fillers) for role, fillers in mention.roles.items()} | {r: f for r, f in roles.items() if f}
    for role, fillers in roles.items():
        if not fillers:
            kept.pop(role, None)
    predicate = replace(mention.predicate, words=[core])
    return EventMention(
        predicate, mention.rule, mention.type, mention.action, kept, [*mention.why, f"gapped clause at {core.text!r}"], apart=True
    )
