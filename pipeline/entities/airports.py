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
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc

from pipeline.entities import context, countries, matching
from pipeline.entities.finding import Found
from pipeline.entities.gazetteers import listed, number, rows
from pipeline.entities.matching import Hit, fold
from pipeline.records import Candidate, EntityType, Links

_LONGEST_NAME = 6
_AT = {"at", "from", "to", "into", "for", "near", "of", "towards", "toward", "outside", "via", "off", "over"}
_JOINED = {
    "de",
    "del",
    "della",
    "di",
    "da",
    "al",
    "el",
    "la",
    "le",
    "an",
    "der",
    "do",
    "dos",
    "-",
    "'s",
    "’s",
    ".",
    "von",
    "bin",
    "ibn",
}
_ALIAS, _CORE, _CITY, _NAMESAKE = 1.0, 0.8, 0.55, 0.1
_KEPT_CANDIDATES = 4


@dataclass(slots=True, eq=False)
class Airport:
    """One airport or air base; coordinates in degrees, WGS 84; size 3 (large) to 0 (closed or tiny)."""

    ident: str
    icao: str | None
    iata: str | None
    name: str
    city: str
    city_key: str | None
    country: str
    latitude: float | None
    longitude: float | None
    kind: str
    size: int
    scheduled: bool

    @property
    def links(self) -> Links:
        """Its codes and those of its country."""
        return Links(icao=self.icao, iata=self.iata, country=self.country, country_3=countries.alpha3(self.country))


