"""From the text back into the page."""

from __future__ import annotations

import pytest

from pipeline.article import extract_article, locate
from pipeline.article.offsets import element_text
from pipeline.article.parsing import elements, parse
from pipeline.page import Page

HTML = """<!doctype html><html lang="en"><head><title>Two jets meet</title></head><body><h1>Two jets meet</h1>
<div><script>var x = "<p>no</p>";</script>
<p>The first   jet took off from <b>Aldern</b> at noon, the tower said on Friday in a statement.</p>
<p>The second jet&nbsp;followed an hour later<!-- gap --> and turned back, according to the same tower.</p></div></body></html>"""


def test_a_mention_across_inline_elements_and_spaces() -> None:
    page = Page("a.html", html=HTML.encode())
    article = extract_article(page)
    start = article.text.index("first jet took off from Aldern")
    place = locate(page, article, start, start + len("first jet took off from Aldern"))[0]
    assert place.path == "/html/body/div/p[1]"
    source = element_text(elements(parse(HTML).root.getroottree().xpath(place.path))[0])
    assert source[place.start : place.end] == "first   jet took off from Aldern"


def test_a_stretch_over_two_blocks_has_two_places() -> None:
    article = extract_article(Page("a.html", html=HTML.encode()))
    start, end = article.text.index("statement."), article.text.index("followed")
    assert [p.path for p in locate(HTML.encode(), article, start, end)] == ["/html/body/div/p[1]", "/html/body/div/p[2]"]


def test_paragraphs_that_share_an_element_have_their_own_places() -> None:
    html = (
        b"<html lang=en><body><h1>River rises again</h1>"
        b"<div>The river rose by a metre in the night, the city's office said.<br><br>"
        b"It is expected to fall on Sunday, when the rain moves east, the office said.</div></body></html>"
    )
    article = extract_article(Page("a.html", html=html))
    first, second = (locate(html, article, b.start, b.end)[0] for b in article.blocks[1:])
    assert first.path == second.path and first.end <= second.start


def test_plain_text_has_no_place() -> None:
    article = extract_article(Page("a.txt", text="A short text."))
    assert locate(Page("a.txt", text="A short text."), article, 0, 5) == []


def test_offsets_outside_of_the_text_are_an_error() -> None:
    article = extract_article(Page("a.html", html=HTML.encode()))
    with pytest.raises(ValueError, match="outside"):
        locate(HTML.encode(), article, 0, len(article.text) + 1)
