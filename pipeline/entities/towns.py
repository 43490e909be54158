"""Finds towns below 15,000 people, and cities by spellings that are too many for the automaton ("Derna" for Darnah).

In: a parsed Doc whose countries are known (`context.countries_in`). Out: `Found` of type place, kind city. Knowledge:
towns.tsv.gz and city_names.tsv.gz, looked up by halving as bytes, never read in whole: they hold 300,000 names.

There is a town of nearly every name, so a name is looked up only where the tagger sees a place or a preposition of place stands
before it, and a town is taken only in a state that the article names or that stands behind the name. A spelling of a city
needs none where no town of a tenth of its size bears the name.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.entities import context, countries, matching, nations, personal_names, us_states
from pipeline.entities.finding import Finder, Found
from pipeline.entities.gazetteers import rows
from pipeline.entities.matching import fold
from pipeline.entities.phrases import is_head, words
from pipeline.records import Candidate, EntityType, Links
from pipeline.resources import model_path

_NAMED = 6
"""Weight of a state in `context.countries_in` from which the article names it or a place that only it has."""
_PLACE, _BESIDE, _INSTEAD, _REGION, _UNKNOWN = 0.84, 0.62, 0.95, 0.9, 0.7
"""Scores: the tagger sees a place; a preposition says so; instead of a city of a state that nobody speaks of; a region; one that
no table knows."""
_LONGEST = 4
_LARGE = 100_000
_RIVAL = 10
"""So many times larger a city must be than every town of its name to be taken without a state."""
_KEPT_CANDIDATES = 4


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place; coordinates in degrees, WGS 84, to 0.01 for towns."""

    name: str
    country: str
    admin1: str
    population: int
    latitude: float
    longitude: float
    geonames: str

    @property
    def links(self) -> Links:
        """Codes of the place and of its country."""
        return Links(geonames=self.geonames, country=self.country, country_3=countries.alpha3(self.country))


class _Sorted:
    """A table whose rows are sorted by their first cell, kept as bytes."""

    def __init__(self, name: str) -> None:
        data = gzip.decompress(model_path(f"gazetteers/{name}").read_bytes())
        self._data = data[data.index(b"\n") + 1 :]

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, position: int) -> bytes:
        """The first cell of the line that covers a byte; for `bisect`."""
        start = self._data.rfind(b"\n", 0, position) + 1
        return self._data[start : self._data.index(b"\t", start)]

    def find(self, folded: str) -> Iterator[list[str]]:
        """The rows of a name."""
        key = folded.encode()
        position = bisect_left(self, key)
        start = self._data.rfind(b"\n", 0, position) + 1
        while start < len(self._data) and self._data.startswith(key + b"\t", start):
            end = self._data.index(b"\n", start)
            yield self._data[start:end].decode().split("\t")
            start = end + 1


