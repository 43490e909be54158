"""Finds airlines that no table knows by what they own: "Sky Nordia will buy another 12 Airbus A321neos"; `carriers` finds them by
their flights.

In: a parsed Doc and linked entities, among them the aircraft types. Out: further entities of kind airline: names that nothing
else knows and that are the subject where aircraft are bought, sold or flown. Verbs: models/lexicons/traders.toml.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote, MentionNote
from pipeline.entities.nominals import covered
from pipeline.entities.phrases import occurrences, words
from pipeline.records import EntityType, Links

_FINDER = "traders"
_LONGEST = 4
_SUBJECTS = ("nsubj", "nsubjpass")
_NAME = ("NNP", "NNPS")


def resolve(doc: Doc, entities: list[EntityNote]) -> None:
    """Adds the airlines, each with all places where its bare name stands; an organisation of which no more is known is one."""
    named = covered(entities)
    for token in doc:
        guessed = named.get(token.i)
        if guessed is not None and _is_any_organisation(guessed):
            if token.dep_ in _SUBJECTS and _trades(token, named):
                guessed.kind = "airline"
        elif token.dep_ in _SUBJECTS and _is_unknown(token, named) and _trades(token, named):
            start = _start(token, named)
            places = _places(doc, start, token.i + 1, named)
            mentions = [MentionNote.of(doc[a:b], _FINDER) for a, b in places]
            entities.append(EntityNote(EntityType.ORGANIZATION, doc[start : token.i + 1].text, mentions, kind="airline"))
            named |= dict.fromkeys((i for a, b in places for i in range(a, b)), entities[-1])
    entities.sort(key=lambda note: (note.mentions[0].start, note.mentions[0].end))


def _is_any_organisation(note: EntityNote) -> bool:
    """What only the tagger takes for an organisation."""
    return note.type is EntityType.ORGANIZATION and note.kind is None and note.parent is None and note.links == Links()


def _is_unknown(token: Token, named: dict[int, EntityNote]) -> bool:
    """A name as such: with a capital, in no other name, and behind no article ("the Gripen")."""
    if token.i in named or token.tag_ not in _NAME or not token.text[:1].isupper() or token.ent_type_ == "NORP":
        return False
    return not any(c.dep_ in ("det", "poss", "nummod", "amod") for c in token.children) and token.is_alpha


def _start(token: Token, named: dict[int, EntityNote]) -> int:
    start = token.i
    while start and token.i - start < _LONGEST - 1 and token.doc[start - 1].tag_ in _NAME and start - 1 not in named:
        start -= 1
    return start


def _trades(subject: Token, named: dict[int, EntityNote]) -> bool:
    """Whether it buys or flies aircraft as no private person does: several, or "its third"."""
    verbs = [subject.head, *(c for c in subject.head.children if c.dep_ in ("xcomp", "conj"))]
    traded = [o for v in verbs for o in _objects(v) if _is_traded(o, v, named)]
    return any(c.dep_ == "nummod" or c.lower_ == "its" for o in traded for c in o.children)


def _objects(verb: Token) -> list[Token]:
    direct = [c for c in verb.children if c.dep_ == "dobj"]
    # "placed an order for five ATR 72s", "firmed up options on six"
    inner = [
        p
        for o in (verb, *direct)
        for p in o.children
        if p.dep_ == "prep" and p.lower_ in words("traders", "objects", "prepositions")
    ]
    return direct + [o for p in inner for o in p.children if o.dep_ == "pobj"]


def _is_traded(thing: Token, verb: Token, named: dict[int, EntityNote]) -> bool:
    """ "Twelve A321s", "twelve A321 jets" behind a verb of owners."""
    aircraft = any(named[t.i].type is EntityType.AIRCRAFT_TYPE for t in (thing, *thing.children) if t.i in named)
    return aircraft and verb.lemma_ in words("traders", "verbs", "buying")


def _places(doc: Doc, start: int, end: int, named: dict[int, EntityNote]) -> list[tuple[int, int]]:
    """Where the same words stand with no other name over them."""
    said = tuple(t.text for t in doc[start:end])
    return [(a, b) for a, b in occurrences(doc, said) if not any(i in named for i in range(a, b))]
