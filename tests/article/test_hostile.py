"""Inputs that are quadratic for parsers or trafilatura: each ends with the text, or with a reason.

Small ones here; docs/article.md has the sizes that were measured.
"""

from __future__ import annotations

import pytest

from pipeline.article import extract_article
from pipeline.errors import PageError, Reason
from pipeline.page import Page
from tests.samples import SENTENCES

P = f"<p>{' '.join(SENTENCES)}</p>"


def page(body: str, head: str = "") -> Page:
    opening = f"<!doctype html><html><head>{head}</head><body><article><h1>Title of the page</h1>"
    return Page("a.html", html=f"{opening}{body}</article></body></html>".encode())


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 600 + P + "</div>" * 600,
        "<div>" * 20_000 + P,
        "<table><tr><td>" * 5_000 + P,
        "<p>" + "<font><i>" * 3_000 + P,
        "<div " + " ".join(f"a{i}=1" for i in range(20_000)) + ">" + P + "</div>",
        "x<br>" * 20_000 + P,
        "<p>x " + "<b>x</b> x<br>" * 20_000 + P,
        "<div>" + "<p>x</p><input type=email>" * 10_000 + "</div>" + P,
        P + "<div>" + "<p>Please subscribe</p>" * 10_000 + "</div>",
        "<p>" + "'" * 100_000 + "</p>" + P,
        "<" * 100_000 + P,
        P + "<script>" + 'var a="<p>x</p>";' * 10_000,
        P + "<!-- " + "<p>x</p> - " * 10_000,
        "<![CDATA[" * 10_000 + P,
        "<p>&#xD800; &#x110000; &#0; &#x80; &#99999999999999999999;</p>" + P,
    ],
    ids=lambda b: b[:12],
)
def test_the_text_is_found(body: str) -> None:
    text = extract_article(page(body)).text
    assert SENTENCES[0] in text
    text.encode("utf-8")
    assert not any(ch < " " and ch != "\n" for ch in text)


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">' + "[" * 50_000 + "]" * 50_000 + "</script>",
        '<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"' + "x " * 600_000 + '"}</script>',
        '<meta name="author" content="' + "By A. B. and " * 10_000 + '">',
        '<meta name="date" content="' + "2024-" * 10_000 + '">',
    ],
    ids=lambda h: h[:20],
)
def test_metadata_bombs_are_passed_over(head: str) -> None:
    article = extract_article(page(P, head))
    assert SENTENCES[0] in article.text
    assert article.published is None and article.authors == ()


def test_entities_that_the_page_declares_itself() -> None:
    html = (
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY port "Port Aldern"><!ENTITY secret SYSTEM "file:///etc/passwd">]>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Title of the page</h1>'
        f"<p>The ferry to &port; left. &secret; {SENTENCES[0]}</p></body></html>"
    )
    text = extract_article(Page("a.html", html=html.encode())).text
    assert "The ferry to Port Aldern left." in text
    assert "root:" not in text


def test_entities_that_multiply_are_refused_or_left() -> None:
    value = "ha" * 100
    html = f'<!DOCTYPE html [<!ENTITY a "{value}">]><html><body>{P}' + "&a;" * 60_000 + "</body></html>"
    with pytest.raises(PageError) as caught:
        extract_article(Page("a.html", html=html.encode()))
    assert caught.value.reason in (Reason.TOO_LARGE, Reason.TOO_LONG)


def test_more_runs_of_text_than_any_page_has_are_refused() -> None:
    with pytest.raises(PageError) as caught:
        extract_article(page(P + "<table>" + "<tr><td>x" * 85_000 + "</table>"))
    assert caught.value.reason is Reason.TOO_LARGE
