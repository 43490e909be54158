"""Finds countries, their peoples, cities, regions and waters, and governments named by their capital or seat.

In: a parsed Doc. Out: `Found` of type country or place, with codes, coordinates and the other candidates of an ambiguous
name. Knowledge: countries.tsv, cities.tsv.gz, city_aliases.tsv, places.tsv, metonyms.tsv, state_words.tsv,
ambiguous_places.tsv, us_states.tsv.

A capital is its government where the sentence treats it as an actor ("Moscow said", "ties with Tehran", "Kyiv's envoy",
"Beijing-backed"), and the city elsewhere. Scores: 0.5 is the least that linking keeps; the constants below were set so that
the tagger's reading decides between a place and a person, and the article's other places between two places.
"""

from __future__ import annotations

from collections import Counter

from spacy.tokens import Doc, Span

from pipeline.entities import context, countries, matching, nations, us_states
from pipeline.entities import personal_names as names
from pipeline.entities.context import lemma
from pipeline.entities.countries import Country
from pipeline.entities.finding import Found
from pipeline.entities.gazetteers import rows
from pipeline.entities.matching import Hit
from pipeline.entities.phrases import words
from pipeline.entities.place_table import Place, PlaceTable, described
from pipeline.entities.state_actors import Actors
from pipeline.records import Candidate, EntityType

_OF_PLACE, _OF_NAME = 6, 2
"""What a name that only one country has adds to that country's weight: as a place by the tagger, by the preposition before it or
by its size, and else."""
_LARGE = 300_000
"""People from whom on a city is known by its name alone."""
_MISREAD = frozenset({None, "ORG"})
"""What the tagger says of places that it does not see."""
_POINT = 0.5
"""From which score on a place says where the article's other places are."""
_PLACE_LABELS = {"GPE", "LOC", "FAC"}
_KEPT_CANDIDATES = 5
_WAY, _ELSEWHERE = 0.95, 0.62
"""Scores: something moves there; the tagger sees no place, but the article speaks of the state it lies in."""
_TOWNLIKE = 50_000
"""People of a city whose name of several words the tagger may take for a person's."""
_NAMED = 10
"""Weight of a state that the article names; see `_context`."""


