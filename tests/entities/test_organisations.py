"""Organisations by name, by state and by shape. Cases: organisation_names.tsv."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.records import Article, EntityType

if TYPE_CHECKING:
    from spacy.language import Language

    from pipeline.annotations import EntityNote

HERE = Path(__file__).parent


def table(name: str) -> list[list[str]]:
    lines = [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


def entities_of(nlp: Language, text: str) -> list[EntityNote]:
    from pipeline import annotations, language

    return annotations.entities(language.analyse(nlp, Article(id="case", source="case", text=text, published="2024-07-09")))


@pytest.mark.parametrize(("sentence", "said", "name", "kind", "country", "code"), table("organisation_names.tsv"))
def test_finds_the_organisation(nlp: Language, sentence: str, said: str, name: str, kind: str, country: str, code: str) -> None:
    notes = [note for note in entities_of(nlp, sentence) if note.type is EntityType.ORGANIZATION]
    found = {m.text: note for note in notes for m in note.mentions}
    if name == "-":
        assert said not in found
        return
    assert said in found, sorted(found)
    note = found[said]
    assert (note.name, note.kind, note.links.country or "") == (name, kind, country)
    if code:
        assert code in (note.links.icao, note.links.country_3)


def test_a_state_body_is_one_entity_under_all_its_names(nlp: Language) -> None:
    text = "Iran's air force held a drill. The Islamic Republic of Iran Air Force sent jets, and the Iranian Air Force a tanker."
    (note,) = [n for n in entities_of(nlp, text) if n.kind == "air_force"]
    assert len(note.mentions) == 3


def test_a_body_without_its_state_takes_the_one_spoken_of(nlp: Language) -> None:
    text = "A Lithuanian helicopter crashed near Kaunas on Monday. The Defence Ministry said the crew of three had survived."
    (note,) = [n for n in entities_of(nlp, text) if n.kind == "ministry"]
    assert note.links.country == "LT"


def test_a_government_is_its_country(nlp: Language) -> None:
    notes = entities_of(nlp, "The Chilean government closed the border. Chile will reopen it in May.")
    (chile,) = [n for n in notes if n.links.iso3166 == "CL"]
    assert chile.type is EntityType.COUNTRY
    assert "Chilean government" in [m.text for m in chile.mentions]


def test_every_row_has_a_known_country_and_a_source() -> None:
    from pipeline.entities import countries, gazetteers, organisations

    rows = gazetteers.rows("organisations.tsv")
    assert len(rows) >= 900
    assert len(organisations.organisations()) == len(rows), "a key stands twice"
    former = {"SU"}
    for row in rows:
        assert row["kind"] and row["source"], row["key"]
        assert not row["country"] or row["country"] in former or row["country"] in countries.countries(), row["key"]
