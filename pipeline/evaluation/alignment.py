"""Where a place in one text lies in another that tells the same, so that one lost paragraph does not count in every stage.

In: two texts. Out: a map of character spans (code points, end exclusive).
"""

from __future__ import annotations

import difflib
import re

from pipeline.records import Span


class OffsetMap:
    """Where a character offset of one text lies in another text that tells the same; built from common tokens."""

    def __init__(self, source: str, target: str) -> None:
        self._same = source == target
        if self._same:
            return
        a, b = ([(m.group(), m.start()) for m in re.finditer(r"\w+|[^\w\s]", t)] for t in (source, target))
        matcher = difflib.SequenceMatcher(None, [w for w, _ in a], [w for w, _ in b], autojunk=False)
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        for i, j, size in matcher.get_matching_blocks():
            for k in range(size):
                (word, x), (_, y) = a[i + k], b[j + k]
                self._starts[x] = y
                self._ends[x + len(word)] = y + len(word)

    def __call__(self, span: Span) -> tuple[int, int] | None:
        """The span in the target text; None where the target has no such words."""
        if self._same:
            return span.start, span.end
        start, end = self._starts.get(span.start), self._ends.get(span.end)
        return (start, end) if start is not None and end is not None and start < end else None


def overlap(a: tuple[int, int], b: tuple[int, int]) -> int:
    return min(a[1], b[1]) - max(a[0], b[0])
