"""What is known of states: names, codes, adjectives, capitals and neighbours.

In: models/gazetteers/countries.tsv. Out: `Country`, by its ISO 3166-1 alpha-2 code; `links_of` gives the codes that an entity
belonging to a country carries.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.entities.gazetteers import listed, number, rows
from pipeline.records import Links


@dataclass(frozen=True, slots=True)
class Country:
    """One state or territory; coordinates in degrees, WGS 84, of where its people live."""

    iso2: str
    iso3: str
    name: str
    names: tuple[str, ...]
    adjectives: tuple[str, ...]
    people: tuple[str, ...]
    capital: str
    latitude: float | None
    longitude: float | None
    geonames: str
    neighbours: tuple[str, ...]

    @property
    def links(self) -> Links:
        """The codes of the country itself."""
        return Links(iso3166=self.iso2, iso3166_3=self.iso3, geonames=self.geonames or None)


@cache
def countries() -> dict[str, Country]:
    """All countries by alpha-2 code."""
    made = {}
    for row in rows("countries.tsv"):
        made[row["iso2"]] = Country(
            row["iso2"],
            row["iso3"],
            row["name"],
            (row["name"], *listed(row["names"])),
            tuple(listed(row["adjectives"])),
            tuple(listed(row["people"])),
            row["capital"],
            number(row["latitude"]),
            number(row["longitude"]),
            row["geonames"],
            tuple(listed(row["neighbours"])),
        )
    return made


def alpha3(iso2: str | None) -> str | None:
    """The alpha-3 code of a country; None when it has none here."""
    country = countries().get(iso2 or "")
    return country.iso3 if country else None


def key(iso2: str) -> str:
    """The key under which finders report a country."""
    return f"country:{iso2}"


@cache
def nationalities() -> dict[str, str]:
    """Adjective or people's name in small letters → alpha-2."""
    return {word.casefold(): c.iso2 for c in countries().values() for word in (*c.people, *c.adjectives)}
