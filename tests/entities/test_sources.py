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
