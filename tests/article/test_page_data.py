"""Pages that hold their text only as data, which a browser would show."""

from __future__ import annotations

import json

import pytest

from pipeline.article import extract_article
from pipeline.errors import PageError, Reason
from pipeline.page import Page
from tests.samples import SENTENCES

LINES = [f"{sentence} ({n})" for n in range(3) for sentence in SENTENCES]
OTHER = {"headline": "Bus strike ends", "standfirst": "Drivers voted to go back to work on Monday after nine days of walkouts."}
BLOCKS = {
    "article": {"publishedAt": "2024-03-05T07:12:00Z", "body": [{"type": "p", "text": line} for line in LINES]},
    "more": [OTHER],
}
MARKUP = {"post": {"content": {"rendered": "".join(f"<p>{line}</p>" for line in LINES)}}, "more": [OTHER]}
RUNS = {"doc": {"children": [{"children": [{"text": line[:20]}, {"text": line[20:]}]} for line in LINES]}, "more": [OTHER]}
ARTICLE = {"@type": "NewsArticle", "headline": "A flight by night", "articleBody": "\n\n".join(LINES)}


def page(body: str, head: str = "") -> Page:
    html = f'<html lang="en"><head><title>A flight by night</title>{head}</head><body>{body}</body></html>'
    return Page("a.html", html=html.encode())


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "script",
    [
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"pageProps": BLOCKS}})}</script>',
        f"<script>window.__INITIAL_STATE__ = {json.dumps(MARKUP)};</script>",
        f'<script type="application/json">{json.dumps(RUNS)}</script>',
        ld(ARTICLE),
    ],
    ids=["blocks", "markup", "runs", "articleBody"],
)
def test_the_text_is_read_from_data(script: str) -> None:
    article = extract_article(page(f'<div id="app">Loading the page, please wait ...</div>{script}'))
    assert article.text == "\n\n".join(["A flight by night", *LINES])
    assert [b.path for b in article.blocks[1:]] == [None] * len(LINES)


def test_what_the_page_shows_of_it_keeps_its_place() -> None:
    article = extract_article(page(f"<h1>A flight by night</h1><p>{LINES[0]}</p><p>{LINES[1][:60]}...</p>", ld(ARTICLE)))
    assert article.text == "\n\n".join(["A flight by night", *LINES])
    assert [b.path for b in article.blocks][1:3] == ["/html/body/p[1]", None]


def test_data_of_another_page_are_left_alone() -> None:
    shown = "".join(f"<p>The council of Torsby met on Tuesday to talk about the new bridge, item {n}.</p>" for n in range(4))
    text = extract_article(page(f"<h1>A flight by night</h1>{shown}", ld(ARTICLE))).text
    assert "bridge, item 3" in text and SENTENCES[0] not in text


def test_the_day_in_data_counts_when_there_is_only_one() -> None:
    text = "".join(f"<p>{line}</p>" for line in LINES)
    script = (
        '<script type="application/json">{"a": [{"id": 1, "publishedDate": "2024-03-05T07:12:00Z", "kind": "review"}%s]}</script>'
    )
    assert extract_article(page(text + script % "")).published == "2024-03-05T07:12Z"
    assert extract_article(page(text + script % ', {"publishedDate": "2024-03-06"}')).published is None


def test_notes_without_a_sentence_are_an_article_where_the_page_says_so() -> None:
    notes = (
        '<h1>Film swap</h1><div class="entry-content"><p>Places: Osaka and Ulm.</p><p>Film: 400 ASA.</p><p>Two cameras.</p></div>'
    )
    article = extract_article(page(notes, '<meta property="og:type" content="article">'))
    assert "Two cameras." in article.text
    with pytest.raises(PageError) as caught:
        extract_article(page(notes.replace(' class="entry-content"', "")))
    assert caught.value.reason is Reason.NO_ARTICLE
