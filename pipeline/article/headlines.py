"""A heading as a reader takes it: without the topic, the day and the words for screen readers that its element holds too.

In: a segment that may be the headline, and what head and JSON-LD call the page. Out: the headline's words.

A topic that a separator joins to the headline ("LTE patent: Samsung is to ...", though style sheets often hide the colon) is
a part of it; one that only its own line sets off is not. Names of such pieces: boilerplate.toml, [headline].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.article.lexicon import any_of
from pipeline.article.parsing import Element
from pipeline.article.printed_dates import find
from pipeline.article.segments import Segment, collapse, names_of
from pipeline.article.tags import SKIPPED
from pipeline.article.witnesses import squeeze

# Pieces looked at; a heading with more is a list.
_PIECES = 12
_SEPARATOR = re.compile(r"[\s:–—|·•»/-]+\Z")
_SEPARATED = re.compile(r"[:–—|·•»/-]\s*\Z")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    names: str
    tag: str

    def named(self, key: str) -> bool:
        return any_of("boilerplate", "headline", key).search(self.names) is not None

    @property
    def separates(self) -> bool:
        return _SEPARATOR.match(self.text) is not None


def read(s: Segment, named: list[str]) -> str:
    """The headline in a segment.

    Args:
        s: a heading.
        named: what head and JSON-LD call the page, without the site's name.
    """
    pieces = list(_pieces(s.node.element)) if len(s.node.element) else []
    if not 1 < len(pieces) <= _PIECES or squeeze("".join(p.text for p in pieces)) != squeeze(s.text):
        return s.text
    shown = [p for p in pieces if p.separates or not p.named("hidden")] or pieces
    return _part_that_is_named(shown, named) or _joined(_without_topic(shown)) or s.text


def _pieces(element: Element) -> Iterator[_Piece]:
    """The runs of text of a heading's elements, in order."""
    yield from _piece(element.text, element)
    for child in element:
        if isinstance(child.tag, str) and child.tag not in SKIPPED:
            yield from _pieces(child)
        yield from _piece(child.tail, element)


def _piece(text: str | None, element: Element) -> Iterator[_Piece]:
    shown = collapse(text or "")
    if shown:
        yield _Piece(shown, names_of(element), str(element.tag))


def _part_that_is_named(pieces: list[_Piece], named: list[str]) -> str | None:
    """Pieces that side by side are what the head calls the page, unless a separator joins them to those before."""
    for title in named:
        key = squeeze(title)
        if title.count(" ") < 2 or key == squeeze("".join(p.text for p in pieces)):
            continue
        for start in range(len(pieces)):
            if start and _SEPARATED.search(pieces[start - 1].text):
                continue
            for end in range(start + 1, len(pieces) + 1):
                if squeeze("".join(p.text for p in pieces[start:end])) == key:
                    return title
    return None


def _without_topic(pieces: list[_Piece]) -> list[_Piece]:
    out = list(pieces)
    while len(out) > 1 and (_is_day(out[0]) or (out[0].named("topic") and not _SEPARATED.search(out[0].text + out[1].text[:1]))):
        out = out[1:]
        while len(out) > 1 and out[0].separates:
            out = out[1:]
    while len(out) > 1 and (_is_day(out[-1]) or out[-1].separates):
        out.pop()
    return out


def _is_day(piece: _Piece) -> bool:
    day = find(piece.text) if len(piece.text) <= 40 else None
    return day is not None and (piece.tag == "time" or not squeeze(piece.text[: day.start] + piece.text[day.end :]))


def _joined(pieces: list[_Piece]) -> str:
    out = ""
    for p in pieces:
        # A colon stands close to the word before it, a dash does not.
        out += p.text if not out or p.text[:1] in ":,.;!?" or (len(p.text) == 1 and p.text in "’'") else f" {p.text}"
    return out
