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


def test_a_verb_of_saying_inside_of_a_quotation_is_no_statement_of_its_own(nlp: Language) -> None:
    body = "“Carla Brandt never says that the flights are safe,” said Foreign Minister Sergei Lavrov."
    assert speakers(nlp, "On flights from Sanaa", body) == ["Sergei Lavrov"]


def test_what_is_not_said_is_no_statement(nlp: Language) -> None:
    body = "Foreign Minister Sergei Lavrov would not confirm that the talks in Doha were over. He left without saying why."
    assert speakers(nlp, "On the talks", body) == []


def test_what_a_speaker_adds_in_a_sentence_is_the_same_statement(nlp: Language) -> None:
    body = "Foreign Minister Sergei Lavrov said on Monday that the talks were over, adding that he would leave Doha at once."
    assert speakers(nlp, "On the talks", body) == ["Sergei Lavrov"]


def test_who_adds_has_just_spoken(nlp: Language) -> None:
    body = (
        "Carla Brandt, a spokeswoman, said the flights were safe. The plane had been built for Ingrid Holm, an heiress. "
        "She added that tickets would be cheap."
    )
    assert speakers(nlp, "On flights from Sanaa", body) == ["Carla Brandt", "Carla Brandt"]
