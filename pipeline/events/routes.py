"""The way that a phrase gives, and no verb: "a flight from Delhi to Goa was diverted", "C-17, Dover to Rzeszów".

In: a predicate with its arguments. Out: which place is the origin and which the destination, with the token that names it.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.events.arguments import LEFT, Argument
from pipeline.events.fillers import LOCATIONS, Index, finest, in_class
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


def left_before(predicate: Predicate, index: Index) -> Iterator[End]:
    """ "Landed in Tashkent *after a flight from Baku*", "crashed after take-off from Toluca": where the way began; what leaves a
    place after a flight leaves another one."""
    for a in predicate.slot(LEFT) if not in_class(predicate.head, "setting_off") else ():
        if (place := finest([n for n in index.resolve(a.head) if n.type in LOCATIONS])) is not None:
            yield "origin", a.head, place


_DASHES = frozenset({"-", "–", "—"})


def of_note(machine: Token, index: Index) -> list[Argument]:
    """ "C-17, Dover to Rzeszów", "A330: Kabul–Doha": the way that a note without a verb gives behind its machine, where no "from"
    stands before its beginning."""
    sent = machine.sent
    for mark in machine.doc[machine.i + 1 : sent.end - 1]:
        if mark.lower_ != "to" and mark.text not in _DASHES:
            continue
        start, end = _place_at(mark.nbor(-1), index), _place_at(mark.nbor(1), index)
        if start is None or end is None or start is end:
            continue
        before = machine.doc[start.left_edge.i - 1]
        return [] if before.lower_ == "from" else [Argument("prep:from", start, mark), Argument("prep:to", end, mark)]
    return []


def _place_at(token: Token, index: Index) -> Token | None:
    """The head of the place's name that a token belongs to."""
    mention = next((m for m, n in index.by_token.get(token.i, []) if n.type in LOCATIONS), None)
    return token.doc[mention.token_start : mention.token_end].root if mention is not None else None
