"""Resolves "here" and "there" to places.

In: a `Discourse` and what is quoted. Out: mentions of form "pronoun" on places. "Here" is where the report was filed, so it needs
a dateline; "there" is the place told last, where nothing else can be meant.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline import annotations as notes
from pipeline.annotations import EntityNote
from pipeline.entities.discourse import Discourse, Ref
from pipeline.entities.phrases import words
from pipeline.records import EntityType

_PLACES = frozenset({EntityType.PLACE, EntityType.AIRPORT, EntityType.COUNTRY})
_BESIDE = 3
"""Tokens from a place to the wider one that it lies in: "Baku, the capital of Azerbaijan" is told by both."""


def resolve(discourse: Discourse, token: Token) -> None:
    """Resolves one token outside of quotations."""
    if token.tag_ != "RB" or token.dep_ not in ("advmod", "pcomp", "pobj", "npadvmod"):
        return
    place = None
    if token.lower_ in words("grammar", "places", "here"):
        place = _here(discourse, token)
    elif token.lower_ in words("grammar", "places", "there"):
        place = _there(discourse, token)
    if place is not None:
        discourse.add(place, token.i, token.i + 1, "pronoun")


def _here(discourse: Discourse, token: Token) -> EntityNote | None:
    """ "Arrived *here*", "the airport *here*", but not "here is how"."""
    following = discourse.doc[token.i + 1] if token.i + 1 < len(discourse.doc) else None
    if token.is_sent_start or (following is not None and (following.lower_ == "and" or following.tag_ == "POS")):
        return None
    return notes.dateline_place(discourse.doc, discourse.entities)


def _there(discourse: Discourse, token: Token) -> EntityNote | None:
    sentence = discourse.sentence(token.i)
    told = [
        r
        for r in discourse.refs
        if r.note.type in _PLACES
        and sentence - 1 <= r.sentence <= sentence
        and r.mention.token_end <= token.i
        and r.mention.form == "name"
        and _stands_for_a_place(r)
    ]
    if not told:
        return None
    last = told[-1]
    before = told[-2] if len(told) > 1 else None
    if before is not None and last.mention.token_start - before.mention.token_end <= _BESIDE and _lies_in(before.note, last.note):
        return before.note
    return last.note


def _stands_for_a_place(ref: Ref) -> bool:
    """Behind a preposition of place, or as what is reached or left: "visited *Oslo*", but not "the Oslo court" or "Oslo said"."""
    head = ref.head
    while head.dep_ in ("appos", "conj"):
        head = head.head
    if head.dep_ == "pobj":
        return head.head.lower_ in words("grammar", "places", "prepositions")
    return head.dep_ == "dobj"


def _lies_in(inner: EntityNote, outer: EntityNote) -> bool:
    return inner.parent is outer or (outer.type is EntityType.COUNTRY and inner.links.country == outer.links.iso3166)
