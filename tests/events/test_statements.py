"""Statements that a single sentence does not show."""

from __future__ import annotations

from spacy.language import Language

from pipeline import language
from pipeline.annotations import events
from pipeline.records import Article, Block, BlockKind, EventType


def speakers(nlp: Language, title: str, body: str) -> list[str]:
    blocks = (
        Block(kind=BlockKind.TITLE, start=0, end=len(title)),
        Block(kind=BlockKind.PARAGRAPH, start=len(title) + 2, end=len(title) + 2 + len(body)),
    )
    article = Article(id="t", source="t", title=title, text=f"{title}\n\n{body}", blocks=blocks, published="2024-07-09")
    found = events(language.analyse(nlp, article))
    return [n.name for e in found if e.type is EventType.STATEMENT for n in e.roles["speaker"]]


def test_what_is_put_out_in_the_first_person_is_said_by_its_issuer(nlp: Language) -> None:
    body = "We welcome the resumption of flights between Sanaa and Amman."
    assert speakers(nlp, "Statement by Spokesperson Carla Brandt on flights from Sanaa", body) == ["Carla Brandt"]


def test_the_first_person_of_another_text_is_nobody_named(nlp: Language) -> None:
    body = "We welcome the resumption of flights between Sanaa and Amman."
    assert speakers(nlp, "Carla Brandt talks of flights from Sanaa", body) == []
