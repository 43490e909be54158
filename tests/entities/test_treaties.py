"""Treaties by name, by shape and by description. Cases: treaty_names.tsv, treaty_references.tsv."""

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


def treaties_of(nlp: Language, text: str, published: str) -> list[EntityNote]:
    from pipeline import annotations, language

    doc = language.analyse(nlp, Article(id="case", source="case", text=text, published=published))
    return [note for note in annotations.entities(doc) if note.type is EntityType.TREATY]


@pytest.mark.parametrize(("published", "sentence", "said", "treaty"), table("treaty_names.tsv"))
def test_finds_the_treaty_that_is_meant(nlp: Language, published: str, sentence: str, said: str, treaty: str) -> None:
    found = {m.text: note for note in treaties_of(nlp, sentence, published) for m in note.mentions}
    if treaty == "-":
        assert said not in found
        return
    assert said in found, sorted(found)
    row = found[said].treaty
    assert (row["id"] if row else "?") == treaty


@pytest.mark.parametrize(("published", "article", "mentions"), table("treaty_references.tsv"))
def test_gathers_all_words_for_one_treaty(nlp: Language, published: str, article: str, mentions: str) -> None:
    notes = treaties_of(nlp, article, published)
    assert [[m.text for m in note.mentions] for note in notes] == [mentions.split("|")]


def test_a_known_treaty_brings_its_row(nlp: Language) -> None:
    (note,) = treaties_of(nlp, "Britain and Ireland signed the Good Friday Agreement in 1998.", "2008-04-10")
    assert note.name == "Good Friday Agreement"
    assert note.treaty is not None
    assert (note.treaty["kind"], note.treaty["parties"], note.treaty["signed"]) == ("peace", ["GB", "IE"], "1998-04-10")
    assert note.treaty["ended"] is None


def test_every_row_says_what_it_is_and_where_it_stands() -> None:
    from pipeline.entities import treaties

    rows = treaties.treaties()
    assert len(rows) >= 300
    for row in rows.values():
        assert row.kinds and row.parties and row.source, row.id
        dates = [d for d in (row.signed, row.in_force, row.ended) if d]
        assert all(len(d) in (4, 7, 10) and d.replace("-", "").isdigit() for d in dates), row.id
        if row.signed and row.ended:
            assert row.signed <= row.ended, row.id
