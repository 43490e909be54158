"""The times of an article are the same whether the run stops after them or goes on to the events."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pipeline

if TYPE_CHECKING:
    from spacy.language import Language

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"
PAGES = sorted(ARTICLES.glob("*.html"))[::12]


@pytest.fixture(scope="module")
def short() -> Language:
    """The pipeline that stops after the times."""
    return pipeline.load(until="times")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_stopping_after_the_times_changes_none_of_them(path: Path, short: Language, nlp: Language) -> None:
    page = pipeline.Page(source=path.name, html=path.read_bytes())
    stopped, whole = pipeline.extract(page, short, until="times"), pipeline.extract(page, nlp)
    assert stopped.times
    assert stopped.times == whole.times
    assert not stopped.events
