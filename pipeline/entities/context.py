"""What a passage speaks of, as evidence for ambiguous names.

In: a Doc. Out: `aviation(doc)`, where words about aircraft stand; `countries_in(doc)`, how much the article speaks of each
country. Both are computed once per Doc and kept in `doc.user_data`. Knowledge: aviation_words.tsv.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, radians

from spacy.tokens import Doc, Span, Token

from pipeline.entities.gazetteers import listed, rows

# Words about aircraft in an article from which on it is held to be about aviation: general news rarely has more than three.
_HEAVY = 5
# Kilometres of a degree of latitude.
_DEGREE = 111.2


@cache
def words(kind: str) -> frozenset[str]:
    """Aviation words of a kind: noun, verb, other, not_aircraft."""
    return next(frozenset(listed(row["words"])) for row in rows("aviation_words.tsv") if row["kind"] == kind)


def lemma(token: Token) -> str:
    """A token's base form in small letters."""
    return (token.lemma_ or token.lower_).lower()


def singular(token: Token) -> str:
    """A token in small letters without a plural "s"."""
    low = token.lower_
    return low[:-1] if low.endswith("s") and not low.endswith("ss") and len(low) > 3 else low


@dataclass(frozen=True, slots=True)
class Aviation:
    """Where a Doc speaks of aircraft: token indices in order."""

    nouns: tuple[int, ...]
    all: tuple[int, ...]

    @property
    def heavy(self) -> bool:
        """Whether the article as a whole speaks of aircraft."""
        return len(self.all) >= _HEAVY

    def within(self, start: int, end: int, distance: int) -> bool:
        """Whether an aviation word stands at most `distance` tokens from [start, end), outside of it."""
        index = bisect_left(self.all, start - distance)
        return any(not start <= i < end for i in self.all[index : bisect_left(self.all, end + distance)])

    def in_sentence(self, doc: Doc, start: int, end: int) -> bool:
        """Whether the sentence around [start, end) has an aviation word outside of it."""
        sentence = doc[start].sent
        index = bisect_left(self.all, sentence.start)
        return any(not start <= i < end for i in self.all[index : bisect_left(self.all, sentence.end)])


def aviation(doc: Doc) -> Aviation:
    """The aviation words of a Doc."""
    known: Aviation | None = doc.user_data.get("dateline_aviation")
    if known is None:
        nouns = tuple(t.i for t in doc if t.lower_ in words("noun") or singular(t) in words("noun"))
        other = {t.i for t in doc if t.lower_ in words("other") or (t.pos_ == "VERB" and lemma(t) in words("evident"))}
        known = Aviation(nouns, tuple(sorted({*nouns, *other})))
        doc.user_data["dateline_aviation"] = known
    return known


def labels(doc: Doc) -> list[Span | None]:
    """The tagger's entity at each token."""
    at: list[Span | None] = doc.user_data.get("dateline_labels", [])
    if len(at) != len(doc):
        at = [None] * len(doc)
        for span in doc.ents:
            for i in range(span.start, span.end):
                at[i] = span
        doc.user_data["dateline_labels"] = at
    return at


def label(doc: Doc, i: int) -> str | None:
    """The tagger's label at a token."""
    span = labels(doc)[i] if i < len(doc) else None
    return span.label_ if span is not None else None


def note_types(doc: Doc, spans: list[tuple[int, int]]) -> None:
    """Leaves the tokens [start, end) of aircraft types, as evidence for the finders that come later."""
    doc.user_data["dateline_types"] = tuple(sorted({i for start, end in spans for i in range(start, end)}))
    doc.user_data["dateline_type_ends"] = tuple(end for _, end in spans)


def note_airliners(doc: Doc, spans: list[tuple[int, int]]) -> None:
    """Leaves the tokens [start, end) of each type of airliner, as evidence for whose it is."""
    doc.user_data["dateline_airliners"] = tuple(spans)


def airliners(doc: Doc) -> tuple[tuple[int, int], ...]:
    """The tokens [start, end) of the types of airliners that the finder for aircraft has seen."""
    spans: tuple[tuple[int, int], ...] = doc.user_data.get("dateline_airliners", ())
    return spans


def is_plain_aircraft(doc: Doc, start: int, end: int) -> bool:
    """ "Fighter Jets" of a headline: common nouns for aircraft, which the tagger takes for a name; "Dragonfly" behind "A-37B"."""
    if end - start == 1 and start > 0 and _DESIGNATION.fullmatch(doc[start - 1].text):
        return True
    return end - start > 1 and all(singular(t) in words("noun") for t in doc[start:end])


_DESIGNATION = re.compile(r"[A-Z]{1,4}-\d{1,4}[A-Z]{0,2}")
"""What stands before an aircraft's name: "A-37B", "OV-10"."""


def ends_of_types(doc: Doc) -> tuple[int, ...]:
    """The tokens behind the aircraft types that the finder for them has seen."""
    ends: tuple[int, ...] = doc.user_data.get("dateline_type_ends", ())
    return ends


def type_in_sentence(doc: Doc, start: int, end: int) -> bool:
    """Whether the sentence around [start, end) names an aircraft type outside of it."""
    known: tuple[int, ...] = doc.user_data.get("dateline_types", ())
    sentence = doc[start].sent
    index = bisect_left(known, sentence.start)
    return any(not start <= i < end for i in known[index : bisect_left(known, sentence.end)])


def note_countries(doc: Doc, weights: Counter[str]) -> None:
    """Leaves how much the article speaks of each country (alpha-2) for the finders that come later."""
    doc.user_data["dateline_countries"] = weights


def note_regions(doc: Doc, codes: frozenset[str]) -> None:
    """Keeps which states of the United States the Doc names, by code."""
    doc.user_data["dateline_regions"] = codes


def regions_in(doc: Doc) -> frozenset[str]:
    """The states of the United States that the article names; empty before the finder for places ran."""
    regions: frozenset[str] = doc.user_data.get("dateline_regions", frozenset())
    return regions


def note_points(doc: Doc, points: list[tuple[float | None, float | None]]) -> None:
    """Leaves where the places of the article are, in degrees, for the finders that come later."""
    doc.user_data["dateline_points"] = tuple((a, b) for a, b in points if a is not None and b is not None)


def is_near_points(doc: Doc, latitude: float | None, longitude: float | None, kilometres: float) -> bool:
    """Whether a place of the article lies near a point, by a flat map of its surroundings."""
    if latitude is None or longitude is None:
        return False
    across = cos(radians(latitude))
    points: tuple[tuple[float, float], ...] = doc.user_data.get("dateline_points", ())
    return any(hypot(a - latitude, (b - longitude) * across) * _DEGREE <= kilometres for a, b in points)


def countries_in(doc: Doc) -> Counter[str]:
    """How much the article speaks of each country; empty before the finder for places ran."""
    weights: Counter[str] = doc.user_data.get("dateline_countries", Counter())
    return weights


def main_country(doc: Doc) -> str | None:
    """The state that the article is chiefly about: the only one, or spoken of twice as much as any other."""
    ranked = countries_in(doc).most_common(2)
    chief = ranked and (len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1])
    return ranked[0][0] if chief else None
