"""Numbers that belong to an event: killed, injured, aboard, how many things at what price.

In: the tellings of one event. Out: {"killed": 26.0, …}. Number words come from spaCy's like_num and
models/lexicons/numbers.toml.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.tokens import Doc, Span, Token

from pipeline import annotations as doc_notes
from pipeline import numerals
from pipeline.annotations import EventNote
from pipeline.events.clauses import is_noun, is_verb
from pipeline.events.fillers import in_class
from pipeline.events.predicates import predicate_of
from pipeline.events.tellings import DEFINITE, Group
from pipeline.records import EventType, Realis

_MONEY = re.compile(
    r"(?:US)?[$€£]\s?\d[\d.,]*(?:\s?(?:million|billion|trillion|bn|m))?|\d[\d.,]*\s(?:million|billion)\s(?:dollars|euros|pounds)"
)


_TEN = 10


@cache
def _units() -> dict[str, float]:
    return {word: float(value) for word, value in numerals.cardinals().items()}


@cache
def _scales() -> dict[str, float]:
    """What a number before it multiplies, "dozen" too."""
    return {word: float(value) for word, value in (numerals.collectives() | numerals.scales()).items()}


def of(group: Group) -> dict[str, float | str]:
    """The quantities of one event's tellings."""
    out: dict[str, float | str] = {}
    for telling in group.tellings:
        sent = telling.mention.predicate.head.sent
        if group.type in (EventType.STRIKE, EventType.AVIATION_INCIDENT):
            for name in _TOLL:
                value = _casualties(sent.root.doc[sent.start : sent.end], name)
                if value is not None:
                    out.setdefault(name, value)
        if group.type is EventType.ORDER:
            for filler in telling.mention.roles.get("item", []):
                value = _count_of(filler.token)
                if value is not None:
                    out.setdefault("quantity", value)
            money = _MONEY.search(sent.text)
            if money is not None:
                out.setdefault("value", money.group(0))
    return out


def complete_toll(doc: Doc, events: list[EventNote]) -> None:
    """ "The crash, which killed 97 people": what other sentences say of the only mishap, or the only attack, of an article."""
    for kind, name in ((EventType.AVIATION_INCIDENT, "mishap_noun"), (EventType.STRIKE, "attack_noun")):
        told = [e for e in events if e.type is kind]
        if len(told) != 1 or told[0].realis is not Realis.ACTUAL:
            continue
        for sent in doc.sents:
            if not any(_points_back(t, name) for t in sent) or _of_another_day(sent, told[0]):
                continue
            for toll in _TOLL:
                value = _casualties(sent, toll)
                if value is not None:
                    told[0].quantities.setdefault(toll, value)


_TOLL = ("killed", "injured")


def _points_back(token: Token, name: str) -> bool:
    """ "The crash", "this attack": and not a crash of which nothing has been told."""
    return is_noun(token) and in_class(token, name) and any(c.lower_ in DEFINITE for c in token.children if c.dep_ == "det")


def _of_another_day(sent: Span, event: EventNote) -> bool:
    """Whether a sentence gives a time that is not the event's: "the crash of 1985 killed 520"."""
    inside = (t for t in doc_notes.times(sent.doc) if sent.start <= t.token_start < sent.end)
    return any(t.edtf is not None and t not in event.times for t in inside)


def _casualties(tokens: object, name: str) -> float | None:
    for token in tokens:  # type: ignore[attr-defined]
        if not in_class(token, name):
            continue
        if is_verb(token):
            for a in predicate_of(token).arguments:
                if a.slot == "obj" or (a.slot == "subj" and in_class(token, "dying")):
                    value = _heads_of(a.head)
                    if value is not None:
                        return value
        else:
            # "40 dead", "leaving 40 soldiers dead", "40 dead soldiers"
            nouns = [token, *(c for c in token.children if c.dep_ in ("nsubj", "nsubjpass"))]
            nouns += [token.head] if token.dep_ in ("amod", "acomp", "oprd") and is_noun(token.head) else []
            value = next((v for n in nouns if (v := number_of(n)) is not None), None)
            if value is not None:
                return value
    return None


def _heads_of(noun: Token) -> float | None:
    """How many people a phrase names: "26 people", "two pilots and an engineer", "the pilot and his three passengers"."""
    value = number_of(noun)
    joined = [c for c in noun.conjuncts if c.i > noun.i]
    if value is None and (not joined or noun.tag_ not in _ONE or not _is_somebody(noun)):
        return None
    total = value if value is not None else 1.0
    for other in joined:
        more = number_of(other)
        if more is None and (other.tag_ not in _ONE or not _is_somebody(other)):
            return value
        total += more if more is not None else 1.0
    return total


_ONE = frozenset({"NN", "NNP"})


def _is_somebody(noun: Token) -> bool:
    return any(in_class(noun, c) for c in ("somebody", "person_word", "passenger_word", "aircrew", "private_person"))


def _count_of(noun: Token) -> float | None:
    """How many of an item: the number of its phrase, also where the type stands before the noun ("60 Airbus A321neo jets") or
    behind a quantifier ("a dozen of"); a number of its name ("155mm shells", "Leopard 1 tanks") is none."""
    while noun.dep_ in ("compound", "nmod", "amod", "appos") and noun.head.i > noun.i and is_noun(noun.head):
        noun = noun.head
    if noun.ent_type_ == "MONEY":
        return None
    start = noun.left_edge.i
    for word in noun.doc[start : noun.i]:
        if word.like_num or word.lower_ in _scales():
            within = word.doc[word.i - 1] if word.i > start else None
            named = within is not None and (within.tag_ in ("NNP", "NN") or within.text == "-") and word.head is not noun
            # "a 97-metre ship", "€21 billion": a measure and a sum count no things
            named = named or word.ent_type_ == "MONEY" or (word.nbor().text == "-" and word.head is not noun)
            value = None if named else parse_number(word)
            if value is not None:
                return value
    return number_of(noun) if noun.like_num else None


def number_of(noun: Token) -> float | None:
    """The number before a noun, or of a bare number."""
    words = [noun] if noun.like_num else [c for c in noun.children if c.dep_ == "nummod" or c.like_num]
    for word in words:
        value = parse_number(word)
        if value is not None:
            return value
    return None


def parse_number(token: Token) -> float | None:
    """The value of a number token with its multiplier, e.g. "26", "1,200", "two hundred"."""
    text = token.lower_.replace(",", "")
    try:
        value = float(text)
    except ValueError:
        found = _units().get(text, _scales().get(text))
        if found is None:
            return None
        value = found + _joined(token, found)
    for child in token.children:
        if child.dep_ == "compound":
            inner = parse_number(child)
            if inner is not None and text in _scales():
                value *= inner
    return value


def _joined(token: Token, value: float) -> float:
    """What a hyphen joins to a number word: five to the "thirty" of "thirty-five", thirty to its "five"."""
    step = 1 if value >= 2 * _TEN else -1
    if not 0 <= token.i + 2 * step < len(token.doc) or token.nbor(step).text != "-":
        return 0.0
    other = _units().get(token.nbor(2 * step).lower_, 0.0)
    tens, ones = (value, other) if step > 0 else (other, value)
    return other if tens >= 2 * _TEN and 0 < ones < _TEN else 0.0
