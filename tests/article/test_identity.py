"""The same article has the same id wherever it is found."""

from __future__ import annotations

from pipeline.article import extract_article
from pipeline.page import Page
from tests.samples import page


def test_path_download_and_furniture_do_not_count() -> None:
    first = page("Jet lands in the north")
    second = first.replace("<article>", "<nav><a href=/>Home</a></nav><article>").replace("10:41", "10:42")
    ids = {
        extract_article(Page(source, html=raw.encode())).id
        for source, raw in (("a.html", first), ("b/c.html", first), ("d", second))
    }
    assert len(ids) == 1


def test_another_text_is_another_article() -> None:
    one, two = (
        extract_article(Page("a", html=page(t).encode())).id for t in ("Jet lands in the north", "Jet lands in the south")
    )
    assert one != two


def test_a_row_s_own_id_is_kept() -> None:
    assert extract_article(Page("a", html=page("Jet lands").encode(), id="row-1")).id == "row-1"
