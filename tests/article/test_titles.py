"""The headline, out of what heads and headings say."""

from __future__ import annotations

import pytest

from pipeline.article import extract_article
from pipeline.page import Page

BODY = "".join(
    f"<p>{line}</p>"
    for line in (
        "The harbour of Vesterholm froze over on Monday night for the first time since the winter of 1987, the port office said.",
        "Two tugs broke a lane through the ice by noon, and the ferry to Lund left with four hours' delay and no passengers.",
        "Nobody was hurt, though three lorry drivers spent the night on the quay in their cabs with the heating on, police said.",
        "The cold is to last until Thursday, when a warmer wind from the south-west is expected to reach the coast again.",
    )
)
CASES = {
    "topic on a line of its own": (
        "<title>Cold snap: Ferry stuck in the harbour ice | Coast Mail</title>",
        '<h1><span class="article-kicker">Cold snap</span> <span>Ferry stuck in the harbour ice</span></h1>',
        "Ferry stuck in the harbour ice",
    ),
    "topic with a colon that style sheets hide": (
        "<title>Coast Mail</title>",
        '<h1><span class="kicker">Cold snap</span><span class="visually-hidden">:</span><span>Ferry stuck in the ice</span></h1>',
        "Cold snap: Ferry stuck in the ice",
    ),
    "words for screen readers": (
        "<title>Ferry stuck in the harbour ice</title>",
        '<h1><span class="sr-only">Headline:</span> Ferry stuck in the harbour ice</h1>',
        "Ferry stuck in the harbour ice",
    ),
    "day before it, section after it": (
        '<meta property="og:title" content="Ferry stuck in the harbour ice">',
        "<h1><time>9 January 2024</time> <b>Ferry stuck in the harbour ice</b> <i>Traffic</i></h1>",
        "Ferry stuck in the harbour ice",
    ),
    "the site's own main heading": (
        "<title>Ferry stuck - Coast and Sea</title>",
        '<h1><a href="/">Coast and Sea</a></h1><h2>Ferry stuck</h2>',
        "Ferry stuck",
    ),
    "main headings below the text": (
        '<meta property="og:title" content="Winter guide | Coast Mail">',
        "<h1>What the ice means for the ferries</h1>",
        "What the ice means for the ferries",
    ),
    "site in the middle of <title>": (
        '<title>Ferry is stuck in ice - Coast Mail - Traffic</title><meta property="og:site_name" content="Coast Mail">',
        "",
        "Ferry is stuck in ice",
    ),
    "headline in the middle of <title>": (
        "<title>Harbour club - Ferry stuck in the ice - News</title>",
        "<div>Ferry stuck in the ice</div>",
        "Ferry stuck in the ice",
    ),
}


@pytest.mark.parametrize(("head", "top", "title"), CASES.values(), ids=CASES)
def test_headline(head: str, top: str, title: str) -> None:
    below = "<h1>Sign up to the letter from the coast</h1>"
    html = f'<html lang="en"><head>{head}</head><body>{top}<div class="entry-content">{BODY}</div>{below}</body></html>'
    article = extract_article(Page("page.html", html=html.encode()))
    assert article.title == title
    assert article.text.count(title) == 1


def test_site_is_never_a_whole_headline() -> None:
    head = "<title>Borderwatch - News - Unlawful entries found by Borderwatch officers rose again in the year so far</title>"
    html = f'<html><head>{head}<link rel="canonical" href="https://www.borderwatch.example/a/1"></head><body>{BODY}</body></html>'
    assert extract_article(Page("page.html", html=html.encode())).site == "Borderwatch"
