"""Paths of elements, as XPath and browsers number them: /html/body/main/p[3].

In: elements of one tree. Out: their paths. lxml's own `getpath` counts an element's siblings anew each time, which is
quadratic on a page whose paragraphs all stand side by side; here the children of an element are numbered once.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.article.parsing import Element

_PLAIN = re.compile(r"[a-z][a-z0-9]*\Z")


class Paths:
    """The paths of one page's elements."""

    def __init__(self) -> None:
        self._known: dict[Element, str] = {}
        self._steps: dict[Element, dict[Element, str]] = {}

    def of(self, element: Element) -> str:
        """The path of an element."""
        way: list[Element] = []
        path = ""
        for e in (element, *element.iterancestors()):
            known = self._known.get(e)
            if known is not None:
                path = known
                break
            if not _PLAIN.match(str(e.tag)):
                # Names such as o:p have rules of their own.
                return str(element.getroottree().getpath(element))
            way.append(e)
        for e in reversed(way):
            path = self._known[e] = f"{path}/{self._step(e)}"
        return path

    def _step(self, element: Element) -> str:
        parent = element.getparent()
        if parent is None:
            return str(element.tag)
        if parent not in self._steps:
            totals = Counter(child.tag for child in parent)
            seen: Counter[object] = Counter()
            steps = self._steps[parent] = {}
            for child in parent:
                seen[child.tag] += 1
                steps[child] = f"{child.tag}[{seen[child.tag]}]" if totals[child.tag] > 1 else str(child.tag)
        return self._steps[parent][element]
