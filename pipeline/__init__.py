"""Dateline: folders of news-article HTML in; structured, checkable event records out.

    import pipeline

    nlp = pipeline.load()
    record = pipeline.extract(pipeline.Page(source="a.html", html=raw), nlp)

An article takes four hops: `Page -> Article -> Doc -> Record`. Importing this package loads no model and no spaCy.
"""

# No `from __future__ import annotations` here: it would stand in the way of the submodule `pipeline.annotations`.
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DatelineError, KnowledgeError, PageError, Reason, Stage, StoreError, UsageError
from pipeline.page import Page
from pipeline.records import Article, Entity, Event, Quarantined, Record, Time

if TYPE_CHECKING:
    from spacy.language import Language

__version__ = version("dateline")
__all__ = [
    "Article",
    "DatelineError",
    "Entity",
    "Event",
    "KnowledgeError",
    "Page",
    "PageError",
    "Quarantined",
    "Reason",
    "Record",
    "Stage",
    "StoreError",
    "Time",
    "UsageError",
    "__version__",
    "extract",
    "load",
]


def load(
    model: str | None = None,
    until: str = "events",
    gazetteers: Sequence[str | Path] = (),
    frames: Sequence[str | Path] = (),
) -> "Language":
    """The language pipeline: a spaCy model with Dateline's components (takes seconds; load it once).

    Args:
        model: a spaCy model by package name or path; the configured one when None.
        until: the last stage that will be asked for, "times" or "events"; later ones are not loaded.
        gazetteers: CSV files of your own names (docs/entities.md). Raises UsageError for a wrong one.
        frames: folders of your own frame files (docs/add-an-event-type.md). Raises KnowledgeError for a wrong one.
    """
    from pipeline.language import load as load_language

    return load_language(model, until, gazetteers, frames)


@cache
def _default(until: str) -> "Language":
    return load(until=until)


def extract(page: Page, nlp: "Language | None" = None, until: str = "events") -> Record:
    """Turns one page into its record.

    Args:
        page: the page's bytes or text.
        nlp: what `load` gave; loaded once and kept when None.
        until: "article", "times" or "events"; the lists of later stages stay empty.

    Raises PageError when the page holds no article that can be read; its `reason` is a code.
    """
    from pipeline.article import extract_article

    article = extract_article(page, any_language=until == "article")
    if until == "article":
        return Record(article=article)
    from pipeline.assemble import assemble
    from pipeline.language import analyse

    return assemble(article, analyse(nlp or _default(until), article))
