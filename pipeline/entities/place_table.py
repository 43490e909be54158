"""What is known of places: cities, regions, waters and their names, and which of several places a name means.

In: cities.tsv.gz, city_aliases.tsv, places.tsv. Out: `PlaceTable` and `Place`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from pipeline.entities import countries, matching
from pipeline.entities.gazetteers import listed, number, rows
from pipeline.records import Links

_COMPARABLE = 20
"""A city so many times smaller than the largest of its name is meant only where its state stands beside it."""


@dataclass(slots=True, eq=False)
class Place:
    """A city, region or water that a name may stand for."""

    key: str
    name: str
    kind: str
    country: str
    admin1: str
    population: int
    latitude: float | None
    longitude: float | None
    geonames: str | None

    @property
    def links(self) -> Links:
        """Codes of the place and of its country."""
        return Links(geonames=self.geonames, country=self.country or None, country_3=countries.alpha3(self.country))

    def prior(self, capital: bool) -> float:
        """How likely the name means this place when nothing else is known, 0..1: by population, more for a capital."""
        size = math.log10(max(self.population, 1000)) / 8 if self.kind == "city" else 0.8
        return min(1.0, size + (0.15 if capital else 0.0))


class PlaceTable:
    """All places by key, their names in the automaton, and the capitals."""

    def __init__(self, capitals: frozenset[tuple[str, str]]) -> None:
        self.places = _places()
        self.names = matching.table("places", _names(self.places))
        self.aliases = _alias_names()
        self.capitals = capitals

    def named(self, name: str) -> list[tuple[Place, float]]:
        """The places that bear a name, best first, with the share of belief when nothing else is known."""
        return self.ranked(name, self.names.lookup(name), Counter(), None)

    def ranked(
        self, name: str, keys: tuple[str, ...], weights: Counter[str], beside: str | None, told: str | None = None
    ) -> list[tuple[Place, float]]:
        """The places a name may mean, best first, with a share of belief that sums to 1.

        `weights`: how much the article speaks of each state; `beside`: the state named behind the name; `told`: the key of the
        place that the article has told apart before.
        """
        total = sum(weights.values()) or 1
        largest = max((self.places[key].population for key in keys), default=0)
        scored = []
        for key in keys:
            place = self.places[key]
            capital = (place.name, place.country) in self.capitals
            value = 3 * place.prior(capital) + 3 * (key == told)
            if place.kind != "city" or place.population * _COMPARABLE >= largest:
                value += 2 * weights[place.country] / total
            if beside and (place.country == beside or f"{place.country}-{place.admin1}" == beside):
                value += 4
            if matching.fold(place.name) != matching.fold(name) and name not in self.aliases:
                value -= 1
            scored.append((place, math.exp(value)))
        scored.sort(key=lambda item: (-item[1], item[0].key))
        sum_ = sum(value for _, value in scored)
        return [(place, value / sum_) for place, value in scored]


def _places() -> dict[str, Place]:
    made = {}
    for row in rows("cities.tsv.gz"):
        key = f"city:{row['geonames']}"
        made[key] = Place(
            key,
            row["name"],
            "city",
            row["country"],
            row["admin1"],
            int(row["population"]),
            number(row["latitude"]),
            number(row["longitude"]),
            row["geonames"],
        )
    for row in rows("places.tsv"):
        key = f"place:{row['name']}"
        made[key] = Place(
            key, row["name"], row["kind"], row["country"], "", 0, number(row["latitude"]), number(row["longitude"]), None
        )
    return made


def _names(places: dict[str, Place]) -> list[tuple[str, str]]:
    """(name, key) of all places: main names, GeoNames' alternatives, and the names the news uses."""
    # Honolulu has a suburb that is called Airport
    facilities = {word for row in rows("facility_words.tsv") for word in listed(row["words"])}
    named = (p for p in places.values() if matching.fold(p.name) not in facilities)
    names = [(place.name.removesuffix(" (US state)"), place.key) for place in named]
    names += [(alias, f"city:{row['geonames']}") for row in rows("cities.tsv.gz") for alias in listed(row["aliases"])]
    names += [(alias, f"place:{row['name']}") for row in rows("places.tsv") for alias in listed(row["aliases"])]
    largest: dict[tuple[str, str], str] = {}
    for place in sorted(places.values(), key=lambda p: -p.population):
        largest.setdefault((place.name, place.country), place.key)
    return names + [(row["alias"], largest[row["name"], row["country"]]) for row in rows("city_aliases.tsv")]


def _alias_names() -> frozenset[str]:
    """Names that the news uses beside GeoNames' main name."""
    return frozenset(row["alias"] for row in rows("city_aliases.tsv")) | {
        alias for row in rows("places.tsv") for alias in listed(row["aliases"])
    }


def described(place: Place) -> str:
    """A place's name with its country's."""
    country = countries.countries().get(place.country)
    return f"{place.name}, {country.name}" if country else place.name
