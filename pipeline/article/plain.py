"""Plain-text inputs: kept as they are.

In: a `Page` with `text`. Out: `Article`. Without a title the text is kept verbatim and the blocks are its paragraphs;
with one the text is title, blank line, text. Where no line is empty, lines that end with a sentence are
paragraphs. Raises PageError: empty, too_long, language.
"""

from __future__ import annotations

import re

from pipeline.article import dateline, dates, identity, kinds
from pipeline.article.limits import MAX_TEXT
from pipeline.errors import PageError, Reason
from pipeline.page import Page
from pipeline.records import Article, Block, BlockKind

_PARAGRAPH = re.compile(r"\S(?:.*?\S)?(?=\s*\n[^\S\n]*\n|\s*\Z)", re.S)
# Where no line is empty, a line that ends a sentence before one that begins another is a paragraph.
_LINE = re.compile(r"""\S(?:.*?\S)?(?=(?<=[.!?"”’)])[^\S\n]*\n\s*["“‘A-Z]|\s*\Z)""", re.S)
_SURROGATE = re.compile("[\ud800-\udfff\x00]")


def read(page: Page, any_language: bool = False) -> Article:
    """The article of a plain text."""
    # A lone surrogate cannot be stored anywhere; one character for one keeps all offsets.
    text = _SURROGATE.sub("\ufffd", page.text or "")
    if not text.strip():
        raise PageError(Reason.EMPTY, "the text is empty", hint="check the row")
    title = " ".join(_SURROGATE.sub("\ufffd", page.title).split()) if page.title else None
    whole = f"{title}\n\n{text}" if title else text
    if len(whole) > MAX_TEXT:
        raise PageError(Reason.TOO_LONG, f"the text has {len(whole):,} characters, the limit is {MAX_TEXT:,}", hint="split it")
    language = kinds.check_language(whole, None, any_language)
    shift = len(title) + 2 if title else 0
    blocks = [Block(kind=BlockKind.TITLE, start=0, end=len(title))] if title else []
    paragraphs = list(_PARAGRAPH.finditer(text))
    if len(paragraphs) == 1:
        paragraphs = list(_LINE.finditer(text))
    blocks += [Block(kind=BlockKind.PARAGRAPH, start=m.start() + shift, end=m.end() + shift) for m in paragraphs]
    filed = dateline.read(text.lstrip()[:200])
    published = dates.normalise(page.published)
    return Article(
        id=page.id or identity.of(title, whole, published),
        source=page.source,
        url=page.url,
        site=page.site,
        title=title,
        published=published,
        language=language,
        dateline_place=filed.place,
        dateline_agency=filed.agency,
        text=whole,
        blocks=tuple(blocks),
    )
