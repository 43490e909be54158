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
RUSSIAN = (
    "Правительство решило во вторник построить мост через реку ещё в этом году, сообщил министр после заседания. Город и "
    "область разделят расходы, но не поровну. Работы начнутся в мае и продлятся до осени, если позволит погода. "
)
SPANISH = (
    "El gobierno decidió el martes que el puente sobre el río se construya este mismo año, según dijo el ministro después de la "
    "reunión. La ciudad y la región se reparten los gastos, pero no a partes iguales, como explicó a los periodistas. "
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
        # A section's front without headings: cards that are links, with a line each.
        (
            html(
                "<main>"
                + "".join(
                    f"<article><h2><a href=/{n}>Pilots and port meet for round {n} of talks</a></h2><time>{n} May</time>"
                    f"<p>Both sides said after round {n} that they had come no closer.</p></article>"
                    for n in range(1, 9)
                )
                + "</main>",
                '<script type="application/ld+json">{"@type":"CollectionPage","name":"Harbour"}</script>',
            ),
            Reason.INDEX_PAGE,
        ),
        # Consent in long sentences, as the framework of the advertisers words it.
        (
            html(
                "<div><h1>We care about your privacy</h1><p>With your consent, we and our 1,204 partners use cookies or similar "
                "technologies to store, access, and process personal data like your visit to this website, IP addresses and "
                "unique identifiers. Some partners do not ask for your consent and rely on their legitimate interest.</p><p>"
                "We and our partners process data for personalised advertising and content, advertising and content measurement, "
                "audience research and services development. You can agree or reject, or change your preferences at any time "
                "in our privacy policy.</p></div>"
            ),
            Reason.CONSENT_WALL,
        ),
        (
            html(
                "<main><h1>Oops!</h1><p>We could not find that page. It may have been moved, or the page you requested no longer "
                "exists.</p><p>Try the search, or go back to the front page.</p></main>",
                title="Page not found - Harbour Post",
            ),
            Reason.ERROR_PAGE,
        ),
        (
            html(
                "<h1>harbourpost.example</h1><p>Verify you are human by completing the action below.</p><p>harbourpost.example "
                "needs to review the security of your connection before proceeding.</p>",
                title="Just a moment...",
            ),
            Reason.ERROR_PAGE,
        ),
        (
            html(
                "<h1>Access denied</h1><p>This content is not available in your region for legal reasons.</p>",
                title="451: Unavailable For Legal Reasons",
            ),
            Reason.ERROR_PAGE,
        ),
        (
            html(
                "<h1>Watch: ferry meets whale</h1><video></video><p>Passengers filmed the meeting on Sunday morning.</p>",
                "<meta property=og:type content=video.other>",
            ),
            Reason.VIDEO_ONLY,
        ),
        (html(f"<h1>Мост построят в этом году</h1><p>{RUSSIAN}</p><p>{RUSSIAN * 2}</p>"), Reason.LANGUAGE),
        (html(f"<h1>El puente se construirá este año</h1><p>{SPANISH}</p><p>{SPANISH * 2}</p>"), Reason.LANGUAGE),
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
        # A report on consent walls uses their words, but does not speak to the reader.
        f"<h1>Regulator fines cookie walls</h1><p>{SENTENCES[0]}</p><p>Publishers and their partners must ask for consent before "
        "cookies store personal data, the regulator said; a choice to reject them has to be as easy as one to accept. Most "
        "rely on legitimate interest for audience research and personalised advertising, which privacy groups had contested.</p>",
    ],
)
def test_articles_that_look_like_none(body: str) -> None:
    assert SENTENCES[0] in extract_article(Page("a.html", html=html(body))).text
