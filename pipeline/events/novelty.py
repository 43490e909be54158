"""In what way the text calls an event new: first, largest, nth, last, resumption; its scope and what it is counted from.

In: the event mentions of a Doc. Out: per mention a Novelty, and the mention it is counted from. A copula that speaks of the
event of the sentence before ("This is the first occurrence since …") gives its novelty to that event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.events.clauses import clause_verb, governing, is_noun, is_verb
from pipeline.events.fillers import in_class
from pipeline.events.frames import EventMention, is_one_of
from pipeline.records import EventType, Novelty, NoveltyKind

_NEAR = 2
"""Sentences between an event and the words that say that there had been none before."""
# How a novelty word hangs on what it is said of.
_OF_A_NOUN = frozenset([
    "amod", "advmod", "attr", "nsubj", "compound", "oprd", "acl", "nummod", "ROOT", "appos", "acomp", "pobj", "conj",
])  # fmt: skip
_NTH_TIME = re.compile(r"\d+(st|nd|rd|th)")


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
        kind = _kind(token)
        if kind is None:
            continue
        mention = _subject_of(token, doc, mentions)
        if mention is not None and _is_of_none(token, mention):
            mention = _what_ended_it(mention, mentions)
        if mention is None:
            continue
        mention = _flown(mention, mentions)
        scope, since = _scope(token)
        out.append(Claim(kind, token, mention, scope, since))
        told = _told_before(token, mention, mentions)
        if told is not None:
            out.append(Claim(kind, token, told, scope, since))
    return out


def _is_of_none(word: Token, mention: EventMention) -> bool:
    """ "Had never before attacked a state", "no German jet had been there since": what had not been done till then."""
    return word.lower_ in ("never", "no") and mention.predicate.clause is not None


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
    before = [m for m in near if m.predicate.head.i < at]
    return before[-1] if before else next(iter(near), none)


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


def _kind(token: Token) -> NoveltyKind | None:
    lower = token.lower_
    beside = [*token.head.children, *token.doc[token.i + 1 : token.i + 2]]
    if lower == "never" and any(c.lower_ in ("before", "ever") for c in beside):
        return NoveltyKind.FIRST
    if token.tag_ not in ("JJ", "JJS", "RB", "NN", "RBS"):
        return None
    if _picks_out(token):
        return None
    if in_class(token, "first"):
        if lower == "first" and token.dep_ == "advmod" and not _ever(token):
            return None
        if lower == "first" and token.dep_ not in _OF_A_NOUN:
            return None
        return NoveltyKind.FIRST
    if in_class(token, "largest") and lower != "major" and token.tag_ == "JJS":
        return None if _describes_a_body(token.head) else NoveltyKind.LARGEST
    if in_class(token, "last") and token.dep_ == "amod" and lower in ("last", "final"):
        determiner = [c.lower_ for c in token.head.children if c.dep_ in ("det", "poss")]
        return (
            NoveltyKind.LAST
            if lower == "final"
            or ("the" in determiner and (in_class(token.head, "occurrence_of_event") or _to_do_it(token.head)))
            else None
        )
    if (in_class(token, "ordinal") or _NTH_TIME.fullmatch(lower)) and not _numbers_a_unit(token):
        alone = token.dep_ in ("appos", "attr", "npadvmod") and any(c.dep_ in ("det", "poss") for c in token.children)
        return NoveltyKind.NTH if token.dep_ == "amod" or alone else None
    return None


def _describes_a_body(noun: Token) -> bool:
    """ "*The 7th Fleet is the largest fleet* in the world": how large somebody is, and nothing that was done."""
    if noun.dep_ != "attr" or any(c.dep_ in ("acl", "relcl") for c in noun.children):
        return False
    return in_class(noun, "body_of_size")


def _numbers_a_unit(ordinal: Token) -> bool:
    """ "The 76th Airborne Division": no seventy-sixth time."""
    units = (n for n in doc_notes.entities(ordinal.doc) if n.kind == "military_unit")
    return any(m.token_start <= ordinal.i < m.token_end for n in units for m in n.mentions)


def _picks_out(ordinal: Token) -> bool:
    """ "The first of the two planes left", "the second jetliner returned": which one of those told before, and no first time."""
    subject = ordinal.dep_ in ("nsubj", "nsubjpass")
    if subject and any(p.lower_ == "of" and any(c.tag_ in ("NNS", "NNPS") for c in p.children) for p in ordinal.children):
        return in_class(ordinal, "ordinal") or ordinal.lower_ == "first"
    noun = ordinal.head
    if not in_class(ordinal, "ordinal") or not in_class(noun, "vehicle") or in_class(noun, "flight_noun"):
        return False
    plain = not any(c.dep_ in ("relcl", "acl", "prep") for c in noun.children)
    return plain and noun.dep_ in ("nsubj", "nsubjpass") and any(c.lower_ == "the" for c in noun.children)


def _to_do_it(noun: Token) -> bool:
    """ "The last country to leave"."""
    following = noun.doc[noun.i + 1] if noun.i + 2 < len(noun.doc) else None
    return following is not None and following.tag_ == "TO" and is_verb(noun.doc[noun.i + 2])


def _ever(token: Token) -> bool:
    following = token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""
    return following in ("time", "since", "ever")


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
    if subject is not None and (subject.tag_ in ("PRP", "DT", "WDT") or in_class(subject, "occurrence")):
        return _previous(word, doc, mentions)
    if here and not is_noun(noun):
        return here[0]
    if subject is not None and copula == word.sent.root:
        return here[0] if here else _previous(word, doc, mentions)
    return None


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
