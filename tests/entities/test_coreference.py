"""References without a name: one bracketed word or phrase per case, and the entities it stands for. Cases: coreference.tsv."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.records import Article

if TYPE_CHECKING:
    from spacy.language import Language

CASES = Path(__file__).with_name("coreference.tsv")


def cases() -> list[list[str]]:
    lines = [line for line in CASES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


@pytest.mark.parametrize(("marked", "expected"), cases())
def test_resolves_the_reference(nlp: Language, marked: str, expected: str) -> None:
    from pipeline import annotations, language

    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    doc = language.analyse(nlp, Article(id="case", source="case", text=text, published="2023-05-09"))
    meant = [
        note.name
        for note in annotations.entities(doc)
        for mention in note.mentions
        # "Both countries" is the mention "countries": mentions begin after the determiner.
        if mention.end == end and mention.start >= start and (mention.finder == "coreference" or note.name == expected)
    ]
    assert list(dict.fromkeys(meant)) == ([] if expected == "-" else expected.split("+"))


def test_says_how_each_mention_refers(nlp: Language) -> None:
    from pipeline import annotations, language

    text = "Anna Kovacs landed in Riga on Monday. She left on Tuesday."
    doc = language.analyse(nlp, Article(id="case", source="case", text=text))
    (anna,) = [note for note in annotations.entities(doc) if note.name == "Anna Kovacs"]
    assert [(m.text, m.form) for m in anna.mentions] == [("Anna Kovacs", "name"), ("She", "pronoun")]
