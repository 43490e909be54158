"""Each table says where it comes from, and can be read."""

from __future__ import annotations

import re

from pipeline.entities.gazetteers import rows
from pipeline.resources import model_path

FOLDER = model_path("gazetteers")


def tables() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if path.name.endswith((".tsv", ".tsv.gz")))


def stated() -> dict[str, int]:
    """Table → count of rows, as SOURCES.md states them."""
    text = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    return {name: int(count.replace(",", "")) for name, count in re.findall(r"^\| `([^`]+)` \| ([\d,]+) \|", text, re.M)}


def test_no_table_without_a_source() -> None:
    assert set(tables()) == set(stated())


def test_counts_are_about_those_stated() -> None:
    # Hand-written tables grow by a row now and then; SOURCES.md need not change with each.
    told = stated()
    assert [(n, len(rows(n)), told[n]) for n in tables() if abs(len(rows(n)) - told[n]) > max(5, told[n] // 20)] == []


def test_codes_of_families_are_of_doc_8643_or_known_to_be_older() -> None:
    # Types that the current edition no longer lists.
    older = {"CONC", "T144", "C141", "F111", "SR71", "VULC", "NIM", "B731"}
    listed = {row["icao"] for row in rows("aircraft_types.tsv.gz")}
    own = {row["icao"] for row in rows("aircraft_families.tsv") if row["icao"]}
    own |= {
        v.split("=")[1] for row in rows("aircraft_families.tsv") for v in row["variants"].split("|") if not v.endswith("=") and v
    }
    assert own - listed <= older


def test_aliases_name_airports_that_exist() -> None:
    known = {row["ident"] for row in rows("airports.tsv.gz")}
    assert [row for row in rows("airport_aliases.tsv") if row["ident"] not in known] == []


def test_countries_in_tables_exist() -> None:
    known = {row["iso2"] for row in rows("countries.tsv")}
    for table, column in (
        ("metonyms.tsv", "iso2"),
        ("registration_prefixes.tsv", "iso2"),
        ("places.tsv", "country"),
        ("callsigns.tsv", "iso2"),
    ):
        assert {row[column] for row in rows(table)} - known - {""} == set(), table


def test_operators_of_callsigns_exist() -> None:
    known = {row["key"] for row in rows("organisations.tsv")}
    assert [row for row in rows("callsigns.tsv") if row["organisation"] and row["organisation"] not in known] == []


def test_no_two_airlines_of_today_share_a_code() -> None:
    # Cargo arms and successors that fly under one code with the firm they belong to.
    shared = {"LH", "CA", "AWE", "SWR"}
    seen: dict[str, list[str]] = {}
    for row in rows("organisations.tsv"):
        if row["kind"] == "airline":
            for code in dict(item.split("=", 1) for item in row["codes"].split("; ") if item[:5] in ("icao=", "iata=")).values():
                seen.setdefault(code, []).append(row["name"])
    assert {code: names for code, names in seen.items() if len(names) > 1 and code not in shared} == {}


def test_treaties_are_signed_before_they_are_in_force_and_end_last() -> None:
    # The Indus Waters Treaty took effect from a day before its signature.
    wrong = [
        row["id"]
        for row in rows("treaties.tsv")
        for first, then in (("signed", "in_force"), ("in_force", "ended"), ("signed", "ended"))
        if row[first] and row[then] and row[first] > row[then].ljust(len(row[first]), "~") and row["id"] != "indus"
    ]
    assert wrong == []


def test_tables_that_are_halved_are_sorted() -> None:
    for name in ("towns.tsv.gz", "city_names.tsv.gz"):
        folded = [row["folded"].encode() for row in rows(name)]
        assert folded == sorted(folded), name
