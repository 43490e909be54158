"""Pages that are no article: each has its reason."""

from __future__ import annotations

import pytest

from pipeline.article import extract_article
from pipeline.errors import PageError, Reason
from pipeline.page import Page
from tests.samples import SENTENCES

TEXT = " ".join(SENTENCES)
TEASERS = "".join(
    f"<div class=card><h3><a href=/{n}>Council votes on the new harbour wall, part {n}</a></h3>"
    f"<p>The council met for the {n}th time and put the vote off again.</p></div>"
    for n in range(1, 13)
)
GERMAN = (
    "Die Regierung hat am Dienstag beschlossen, dass die Brücke über den Fluss noch in diesem Jahr gebaut werden soll. Das sagte "
    "der Minister nach der Sitzung. Die Stadt und das Land teilen sich die Kosten, aber nicht zu gleichen Teilen, wie er sagte. "
)


def html(body: str, head: str = "", title: str = "Harbour wall") -> bytes:
    opening = f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{head}</head>"
    return f"{opening}<body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \n\t ", Reason.EMPTY),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), Reason.BINARY),
        (b"\x1f\x8b\x08" + b"x" * 100, Reason.BINARY),
        (b"\0" * 1000, Reason.BINARY),
        (html("<nav><a href=/>Home</a></nav>"), Reason.NO_ARTICLE),
        (html(f"<main>{TEASERS}</main>"), Reason.INDEX_PAGE),
        (
            html("<div><p>We value your privacy. We and our 812 partners use cookies to store information.</p></div>"),
            Reason.CONSENT_WALL,
        ),
        (
            html("<h1>404 - Page not found</h1><p>Sorry, the page you are looking for was not found.</p>", title="404 Not Found"),
            Reason.ERROR_PAGE,
        ),
        (
            html("<h1>Just a moment...</h1><p>Checking your browser before you go on to the site.</p>", title="Just a moment..."),
            Reason.ERROR_PAGE,
        ),
        (
            html(
                "<h1>The wall from above</h1><video></video><p>Our reporter flew over the new harbour wall on Friday.</p>",
                '<script type="application/ld+json">{"@type":"VideoObject","name":"The wall from above"}</script>',
            ),
            Reason.VIDEO_ONLY,
        ),
        (html(f"<h1>Brücke wird gebaut</h1><p>{GERMAN}</p><p>{GERMAN * 2}</p>"), Reason.LANGUAGE),
        (html("<p>" + "word " * 60_000 + ".</p>"), Reason.TOO_LONG),
        (html("<p>" + "a" * 5_100_000 + "</p>"), Reason.TOO_LARGE),
    ],
)
def test_reason(raw: bytes, reason: Reason) -> None:
    with pytest.raises(PageError) as caught:
        extract_article(Page("a.html", html=raw))
    assert caught.value.reason is reason
    assert caught.value.message and caught.value.hint


def test_another_language_is_kept_on_request() -> None:
    raw = html(f"<h1>Brücke wird gebaut</h1><p>{GERMAN}</p><p>{GERMAN * 2}</p>")
    assert extract_article(Page("a.html", html=raw), any_language=True).language == "de"


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Pilot makes an error of 404 feet</h1><p>{TEXT}</p><p>{TEXT} Again.</p>",
        f"<h1>New rules on cookies</h1><p>{TEXT}</p><p>The law on cookie consent was passed. {TEXT}</p><p>{TEXT * 4}</p>",
        f"<div class=cookie-banner><p>We value your privacy.</p></div><h1>Harbour wall</h1><p>{TEXT}</p>",
        f"<h1>Harbour wall</h1><p>{TEXT}</p><p>{TEXT} Twice.</p><aside>{TEASERS}</aside>",
    ],
)
def test_articles_that_look_like_none(body: str) -> None:
    assert SENTENCES[0] in extract_article(Page("a.html", html=html(body))).text
