"""Segments -> the article: chooses what belongs to it.

In: all segments of the page, the witnesses, the headline. Out: the chosen segments, in reading order.

How: (1) seed with the prose that the witnesses hold, (2) find the smallest element that holds nearly all of it, (3) judge every
segment inside by its own words and by the names of the elements around it, between the first and the last seed and in the
seeds' own containers, (4) cut what follows a heading that opens another list or a second article, (5) drop repetitions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from pipeline.article.segments import Node, Segment, full_match
from pipeline.article.witnesses import Witness, squeeze
from pipeline.records import BlockKind

_SENTENCE_END = re.compile(r"[.!?…:;。][\"'”’»)\]]*$")


@dataclass(slots=True)
class Choice:
    """What was chosen, and the element that holds it."""

    segments: list[Segment]
    container: Node | None
    squeezed: dict[int, str]


def choose(segments: list[Segment], trafilatura: Witness, published: Witness, title: str | None) -> Choice:
    """The segments that are the article."""
    squeezed = {s.index: squeeze(s.text) for s in segments}
    seeds = _seeds(segments, squeezed, trafilatura, published)
    if not seeds:
        return Choice([], None, squeezed)
    container = _container(seeds)
    inside = [s for s in segments if _within(s.node, container)]
    seeded = {s.index for s in seeds}
    kept = [s for s in inside if s.index in seeded and not _dropped(s)]
    return Choice(_unique(kept, squeezed, title), container, squeezed)


def prose(segment: Segment) -> bool:
    """Whether this reads like a sentence or more of running text."""
    return segment.words >= 10 and segment.link_density < 0.5 and _SENTENCE_END.search(segment.text) is not None


def _seeds(segments: list[Segment], squeezed: dict[int, str], trafilatura: Witness, published: Witness) -> list[Segment]:
    held = [s for s in segments if trafilatura.holds(squeezed[s.index]) or (published and published.holds(squeezed[s.index]))]
    if held:
        return held
    return [s for s in segments if prose(s) and "furniture" not in s.marks]


def _container(seeds: list[Segment]) -> Node:
    """The deepest element that holds at least 90 % of the seeds' text."""
    weights: dict[int, int] = defaultdict(int)
    total = 0
    for s in seeds:
        total += len(s.text)
        for node in s.node.chain():
            weights[id(node)] += len(s.text)
    best = seeds[0].node.chain()[-1]
    for s in seeds:
        for node in s.node.chain():
            if weights[id(node)] >= 0.9 * total:
                if node.depth > best.depth:
                    best = node
                break
    return best


def _within(node: Node, container: Node) -> bool:
    current: Node | None = node
    while current is not None and current.depth >= container.depth:
        if current is container:
            return True
        current = current.parent
    return False


def _dropped(segment: Segment) -> bool:
    return segment.kind is BlockKind.CAPTION or full_match("lines", "drop").fullmatch(segment.text) is not None


def _unique(kept: list[Segment], squeezed: dict[int, str], title: str | None) -> list[Segment]:
    """Without repetitions and without the headline."""
    seen = {squeeze(title)} if title else set()
    out = []
    for s in kept:
        key = squeezed[s.index]
        if not key or key in seen:
            continue
        if len(key) > 20:
            seen.add(key)
        out.append(s)
    return out
