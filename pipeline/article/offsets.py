"""Back from the text to the page: where in the HTML a stretch of `Article.text` stands.

In: the page (or its bytes), its Article and two offsets. Out: `Place`s, one per block that the stretch touches: the
element's path, and offsets in that element's text (its text content without scripts, styles and comments, white space
as in the source). The paths are those of the page as browsers number them: /html/body/main/p[3]. The page is walked
as it was when it was read, so that a text that stands twice in an element has two places.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import lxml.etree

from pipeline.article import decoding, parsing
from pipeline.article.segments import INVISIBLE, Node, Walker, traverse
from pipeline.article.tags import SKIPPED
from pipeline.page import Page
from pipeline.records import Article, Block


@dataclass(frozen=True, slots=True)
class Place:
    """Code points [start, end) of the text content of the element at `path`."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of text: its characters but for white space, and where each stands in the text of its element."""

    text: str
    positions: list[int]


class Locator:
    """Finds places in one page; for many questions about the same article."""

    def __init__(self, page: Page | bytes, article: Article) -> None:
        """Raises PageError when the page cannot be read."""
        raw = page.html if isinstance(page, Page) else page
        self._article = article
        self._runs: list[_Run | None] = [None] * len(article.blocks)
        if raw is not None:
            html, _ = decoding.decode(raw, page.charset if isinstance(page, Page) else None)
            self._find(parsing.parse(html).root)

    def places(self, start: int, end: int) -> list[Place]:
        """Where `article.text[start:end]` stands; [] for plain text. Raises ValueError for offsets outside of the text."""
        article = self._article
        if not 0 <= start <= end <= len(article.text):
            raise ValueError(f"[{start}, {end}) is outside of the text, which has {len(article.text)} characters")
        found = (
            _place(run, article.text, block, max(start, block.start), min(end, block.end))
            for run, block in zip(self._runs, article.blocks, strict=True)
            if run is not None and block.start < end and start < block.end
        )
        return [p for p in found if p is not None]

    def _find(self, root: parsing.Element) -> None:
        tracer = traverse(root, _Tracer)
        used: dict[str, int] = defaultdict(int)
        tree = root.getroottree()
        for at, block in enumerate(self._article.blocks):
            found = parsing.elements(tree.xpath(block.path)) if block.path else []
            if not found or block.path is None:
                continue
            runs = tracer.runs.get(found[0]) or [_run_of(element_text(found[0]), 0)]
            wanted = self._article.text[block.start : block.end]
            order = [*range(used[block.path], len(runs)), *range(used[block.path])]
            hit = next((n for n in order if _holds(runs[n].text, wanted)), None)
            if hit is not None:
                # What stands again in the same element stands further down.
                used[block.path] = hit + 1
                self._runs[at] = runs[hit]


def locate(page: Page | bytes, article: Article, start: int, end: int) -> list[Place]:
    """Where `article.text[start:end]` stands in the page it was read from; [] for plain text.

    Raises PageError when the page cannot be read, and ValueError for offsets outside of the text.
    """
    return Locator(page, article).places(start, end)


class _Tracer(Walker):
    """Remembers for each run of text where its characters come from."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[parsing.Element, list[_Run]] = defaultdict(list)
        self._at = 0
        self._opened: dict[Node, int] = {}
        self._pieces: list[tuple[int, str]] = []

    def text(self, value: str) -> None:
        self._pieces.append((self._at, value))
        self._at += len(value)
        super().text(value)

    def passed_over(self, element: parsing.Element) -> None:
        if element.tag not in SKIPPED:
            self._at += len(element_text(element))

    def open_block(self, element: parsing.Element, tag: str, names: str, own: frozenset[str]) -> None:
        super().open_block(element, tag, names, own)
        self._opened[self.stack[-1]] = self._at

    def flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        before = len(self.segments)
        super().flush()
        if len(self.segments) > before:
            node = self.segments[-1].node
            parts = [_run_of(value, at - self._opened[node]) for at, value in pieces]
            self.runs[node.element].append(_Run("".join(p.text for p in parts), [n for p in parts for n in p.positions]))


def _run_of(value: str, at: int) -> _Run:
    solid = [i for i, ch in enumerate(value) if not ch.isspace() and not INVISIBLE.match(ch)]
    return _Run("".join(value[i] for i in solid), [at + i for i in solid])


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


def _letters(text: str) -> list[int]:
    return [i for i, ch in enumerate(text) if ch.isalnum()]


def _plain(text: str) -> str:
    return "".join(ch for ch in text if ch.isalnum()).lower()


def _holds(run: str, wanted: str) -> bool:
    return "".join(wanted.split()) in run or (bool(_plain(wanted)) and _plain(wanted) in _plain(run))


def _place(run: _Run, text: str, block: Block, start: int, end: int) -> Place | None:
    """The place of a stretch inside of a block's run.

    A headline may have other quotation marks there than in the page's own description: then letters and digits are counted.
    """
    whole, before, inside = (text[a:b] for a, b in ((block.start, block.end), (block.start, start), (start, end)))
    at = run.text.find("".join(whole.split()))
    if at >= 0:
        places, skip, size = run.positions, at + len("".join(before.split())), len("".join(inside.split()))
    else:
        places = [run.positions[i] for i in _letters(run.text)]
        skip, size = _plain(run.text).find(_plain(whole)) + len(_letters(before)), len(_letters(inside))
    if not size or block.path is None:
        return None
    return Place(block.path, places[skip], places[skip + size - 1] + 1)
