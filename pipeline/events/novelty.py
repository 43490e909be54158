"""In what way the text calls an event new: first, largest, nth, last, resumption; its scope and what it is counted from.

In: the event mentions of a Doc. Out: per mention a Novelty, and the mention it is counted from. A copula that speaks of the
event of the sentence before ("This is the first occurrence since …") gives its novelty to that event.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote, EventNote
from pipeline.events.clauses import clause_verb, governing, is_noun, is_verb
from pipeline.events.fillers import in_class, within
from pipeline.events.frames import EventMention, is_one_of
from pipeline.events.novelty_words import is_followed_by_none, kind_of
from pipeline.events.sameness import same
from pipeline.events.tellings import DEFINITE
from pipeline.records import EventType, Novelty, NoveltyKind, Realis

_NEAR = 2
"""Sentences between an event and the words that say that there had been none before."""


@dataclass(slots=True)
class Claim:
    """A claim of novelty: its word, what it is said of, and the words after it that limit it."""

    kind: NoveltyKind
    word: Token
    mention: EventMention
    scope: str | None
    since: tuple[int, int] | None


def claims(doc: Doc, mentions: list[EventMention]) -> list[Claim]:
    """All novelty claims that can be tied to an event."""
    out: list[Claim] = []
    for token in doc:
        kind = kind_of(token)
        if kind is None:
            continue
        mention = _resumed(token, mentions) if kind is NoveltyKind.RESUMPTION else _subject_of(token, doc, mentions)
        if token.lower_ in ("never", "no"):
            mention = _broken_rule(token, mention, mentions)
        if mention is None:
            continue
        if kind is NoveltyKind.RESUMPTION and in_class(token, "long_stretch") and not is_followed_by_none(token):
            kind = _after_so_long(mention)
            if kind is None:
                continue
        mention = _flown(mention, mentions)
        scope, since = _scope(token)
        out.append(Claim(kind, token, mention, scope, since))
        told = _told_before(token, mention, mentions)
        if told is not None:
            out.append(Claim(kind, token, told, scope, since))
    return out


def _resumed(word: Token, mentions: list[EventMention]) -> EventMention | None:
    """ "Flights resumed after a five-year break": what the clause around it tells; of service and trip, the service."""
    for verb in filter(is_verb, governing(word)):
        found = [m for m in mentions if verb in (m.predicate.head, m.predicate.verb, m.predicate.light)]
        if found:
            return next((m for m in found if m.type is EventType.AIR_SERVICE), found[0])
    return None


_REOPENED = frozenset({"resume", "launch"})


def _after_so_long(mention: EventMention) -> NoveltyKind | None:
    """ "Flies to Karachi after 14 years": a service is resumed, a landing is the first again; of other events no such thing is
    said."""
    if mention.type is EventType.AIR_SERVICE and mention.action in _REOPENED:
        return NoveltyKind.RESUMPTION
    return NoveltyKind.FIRST if mention.type is EventType.FLIGHT and mention.action in ("landed", "departed") else None


def _broken_rule(word: Token, none: EventMention | None, mentions: list[EventMention]) -> EventMention | None:
    """What was done although it had never been done before: what "never" and "no … since" are said of tells of none."""
    if none is None:
        return _previous(word, word.doc, mentions) if word.i == word.sent.start else None
    return _what_ended_it(none, mentions) if none.predicate.clause is not None else none


def _what_ended_it(none: EventMention, mentions: list[EventMention]) -> EventMention | None:
    """The event that was the first after a time without any: of its type, told in the sentences around."""
    at = none.predicate.head.i
    doc = none.predicate.head.doc
    others = [m for m in mentions if m.type is none.type and m is not none and not _negated(m)]
    near = [
        m
        for m in others
        if sum(1 for t in doc[min(at, m.predicate.head.i) : max(at, m.predicate.head.i)] if t.is_sent_end) <= _NEAR
    ]
    there = [m for m in near if any(within(a, b) for a in _ends(m) for b in _ends(none))]
    before = [m for m in there or near if m.predicate.head.i < at]
    return before[-1] if before else next(iter(there or near), none)


def _ends(mention: EventMention) -> list[EntityNote]:
    """Where an event ends or takes place."""
    return [f.note for role in ("destination", "place") for f in mention.roles.get(role, [])]


def _negated(mention: EventMention) -> bool:
    clause = mention.predicate.clause
    return clause is not None and clause.negated


def _flown(mention: EventMention, mentions: list[EventMention]) -> EventMention:
    """ "Took 26 tonnes to Latakia, the eighth from the Gulf": of a flight and a delivery that one verb tells, the flight."""
    if mention.type is not EventType.ORDER:
        return mention
    same = (m for m in mentions if m.type is EventType.FLIGHT and m.predicate.head == mention.predicate.head)
    return next(same, mention)


def _told_before(word: Token, mention: EventMention, mentions: list[EventMention]) -> EventMention | None:
    """ "A plane landed in Aleppo, the kingdom's first delivery to the north": the clause that such an apposition sums up."""
    noun = mention.predicate.head
    if not is_noun(noun) or noun != word.head or noun.dep_ not in ("appos", "npadvmod", "dep"):
        return None
    comma = noun.left_edge.i - 1
    if comma < noun.sent.start or noun.doc[comma].text not in (",", "-", "–", "—"):
        return None
    verb = clause_verb(noun)
    return next((m for m in mentions if m.predicate.head == verb and m is not mention), None)


def novelty(claim: Claim) -> Novelty:
    """The public form of a claim, without the event it points to."""
    return Novelty(kind=claim.kind, scope=claim.scope)


_OF_ROUTES = {"launch": NoveltyKind.FIRST, "resume": NoveltyKind.RESUMPTION}


def share_with_routes(events: list[EventNote]) -> None:
    """ "The first flight landed. The airline launched its route": a route is as new as the flight that opens it, and the other
    way round, where the article tells of one such flight and one such route."""
    routes = [e for e in events if e.type is EventType.AIR_SERVICE and e.action in _OF_ROUTES and e.realis is Realis.ACTUAL]
    flights = [e for e in events if e.type is EventType.FLIGHT and e.realis is Realis.ACTUAL]
    for route in routes:
        opening = [f for f in flights if _flies_route(f, route)]
        if len(opening) != 1:
            continue
        flight = opening[0]
        first = flight.novelty is not None and flight.novelty.kind is NoveltyKind.FIRST
        if route.novelty is None and first and flight.novelty is not None:
            route.novelty = Novelty(kind=_OF_ROUTES[route.action or ""], scope=flight.novelty.scope)
        elif flight.novelty is None and route.novelty is not None:
            flight.novelty = Novelty(kind=NoveltyKind.FIRST, scope=route.novelty.scope)


def _flies_route(flight: EventNote, route: EventNote) -> bool:
    """Whether a flight and a route lead to the same place and no carrier or day speaks against it."""
    ends = [n for role in ("origin", "destination") for n in route.roles.get(role, [])]
    there = any(same(a, b) for a in flight.roles.get("destination", []) for b in ends)
    whose = [(a, b) for a in flight.roles.get("operator", []) for b in route.roles.get("operator", [])]
    days = [(e.time.earliest or "")[:10] if e.time is not None else "" for e in (flight, route)]
    return there and (not whose or any(same(a, b) for a, b in whose)) and (not all(days) or days[0] == days[1])


def _subject_of(word: Token, doc: Doc, mentions: list[EventMention]) -> EventMention | None:
    """The event that a novelty word is said of."""
    noun = word.head if word.dep_ in ("amod", "nummod", "compound") and is_noun(word.head) else word
    sent = word.sent
    in_sentence = [m for m in mentions if m.sentence == (sent.start, sent.end) and m.type != "statement"]
    for m in in_sentence:
        if m.predicate.head == noun:
            return m
    # "the first airline to fly to …", "the first time that a jet has landed"
    below = [m for m in in_sentence if noun in governing(m.predicate.head) and not _past_since(m.predicate.head, noun)]
    if below and (noun.i != word.i or in_class(noun, "first")):
        return min(below, key=lambda m: m.predicate.head.i)
    for m in in_sentence:
        own = m.predicate.slot("subj", "obj", "iobj")
        if noun.i != word.i and any(a.head == noun for a in own) and noun.ent_type_ not in ("PERSON", "NORP"):
            return m
    if noun.dep_ == "nsubj" and noun.i != word.i and in_class(noun.head, "copula"):
        # "the first plane to land there was a C-130, which flew …"
        named = [c for c in noun.head.children if c.dep_ == "attr"]
        return next((m for m in in_sentence if any(n in governing(m.predicate.head) for n in named)), None)
    if noun.dep_ == "appos" and (noun.i != word.i or in_class(word, "ordinal")):
        above = [m for m in in_sentence if m.predicate.head.i < word.i]
        return above[-1] if above else None
    if noun.i != word.i and (summed := _summed_up(noun, in_sentence)) is not None:
        return summed
    if not (in_class(noun, "occurrence") or noun == word or noun.dep_ in ("attr", "appos", "pobj", "npadvmod", "dobj")):
        return None
    verb = clause_verb(noun)
    if verb is not None and in_class(verb, "copula"):
        return _equated(word, noun, verb, in_sentence, mentions)
    if noun.i != word.i and (of_its_kind := _of_its_clause(noun, verb, in_sentence)) is not None:
        return of_its_kind
    if in_class(noun, "occurrence") or noun == word:
        return _in_passing(word, noun, verb, in_sentence)
    return None


def _equated(
    word: Token, noun: Token, copula: Token, here: list[EventMention], mentions: list[EventMention]
) -> EventMention | None:
    """ "The landing is the first", "this was its third flight": the event of the subject, or the one told before."""
    doc = word.doc
    subject = next((c for c in copula.children if c.dep_ == "nsubj"), None)
    if noun.i != word.i and (done := _said_to_do(noun, copula, here)) is not None:
        return done
    for m in here:
        if subject is not None and (m.predicate.head == subject or subject in governing(m.predicate.head)):
            return m
    if subject is not None and (again := _named_again(subject, mentions)) is not None:
        return again
    if subject is not None and (subject.tag_ in ("PRP", "DT", "WDT") or in_class(subject, "occurrence")):
        return _previous(word, doc, mentions) or _next(noun, mentions)
    if copula.dep_ in ("pcomp", "advcl"):
        # "took off in what was the first flight between …", "ratified it, becoming the 60th state to do so"
        above = copula.head.head if copula.dep_ == "pcomp" else copula.head
        if (summed := next((m for m in here if m.predicate.verb == above), None)) is not None:
            return summed
    if here and not is_noun(noun):
        return here[0]
    if subject is not None and copula == word.sent.root:
        return here[0] if here else _previous(word, doc, mentions)
    return None


def _of_its_clause(noun: Token, verb: Token | None, here: list[EventMention]) -> EventMention | None:
    """ "Crashed near Pokhara in the country's *worst disaster* in decades": the event of its clause, by another name."""
    types = [kind for name, kind in _CALLED if in_class(noun, name)]
    return next((m for m in here if m.type in types and m.predicate.verb is not None and m.predicate.verb == verb), None)


# By which word classes what was told is named again: "the crash", "the flight", "the visit".
_CALLED = (
    ("mishap_noun", EventType.AVIATION_INCIDENT),
    ("flight_noun", EventType.FLIGHT),
    ("journey", EventType.VISIT),
    ("attack_noun", EventType.STRIKE),
)


def _named_again(subject: Token, mentions: list[EventMention]) -> EventMention | None:
    """ "*The crash* is the second this year": the first event of that type that the article tells before."""
    if not any(c.lower_ in DEFINITE for c in subject.children):
        return None
    types = [kind for name, kind in _CALLED if in_class(subject, name)]
    return next((m for m in mentions if m.type in types and m.predicate.head.i < subject.i), None)


def _in_passing(word: Token, noun: Token, verb: Token | None, here: list[EventMention]) -> EventMention | None:
    """ "For the first time": the event of its clause, or the one before it or alone in its sentence."""
    above = [m for m in here if m.predicate.verb is not None and m.predicate.verb == verb]
    if above:
        return above[0]
    if noun.dep_ in ("appos", "conj", "ROOT") or noun == word:
        before = [m for m in here if m.predicate.head.i < word.i]
        return before[-1] if before else None
    return here[0] if len(here) == 1 else None


def _said_to_do(noun: Token, verb: Token, mentions: list[EventMention]) -> EventMention | None:
    """ "Becoming the first leader of his country to pay a visit": what he is the first to do, wherever the parser hangs it."""
    asked = [c for c in verb.children if c.i > noun.i and c.tag_ == "VB" and any(t.tag_ == "TO" for t in c.lefts)]
    return next((m for m in mentions if m.predicate.verb in asked), None)


def _summed_up(noun: Token, mentions: list[EventMention]) -> EventMention | None:
    """ "Launched a service to Ljubljana on Monday, the first direct link between …": a noun behind a comma that the parser takes
    for one more object sums up what the verb tells."""
    comma = noun.left_edge.i - 1
    if noun.dep_ not in ("dobj", "npadvmod", "dep") or comma < noun.sent.start or noun.doc[comma].text not in (",", "–", "—"):
        return None
    if noun.head.i > noun.i or not any(c.dep_ == "det" for c in noun.children):
        return None
    return next((m for m in mentions if m.predicate.verb == noun.head), None)


def _past_since(head: Token, noun: Token) -> bool:
    """Whether a "since" stands between a novelty's noun and a trigger below it: that one is what it is counted from."""
    return any(t.lower_ == "since" for t in noun.doc[noun.i + 1 : head.i])


