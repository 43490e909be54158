"""Airlines by what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline import annotations, language
from pipeline.records import Article, EntityType

if TYPE_CHECKING:
    from spacy.language import Language


def airlines(nlp: Language, text: str) -> set[str]:
    notes = annotations.entities(language.analyse(nlp, Article(id="c", source="c", text=text, published="2024-07-09")))
    return {n.name for n in notes if n.type is EntityType.ORGANIZATION and n.kind == "airline"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Quellan suspended all flights to Bodo on Wednesday.", "Quellan"),
        ("TransKarpat resumed flights on Monday and will cut its Lviv route.", "TransKarpat"),
        ("A Verdant Linhas Airbus A320 landed in Rio.", "Verdant Linhas"),
        ("A DC-8 of Blue Parcel landed in Lagos. Blue Parcel said that nobody was hurt.", "Blue Parcel"),
        ("An Airbus A320 operated by Sunquell landed in Rome.", "Sunquell"),
    ],
)
def test_who_runs_flights_is_an_airline(nlp: Language, text: str, name: str) -> None:
    assert name in airlines(nlp, text)


@pytest.mark.parametrize(
    "text",
    [
        "Jordan suspended all flights to Iraq.",
        "Angela Merkel halted all flights.",
        "The CAA suspended all flights.",
        "Quellan suspended all talks.",
        "The Boeing 737 of President Duda landed.",
        "An RAF C-130 of Task Force 9 landed.",
    ],
)
def test_who_else_acts_on_flights_is_none(nlp: Language, text: str) -> None:
    assert airlines(nlp, text) == set()
