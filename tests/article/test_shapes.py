"""Shapes of pages that are easily read wrongly: `shapes.toml` holds pages, and what must and must not come of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.article import extract_article
from pipeline.page import Page

TABLE = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text("utf-8"))
PARAGRAPHS = [" ".join(TABLE["sentences"][2 * n : 2 * n + 2]) for n in range(len(TABLE["sentences"]) // 2)]
MENU = '<nav><ul><li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li></ul></nav>'
FOOT = '<footer><p>All rights reserved.</p><a href="/privacy">Privacy</a></footer>'


def filled(text: str) -> str:
    text = text.replace("{title}", TABLE["title"]).replace("{0-9}", "".join(f"<p>{p}</p>" for p in PARAGRAPHS))
    return re.sub(r"\{(\d)\}", lambda m: PARAGRAPHS[int(m[1])], text)


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda c: c["name"])
def test_shape(case: dict[str, Any]) -> None:
    head = filled(case.get("head", "<title>{title} | Coast Courier</title>"))
    html = f"<!doctype html><html lang=en><head>{head}</head><body>{MENU}{filled(case['body'])}{FOOT}</body></html>"
    article = extract_article(Page("a.html", html=html.encode()))
    whole = [p for p in PARAGRAPHS if f"<p>{p}</p>" in html]
    assert [s for s in (*whole, *map(filled, case.get("has", []))) if s not in article.text] == []
    assert [s for s in (*case.get("lacks", []), "Privacy") if s in article.text] == []
    assert article.title == TABLE["title"]
    assert list(article.authors) == case.get("authors", [])
    assert (article.published or "").startswith(case.get("published", ""))
