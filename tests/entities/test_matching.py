"""Folding and matching of names."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities import matching


@given(st.text())
def test_the_fold_keeps_the_length(text: str) -> None:
    assert len(matching.fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Ił-62M", "il-62m"), ("İncirlik", "incirlik"), ("Élysée", "elysee"), ("T‑4 – “x”", 't-4 - "x"'), ("Akıncı", "akinci")],
)
def test_the_fold_makes_spellings_one(text: str, folded: str) -> None:
    assert matching.fold(text) == folded


@pytest.mark.parametrize(
    ("name", "shown", "fits"),
    [
        ("US", "US", True),
        ("US", "us", False),
        ("Moscow", "MOSCOW", True),
        ("Moscow", "moscow", False),
        ("Of", "OF", False),
        ("Black Hawk", "Black hawk", False),
        ("the Channel", "The Channel", True),
    ],
)
def test_capitals_of_a_name_are_capitals_in_the_text(name: str, shown: str, fits: bool) -> None:
    assert matching.case_fits(name, shown) is fits


def test_names_stand_as_words_of_their_own() -> None:
    table = matching.table("test", [("Omsk", "1"), ("Il-62", "2"), ("Tomsk", "3"), ("Il-62", "4")])
    doc = spacy.blank("en")("Tomsk, not Omskaya, and Omsk.\n\nTwo Il-62s.")
    assert [(hit.text, hit.keys) for hit in table.find(doc)] == [("Tomsk", ("3",)), ("Omsk", ("1",)), ("Il-62", ("2", "4"))]