class Airports:
    """The finder for airports."""

    name = "airports"

    def __init__(self) -> None:
        self._airports: dict[str, Airport] = {}
        self._cores: dict[str, dict[str, float]] = defaultdict(dict)
        self._codes: dict[str, str] = {}
        large = _large_cities()
        for row in rows("airports.tsv.gz"):
            airport = _airport(row)
            self._airports[airport.ident] = airport
            for core in listed(row["cores"]):
                name, trust = (core[1:], _CITY) if core.startswith("=") else (core, _CORE)
                if large.get(fold(name), airport.country) != airport.country:
                    trust = _NAMESAKE
                known = self._cores[fold(name)]
                known[airport.ident] = max(trust, known.get(airport.ident, 0.0))
            for code in (airport.icao, airport.iata):
                if code and airport.size:
                    self._codes.setdefault(code, airport.ident)
        bare = rows("airport_aliases.tsv")
        for row in bare:
            self._cores[fold(row["name"])][row["ident"]] = _ALIAS
        self._bare = {row["name"]: row["bare"] for row in bare}
        self._names = matching.table("airports", self._bare_names())
        words = {row["kind"]: listed(row["words"]) for row in rows("facility_words.tsv")}
        self._facility = _facility_pattern(words)
        self._before = re.compile(rf"\b(?:{'|'.join(sorted(words['before'], key=lambda w: -len(w)))}) (?=\w)")
        self._base_nouns = frozenset(words["base"])
        self._air_base = frozenset(words["air_base"])

    def _bare_names(self) -> Iterable[tuple[str, str]]:
        for row in rows("airport_aliases.tsv"):
            if row["bare"] != "no":
                yield row["name"], row["ident"]
        cities = {fold(row["name"]) for row in rows("cities.tsv.gz")}
        for row in rows("airports.tsv.gz"):
            if row["kind"] == "air_base" or row["size"] == "3":
                for core in listed(row["cores"]):
                    if (
                        len(core) >= 5
                        and not core.startswith("=")
                        and fold(core) not in cities
                        and core[0].isupper()
                        and len(self._cores[fold(core)]) == 1
                    ):
                        yield core, row["ident"]

    def __call__(self, doc: Doc) -> list[Found]:
        found = self._with_facility(doc) + self._with_prefix(doc)
        found += self._alone(doc, found)
        found += self._codes_behind(doc, found)
        return sorted(found, key=lambda f: (f.start, -f.end))

    def _with_facility(self, doc: Doc) -> list[Found]:
        found = []
        folded = fold(doc.text)
        first, last = matching.token_edges(doc)
        for match in self._facility.finditer(folded):
            start, end = first.get(match.start()), last.get(match.end())
            if start is None or end is None:
                continue
            noun = match["noun"]
            made = self._named(doc, start, end, noun, match.group())
            if made is None and noun not in self._base_nouns:
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
            name = fold(doc[begin:start].text).removesuffix("'s").strip()
            full = fold(doc[begin:end].text)
            known = self._cores.get(full) or self._cores.get(name)
            if not known:
                continue
            if noun in self._base_nouns:
                known = {i: t for i, t in known.items() if t > _CITY and (self._airports[i].kind == "air_base" or t == _ALIAS)}
                if not known:
                    continue
            return self._make(doc, begin, end, known, facility, 0.95)
        return None

    def _unknown(self, doc: Doc, start: int, end: int, facility: str) -> Found | None:
        """A name that no table knows before "airport", "airfield" or "air base"."""
        begin = start
        while begin > 0 and start - begin < _LONGEST_NAME:
            token = doc[begin - 1]
            if (
                (token.text[0].isupper() and token.pos_ in {"PROPN", "ADJ", "NOUN", "X"} and not token.is_sent_start)
                or (token.lower_ in _JOINED and begin < start and begin > 1 and doc[begin - 2].text[0].isupper())
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
        kind = "air_base" if self._is_base(facility) else "airport"
        return Found(begin, end, EntityType.AIRPORT, doc[begin:end].text, self.name, 0.75, key=f"airport:{fold(name)}", kind=kind)

    def _of_city(self, doc: Doc, start: int, end: int) -> Found | None:
        """ "the airport in Havana": the city's main airport when it has just one."""
        if end + 1 >= len(doc) or doc[end].lower_ not in {"in", "of", "at", "outside"}:
            return None
        for size in (3, 2, 1):
            known = self._cores.get(fold(doc[end + 1 : end + 1 + size].text))
            if known and doc[end + 1].text[0].isupper():
                main = [i for i in known if self._airports[i].scheduled and self._airports[i].size >= 2]
                largest = [i for i in main if self._airports[i].size == 3] or main
                if len(largest) != 1:
                    return None
                made = self._make(doc, start, end, {largest[0]: _CITY}, "", 0.85)
                made.form = "nominal"
                return made
        return None

    def _with_prefix(self, doc: Doc) -> list[Found]:
        """ "RAF Fairford", "NAS Sigonella", "Joint Base Andrews"."""
        found = []
        first, _ = matching.token_edges(doc)
        for match in self._before.finditer(fold(doc.text)):
            start, name = first.get(match.start()), first.get(match.end())
            if start is None or name is None or not doc[start].text[0].isupper() or not doc[name].text[0].isupper():
                continue
            for size in range(min(5, len(doc) - name), 0, -1):
                known = self._cores.get(fold(doc[start : name + size].text)) or self._cores.get(
                    fold(doc[name : name + size].text)
                )
                known = {i: t for i, t in (known or {}).items() if t > _CITY or self._airports[i].kind == "air_base"}
                if known:
                    found.append(self._make(doc, start, name + size, known, match.group().strip(), 0.93))
                    break
        return found

    def _alone(self, doc: Doc, found: list[Found]) -> list[Found]:
        """Names without a facility word."""
        made = []
        introduced = {f.key for f in found}
        for hit in self._names.find(doc):
            ident = self._best(doc, dict.fromkeys(hit.keys, 1.0), "")[0][0].ident
            trust = self._trust(doc, hit, f"airport:{ident}" in introduced)
            if trust:
                made.append(self._make(doc, hit.start, hit.end, {ident: _ALIAS}, "", trust))
        taken = {i for f in (*found, *made) for i in range(f.start, f.end)}
        for name, key in self._introduced(doc, found).items():
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", doc.text):
                span = doc.char_span(match.start(), match.end())
                if (
                    span is not None
                    and taken.isdisjoint(range(span.start, span.end))
                    and context.label(doc, span.start) != "PERSON"
                ):
                    made.append(self._again(span.start, span.end, key, found))
        return made

    def _introduced(self, doc: Doc, found: list[Found]) -> dict[str, str]:
        """Short names of the airports that the article has named in full: "Fath" after "Fath Airport"; never a city's name."""
        names = {}
        for f in found:
            key = f.key or ""
            match = self._facility.search(fold(doc[f.start : f.end].text))
            if f.form != "name" or match is None or match.start() < 3:
                continue
            name = doc[f.start : f.end].text[: match.start()].strip()
            ident = key.removeprefix("airport:")
            trust = self._cores.get(fold(name), {}).get(ident, _CORE)
            if trust > _CITY and not name.endswith(("'s", "’s")) and not _is_place(name):
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
        bare = self._bare.get(hit.name, "core")
        span = context.labels(doc)[hit.start]
        if span is not None and span.label_ == "PERSON" and (span.start < hit.start or span.end > hit.end):
            return 0.0
        if bare == "yes" or introduced:
            return 0.94
        before = doc[hit.start - 1] if hit.start else None
        placed = before is not None and (before.lower_ in _AT or context.lemma(before) in {"leave", "reach", "depart"})
        if bare == "core":
            placed = placed and before is not None and before.lower_ != "of"
            return (
                0.8
                if placed
                and context.aviation(doc).in_sentence(doc, hit.start, hit.end)
                and context.label(doc, hit.start) != "PERSON"
                else 0.0
            )
        aviation = context.aviation(doc)
        near = aviation.in_sentence(doc, hit.start, hit.end) or aviation.within(hit.start, hit.end, 25)
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
            ident = self._codes.get(token.text)
            if ident is None or before is None or len(token.text) != 4:
                continue
            labelled = before.text in {":", "code", "ICAO", "IATA"} and any(
                t.text in {"ICAO", "IATA", "code"} for t in doc[max(0, token.i - 3) : token.i]
            )
            if labelled or (
                before.lower_ in {"from", "to", "at", "into", "-", "–", "("}
                and context.aviation(doc).in_sentence(doc, token.i, token.i + 1)
                and context.label(doc, token.i) != "ORG"
            ):
                made.append(self._make(doc, token.i, token.i + 1, {ident: _ALIAS}, "", 0.8))
        return made

    def _best(self, doc: Doc, known: dict[str, float], facility: str) -> list[tuple[Airport, float]]:
        """Candidates, best first: trust in the name, size and service, the facility word, the article's countries."""
        weights = context.countries_in(doc)
        total = sum(weights.values()) or 1
        base = self._is_base(facility)
        scored = []
        for ident, trust in known.items():
            airport = self._airports[ident]
            value = trust + 0.1 * airport.size + 0.1 * airport.scheduled * (not base) + 0.8 * weights[airport.country] / total
            if facility:
                value += 0.25 * ((airport.kind == "air_base") == base) + 0.15 * (
                    "international" in facility and "international" in airport.name.lower()
                )
            scored.append((airport, value))
        return sorted(scored, key=lambda item: (-item[1], item[0].ident))

    def _is_base(self, facility: str) -> bool:
        return any(facility == word or facility.endswith(f" {word}") for word in self._air_base)

    def _make(self, doc: Doc, start: int, end: int, known: dict[str, float], facility: str, score: float) -> Found:
        ranked = self._best(doc, known, facility)
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
        )

    def airport(self, key: str) -> Airport | None:
        """The airport of a key that this finder gave."""
        return self._airports.get(key.removeprefix("airport:"))

    def coded(self, code: str) -> Airport | None:
        """The airport of an ICAO or IATA code in capitals."""
        ident = self._codes.get(code)
        return self._airports[ident] if ident else None

    def named(self, name: str) -> dict[str, float]:
        """Identifiers of the airports that bear a name, and how directly: 1 alias, 0.8 own name, 0.55 the city's."""
        plain = fold(name)
        short = self._facility.sub("", plain).strip()
        return self._cores.get(plain) or self._cores.get(short) or {}


