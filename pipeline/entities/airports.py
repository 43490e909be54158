"""Finds airports, air bases and airfields.

In: a parsed Doc. Out: `Found` of type airport with ICAO and IATA codes, coordinates and the other candidates. Knowledge:
airports.tsv.gz (OurAirports), airport_aliases.tsv, facility_words.tsv, aviation_words.tsv.

Four ways to name an airport, each with its own trust:
1. name + facility: "Sunan International Airport", "Baghdad airport", "Asmara's airport"; facility + name: "RAF Fairford";
2. facility + city: "the airport in Havana", when the city has one main airport;
3. a name alone: "Heathrow" always, "Aviano" only near aircraft, and any name that the article used with its facility before;
4. a code: "(ZKPY)" behind a name, or alone behind a preposition near aircraft.
A city without a facility word stays a city. Names that no table knows are airports without a code.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.tokens import Doc

from pipeline.entities import context, countries, matching, us_states
from pipeline.entities.airport_table import ALIAS, CITY, CORE, NAMESAKE, AirportTable, large_cities
from pipeline.entities.finding import Found
from pipeline.entities.gazetteers import rows
from pipeline.entities.matching import Hit, fold
from pipeline.entities.phrases import words
from pipeline.records import Candidate, EntityType

_LONGEST_NAME = 6
_LONGEST_CITY = 3
_IATA_LENGTH = 3
_KEPT_CANDIDATES = 4
_SURE = 0.8
"""Score from which a name is no guess."""


class Airports:
    """The finder for airports."""

    name = "airports"

    def __init__(self) -> None:
        self.table = AirportTable()
        self._names = matching.table("airports", self.table.standing_alone())

    def __call__(self, doc: Doc) -> list[Found]:
        found = self._with_facility(doc) + self._with_prefix(doc)
        found += self._international(doc, found)
        found += self._behind_their_city(doc)
        found += self._alone(doc, found)
        found += self._codes_behind(doc, found)
        return sorted(found, key=lambda f: (f.start, -f.end))

    def _with_facility(self, doc: Doc) -> list[Found]:
        found = []
        folded = fold(doc.text)
        first, last = matching.token_edges(doc)
        for match in self.table.facility.finditer(folded):
            start, end = first.get(match.start()), last.get(match.end())
            if start is None or end is None:
                continue
            noun = match["noun"]
            made = self._named(doc, start, end, noun, match.group())
            if made is None and noun not in self.table.base_nouns:
                made = self._unknown(doc, start, end, match.group()) or self._of_city(doc, start, end)
            if made is not None:
                found.append(made)
        return found

    def _named(self, doc: Doc, start: int, end: int, noun: str, facility: str) -> Found | None:
        """A known name before the facility word."""
        for size in range(min(_LONGEST_NAME, start), 0, -1):
            begin = start - size
            if not (doc[begin].text[0].isupper() or doc[begin].text[0].isdigit()) or "\n\n" in doc[begin:start].text:
                continue
            if begin and doc[begin - 1].lower_ in words("airports", "before", "one_of_several"):
                # "another Moscow airport": one that lies there, and no name
                continue
            name = fold(doc[begin:start].text).removesuffix("'s").strip()
            full = fold(doc[begin:end].text)
            known = self.table.cores.get(full) or self.table.cores.get(name)
            if name in _not_names() and full not in self.table.cores:
                # "a Nevada airport" is one that lies there
                continue
            if not known or (noun not in self.table.base_nouns and max(known.values()) == NAMESAKE):
                # "Milan Airport" is none of the small towns called so
                continue
            if noun in self.table.base_nouns:
                known = {i: t for i, t in known.items() if t > CITY and (self.table.airports[i].kind == "air_base" or t == ALIAS)}
                if not known:
                    continue
            return self._make(doc, begin, end, known, facility, 0.95)
        return None

    def _international(self, doc: Doc, found: list[Found]) -> list[Found]:
        """ "Pyongyang International", "Tribhuvan International": what is left of an international airport's name."""
        taken = {i for f in found for i in range(f.start, f.end)}
        made = []
        for token in doc[1:]:
            if token.text != "International" or token.i in taken:
                continue
            following = doc[token.i + 1] if token.i + 1 < len(doc) else None
            if following is not None and following.text[:1].isupper() and not following.is_sent_start:
                continue
            f = self._named(doc, token.i, token.i + 1, "airport", "international")
            if f is None or "international" not in fold(f.name) or not taken.isdisjoint(range(f.start, f.end)):
                continue
            placed = f.start > 0 and doc[f.start - 1].lower_ in words("airports", "before", "airport")
            if placed or context.aviation(doc).in_sentence(doc, f.start, f.end):
                made.append(f)
        return made

    def _unknown(self, doc: Doc, start: int, end: int, facility: str) -> Found | None:
        """A name that no table knows before "airport", "airfield" or "air base"."""
        begin = start
        while begin > 0 and start - begin < _LONGEST_NAME:
            token = doc[begin - 1]
            if (
                (token.text[0].isupper() and token.pos_ in {"PROPN", "ADJ", "NOUN", "X"} and not token.is_sent_start)
                or (token.lower_ in words("airports", "inside", "joined") and begin < start and self._continues(doc, begin - 1))
                or (token.text[0].isupper() and token.pos_ == "PROPN")
            ):
                begin -= 1
            else:
                break
        if begin == start:
            return None
        name = doc[begin:start].text
        if fold(name).removesuffix("'s").strip() in _not_names() or context.label(doc, begin) in {
            "DATE",
            "PERSON" if start - begin == 1 else "DATE",
        }:
            return None
        kind = "air_base" if self.table.is_base(facility) else "airport"
        return Found(begin, end, EntityType.AIRPORT, doc[begin:end].text, self.name, 0.75, key=f"airport:{fold(name)}", kind=kind)

    def _continues(self, doc: Doc, i: int) -> bool:
        """Whether a joining word belongs to the name: "St John's airfield", but not "Bukavu's Kavumu airport"."""
        if i == 0 or not doc[i - 1].text[0].isupper():
            return False
        return doc[i].tag_ != "POS" or context.label(doc, i - 1) not in {"GPE", "LOC"}

    def _of_city(self, doc: Doc, start: int, end: int) -> Found | None:
        """ "the airport in Havana": the city's main airport when it has just one."""
        if end + 1 >= len(doc) or doc[end].lower_ not in words("airports", "before", "city"):
            return None
        for size in (3, 2, 1):
            known = self.table.cores.get(fold(doc[end + 1 : end + 1 + size].text))
            if known and doc[end + 1].text[0].isupper():
                main = [i for i in known if self.table.airports[i].scheduled and self.table.airports[i].size >= 2]
                largest = [i for i in main if self.table.airports[i].size == 3] or main
                if len(largest) != 1:
                    return None
                made = self._make(doc, start, end, {largest[0]: CITY}, "", 0.85)
                made.form = "nominal"
                return made
        return None

    def _with_prefix(self, doc: Doc) -> list[Found]:
        """ "RAF Fairford", "NAS Sigonella", "Joint Base Andrews"."""
        found = []
        first, _ = matching.token_edges(doc)
        for match in self.table.prefix.finditer(fold(doc.text)):
            start, name = first.get(match.start()), first.get(match.end())
            if start is None or name is None or not doc[start].text[0].isupper() or not doc[name].text[0].isupper():
                continue
            for size in range(min(5, len(doc) - name), 0, -1):
                known = self.table.cores.get(fold(doc[start : name + size].text)) or self.table.cores.get(
                    fold(doc[name : name + size].text)
                )
                known = {i: t for i, t in (known or {}).items() if t > CITY or self.table.airports[i].kind == "air_base"}
                if known:
                    found.append(self._make(doc, start, name + size, known, match.group().strip(), 0.93))
                    break
        return found

    def _behind_their_city(self, doc: Doc) -> list[Found]:
        """ "New York JFK", "Paris Charles de Gaulle", "London LHR": a code, or an airport's own name, right behind its city's."""
        named = [(h.start, h.end, key) for h in self._names.find(doc) for key in h.keys]
        for token in doc:
            coded = self.table.codes.get(token.text) if len(token.text) == _IATA_LENGTH and token.text.isupper() else None
            if coded is not None:
                named.append((token.i, token.i + 1, coded))
        made = []
        for start, end, ident in named:
            for size in range(min(_LONGEST_CITY, start), 0, -1):
                city = doc[start - size : start].text
                if city[:1].isupper() and "\n" not in city and fold(city) == fold(self.table.airports[ident].city):
                    made.append(self._make(doc, start - size, end, {ident: ALIAS}, "", 0.95))
                    break
        return made

    def _alone(self, doc: Doc, found: list[Found]) -> list[Found]:
        """Names without a facility word."""
        made = []
        introduced = {f.key for f in found}
        open_ones: list[tuple[Hit, str]] = []
        hits = [(h, self.table.best(doc, dict.fromkeys(h.keys, 1.0), "")[0][0].ident) for h in self._names.find(doc)]
        introduced |= {f"airport:{ident}" for hit, ident in hits if _explained(doc, hit.end)}
        for hit, ident in hits:
            trust = self._trust(doc, hit, f"airport:{ident}" in introduced)
            if trust:
                made.append(self._make(doc, hit.start, hit.end, {ident: ALIAS}, "", trust))
            else:
                open_ones.append((hit, ident))
        # "landed at Pleso … will return to Pleso": what was an airport once is one again as the end of a way
        once = {f.key for f in made if f.score >= _SURE}
        for hit, ident in open_ones:
            span = context.labels(doc)[hit.start]
            longer = span is not None and (span.start < hit.start or span.end > hit.end)
            if f"airport:{ident}" in once and _is_placed(doc, hit) and not longer:
                made.append(self._make(doc, hit.start, hit.end, {ident: ALIAS}, "", _SURE))
        made += self._beside_airports(doc, [*found, *made])
        taken = {i for f in (*found, *made) for i in range(f.start, f.end)}
        text = doc.text
        for name, key in self._introduced(doc, found).items():
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                span = doc.char_span(match.start(), match.end())
                if (
                    span is not None
                    and taken.isdisjoint(range(span.start, span.end))
                    and context.label(doc, span.start) != "PERSON"
                ):
                    made.append(self._again(span.start, span.end, key, found))
        return made

    def _beside_airports(self, doc: Doc, found: list[Found]) -> list[Found]:
        """Names that need evidence, in a list with a name that is sure: "Stansted and Luton", "Ghedi, Volkel and Incirlik"."""
        made: list[Found] = []
        sure = {i for f in found if f.score >= _SURE for i in range(f.start, f.end)}
        hits = [h for h in self._names.find(doc) if h.start not in sure and self.table.bare.get(h.name) == "base"]
        for hit in hits:
            root = doc[hit.start : hit.end].root
            joined = any(other.i in sure for other in root.conjuncts)
            if joined and context.label(doc, hit.start) != "PERSON":
                ident = self.table.best(doc, dict.fromkeys(hit.keys, 1.0), "")[0][0].ident
                made.append(self._make(doc, hit.start, hit.end, {ident: ALIAS}, "", 0.93))
        return made

    def _introduced(self, doc: Doc, found: list[Found]) -> dict[str, str]:
        """Short names of the airports that the article has named in full: "Fath" after "Fath Airport"; never a city's name."""
        names = {}
        for f in found:
            key = f.key or ""
            match = self.table.facility.search(fold(doc[f.start : f.end].text))
            if f.form != "name" or match is None or match.start() < 3:
                continue
            name = doc[f.start : f.end].text[: match.start()].strip()
            ident = key.removeprefix("airport:")
            trust = self.table.cores.get(fold(name), {}).get(ident, CORE)
            if trust > CITY and not name.endswith(("'s", "’s")) and not _is_place(name):
                names[name] = key
        return names

    def _again(self, start: int, end: int, key: str, found: list[Found]) -> Found:
        of = next(f for f in found if f.key == key)
        return Found(
            start,
            end,
            EntityType.AIRPORT,
            of.name,
            self.name,
            0.92,
            key=key,
            links=of.links,
            latitude=of.latitude,
            longitude=of.longitude,
            kind=of.kind,
            parent_key=of.parent_key,
        )

    def _trust(self, doc: Doc, hit: Hit, introduced: bool) -> float:
        """The score of a bare name, 0 when it is not taken."""
        bare = self.table.bare.get(hit.name, "core")
        span = context.labels(doc)[hit.start]
        if span is not None and span.label_ == "PERSON" and (span.start < hit.start or span.end > hit.end):
            return 0.0
        if bare == "yes" or introduced:
            return 0.94
        before = doc[hit.start - 1] if hit.start else None
        placed = _is_placed(doc, hit)
        if bare == "core":
            placed = placed and before is not None and before.lower_ != "of"
            # "landed at Pleso": nobody is landed at
            person = context.label(doc, hit.start) == "PERSON" and before is not None and before.lower_ != "at"
            told = context.aviation(doc).in_sentence(doc, hit.start, hit.end) or context.type_in_sentence(doc, hit.start, hit.end)
            return 0.8 if placed and not person and told else 0.0
        aviation = context.aviation(doc)
        near = aviation.in_sentence(doc, hit.start, hit.end) or aviation.within(hit.start, hit.end, 25)
        near = near or context.type_in_sentence(doc, hit.start, hit.end)
        if placed and (near or (aviation.heavy and before is not None and before.lower_ in {"at", "from"})):
            return 0.94
        if before is None:
            return 0.0
        root = doc[hit.start : hit.end].root
        beside_place = hit.start > 1 and (
            context.label(doc, hit.start - 2) in {"GPE", "LOC", "FAC"}
            or (root.dep_ == "conj" and root.head.head.lower_ in {"at", "from"})
        )
        if before.lower_ in {"and", "or", ","} and aviation.heavy and (beside_place or context.label(doc, hit.start) != "PERSON"):
            return 0.94
        if context.label(doc, hit.start) == "PERSON":
            return 0.0
        return 0.55 if near and before.lower_ != "in" and context.label(doc, hit.start) != "GPE" else 0.0

    def _codes_behind(self, doc: Doc, found: list[Found]) -> list[Found]:
        """Codes and acronyms in brackets behind an airport's name, and bare ICAO codes near aircraft."""
        made = []
        ends = {f.end: f for f in found}
        for token in doc:
            if not (token.text.isupper() and token.text.isalpha() and 3 <= len(token.text) <= 5):
                continue
            before = doc[token.i - 1] if token.i else None
            f = ends.get(token.i - 1)
            if before is not None and before.text == "(" and f is not None:
                made.append(self._again(token.i, token.i + 1, f.key or "", [f]))
                continue
            ident = self.table.codes.get(token.text)
            if ident is None or before is None or len(token.text) != 4:
                continue
            labelled = before.text in {":", "code", "ICAO", "IATA"} and any(
                t.text in {"ICAO", "IATA", "code"} for t in doc[max(0, token.i - 3) : token.i]
            )
            if labelled or (
                before.lower_ in words("airports", "before", "code")
                and context.aviation(doc).in_sentence(doc, token.i, token.i + 1)
                and context.label(doc, token.i) != "ORG"
            ):
                made.append(self._make(doc, token.i, token.i + 1, {ident: ALIAS}, "", 0.8))
        return made

    def _make(self, doc: Doc, start: int, end: int, known: dict[str, float], facility: str, score: float) -> Found:
        ranked = self.table.best(doc, known, facility)
        airport = ranked[0][0]
        others = [
            Candidate(name=a.name, score=round(s / (ranked[0][1] + s), 2), links=a.links)
            for a, s in ranked[1 : 1 + _KEPT_CANDIDATES]
        ]
        return Found(
            start,
            end,
            EntityType.AIRPORT,
            airport.name,
            self.name,
            score,
            key=f"airport:{airport.ident}",
            links=airport.links,
            latitude=airport.latitude,
            longitude=airport.longitude,
            kind=airport.kind,
            candidates=others,
            parent_key=airport.city_key or countries.key(airport.country),
            region_key=us_states.key(airport.region),
        )


