"""What is known of airports: their names and how directly each name says them, codes, and the words for facilities.

In: airports.tsv.gz (OurAirports), airport_aliases.tsv, facility_words.tsv. Out: `AirportTable` and `Airport`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc

from pipeline.entities import context, countries
from pipeline.entities.gazetteers import listed, number, rows
from pipeline.entities.matching import fold
from pipeline.records import Links

ALIAS, CORE, CITY, NAMESAKE = 1.0, 0.8, 0.55, 0.1
"""How directly a name says an airport: an alias of ours, OurAirports' name, its city's, a large city's elsewhere."""
_REGION = 0.8
"""What it adds that the article names the state of the United States in which an airport lies."""


_NEARBY = 250.0
"""Kilometres from a place of the article within which an airport is rather meant than one of its name elsewhere."""


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
    region: str
    latitude: float | None
    longitude: float | None
    kind: str
    size: int
    scheduled: bool

    @property
    def links(self) -> Links:
        """Its codes and those of its country."""
        return Links(icao=self.icao, iata=self.iata, country=self.country, country_3=countries.alpha3(self.country))


class AirportTable:
    """All airports by identifier, by folded name with the trust in it, and by code."""

    def __init__(self) -> None:
        self.airports: dict[str, Airport] = {}
        self.cores: dict[str, dict[str, float]] = defaultdict(dict)
        self.codes: dict[str, str] = {}
        large = large_cities()
        self.airports = {row["ident"]: _airport(row) for row in rows("airports.tsv.gz")}
        served = _served(self.airports.values())
        for row in rows("airports.tsv.gz"):
            airport = self.airports[row["ident"]]
            for core in listed(row["cores"]):
                name, trust = (core[1:], CITY) if core.startswith("=") else (core, CORE)
                if large.get(fold(name), airport.country) != airport.country:
                    trust = NAMESAKE
                elif trust == CORE and fold(name) not in fold(airport.name) and _is_lesser(airport, served.get(fold(name), [])):
                    # an airfield that is also called by a town that has its airport
                    trust = NAMESAKE
                known = self.cores[fold(name)]
                known[airport.ident] = max(trust, known.get(airport.ident, 0.0))
            for code in (airport.icao, airport.iata):
                if code and airport.size:
                    self.codes.setdefault(code, airport.ident)
        aliases = rows("airport_aliases.tsv")
        for row in aliases:
            self.cores[fold(row["name"])][row["ident"]] = ALIAS
        self.bare = {row["name"]: row["bare"] for row in aliases}
        words = {row["kind"]: listed(row["words"]) for row in rows("facility_words.tsv")}
        self.facility = _facility_pattern(words)
        self.prefix = re.compile(rf"\b(?:{'|'.join(sorted(words['before'], key=lambda w: -len(w)))}) (?=\w)")
        self.base_nouns = frozenset(words["base"])
        self._air_base = frozenset(words["air_base"])

    def standing_alone(self) -> Iterable[tuple[str, str]]:
        """(name, identifier) of the names that may stand without a word such as "airport"."""
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
                        and len(self.cores[fold(core)]) == 1
                    ):
                        yield core, row["ident"]

    def best(self, doc: Doc, known: dict[str, float], facility: str) -> list[tuple[Airport, float]]:
        """Candidates, best first: trust in the name, size and service, the facility word, the article's countries."""
        weights = context.countries_in(doc)
        total = sum(weights.values()) or 1
        base = self.is_base(facility)
        regions = context.regions_in(doc) if len(known) > 1 else frozenset()
        scored = []
        for ident, trust in known.items():
            airport = self.airports[ident]
            value = trust + 0.1 * airport.size + 0.1 * airport.scheduled * (not base) + 0.8 * weights[airport.country] / total
            near = len(known) > 1 and context.is_near_points(doc, airport.latitude, airport.longitude, _NEARBY)
            value += _REGION * (airport.region in regions or near)
            if facility:
                value += 0.25 * ((airport.kind == "air_base") == base) + 0.15 * (
                    "international" in facility and "international" in airport.name.lower()
                )
            scored.append((airport, value))
        return sorted(scored, key=lambda item: (-item[1], item[0].ident))

    def is_base(self, facility: str) -> bool:
        """Whether a facility's words are those of an air base."""
        return any(facility == word or facility.endswith(f" {word}") for word in self._air_base)

    def airport(self, key: str) -> Airport | None:
        """The airport of a key that this finder gave."""
        return self.airports.get(key.removeprefix("airport:"))

    def coded(self, code: str) -> Airport | None:
        """The airport of an ICAO or IATA code in capitals."""
        ident = self.codes.get(code)
        return self.airports[ident] if ident else None

    def named(self, name: str) -> dict[str, float]:
        """Identifiers of the airports that bear a name, and how directly: 1 alias, 0.8 own name, 0.55 the city's."""
        plain = fold(name)
        short = self.facility.sub("", plain).strip()
        return self.cores.get(plain) or self.cores.get(short) or {}


def _served(airports: Iterable[Airport]) -> dict[str, list[Airport]]:
    """City, folded → the airports with scheduled flights that serve it."""
    out: dict[str, list[Airport]] = defaultdict(list)
    for airport in airports:
        if airport.scheduled and airport.size > 1:
            out[fold(airport.city)].append(airport)
    return out


def _is_lesser(airport: Airport, of_city: list[Airport]) -> bool:
    """Whether "Dublin Airport" is not Weston: the city's own is larger, or alone has scheduled flights, in the same country."""
    if airport.size < 2 and of_city:
        return True
    if airport.kind == "air_base":
        return False
    rivals = [a for a in of_city if a is not airport and a.country == airport.country]
    return any(airport.size < a.size or not airport.scheduled for a in rivals)


@cache
def large_cities() -> dict[str, str]:
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
        row["region"],
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
