"""Persons: names as they should be, one entity per person, with role, state and affiliation. Cases: people.tsv."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.records import Article, EntityType

if TYPE_CHECKING:
    from spacy.language import Language

    from pipeline.annotations import EntityNote

CASES = Path(__file__).with_name("people.tsv")


def cases() -> list[list[str]]:
    lines = [line for line in CASES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


def persons_of(nlp: Language, text: str) -> list[EntityNote]:
    from pipeline import annotations, language

    doc = language.analyse(nlp, Article(id="case", source="case", text=text, published="2023-05-09"))
    return [note for note in annotations.entities(doc) if note.type is EntityType.PERSON]


@pytest.mark.parametrize(("sentence", "name", "role", "country", "affiliation", "mentions"), cases())
def test_finds_the_person(
    nlp: Language, sentence: str, name: str, role: str, country: str, affiliation: str, mentions: str
) -> None:
    found = {note.name: note for note in persons_of(nlp, sentence)}
    if name == "-":
        assert found == {}
        return
    assert name in found, sorted(found)
    person = found[name]
    assert (person.role or "-") == role
    assert (person.links.country or "-") == country
    assert (person.parent.name if person.parent else "-") == affiliation
    assert [m.text for m in person.mentions if m.form == "name"] == mentions.split("|")


def test_mentions_cover_whole_tokens_and_say_who_found_them(nlp: Language) -> None:
    from pipeline import language

    text = "Analyst Ryo Tanaka-Lind's report was quoted by Ms Ito, a colleague."
    doc = language.analyse(nlp, Article(id="case", source="case", text=text))
    for note in doc._.entities:
        for mention in note.mentions:
            assert doc[mention.token_start : mention.token_end].text == mention.text == text[mention.start : mention.end]
            assert mention.finder


def test_two_people_of_one_family_name_stay_apart(nlp: Language) -> None:
    text = "Kim Jong Un received his sister Kim Yo Jong. Kim Yo Jong then flew to Seoul."
    assert sorted(note.name for note in persons_of(nlp, text)) == ["Kim Jong Un", "Kim Yo Jong"]


def test_nothing_of_the_table_of_leaders_enters_a_record(nlp: Language) -> None:
    (person,) = persons_of(nlp, "Vladimir Putin spoke for an hour.")
    assert (person.role, person.links.country, person.parent) == (None, None, None)
