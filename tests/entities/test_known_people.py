"""Persons known from the table: found in short sentences, not where a thing bears the name. Cases: known_people.tsv."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.entities import gender, known_people
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import fold
from pipeline.records import Article, EntityType

if TYPE_CHECKING:
    from spacy.language import Language

    from pipeline.annotations import EntityNote

CASES = Path(__file__).with_name("known_people.tsv")


def cases() -> list[list[str]]:
    lines = [line for line in CASES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


def entities_of(nlp: Language, text: str) -> list[EntityNote]:
    from pipeline import annotations, language

    return annotations.entities(language.analyse(nlp, Article(id="case", source="case", text=text, published="2024-05-09")))


@pytest.mark.parametrize(("sentence", "persons", "absent"), cases())
def test_finds_known_persons_and_no_namesakes(nlp: Language, sentence: str, persons: str, absent: str) -> None:
    found = {note.name for note in entities_of(nlp, sentence) if note.type is EntityType.PERSON}
    assert found == (set(persons.split("|")) - {"-"})
    assert absent == "-" or not any(absent in name for name in found)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("The US deployed six B-2 bombers to Diego Garcia.", "Diego Garcia"),
        ("A C-17 howled into Darwin on Friday.", "Darwin"),
        ("Six F-22s flew from Darwin to Guam.", "Darwin"),
        ("Russia withdrew its troops from Kherson.", "Kherson"),
    ],
)
def test_what_one_moves_to_is_a_place(nlp: Language, sentence: str, place: str) -> None:
    assert place in {note.name for note in entities_of(nlp, sentence) if note.type is EntityType.PLACE}


def test_a_withdrawal_is_from_a_place_and_a_delegation_from_a_state(nlp: Language) -> None:
    def groups(text: str) -> list[str]:
        return [note.name for note in entities_of(nlp, text) if note.type is EntityType.GROUP]

    assert groups("Russia withdrew its troops from Kherson.") == ["troops"]
    assert groups("Troops from Poland and Lithuania trained together.") == ["Troops from Poland and Lithuania"]


def test_the_table_gives_the_sex_and_nothing_else(nlp: Language) -> None:
    from pipeline import language

    doc = language.analyse(nlp, Article(id="case", source="case", text="Merkel met Choe Son Hui.", published="2024-05-09"))
    persons = [note for note in doc._.entities if note.type is EntityType.PERSON]
    assert [gender.profile(doc, note).gender for note in persons] == ["f", "f"]
    assert [(note.role, note.links.country) for note in persons] == [(None, None), (None, None)]


def test_who_a_name_may_stand_for() -> None:
    from pipeline.entities import who

    assert [(a.type, a.name) for a in who("Qaddafi")] == [(EntityType.PERSON, "Muammar Gaddafi")]
    assert [(a.type, a.name) for a in who("Xi Jinping")] == [(EntityType.PERSON, "Xi Jinping")]


def test_a_surname_stands_for_one_person() -> None:
    owners: dict[str, set[str]] = {}
    for row in rows("persons.tsv"):
        for name in listed(row["bare"]):
            owners.setdefault(fold(name), set()).add(row["key"])
    assert {name: keys for name, keys in owners.items() if len(keys) > 1} == {}


def test_rows_are_whole() -> None:
    table = rows("persons.tsv")
    assert len({row["key"] for row in table}) == len(table)
    assert [row for row in table if row["gender"] not in ("m", "f") or not row["source"] or not row["name"]] == []
    assert known_people.gender("Nobody Known") is None
