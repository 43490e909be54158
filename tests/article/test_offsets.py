"""From the text back into the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.article import Locator, decoding, extract_article, locate
from pipeline.article.offsets import element_text
from pipeline.article.parsing import elements, parse
from pipeline.page import Page
from tests.samples import SENTENCES

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


PAGES = [*(Path(__file__).parent / "pages").glob("*.html"), *(Path(__file__).parents[2] / "corpus" / "articles").glob("*.html")]


@pytest.mark.parametrize("path", sorted(PAGES), ids=lambda p: p.stem)
def test_any_stretch_of_any_block_is_found_where_it_stands(path: Path) -> None:
    raw = path.read_bytes()
    article = extract_article(Page(path.name, html=raw), any_language=True)
    locator = Locator(raw, article)
    root = parse(decoding.decode(raw, None)[0]).root.getroottree()
    for block in article.blocks:
        assert block.path is not None
        source = element_text(elements(root.xpath(block.path))[0])
        size = block.end - block.start
        for start in range(block.start, block.end, max(1, size // 7)):
            for end in range(start + 1, block.end + 1, max(1, size // 5)):
                stretch = article.text[start:end]
                if stretch.strip():
                    (place,) = locator.places(start, end)
                    assert place.path == block.path
                    assert "".join(source[place.start : place.end].split()) == "".join(stretch.split())


@pytest.mark.parametrize(
    ("head", "headline", "path"),
    [
        ("<title>River rises</title>", "<h1><span>Weather</span> River rises</h1>", "/html/body/h1"),
        ("<title>River rises - Post</title><meta property=og:site_name content=Post>", "", "/html/head/title"),
    ],
)
def test_a_headline_that_shares_its_element_or_stands_only_in_the_head_has_a_place(head: str, headline: str, path: str) -> None:
    text = "The river rose by a metre in the night, the city's office said on Friday, and is to fall on Sunday."
    html = f"<html lang=en><head>{head}</head><body>{headline}<p>{text}</p></body></html>".encode()
    article = extract_article(Page("a.html", html=html))
    (place,) = locate(html, article, 0, len(article.title or ""))
    assert place.path == path


def test_lines_told_twice_in_one_element_have_two_places() -> None:
    question = "What did the river do in the night, and what did you do?"
    lines = (
        question,
        "It rose by a metre, said the baker, who had to carry the flour upstairs until four.",
        question,
        "It fell again, said the smith, who had slept through all of it and was surprised by the mud.",
    )
    html = f"<html lang=en><body><h1>Two answers about a river</h1><div>{'<br><br>'.join(lines)}</div></body></html>".encode()
    article = extract_article(Page("a.html", html=html))
    asked = [b for b in article.blocks if article.text[b.start : b.end] == question]
    first, second = (locate(html, article, b.start, b.end)[0] for b in asked)
    assert first.path == second.path and first.end < second.start


def test_words_that_the_page_hides_shift_what_follows() -> None:
    more = "".join(f"<p>{sentence * 5}</p>" for sentence in SENTENCES)
    marked = HTML.replace("from <b>Aldern</b>", "from <span hidden>somewhere else </span><b>Aldern</b>")
    html = marked.replace("</div></body>", f"{more}</div></body>").encode()
    article = extract_article(Page("a.html", html=html))
    assert "somewhere else" not in article.text
    start = article.text.index("Aldern at noon")
    (place,) = locate(html, article, start, start + len("Aldern at noon"))
    source = element_text(elements(parse(html.decode()).root.getroottree().xpath(place.path))[0])
    assert source[place.start : place.end] == "Aldern at noon"
