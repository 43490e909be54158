"""A maker's name that stands for an aircraft: "the Antonov", "a Boeing", "two Tupolevs", "three Airbuses".

In: a `Passage` and the types found so far. Out: more spans. The only type of that maker that the article names is meant; without
one, the maker's own name is a type without a code, where an article or a number stands before it, no noun that it would qualify
behind it, and the sentence or the whole article speaks of aircraft. Column `alone` of aircraft_makers.tsv says which makers
are so called, and whether their machines are helicopters.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.entities import context
from pipeline.entities.aircraft.passage import Passage, Span
from pipeline.entities.gazetteers import rows
from pipeline.entities.matching import fold

_MEANT, _UNKNOWN = 0.93, 0.93
"""Scores: the only type of the maker that the article names; a type of which only the maker is told. Above a known firm's."""


class Makers:
    """The names of makers, singular and plural."""

    def __init__(self) -> None:
        self._kinds = {row["name"]: row["alone"] for row in rows("aircraft_makers.tsv") if row["alone"]}

    def alone(self, passage: Passage, spans: list[Span]) -> list[Span]:
        """The makers' names that stand for an aircraft and are part of no name found."""
        made = []
        for start, (end, maker) in passage.maker_starts.items():
            if any(span.overlaps(start, end) for span in spans):
                continue
            first, after = passage.first.get(start), passage.last.get(end)
            if first is None or after is None or not self._is_one(passage, first, after):
                continue
            types = {
                id(span.family): span
                for span in spans
                if span.family is not None and fold(maker) in span.family.makers and span.sure
            }
            if len(types) == 1:
                of = next(iter(types.values()))
                made.append(Span(start, end, of.family, of.icao, of.name, of.variant, _MEANT, False))
            elif not types and maker in self._kinds and self._is_flown(passage, start, end, spans):
                kind = self._kinds[maker]
                made.append(
                    Span(start, end, None, None, maker, "", _UNKNOWN, False, kind="helicopter" if kind == "rotor" else None)
                )
        return made

    def _is_one(self, passage: Passage, first: int, after: int) -> bool:
        """Whether the name heads a phrase that is counted or definite: an article or number before, no name or noun behind."""
        doc = passage.doc
        before = doc[first - 1] if first else None
        number = before is not None and (before.tag_ == "CD" or before.lower_ in context.words("counting"))
        if before is None or not (number or before.lower_ in context.words("article") or _described(doc[first - 1])):
            return False
        following = doc[after] if after < len(doc) else None
        if following is None:
            return True
        if following.text in {"-", "–", "/", "&"} or following.text[:1].isupper() or following.tag_ == "CD":
            return False
        noun = following.pos_ == "NOUN" or (following.pos_ == "ADJ" and doc[after - 1].dep_ in {"compound", "amod", "nmod"})
        return not noun or context.singular(following) in context.words("noun")

    def _is_flown(self, passage: Passage, start: int, end: int, spans: list[Span]) -> bool:
        heavy = context.aviation(passage.doc).heavy
        return heavy or passage.flies(start, end) or passage.beside(start, end, spans)


def _described(token: Token) -> bool:
    """Whether a state's adjective or another one stands between article and name: "a Russian Antonov", "the stricken Embraer"."""
    before = token.nbor(-1) if token.i else None
    return token.tag_ in {"JJ", "VBN", "NNP"} and before is not None and before.lower_ in context.words("article")