class Towns:
    """The finder for towns and for spellings of cities."""

    name = "towns"

    def __init__(self) -> None:
        self._towns, self._names = _Sorted("towns.tsv.gz"), _Sorted("city_names.tsv.gz")

    def __call__(self, doc: Doc) -> list[Found]:
        weights = context.countries_in(doc)
        named = {state for state, weight in weights.items() if weight >= _NAMED}
        hits = matching.hits(doc)
        known = {(hit.start, hit.end) for label in _COVERED for hit in hits.get(label, [])}
        cities = {(hit.start, hit.end): hit.keys for hit in hits.get("places", [])}
        found = []
        surnames = {span[-1].text for span in doc.ents if span.label_ == "PERSON" and len(span) > 1}
        for start, end, score in _candidates(doc):
            if (start, end) in known or (doc[start:end].text in surnames and score < _INSTEAD):
                continue
            keys = cities.get((start, end))
            beside = _state_behind(doc, end)
            if keys is not None and not _is_foreign(keys, {beside} if beside else named):
                continue
            made = self._town(doc, start, end, {beside} if beside else named, weights, _INSTEAD if keys else score)
            if made is not None and not (keys and made.score < _INSTEAD):
                found.append(made)
        return [*found, *self._regions(doc, named, weights)]

    def _regions(self, doc: Doc, named: set[str], weights: Counter[str]) -> list[Found]:
        """ "Tver region", "Rayong province": the land around a city of a state that the article names, at the city's place."""
        found = []
        for token in doc[1:]:
            if token.lower_ not in words("places", "regions", "behind") or not _is_name(doc[token.i - 1]) or not is_head(token):
                continue
            start = token.i - 1
            while start > 0 and token.i - start < _LONGEST and (_is_name(doc[start - 1]) or _joins(doc, start - 1)):
                start -= 1
            behind = _state_behind(doc, token.i + 1)
            for first in range(start, token.i):
                made = self._region(doc, first, token.i + 1, {behind} if behind else named, weights)
                if made is not None:
                    found.append(made)
                    break
            else:
                found += self._unknown_region(doc, start, token.i + 1)
        return found

    def _unknown_region(self, doc: Doc, start: int, end: int) -> list[Found]:
        """ "In Kunar province": a name that no table knows, said to be a region where a place stands."""
        before = doc[start - 1] if start else None
        if before is not None and before.lower_ == "the" and before.i:
            before = before.nbor(-1)
        placed = before is not None and before.lower_ in words("places", "before", "town")
        told = doc[end - 1].lower_ in words("places", "regions", "always") and end - start < _LONGEST
        if not (placed and told) or nations.within(doc, start, end) or context.label(doc, start) in {"ORG", "NORP"}:
            return []
        if any(matching.lookup(table, doc[start:stop].text) for table in ("places", "country names") for stop in (end, end - 1)):
            return []
        name = " ".join(doc[start:end].text.split())
        made = Found(start, end, EntityType.PLACE, name, self.name, _UNKNOWN, f"region::{fold(name)}")
        made.kind = "region"
        return [made]

    def _region(self, doc: Doc, start: int, end: int, states: set[str], weights: Counter[str]) -> Found | None:
        text = doc[start : end - 1].text
        keys = matching.lookup("places", text)
        cities = [c for key in keys if (c := _city(key.removeprefix("city:"))) is not None]
        fitting = [c for c in (*cities, *self.named(text)) if c.country in states]
        if not fitting or any(key.startswith("place:") for key in matching.lookup("places", doc[start:end].text)):
            return None
        best = max(fitting, key=lambda c: (weights[c.country], c.population, c.geonames))
        name = " ".join(doc[start:end].text.split())
        made = Found(start, end, EntityType.PLACE, name, self.name, _REGION, f"region:{best.country}:{fold(name)}")
        made.links = Links(country=best.country, country_3=countries.alpha3(best.country))
        made.kind, made.latitude, made.longitude = "region", best.latitude, best.longitude
        made.parent_key = countries.key(best.country)
        return made

    def _town(self, doc: Doc, start: int, end: int, states: set[str], weights: Counter[str], score: float) -> Found | None:
        places = self.named(doc[start:end].text)
        fitting = [p for p in places if p.country in states]
        if not fitting and score < _INSTEAD and places and context.label(doc, start) == "GPE":
            rival = max((p.population for p in places[1:]), default=0)
            fitting = [p for p in places[:1] if p.population >= max(_LARGE, _RIVAL * rival)]
        if not fitting:
            return None
        ranked = sorted(fitting, key=lambda p: (-weights[p.country], -p.population, p.geonames))
        best = ranked[0]
        sizes = sum(p.population + 1 for p in ranked if p.country == best.country)
        if (best.population + 1) * 2 < sizes:
            return None
        made = Found(start, end, EntityType.PLACE, best.name, self.name, score, f"city:{best.geonames}", links=best.links)
        made.kind, made.latitude, made.longitude = "city", best.latitude, best.longitude
        made.parent_key = countries.key(best.country)
        made.region_key = us_states.key(best.admin1) if best.country == "US" else None
        total = sum(p.population + 1 for p in places)
        others = [p for p in places if p is not best][:_KEPT_CANDIDATES]
        made.candidates = [
            Candidate(name=described(p), score=round((p.population + 1) / total, 2), links=p.links) for p in others
        ]
        return made

    def named(self, name: str) -> list[Town]:
        """The places of a name, largest first."""
        folded = fold(name)
        found = [_town(row[1:]) for row in self._towns.find(folded)]
        found += [city for _, geonames in self._names.find(folded) if (city := _city(geonames)) is not None]
        return sorted(found, key=lambda p: (-p.population, p.geonames))


def build() -> Finder:
    """The finder over towns.tsv.gz and city_names.tsv.gz."""
    _cities()
    return Towns()


