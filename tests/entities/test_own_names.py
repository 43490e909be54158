"""A user's own names."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from pipeline.entities.own_names import OwnNames
from pipeline.errors import UsageError

GOOD = """name,type,aliases,kind,icao,country,latitude,longitude
Camp Zephyr,airport,Zephyr Field|the Strip,air_base,XXZF,SY,35.1,36.2
"""


@pytest.fixture
def own(tmp_path: Path) -> OwnNames:
    path = tmp_path / "own.csv"
    path.write_text(GOOD, encoding="utf-8")
    return OwnNames(path)


def test_names_and_aliases_are_found_with_their_codes(own: OwnNames) -> None:
    doc = spacy.blank("en")("Two jets left Zephyr Field for Camp Zephyr on Monday.")
    found = own(doc)
    assert [doc[f.start : f.end].text for f in found] == ["Zephyr Field", "Camp Zephyr"]
    assert {(f.key, f.name, f.links.icao, f.links.country_3, f.latitude, f.kind) for f in found} == {
        ("own:0", "Camp Zephyr", "XXZF", "SYR", 35.1, "air_base")
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name\nA\n", "lacks the columns ['type']"),
        ("name,type,colour\nA,place,red\n", "unknown columns ['colour']"),
        ("name,type\nA,plane\n", "line 2: unknown type 'plane'"),
        ("name,type\n,place\n", "line 2: no name"),
        ("name,type,latitude\nA,place,north\n", "latitude 'north' is no number"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        OwnNames(path)
    assert told in str(error.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        OwnNames(tmp_path / "none.csv")
