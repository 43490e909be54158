"""The way that a subject's own phrase gives, and no verb: "a flight from Delhi to Goa was diverted".

In: a predicate with its arguments. Out: which place is the origin and which the destination, with the token that names it.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.events.arguments import Argument
from pipeline.events.fillers import LOCATIONS, Index, finest
from pipeline.events.predicates import Predicate

_ENDS = {"sub:from": "origin", "sub:to": "destination"}
End = tuple[str, Token, EntityNote]


def is_of_subject(argument: Argument, predicate: Predicate) -> bool:
    """ "The flight *to Eritrea* landed in Asmara": an end behind the verb's subject; what the verb says itself is finer, or where
    it really went."""
    return predicate.pos == "verb" and argument.slot in _ENDS and argument.head.i < predicate.head.i


def of_subject(predicate: Predicate, index: Index) -> Iterator[End]:
    """ "A flight *from Delhi to Goa* was diverted": the way that a machine was to go is no place of its mishap."""
    for a in predicate.arguments:
        if is_of_subject(a, predicate):
            place = finest([n for n in index.resolve(a.head) if n.type in LOCATIONS])
            if place is not None:
                yield _ENDS[a.slot], a.head, place
