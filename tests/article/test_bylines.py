"""Who wrote a page and when, where only the page itself says so: one small page each."""

from __future__ import annotations

import pytest

from pipeline.article import extract_article
from pipeline.page import Page
from pipeline.records import Article
from tests.samples import SENTENCES

TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def read(above: str = "", below: str = "", head: str = "") -> Article:
    html = f"<html lang=en><head><title>The harbour wall</title>{head}</head><body>{above}{TEXT}{below}</body></html>"
    return extract_article(Page("a.html", html=html.encode()))


H1 = "<h1>The harbour wall</h1>"


@pytest.mark.parametrize(
    ("above", "below", "head", "names"),
    [
        (
            f'{H1}<div class="meta"><span class="author vcard"><a class="url fn n" href="/u">tlow</a></span></div>',
            "",
            "",
            ["tlow"],
        ),
        (f"{H1}<p>Posted in harbour by damian on August 3, 2019</p>", "", "", ["damian"]),
        (f'{H1}<p><a href="/author/jane-doe">Jane Doe</a> reports</p>', "", "", ["Jane Doe"]),
        (f'{H1}<div class="byline">By Jane Doe and <a href="/by/ali-oz">Ali Oz</a></div>', "", "", ["Jane Doe", "Ali Oz"]),
        (H1, "<p>Jane Doe</p>", "", ["Jane Doe"]),
        (H1, "<p>Benni<br>10 September 2017</p>", "", ["Benni"]),
        # What is printed wins over an account that the page shows nowhere.
        (f'{H1}<p class="author">Gàbor Muniér</p>', "", '<meta name="author" content="gabor_munier">', ["Gàbor Muniér"]),
        # So it does over an account that posts what others write.
        (
            f"{H1}<p>By Jane Doe</p>",
            "<p>Max Roe keeps this page with two friends from the harbour.</p>",
            '<meta name="author" content="Max Roe">',
            ["Jane Doe"],
        ),
        (f"{H1}<p>Jane Doe | 05.04.2025 - Updated: 06.04.2025</p>", "", "", ["Jane Doe"]),
        # The head forgot one of two whom the page shows.
        (
            f'{H1}<p><a class="author">Jane Doe</a> <a class="author">Ali Oz</a></p>',
            "",
            '<script type="application/ld+json">{"@type":"Article","headline":"The harbour wall","author":{"name":"Jane Doe"}}'
            '</script><meta name="author" content="Jane Doe, Ali Oz">',
            ["Jane Doe", "Ali Oz"],
        ),
        (H1, "<ul><li>Author: Jane Doe</li></ul>", "", ["Jane Doe"]),
        (H1, "<p>（责编：牛镛、岳弘彬）</p>", "", ["牛镛", "岳弘彬"]),
        (f"{H1}<p>Links zur Sendung</p>", "", "", []),
        (f"{H1}<p>Max Roe</p><h2>By Popular Demand</h2>", "", '<meta name="author" content="Max Roe">', ["Max Roe"]),
        # Whoever comments, or is named in another box, did not write it.
        (H1, '<div class="comments"><b class="fn">Max Mustermann</b></div>', "", []),
        (f'{H1}<div class="byline">Reuters</div>', '<div class="author-box">Ann Other</div>', "", ["Reuters"]),
    ],
)
def test_authors(above: str, below: str, head: str, names: list[str]) -> None:
    assert list(read(above, below, head).authors) == names


TODAY = '<div class="top"><span class="date">Wednesday, 26 February 2020</span></div>' + "".join(
    f"<a href=/{n}>Topic {n}</a><br><br>" for n in range(12)
)


@pytest.mark.parametrize(
    ("above", "below", "head", "day"),
    [
        # The day of the download in the site's header, beside what some systems fill in well and some do not.
        (f"{TODAY}{H1}", "", '<meta name="date" content="2017-05-01T17:05">', "2017-05-01T17:05"),
        (f'{H1}<p class="date">11 May 2017</p>', "", '<meta name="date" content="2019-01-01">', "2017-05-11"),
        (f"{H1}<p>By Jane Doe | 30 September 2018</p>", '<b class="date">1 January 2020</b>', "", "2018-09-30"),
        (H1, '<div class="comment"><span class="date">2 December 2022</span></div>', "", None),
        (H1, "<p>This entry was posted on 19 May 2010 at 23:03 and is filed under harbour.</p>", "", "2010-05-19T23:03"),
        (f"{H1}<p>29.11.2022 – The harbour office has said that the wall is to be built in spring.</p>", "", "", "2022-11-29"),
        (
            f'{H1}<abbr class="published" itemprop="datePublished" title="2023-02-12T19:30+01:00">19:30</abbr>',
            "",
            "",
            "2023-02-12T19:30+01:00",
        ),
        # An element that holds both days says less than the one that holds the first.
        (
            f'{H1}<p class="date"><time class="published" datetime="2024-03-05T08:40+01:00">5 March 2024</time>'
            '<time class="updated" datetime="2024-03-05T12:08+01:00">5 March 2024</time></p>',
            "",
            "",
            "2024-03-05T08:40+01:00",
        ),
        # A name that the text bears as well says nothing against the day above it.
        (f'<div class="related">{H1}<p>8.December 2010, 09:43</p>', "</div>", "", "2010-12-08T09:43"),
    ],
)
def test_published(above: str, below: str, head: str, day: str | None) -> None:
    assert read(above, below, head).published == day


def test_every_month_has_one_meaning() -> None:
    from pipeline.article import printed_dates

    for name, number in (("mai", 5), ("sept", 9), ("mayıs", 5), ("listopada", 11), ("décembre", 12)):
        found = printed_dates.find(f"9 {name} 2024")
        assert found is not None and found.day.month == number
    assert printed_dates.find("9 mar 2024") is not None and printed_dates.find("9 ma 2024") is None
