"""Whole pages: each case is `pages/<name>.html`, written for this project, and what must come of it in `pages/<name>.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipeline.article import extract_article, locate
from pipeline.page import Page
from pipeline.records import Article, BlockKind

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
FIELDS = ("title", "published", "modified", "site", "section", "dateline_place", "dateline_agency", "language")


@pytest.fixture(params=PAGES, ids=lambda p: p.stem)
def case(request: pytest.FixtureRequest) -> tuple[Page, Article, dict[str, object]]:
    path: Path = request.param
    page = Page(source=path.name, html=path.read_bytes())
    return page, extract_article(page), tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))


def test_metadata(case: tuple[Page, Article, dict[str, object]]) -> None:
    _, article, want = case
    assert {f: getattr(article, f) for f in FIELDS if f in want} == {f: want[f] for f in FIELDS if f in want}
    for field in ("authors", "organizations"):
        if field in want:
            assert list(getattr(article, field)) == want[field]
    if "credits" in want:
        assert [i.credit for i in article.images] == want["credits"]


def test_text_holds_the_article_and_nothing_else(case: tuple[Page, Article, dict[str, object]]) -> None:
    _, article, want = case
    assert [s for s in want["has"] if s not in article.text] == []  # type: ignore[attr-defined]
    assert [s for s in want["lacks"] if s in article.text] == []  # type: ignore[attr-defined]
    assert article.text.count(article.title or "-") == 1
    times = want.get("times", {})
    assert {line: article.text.count(line) for line in times} == times  # type: ignore[attr-defined]


def test_blocks_cover_the_text(case: tuple[Page, Article, dict[str, object]]) -> None:
    _, article, want = case
    pieces = [article.text[b.start : b.end] for b in article.blocks]
    assert "\n\n".join(pieces) == article.text
    assert article.blocks[0].kind is BlockKind.TITLE
    found = {b.kind.value: b for b in article.blocks}
    for start, kind in want.get("kinds", {}).items():  # type: ignore[attr-defined]
        assert [b.kind.value for b, p in zip(article.blocks, pieces, strict=True) if p.startswith(start)] == [kind], found


def test_every_word_is_found_again_in_the_page(case: tuple[Page, Article, dict[str, object]]) -> None:
    page, article, _ = case
    for block in article.blocks:
        places = locate(page, article, block.start, block.end)
        assert [p.path for p in places] == [block.path]
