"""Finds unnamed but definite actors: "North Korean military educators", "a Russian delegation", "the two pilots".

In: a parsed Doc and the entities found so far. Out: entities of type group with mentions of form "nominal"; `kind` is "people",
"collective" or "bodies" (states, airlines, firms meant without a name), or "person" for a single one; `links.country` is the
state that the phrase names. Heads: models/lexicons/groups.toml.
"""

from __future__ import annotations

from functools import cache

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote
from pipeline.entities import nations, nominals
from pipeline.entities.nominals import Phrase
from pipeline.entities.phrases import PREDICATES, Heads, core, is_head, is_plural, lexicon, of_phrase, words
from pipeline.records import EntityType

_FINDER = "groups"
_VEHICLES = frozenset({EntityType.AIRCRAFT, EntityType.AIRCRAFT_TYPE, EntityType.EQUIPMENT})
_OF = frozenset({"of"})
_JOINS = frozenset({"of", "from"})


@cache
def _heads() -> Heads:
    table = lexicon("groups")["heads"]
    return Heads((noun, kind) for kind in ("collective", "people", "bodies") for noun in table[kind])


def resolve(doc: Doc, entities: list[EntityNote]) -> None:
    """Adds the unnamed actors of the Doc."""
    named = nominals.covered(entities)
    armed = _armed(doc)
    phrases: list[Phrase] = []
    for token in doc:
        if phrases and token.i < phrases[-1].end:
            continue
        phrase = _counted_people(doc, token) or _phrase(doc, token, named, armed)
        if phrase is not None:
            phrases.append(phrase)
    nominals.add(doc, entities, phrases, EntityType.GROUP, _FINDER)


def _phrase(doc: Doc, token: Token, named: dict[int, EntityNote], armed: bool) -> Phrase | None:
    found = _heads().get(token)
    if found is None or token.i in named or token.dep_ in PREDICATES or not is_head(token) or _capitalised_inside(token):
        return None
    noun, kind = found
    if noun in words("groups", "amounts", "ambiguous") and not armed:
        return None
    start, end = core(token, _vague())
    if any(i in named and named[i].type in _VEHICLES for i in range(start, token.i)):
        return None
    plural = is_plural(token) or any(t.tag_ == "CD" and t.lower_ not in ("one", "1") for t in doc[start : token.i])
    if kind == "bodies" and not plural:
        return None
    if kind == "people" and not plural:
        if not _single_actor(token, start, named):
            return None
        kind = "person"
    if noun in words("groups", "heads", "relational") or kind == "collective":
        end = of_phrase(token, _OF if _moved(token) else _JOINS) or end
    return nominals.describe(doc, start, end, token, noun, kind)


def _armed(doc: Doc) -> bool:
    """Whether the text speaks of armed groups, so that "fighters" and "bombers" are people in it."""
    return any(t.lower_ in words("groups", "amounts", "armed") for t in doc)


def _moved(token: Token) -> bool:
    """Whether a verb moves those meant, so that "from" says whence and not who: "withdrew its troops from Kherson"."""
    if token.dep_ not in ("dobj", "nsubjpass"):
        return False
    return token.head.lemma_.lower() in words("groups", "moves", "verbs") | words("groups", "moves", "of_others")


@cache
def _vague() -> frozenset[str]:
    return words("groups", "amounts", "vague")


def _capitalised_inside(token: Token) -> bool:
    """Whether the head belongs to a capitalised name ("Carrier Strike Group") and is no plain noun in a heading."""
    return (
        token.tag_ in ("NNP", "NNPS")
        and token.text[:1].isupper()
        and not token.is_sent_start
        and token.i > 0
        and token.doc[token.i - 1].text[:1].isupper()
    )


def _single_actor(token: Token, start: int, named: dict[int, EntityNote]) -> bool:
    """Whether a singular noun is somebody who acts and is not merely the role of a named person."""
    doc = token.doc
    # "Sergei Lavrov and his Turkish counterpart"
    part = token.head if token.dep_ == "conj" and token.i > start and doc[start - 1].tag_ == "PRP$" else token
    if part.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj", "dative", "agent"):
        return False
    nearby = {token.i + 1, token.i + 2} | {c.i for c in token.children if c.dep_ == "appos"}
    if any(i in named and named[i].type is EntityType.PERSON for i in nearby):
        return False
    return (start > 0 and doc[start - 1].tag_ in ("DT", "PRP$", "POS")) or nations.of(doc[start].text) is not None


def _counted_people(doc: Doc, token: Token) -> Phrase | None:
    """ "118 Americans", "60 Australians, Canadians and South Africans": a people with a number before it."""
    if token.tag_ not in ("NNS", "NNPS") or not token.text[:1].isupper():
        return None
    start, end = core(token)
    nation = nations.of(doc[max(start, token.i - 1) : token.i + 1].text) or nations.of(token.text)
    if nation is None and token.lower_ not in words("groups", "amounts", "peoples"):
        return None
    if not any(t.tag_ == "CD" for t in doc[start : token.i]):
        return None
    for conjunct in token.conjuncts:
        if (
            conjunct.i > token.i
            and (nations.of(conjunct.text) or nations.of(doc[conjunct.i - 1 : conjunct.i + 1].text))
            and all(t.tag_ in (",", "CC", "JJ", "NNP", "NNPS") for t in doc[token.i + 1 : conjunct.i])
        ):
            end = conjunct.i + 1
    return nominals.describe(doc, start, end, token, token.lower_, "people")
