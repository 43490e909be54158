"""Plain-text inputs are kept as they are."""

from __future__ import annotations

import pytest

from pipeline.article import extract_article
from pipeline.errors import PageError, Reason
from pipeline.page import Page
from pipeline.records import BlockKind

TEXT = "  MADRID, May 2 (AP) — The first paragraph,\nover two lines.\n\n \n\tThe second  one. \n"


def test_text_without_a_title_is_verbatim() -> None:
    article = extract_article(Page("rows.jsonl#7", text=TEXT, id="7", url="https://a.example/7", published="May 3, 2011"))
    assert article.text == TEXT
    assert [TEXT[b.start : b.end] for b in article.blocks] == [
        "MADRID, May 2 (AP) — The first paragraph,\nover two lines.",
        "The second  one.",
    ]
    assert {b.kind for b in article.blocks} == {BlockKind.PARAGRAPH}
    assert (article.id, article.url, article.title, article.published) == ("7", "https://a.example/7", None, "2011-05-03")
    assert (article.dateline_place, article.dateline_agency) == ("MADRID", "AP")


def test_a_title_comes_first() -> None:
    article = extract_article(Page("a", text="The text.", title=" The  title ", published="2011-05-03T10:00:00Z"))
    assert article.text == "The title\n\nThe text."
    assert [article.text[b.start : b.end] for b in article.blocks] == ["The title", "The text."]
    assert article.blocks[0].kind is BlockKind.TITLE
    assert article.published == "2011-05-03T10:00Z"


@pytest.mark.parametrize("text", ["Paris.", "Le ministre est à Paris.", "12 000 t", "Air France AF447"])
def test_short_texts_are_never_refused(text: str) -> None:
    assert extract_article(Page("a", text=text)).text == text


def test_another_language_is_refused() -> None:
    text = "Le président a dit que la France et les pays de l'Union ne sont pas dans une situation qui est la même. " * 4
    with pytest.raises(PageError) as caught:
        extract_article(Page("a", text=text))
    assert caught.value.reason is Reason.LANGUAGE


def test_empty_text() -> None:
    with pytest.raises(PageError) as caught:
        extract_article(Page("a", text=" \n "))
    assert caught.value.reason is Reason.EMPTY


def test_lone_surrogates_keep_the_offsets() -> None:
    article = extract_article(Page("a", text="One \ud800 two."))
    assert len(article.text) == len("One x two.") and article.text.isprintable()
    article.text.encode("utf-8")


def test_lines_are_paragraphs_where_none_is_empty() -> None:
    text = "The attack hit a hospital.\nUkraine struck back on Sunday,\nand again on Monday."
    article = extract_article(Page("a.txt", text=text))
    assert [article.text[b.start : b.end] for b in article.blocks] == [
        "The attack hit a hospital.",
        "Ukraine struck back on Sunday,\nand again on Monday.",
    ]
