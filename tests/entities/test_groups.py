"""Unnamed actors, equipment and facilities as phrases, with the state they belong to. Cases: groups.tsv."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.records import Article

if TYPE_CHECKING:
    from spacy.language import Language

    from pipeline.annotations import EntityNote

CASES = Path(__file__).with_name("groups.tsv")
TYPES = {"group", "equipment", "place"}
FINDERS = {"groups", "materiel"}


def cases() -> list[list[str]]:
    lines = [line for line in CASES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


def entities_of(nlp: Language, text: str) -> list[EntityNote]:
    from pipeline import annotations, language

    return annotations.entities(language.analyse(nlp, Article(id="case", source="case", text=text)))


@pytest.mark.parametrize(("sentence", "phrase", "kind", "country"), cases())
def test_finds_the_phrase(nlp: Language, sentence: str, phrase: str, kind: str, country: str) -> None:
    found = {
        m.text: note
        for note in entities_of(nlp, sentence)
        if note.type.value in TYPES
        for m in note.mentions
        if m.finder in FINDERS
    }
    if kind == "-":
        assert phrase not in found
        return
    assert phrase in found, sorted(found)
    assert found[phrase].type.value == kind
    assert (found[phrase].links.country or "-") == country


def test_the_same_people_again_are_one_group(nlp: Language) -> None:
    text = "A helicopter found three Polish hikers on Sunday. The hikers were cold. Two other hikers walked home."
    hikers = [n for n in entities_of(nlp, text) if any("hikers" in m.text for m in n.mentions)]
    assert next([m.text for m in n.mentions if m.form == "nominal"] for n in hikers) == ["three Polish hikers", "hikers"]
    assert len(hikers) == 2


def test_soldiers_of_two_states_are_two_groups(nlp: Language) -> None:
    text = "Turkish soldiers crossed the line. Russian soldiers watched them."
    found = {n.name: n.links.country for n in entities_of(nlp, text) if n.type.value == "group"}
    assert found == {"Turkish soldiers": "TR", "Russian soldiers": "RU"}


def test_a_group_belongs_to_the_body_it_names(nlp: Language) -> None:
    notes = entities_of(nlp, "UN officials met Russian diplomats and farmers.")
    found = {n.name: n.parent.name if n.parent else None for n in notes}
    assert (found["UN officials"], found["Russian diplomats"], found["farmers"]) == ("United Nations", "Russia", None)