def _previous(word: Token, doc: Doc, mentions: list[EventMention]) -> EventMention | None:
    start = word.sent.start
    if start == 0:
        return None
    previous = doc[start - 1].sent
    found = [m for m in mentions if m.sentence == (previous.start, previous.end) and m.type != "statement"]
    return found[0] if found else None


def _next(noun: Token, mentions: list[EventMention]) -> EventMention | None:
    """ "It was the biggest attack of the war. Russia fired …": where nothing was told before, what the next sentence tells."""
    end = noun.sent.end
    if end >= len(noun.doc) or not in_class(noun, "occurrence_of_event") or in_class(noun, "occurrence"):
        return None
    following = noun.doc[end].sent
    return next((m for m in mentions if m.sentence == (following.start, following.end) and m.type != "statement"), None)


def _scope(word: Token) -> tuple[str | None, tuple[int, int] | None]:
    """The words that limit the claim, and the tokens after "since"."""
    sent = word.sent
    end = sent.end
    since = next((t for t in sent if t.i > word.i and t.lower_ == "since"), None)
    if since is not None:
        stop = _clause_end(since, end)
        return sent.doc[since.i : stop].text, (since.i + 1, stop)
    noun = word.head if word.dep_ in ("amod", "nummod") else word
    stop = min(noun.right_edge.i + 1, end)
    text = sent.doc[word.i : stop].text if stop - word.i <= 25 else sent.doc[word.i : word.i + 25].text
    return text.strip(" ,.;:\n") or None, None


def _clause_end(start: Token, limit: int) -> int:
    right = start.right_edge.i
    if right == start.i and start.dep_ == "mark":
        right = start.head.right_edge.i
    stop = min(right + 1, limit)
    while stop > start.i + 1 and (start.doc[stop - 1].is_punct or start.doc[stop - 1].is_space):
        stop -= 1
    return max(stop, start.i + 1)


def is_resumption(mention: EventMention) -> bool:
    """A trigger, or the verb over it, that itself says that something is taken up again."""
    light = mention.predicate.light
    if light is not None and in_class(light, "resumption") and is_one_of(light, mention.rule.light):
        return True
    return in_class(mention.predicate.head, "resumption") and (is_verb(mention.predicate.head) or is_noun(mention.predicate.head))