class Places:
    """The finder for countries and places."""

    name = "places"

    def __init__(self) -> None:
        self._countries = countries.countries()
        self._country_names = matching.table("country names", ((n, c.iso2) for c in self._countries.values() for n in c.names))
        self._adjectives = matching.table(
            "nationalities", ((n, c.iso2) for c in self._countries.values() for n in (*c.adjectives, *c.people))
        )
        self._seats = {(row["name"], row["iso2"]): row for row in rows("metonyms.tsv")}
        self._seat_names = matching.table("metonyms", ((row["name"], row["iso2"]) for row in rows("metonyms.tsv")))
        capitals = {(c.capital, c.iso2) for c in self._countries.values() if c.capital}
        capitals |= {key for key, row in self._seats.items() if row["kind"] == "capital"}
        self._table = PlaceTable(frozenset(capitals))
        self._actors = Actors()
        self._states = us_states.codes()
        self._also = {row["name"]: row["also"] for row in rows("ambiguous_places.tsv")}

    def __call__(self, doc: Doc) -> list[Found]:
        labels = context.labels(doc)
        found = self._find_countries(doc, labels)
        found += self._find_nationalities(doc, labels)
        weights = self._context(doc, found, labels)
        found += self._find_shared(doc, labels, weights)
        context.note_countries(doc, weights)
        self._yield_to_regions(doc, found, weights)
        found += self._find_places(doc, labels, weights)
        context.note_regions(doc, frozenset(us_states.named_by(f.key for f in found)))
        sure = [f for f in found if f.type is EntityType.PLACE and f.score >= _POINT]
        context.note_points(doc, [(f.latitude, f.longitude) for f in sure])
        return sorted(found, key=lambda f: (f.start, -f.end))

    def _find_countries(self, doc: Doc, labels: list[Span | None]) -> list[Found]:
        found = []
        for hit in self._country_names.find(doc):
            if hit.text.isupper() and not hit.name.isupper() and len(hit.name) < 4:
                continue
            if self._also.get(hit.name) == "article" and (hit.start == 0 or doc[hit.start - 1].lower_ != "the"):
                continue
            score = _score_by_label(hit, labels, 0.93)
            if self._also.get(hit.name) == "person" and _label(labels, hit) == "PERSON" and not self._acts_as_state(doc, hit):
                score = min(score, 0.35)
            if len(hit.keys) == 1:
                made = self._country(hit, self._countries[hit.keys[0]], score)
                made.start = nations.formal_start(doc, hit.start)
                found.append(made)
        return found

    def _find_shared(self, doc: Doc, labels: list[Span | None], weights: Counter[str]) -> list[Found]:
        """Names that two states bear ("Congo"): the one that the article speaks of more, the other kept as a candidate."""
        found = []
        for hit in self._country_names.find(doc):
            if len(hit.keys) == 1 or any(other is not hit and _covers(other, hit) for other in self._country_names.find(doc)):
                continue
            ranked = sorted(hit.keys, key=lambda iso2: (-weights[iso2], hit.keys.index(iso2)))
            made = self._country(hit, self._countries[ranked[0]], _score_by_label(hit, labels, 0.9))
            total = sum(weights[iso2] + 1 for iso2 in ranked)
            made.candidates = [
                Candidate(
                    name=self._countries[iso2].name,
                    score=round((weights[iso2] + 1) / total, 2),
                    links=self._countries[iso2].links,
                )
                for iso2 in ranked[1:]
            ]
            found.append(made)
        for made in found:
            weights[made.links.iso3166 or ""] += 10
        return found

    def _acts_as_state(self, doc: Doc, hit: Hit) -> bool:
        """Whether a name that the tagger took for a person's is a state: it acts, and nobody in the article is called so."""
        persons = any(span.label_ == "PERSON" and len(span) > 1 and span.text.endswith(hit.text) for span in doc.ents)
        return not persons and not _is_inside(context.labels(doc), hit) and self._actors.is_actor(doc, hit.start, hit.end)

    def _yield_to_regions(self, doc: Doc, found: list[Found], weights: Counter[str]) -> None:
        """Gives way where a region of another state bears the country's name and the article speaks of that state's places."""
        for f in found:
            if f.form != "name" or f.links.iso3166 is None or self._actors.is_actor(doc, f.start, f.end):
                continue
            rivals = {
                self._table.places[k].country
                for k in self._table.names.lookup(doc[f.start : f.end].text)
                if k.startswith("place:")
            }
            rivals -= {f.links.iso3166, ""}
            if any(self._regions_of(doc, rival) * 10 > weights[f.links.iso3166] for rival in rivals):
                f.score = min(f.score, 0.6)

    def _regions_of(self, doc: Doc, iso2: str) -> int:
        """How many times the Doc names places that only this state has."""
        return sum(
            {self._table.places[k].country for k in hit.keys} == {iso2}
            for hit in self._table.names.find(doc)
            if hit.name not in self._also
        )

    def _find_nationalities(self, doc: Doc, labels: list[Span | None]) -> list[Found]:
        found = []
        for hit in self._adjectives.find(doc):
            after = doc[hit.end : hit.end + 2]
            if after.text.startswith("-") and len(after) > 1 and after[1].lower_ in self._actors.words("origin"):
                continue
            if _label(labels, hit) == "LANGUAGE" or (hit.start and lemma(doc[hit.start - 1]) in self._actors.words("language")):
                continue
            country = self._countries[hit.keys[0]]
            made = self._country(hit, country, _score_by_label(hit, labels, 0.9))
            made.form = "adjective"
            found.append(made)
        return found

    def _country(self, hit: Hit, country: Country, score: float) -> Found:
        return Found(
            hit.start,
            hit.end,
            EntityType.COUNTRY,
            country.name,
            self.name,
            score,
            key=countries.key(country.iso2),
            links=country.links,
            latitude=country.latitude,
            longitude=country.longitude,
            kind="country",
        )

    def _context(self, doc: Doc, found: list[Found], labels: list[Span | None]) -> Counter[str]:
        """How much the article speaks of each country: its names, its neighbours' names, and places that only it has.

        Many a town is called like a person, a month or a firm: a name that the tagger takes for such speaks of no country.
        """
        weights: Counter[str] = Counter()
        for f in found:
            if f.score < 0.5 or f.links.iso3166 is None or (f.form == "name" and f.name in self._also):
                continue
            weights[f.links.iso3166] += 10
            for neighbour in self._countries[f.links.iso3166].neighbours:
                weights[neighbour] += 1
        for hit in self._table.names.find(doc):
            of = {self._table.places[key].country for key in hit.keys}
            if len(of) == 1 and hit.name not in self._also:
                weights[next(iter(of))] += self._told_by(doc, hit, _label(labels, hit))
        return +weights  # without the countries of which nothing speaks

    def _told_by(self, doc: Doc, hit: Hit, label: str | None) -> int:
        """What a name that only one country has adds to the weight of that country."""
        if label in _PLACE_LABELS:
            return _OF_PLACE
        if label not in _MISREAD:
            return 0
        known = any((p := self._table.places[key]).kind != "city" or p.population >= _LARGE for key in hit.keys)
        where = hit.start > 0 and doc[hit.start - 1].lower_ in words("places", "before", "place")
        return _OF_PLACE if known or where else _OF_NAME

    def _find_places(self, doc: Doc, labels: list[Span | None], weights: Counter[str]) -> list[Found]:
        found = []
        told: dict[str, str] = {}
        for hit in self._seat_names.find(doc):
            code = hit.keys[0]
            seat = self._seats[hit.name, code]
            if seat["kind"] == "office" and (seat["always"] == "yes" or self._actors.is_actor(doc, hit.start, hit.end)):
                found.append(self._government(hit, code, 0.9))
            elif seat["kind"] == "half" and self._is_half(doc, hit, weights):
                found.append(self._country(hit, self._countries[code], 0.9))
        for hit in self._table.names.find(doc):
            if hit.start and doc[hit.start - 1].text in {"'s"} and _label(labels, hit) is None:
                continue
            made = self._place(doc, hit, labels, weights, told)
            if made is not None:
                found.append(made)
        return found

    def _is_half(self, doc: Doc, hit: Hit, weights: Counter[str]) -> bool:
        """Whether "the North" or "the South" is one of two states that share their name, one of which the article names."""
        following = doc[hit.end] if hit.end < len(doc) else None
        alone = following is None or not (following.text[:1].isupper() or following.lower_ == "of" or following.text == "-")
        named = any(weights[iso2] >= _NAMED for (_, iso2), seat in self._seats.items() if seat["kind"] == "half")
        return named and alone and hit.start > 0 and doc[hit.start - 1].lower_ == "the"

    def _place(self, doc: Doc, hit: Hit, labels: list[Span | None], weights: Counter[str], told: dict[str, str]) -> Found | None:
        """The place that a name means; `told`: by name, the place that the article has told apart by its state before."""
        beside = self._place_beside(doc, hit)
        ranked = self._table.ranked(hit.name, hit.keys, weights, beside, told.get(hit.name))
        best, confidence = ranked[0]
        if beside:
            told[hit.name] = best.key
        score = self._place_score(doc, hit, labels, best, weights[best.country])
        if score < 0.3:
            return None
        seat = {(hit.name, best.country), (best.name, best.country)} & {*self._table.capitals, *self._seats}
        read = _label(labels, hit) in _PLACE_LABELS | {None, "ORG", "NORP", "PERSON"}
        if seat and score >= 0.5 and read and self._actors.is_actor(doc, hit.start, hit.end):
            return self._government(hit, best.country, max(score, 0.85))
        candidates = [Candidate(name=described(p), score=round(s, 2), links=p.links) for p, s in ranked[1 : 1 + _KEPT_CANDIDATES]]
        return Found(
            hit.start,
            hit.end,
            EntityType.PLACE,
            best.name,
            self.name,
            round(score * (0.9 + 0.1 * confidence), 3),
            key=best.key,
            links=best.links,
            latitude=best.latitude,
            longitude=best.longitude,
            kind=best.kind,
            candidates=candidates,
            parent_key=countries.key(best.country) if best.country else None,
            region_key=us_states.key(best.admin1) if best.country == "US" else None,
        )

    def _government(self, hit: Hit, iso2: str, score: float) -> Found:
        made = self._country(hit, self._countries[iso2], score)
        made.kind = "government"
        return made

    def named(self, name: str) -> list[tuple[Place, float]]:
        """The places that bear a name, best first, with the share of belief when nothing else is known."""
        return self._table.named(name)

    def _place_beside(self, doc: Doc, hit: Hit) -> str | None:
        """The country or US state that stands after the name: "Paris, Texas", "Tripoli in Lebanon"."""
        if hit.end + 1 >= len(doc) or doc[hit.end].lower_ not in {",", "in", "("}:
            return None
        for other in self._country_names.find(doc):
            owner = other.end < len(doc) and doc[other.end].tag_ == "POS"
            if hit.end + 1 <= other.start <= hit.end + 2 and other.name not in self._states and not owner:
                return other.keys[0]
        for other in self._table.names.find(doc):
            if other.start == hit.end + 1 and other.name in self._states:
                return f"US-{self._states[other.name]}"
        return None

    def _place_score(self, doc: Doc, hit: Hit, labels: list[Span | None], place: Place, weight: int) -> float:
        """How sure a name is that place's; `weight`: how much the article speaks of the place's state."""
        label = _label(labels, hit)
        longer = _is_inside(labels, hit)
        if longer:
            return {"GPE": 0.5, "LOC": 0.5, "FAC": 0.4, "ORG": 0.35}.get(label or "", 0.3)
        if label in _PLACE_LABELS:
            return 0.88
        curated = place.kind != "city" or place.population >= 500_000
        alias = (
            matching.fold(place.name) != matching.fold(hit.name) and hit.name not in self._table.aliases and place.kind == "city"
        )
        if label in {"PERSON", "PRODUCT"} and self._is_way(doc, hit, place):
            return _WAY
        if label == "PERSON" and place.kind != "city" and hit.end - hit.start > 1:
            return _WAY
        if label == "PERSON" and not alias and self._is_whole_city(doc, hit, place):
            return _WAY
        if label == "PERSON":
            return 0.3 if self._also.get(hit.name) == "person" or not curated or alias else 0.6
        if alias:
            return 0.25
        if self._also.get(hit.name) in {"word", "organization"}:
            return 0.3
        locative = hit.start > 0 and doc[hit.start - 1].lower_ in words("places", "before", "place")
        if label is None:
            if curated:
                return 0.8
            return 0.6 if (locative and place.population >= 50_000) or weight >= _NAMED else 0.4
        inside = hit.start > 0 and doc[hit.start - 1].lower_ in words("places", "before", "town")
        if label == "PRODUCT" and inside and place.population >= 50_000:
            # "in Kursk": nobody is in a product
            return 0.6
        if label in {"ORG", "NORP", "PRODUCT"}:
            return 0.7 if curated else _ELSEWHERE if weight >= _NAMED else 0.45
        return 0.45

    def _is_whole_city(self, doc: Doc, hit: Hit, place: Place) -> bool:
        """Whether a name of several words that only a city bears stands where nobody acts: "left Bandar Abbas", "in El Obeid"."""
        if hit.end - hit.start < 2 or place.population < _TOWNLIKE or self._also.get(hit.name) == "person":
            return False
        head = doc[hit.start : hit.end].root
        before = doc[hit.start - 1] if hit.start else None
        titled = names.is_title(doc[hit.start].lower_) or names.is_role(doc[hit.start].lower_)
        named = before is not None and (before.tag_ in ("NNP", "NNPS") or names.is_role(before.lower_))
        return head.dep_ in ("pobj", "dobj", "appos", "conj") and not titled and not named

    def _is_way(self, doc: Doc, hit: Hit, place: Place) -> bool:
        """Whether something moves to or from a name that the tagger misread: "flew to Darwin", "howled into Darwin"."""
        before = doc[hit.start - 1] if hit.start else None
        if before is None or before.lower_ not in words("groups", "moves", "prepositions"):
            return False
        if place.kind == "city" and place.population < 50_000:
            return False
        persons = [span for span in doc.ents if span.label_ == "PERSON" and len(span) > hit.end - hit.start]
        if any(span.text.endswith(hit.text) for span in persons):
            return False
        verb = next((t for t in before.ancestors if t.tag_.startswith("VB")), None)
        if verb is None:
            return False
        if before.lower_ == "into":
            return lemma(verb) not in words("groups", "moves", "not_into")
        return lemma(verb) in words("groups", "moves", "verbs")


def build() -> Places:
    """The finder over all countries, cities and regions."""
    return Places()


def _covers(longer: Hit, hit: Hit) -> bool:
    return longer.start <= hit.start and hit.end <= longer.end and longer.end - longer.start > hit.end - hit.start


def _label(labels: list[Span | None], hit: Hit) -> str | None:
    span = labels[hit.start]
    return span.label_ if span is not None else None


def _is_inside(labels: list[Span | None], hit: Hit) -> bool:
    """Whether the tagger sees a longer name around the hit; "the" and "'s" do not make a name longer."""
    span = labels[hit.start]
    if span is None:
        return False
    own = [t for t in span if t.lower_ not in words("places", "inside", "plain")]
    return bool(own) and (own[0].i < hit.start or own[-1].i >= hit.end)


def _score_by_label(hit: Hit, labels: list[Span | None], score: float) -> float:
    if not _is_inside(labels, hit):
        return score
    return {"PERSON": 0.2, "ORG": 0.4, "FAC": 0.4, "WORK_OF_ART": 0.4, "EVENT": 0.4, "LAW": 0.45, "PRODUCT": 0.5}.get(
        _label(labels, hit) or "", 0.7
    )
