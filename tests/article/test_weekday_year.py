"""A day without a year is dated where the page's copyright year and its weekday agree, and not otherwise."""

from __future__ import annotations

import pytest

from pipeline.article import extract_article
from pipeline.page import Page

BODY = "".join(
    f"<p>The ferry company said on its website that service {n} to the island would resume once the harbour wall is mended.</p>"
    for n in range(6)
)


@pytest.mark.parametrize(
    ("line", "year", "published"),
    [
        ("Sunday June 7 11:52 AM EDT", "1998", "1998-06-07T11:52-04:00"),
        ("Tuesday, 9 July", "2024", "2024-07-09"),
        ("Monday, 9 July", "2024", None),
        ("Tuesday, 9 July", "1999-2024", None),
    ],
)
def test_weekday_and_copyright_year(line: str, year: str, published: str | None) -> None:
    foot = f"<p>Copyright &copy; {year} Example Wire.</p>"
    html = f"<html lang=en><body><p><b>{line}</b></p><h1>Ferry to the island resumes</h1>{BODY}{foot}</body></html>"
    assert extract_article(Page(source="x.html", html=html.encode())).published == published


@pytest.mark.parametrize(
    ("told", "published"),
    [
        ("The first crane came on June 16, and the crew were let go on April 12.", "2001-07-04"),
        ("The first crane came on March 16, and the crew were let go on April 2.", "2001-04-07"),
        ("The first crane came on March 16, and the crew are to be let go on April 12.", "2001-04-07"),
    ],
)
def test_day_in_figures_fits_the_days_of_the_text(told: str, published: str) -> None:
    html = f"<html><body><p>04/07/2001</p><h1>Cranes for the island</h1><p>{told}</p>{BODY}</body></html>"
    assert extract_article(Page(source="x.html", html=html.encode())).published == published