_COVERED = ("country names", "nationalities", "airports", "metonyms", "known persons")
"""Tables whose names are looked up nowhere else."""


def described(town: Town) -> str:
    """A town's name with its country's."""
    country = countries.countries().get(town.country)
    return f"{town.name}, {country.name}" if country else town.name


def _town(cells: list[str]) -> Town:
    name, country, admin1, population, latitude, longitude, geonames = cells
    return Town(name, country, admin1, int(population), float(latitude), float(longitude), geonames)


@cache
def _cities() -> dict[str, dict[str, str]]:
    """The rows of cities.tsv.gz by GeoNames id."""
    return {row["geonames"]: row for row in rows("cities.tsv.gz")}


@cache
def _city(geonames: str) -> Town | None:
    row = _cities().get(geonames)
    columns = ("name", "country", "admin1", "population", "latitude", "longitude", "geonames")
    return _town([row[column] for column in columns]) if row else None


def _is_foreign(keys: tuple[str, ...], named: set[str]) -> bool:
    """Whether all cities that bear a name lie in other states than the named ones, and none is large."""
    if not named:
        return False
    cities = [_city(key.removeprefix("city:")) for key in keys]
    return all(c is not None and c.country not in named and c.population < 5 * _LARGE for c in cities)


def _candidates(doc: Doc) -> Iterator[tuple[int, int, float]]:
    """Token ranges that may name a town, with the score of it."""
    done: set[int] = set()
    for span in doc.ents:
        start = span.start + (span[0].lower_ == "the")
        if not 0 < span.end - start <= _LONGEST or not doc[start].text[:1].isupper():
            continue
        if span.label_ in {"GPE", "LOC"}:
            done.update(range(start, span.end))
            yield start, span.end, _PLACE
        elif span.label_ == "PERSON" and _is_beside_places(doc, start, span.end):
            done.update(range(start, span.end))
            yield start, span.end, _INSTEAD
    for token in doc[1:]:
        if token.i in done or not _is_name(token) or not _is_placed(token):
            continue
        end = token.i + 1
        while end < len(doc) and end - token.i < _LONGEST and (_is_name(doc[end]) or _joins(doc, end)):
            end += 1
        label = context.labels(doc)[token.i]
        if (label is None or (label.start == token.i and label.end == end)) and done.isdisjoint(range(token.i, end)):
            yield token.i, end, _BESIDE


def _is_placed(token: Token) -> bool:
    """Whether a place may stand here: behind "in", "near" or a state's possessive, or as what is seized, shelled or left."""
    before = token.nbor(-1)
    if before.lower_ in words("places", "before", "town"):
        return True
    if before.tag_ == "POS" and token.i > 1:
        owner = nations.within(token.doc, max(0, token.i - 4), token.i - 1)
        return bool(owner) and owner[-1][1] == token.i - 1
    verb = token.head
    return token.dep_ in {"dobj", "nsubjpass"} and context.lemma(verb) in words("places", "verbs", "object")


def _is_beside_places(doc: Doc, start: int, end: int) -> bool:
    """Whether a name that the tagger takes for a person's is joined to a place, or stands behind "near"; no given name in it."""
    if end - start < 2 or any(fold(t.text) in personal_names.genders() for t in doc[start:end]):
        return False
    root = doc[start:end].root
    joined = root.dep_ == "conj" and context.label(doc, root.head.i) == "GPE"
    return joined or (start > 0 and doc[start - 1].lower_ in words("places", "before", "town"))


def _is_name(token: Token) -> bool:
    return token.tag_ in {"NNP", "NNPS", "FW"} and token.text[:1].isupper() and not token.text.isupper()


def _joins(doc: Doc, i: int) -> bool:
    """Whether a hyphen stands between two halves of a name without spaces."""
    return doc[i].text == "-" and not doc[i].whitespace_ and i + 1 < len(doc) and _is_name(doc[i + 1])


def _state_behind(doc: Doc, end: int) -> str | None:
    """The state that stands behind a name: "Varzaqan, Iran", "Jolfa in Iran's north"."""
    if end + 1 >= len(doc) or doc[end].lower_ not in {",", "in", "("}:
        return None
    named = nations.within(doc, end + 1, min(len(doc), end + 5))
    return named[0][2].iso2 if named and named[0][0] <= end + 2 and named[0][2].form == "name" else None