def _is_placed(doc: Doc, hit: Hit) -> bool:
    """Whether a name stands where an airport can: behind a preposition of place, or what somebody leaves or reaches."""
    before = doc[hit.start - 1] if hit.start else None
    return before is not None and (
        before.lower_ in words("airports", "before", "airport") or context.lemma(before) in words("airports", "verbs", "before")
    )


def _explained(doc: Doc, end: int) -> bool:
    """ "Wadi Seidna, a military field north of the city": whether the noun in apposition behind a name says that it is one."""
    if end + 2 >= len(doc) or doc[end].text not in (",", "(", "–") or doc[end + 1].lower_ not in ("a", "an", "the", "another"):
        return False
    noun = next(
        (t for t in doc[end + 2 : end + 2 + _LONGEST_NAME] if t.pos_ == "NOUN" and t.dep_ not in ("compound", "nmod")), None
    )
    if noun is None or noun.text[:1].isupper():
        return False
    return noun.lower_ in words("airports", "nouns", "explaining")


def build() -> Airports:
    """The finder over all airports."""
    return Airports()


@cache
def _not_names() -> set[str]:
    """Words with a capital before "airport" that name no airport: countries, peoples and other armies."""
    known = countries.countries().values()
    states = {fold(row["name"]) for row in rows("us_states.tsv")} - large_cities().keys()
    return {fold(n) for c in known for n in (*c.names, *c.adjectives, *c.people)} | states | {"the", "international"}


def _is_place(name: str) -> bool:
    return fold(name) in _not_names()
