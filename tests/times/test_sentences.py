"""The grammar and its anchoring on sentences: spans, types, values and modifiers, over all classes of expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.times import tag

_TYPES = {"DATE": "D", "TIME": "T", "DURATION": "P", "SET": "S"}


def _rows() -> Iterator[tuple[str, str, str]]:
    published = ""
    for line in Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            published = line[2:]
        elif line and not line.startswith("#"):
            sentence, _, expected = line.rpartition(" | ")
            yield published, sentence, expected


ROWS = list(_rows())


def test_the_table_covers_the_field() -> None:
    assert len(ROWS) >= 250


@pytest.mark.parametrize(("published", "sentence", "expected"), ROWS, ids=[row[1][:60] for row in ROWS])
def test_sentence(published: str, sentence: str, expected: str) -> None:
    notes = tag(re.sub(r"[\[\]]", "", sentence), published)
    marked = sentence
    assert [note.text for note in notes] == re.findall(r"\[(.*?)\]", marked)
    found = [f"{_TYPES[note.type.value]}={note.value}" + (f"/{note.mod.value}" if note.mod else "") for note in notes]
    assert found == ([] if expected == "-" else expected.split())