def build() -> Airports:
    """The finder over all airports."""
    return Airports()


def _large_cities() -> dict[str, str]:
    """City of 500,000 people or more → its country: an airport elsewhere that bears the name is not what is meant."""
    return {fold(row["name"]): row["country"] for row in rows("cities.tsv.gz") if int(row["population"]) >= 500_000}


def _airport(row: dict[str, str]) -> Airport:
    return Airport(
        row["ident"],
        row["icao"] or None,
        row["iata"] or None,
        row["name"],
        row["city"],
        f"city:{row['city_geonames']}" if row["city_geonames"] else None,
        row["country"],
        number(row["latitude"]),
        number(row["longitude"]),
        row["kind"],
        int(row["size"]),
        row["scheduled"] == "1",
    )


def _facility_pattern(words: dict[str, list[str]]) -> re.Pattern[str]:
    def any_of(items: Iterable[str]) -> str:
        return "|".join(re.escape(item) for item in sorted(set(items), key=lambda w: (-len(w), w)))

    return re.compile(rf"\b(?:(?:{any_of(words['qualifier'])}) )*(?P<noun>{any_of([*words['noun'], *words['base']])})\b")


def _not_names() -> set[str]:
    """Words with a capital before "airport" that name no airport: countries, peoples and other armies."""
    known = countries.countries().values()
    return {fold(n) for c in known for n in (*c.names, *c.adjectives, *c.people)} | {"the", "international"}


def _is_place(name: str) -> bool:
    return fold(name) in _not_names()
