"""Back from the text to the page: where in the HTML a stretch of `Article.text` stands.

In: the page (or its bytes), its Article and two offsets. Out: `Place`s, one per block that the stretch touches: the
element's path, and offsets in that element's text (its text content without scripts, styles and comments, white space
as in the source). The paths are those of the page as browsers number them: /html/body/main/p[3].
"""

from __future__ import annotations

from dataclasses import dataclass

import lxml.etree

from pipeline.article import decoding, parsing
from pipeline.article.segments import INVISIBLE, SKIPPED
from pipeline.page import Page
from pipeline.records import Article, Block


@dataclass(frozen=True, slots=True)
class Place:
    """Code points [start, end) of the text content of the element at `path`."""

    path: str
    start: int
    end: int


def locate(page: Page | bytes, article: Article, start: int, end: int) -> list[Place]:
    """Where `article.text[start:end]` stands in the page it was read from; [] for plain text.

    Raises PageError when the page cannot be read, and ValueError for offsets outside of the text.
    """
    if not 0 <= start <= end <= len(article.text):
        raise ValueError(f"[{start}, {end}) is outside of the text, which has {len(article.text)} characters")
    raw = page.html if isinstance(page, Page) else page
    if raw is None:
        return []
    html, _ = decoding.decode(raw, page.charset if isinstance(page, Page) else None)
    root = parsing.parse(html).root
    places = (
        _place(root, article, block, max(start, block.start), min(end, block.end))
        for block in article.blocks
        if block.start < end and start < block.end
    )
    return [p for p in places if p is not None]


def element_text(element: parsing.Element) -> str:
    """The element's text as it stands in the source, without what is never shown."""
    parts: list[str] = []
    skipped = None
    walker = lxml.etree.iterwalk(element, events=("start", "end"))
    for event, child in walker:
        if event == "start":
            if child.tag in SKIPPED and child is not element:
                walker.skip_subtree()
                skipped = child
            elif child.text:
                parts.append(child.text)
        else:
            skipped = None if child is skipped else skipped
            if child is not element and child.tail:
                parts.append(child.tail)
    return "".join(parts)


def _place(root: parsing.Element, article: Article, block: Block, start: int, end: int) -> Place | None:
    if block.path is None:
        return None
    found = parsing.elements(root.getroottree().xpath(block.path))
    if not found:
        return None
    source = element_text(found[0])
    # Positions of the characters that survive white-space normalisation.
    solid = [i for i, ch in enumerate(source) if not ch.isspace() and not INVISIBLE.match(ch)]
    squeezed = "".join(source[i] for i in solid)
    text = article.text[block.start : block.end]
    at = squeezed.find("".join(text.split()))
    if at < 0:
        return None
    before = len("".join(article.text[block.start : start].split()))
    inside = len("".join(article.text[start:end].split()))
    if not inside:
        return None
    return Place(block.path, solid[at + before], solid[at + before + inside - 1] + 1)
