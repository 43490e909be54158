"""What a page holds only as data for its own scripts: the text of pages that a browser has to build first.

In: JSON of the page's scripts (`__NEXT_DATA__`, `window.__STATE__ = {...}`). Out: paragraphs, or the day of publication. Nothing
is run. The text is the largest set of strings that stand at the same kind of place ("article.body[].text"), or one string
of markup.
"""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pipeline.article.lexicon import any_of
from pipeline.article.segments import collapse

# Characters of all paragraphs; less is no article.
_ENOUGH = 600
# Characters of one paragraph on average; names of sections and labels are shorter.
_MEAN = 60
_MAX_STRINGS = 50_000
_MAX_LEVEL = 40
_START = re.compile(r"[^{\[]{0,120}")
_BLOCK = re.compile(r"</?(?:p|div|br|h[1-6]|li|ul|ol|blockquote|section|article|figure|table|tr)\b[^>]{0,500}>", re.I)
_TAG = re.compile(r"<[^>]{1,500}>")
# Runs of one paragraph: "children[].text" in editors' formats.
_RUNS = frozenset(("children", "content", "nodes", "spans", "marks"))
_Place = tuple[str | int, ...]


def paragraphs(scripts: tuple[str, ...]) -> list[str]:
    """The paragraphs of the article that the scripts hold; [] when they hold none."""
    sets: dict[tuple[str, ...], list[tuple[_Place, str]]] = defaultdict(list)
    for number, script in enumerate(scripts):
        for place, value in _strings(_load(script)):
            sets[(str(number), *(p if isinstance(p, str) else "*" for p in place))].append((place, value))
    best: list[str] = []
    for kind, found in sets.items():
        lines = _lines(kind, found)
        size = sum(map(len, lines))
        if size >= _ENOUGH and size >= _MEAN * len(lines) and size > sum(map(len, best)):
            best = lines
    return best


def published(scripts: tuple[str, ...]) -> str | None:
    """The moment of publication, as written; None when the scripts name several days, which are other articles'."""
    pattern = any_of("dates", "data", "published")
    found = {value: None for script in scripts for value in (m["value"] for m in pattern.finditer(script))}
    return next(iter(found)) if len({value[:10] for value in found}) == 1 else None


def _load(script: str) -> Any:
    start = _START.match(script)
    try:
        return json.JSONDecoder(strict=False).raw_decode(script, start.end() if start else 0)[0]
    except (ValueError, RecursionError):
        return None


def _strings(data: Any) -> Iterator[tuple[_Place, str]]:
    """All strings with a space in them, in order, and where they stand."""
    stack: list[tuple[_Place, Any]] = [((), data)]
    count = 0
    while stack and count < _MAX_STRINGS:
        place, value = stack.pop()
        if isinstance(value, str):
            if " " in value.strip():
                count += 1
                yield place, value
        elif len(place) < _MAX_LEVEL and isinstance(value, dict):
            stack += [((*place, str(k)), v) for k, v in reversed(value.items())]
        elif len(place) < _MAX_LEVEL and isinstance(value, list):
            stack += [((*place, n), v) for n, v in reversed(list(enumerate(value)))]


def _lines(kind: tuple[str, ...], found: list[tuple[_Place, str]]) -> list[str]:
    """The strings of one kind of place as paragraphs: runs of one paragraph joined, markup taken apart."""
    if kind[-3:-2] and kind[-3] in _RUNS and kind[-2] == "*":
        joined: dict[_Place, str] = {}
        for place, value in found:
            joined[place[:-3]] = joined.get(place[:-3], "") + value
        values = list(joined.values())
    else:
        values = [value for _, value in found]
    parts = (part for value in values for part in (_BLOCK.split(value) if "<" in value else value.split("\n")))
    lines = (collapse(html.unescape(_TAG.sub("", part))) for part in parts)
    return list(dict.fromkeys(line for line in lines if line))
