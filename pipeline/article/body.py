"""Segments -> the article: chooses what belongs to it.

In: all segments of the page, the witnesses, the headline, the authors, the page's own description. Out: `Choice`, the
chosen segments in reading order.

How: (1) seed with the prose that the witnesses hold; (2) add prose that stands in elements of the same make (a body
split over several containers); (3) find the smallest element that holds nearly all of it; (4) judge every segment
between the first and the last seed by its own words, by the names of the elements around it and by the witnesses; (5)
put the standfirst in front; (6) cut at a second headline and after a heading that opens another list; (7) drop
repetitions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from pipeline.article.segments import Node, Segment, full_match
from pipeline.article.witnesses import Witness, squeeze
from pipeline.records import BlockKind

_SENTENCE_END = re.compile(r"[.!?…:;。！？」』][\"'”’»)\]]*$")
# Weights of the evidence, chosen on three development sets at once so that each set gains or stays (docs/article.md).
_TRAFILATURA = 1.5
_PUBLISHER = 2.5
_PROSE = 1.0
_SIBLING = 1.0
_CLOSE_SIBLING = 1.5
_CLOSE = 0.25
_FURNITURE = -3.0
_ASIDE = -2.0
_BYLINE = -2.0
_LINKS = -2.5
_UNPUBLISHED = -1.0
_KEEP = 1.5
# A page element that holds this share of the seeds is the article's own, whatever its name says.
_TRUSTED = 0.35
_COVER = 0.9
# The same of a layout table's cell: the cells beside it are menus and boxes.
_COVER_CELL = 0.65
# Characters; no line of a page's furniture is longer.
_LINE = 600


@dataclass(slots=True)
class Evidence:
    """What `choose` weighs beside the segments."""

    trafilatura: Witness
    publisher: Witness
    title: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(slots=True)
class Choice:
    """What was chosen, and the element that holds it."""

    segments: list[Segment]
    container: Node | None


class _Chooser:
    """The state of one choice."""

    def __init__(self, segments: list[Segment], evidence: Evidence) -> None:
        self.segments = segments
        self.evidence = evidence
        self.squeezed = [squeeze(s.text) for s in segments]
        self.by_trafilatura = [evidence.trafilatura.holds(k) for k in self.squeezed]
        self.by_publisher = [bool(evidence.publisher) and evidence.publisher.holds(k) for k in self.squeezed]
        self.title_key = squeeze(evidence.title or "")
        self.seeds = self._extend(self._seeds())
        self.weights = self._weigh()
        self.total = sum(len(s.text) for s in self.seeds)
        self.trusted = {n for n, w in self.weights.items() if w >= _TRUSTED * self.total}
        self.publisher_complete = self._publisher_complete()
        self.ignored = self._ignored()

    def _seeds(self) -> list[Segment]:
        held = [
            s
            for s in self.segments
            if (self.by_trafilatura[s.index] or self.by_publisher[s.index]) and s.kind is not BlockKind.CAPTION
        ]
        strong = [s for s in held if s.words >= 8 and s.link_density < 0.7 and s.kind is not BlockKind.HEADING]
        if strong:
            return strong
        return held or [s for s in self.segments if prose(s) and not s.marks & {"furniture", "aside", "caption"}]

    def _extend(self, seeds: list[Segment]) -> list[Segment]:
        """Adds prose in elements of the same make as the seeds': bodies are split over sibling containers by adverts."""
        makes: dict[tuple[str, ...], int] = defaultdict(int)
        total = 0
        for s in seeds:
            makes[_make(s)] += len(s.text)
            total += len(s.text)
        own = {m for m, size in makes.items() if size >= 0.25 * total}
        articles = {id(_article(s)) for s in seeds}
        seeded = {s.index for s in seeds}
        common = frozenset.intersection(*(s.marks for s in seeds)) if seeds else frozenset()
        added = [
            s
            for s in self.segments
            if s.index not in seeded
            and _make(s) in own
            and prose(s)
            and not (s.marks - common) & {"furniture", "aside", "byline", "caption"}
            and id(_article(s)) in articles
        ]
        return sorted([*seeds, *added], key=lambda s: s.index)

    def _weigh(self) -> dict[int, int]:
        weights: dict[int, int] = defaultdict(int)
        for s in self.seeds:
            for node in s.node.chain():
                weights[id(node)] += len(s.text)
        return weights

    def _publisher_complete(self) -> bool:
        """Whether the publisher's own text covers what trafilatura found: only then its silence counts."""
        prose_held = [s for s in self.seeds if self.by_trafilatura[s.index]]
        size = sum(len(s.text) for s in prose_held)
        return bool(self.evidence.publisher) and sum(len(s.text) for s in prose_held if self.by_publisher[s.index]) >= 0.7 * size

    def _ignored(self) -> frozenset[str]:
        """Names that most of the article itself bears: on this page they say nothing."""
        self.ignored = frozenset()
        sizes: dict[str, int] = defaultdict(int)
        for s in self.seeds:
            for mark in self.marks(s):
                sizes[mark] += len(s.text)
        return frozenset(m for m, size in sizes.items() if size >= 0.5 * self.total)

    def container(self) -> Node:
        """The deepest element that holds nearly all of the seeds' text."""
        best = self.seeds[0].node.chain()[-1]
        for s in self.seeds:
            for node in s.node.chain():
                if self.weights[id(node)] >= (_COVER_CELL if node.tag == "td" else _COVER) * self.total:
                    if node.depth > best.depth:
                        best = node
                    break
        return best

    def marks(self, s: Segment) -> frozenset[str]:
        """What the elements around a segment say, but for those that hold much of the article."""
        marks = s.inline_marks
        for node in s.node.chain():
            if id(node) in self.trusted:
                break
            marks |= node.own
        return marks - self.ignored

    def score(self, s: Segment) -> float:
        """How much speaks for a segment."""
        marks = self.marks(s)
        score = 0.0
        if self.by_trafilatura[s.index]:
            score += _TRAFILATURA
        if self.by_publisher[s.index]:
            score += _PUBLISHER
        elif self.publisher_complete and s.kind is not BlockKind.HEADING:
            score += _UNPUBLISHED
        if prose(s):
            score += _PROSE
        near = max(self.weights.get(id(s.node.parent), 0), self.weights.get(id(s.node), 0))
        if near >= _CLOSE * self.total:
            score += _CLOSE_SIBLING
        elif near >= 0.1 * self.total:
            score += _SIBLING
        score += (
            _FURNITURE * ("furniture" in marks) + _ASIDE * ("aside" in marks) + _BYLINE * ("byline" in marks and s.words < 40)
        )
        if s.link_density > 0.6 and s.words >= 3:
            score += _LINKS
        return score

    def refused(self, s: Segment) -> bool:
        """What no score saves: captions, lines of the page's own, the authors' blurbs."""
        if s.kind is BlockKind.CAPTION or {"caption", "credit"} & self.marks(s):
            return True
        if len(s.text) <= _LINE and full_match("lines", "drop").fullmatch(s.text) is not None:
            return True
        return _is_blurb(s, self.evidence.authors)


def choose(segments: list[Segment], evidence: Evidence) -> Choice:
    """The segments that are the article."""
    chooser = _Chooser(segments, evidence)
    if not chooser.seeds:
        return Choice([], None)
    container = chooser.container()
    inside = [s for s in segments if _within(s.node, container)]
    seeded = {s.index for s in chooser.seeds}
    kept = [s for s in inside if not chooser.refused(s) and chooser.score(s) >= _KEEP]
    first = next((s.index for s in kept if s.index in seeded), None)
    if first is None:
        return Choice([], container)
    last = max(s.index for s in kept if s.index in seeded)
    kept = [s for s in kept if first <= s.index and (s.index <= last or chooser.by_trafilatura[s.index])]
    kept = _below_headline(kept, chooser)
    first = next((s.index for s in kept if s.index in seeded), first)
    kept = _standfirst(chooser, first, kept) + _with_headings(kept, chooser)
    kept = _unique(_cut(kept, chooser), chooser)
    return Choice(kept, container)


def prose(s: Segment) -> bool:
    """Whether this reads like a sentence or more of running text."""
    return s.words >= 10 and s.link_density < 0.5 and _SENTENCE_END.search(s.text) is not None


def _make(s: Segment) -> tuple[str, ...]:
    parent = s.node.parent
    return (s.node.tag, s.node.names, parent.tag if parent else "", parent.names if parent else "")


def _article(s: Segment) -> Node | None:
    return next((n for n in s.node.chain() if n.tag == "article"), None)


def _within(node: Node, container: Node) -> bool:
    current: Node | None = node
    while current is not None and current.depth >= container.depth:
        if current is container:
            return True
        current = current.parent
    return False


def _is_blurb(s: Segment, authors: tuple[str, ...]) -> bool:
    """ "Jane Doe is a reporter at …": the author's name, then what the author does."""
    for name in authors:
        if (
            s.text.startswith(name)
            and len(s.text) < 700
            and re.match(
                r",?\s(?:is|was|covers|writes|reports|has|joined|works|ist|est|es|è)\b", s.text[len(name) : len(name) + 12]
            )
        ):
            return True
    return False


def _standfirst(chooser: _Chooser, first: int, kept: list[Segment]) -> list[Segment]:
    """The deck between headline and body: named so, or what the page describes itself with."""
    described = squeeze(chooser.evidence.description or "")
    headline = next(
        (
            s.index
            for s in reversed(chooser.segments[:first])
            if chooser.title_key and chooser.squeezed[s.index] == chooser.title_key
        ),
        None,
    )
    out = []
    have = {chooser.squeezed[s.index] for s in kept}
    for s in chooser.segments[max(0, first - 40) : first]:
        key = chooser.squeezed[s.index]
        if (
            s.words < 5
            or s.link_density > 0.5
            or key in have
            or key == chooser.title_key
            or chooser.refused(s)
            or "furniture" in chooser.marks(s)
        ):
            continue
        after_headline = headline is not None and s.index > headline
        named = after_headline and "standfirst" in s.marks
        told = len(key) > 30 and len(described) > 30 and (key.startswith(described[:60]) or described.startswith(key[:60]))
        if named or told:
            out.append(s)
    return out


def _with_headings(kept: list[Segment], chooser: _Chooser) -> list[Segment]:
    """Adds the headings right above what was kept, in an element that holds both: entries of a live blog, chapters."""
    have = {s.index for s in kept}
    added: list[Segment] = []
    for s in kept:
        for above in reversed(chooser.segments[max(0, s.index - 3) : s.index]):
            if above.kind is not BlockKind.HEADING and above.index not in have and above.words <= 3:
                continue
            if above.kind is not BlockKind.HEADING or above.index in have or above.level < 2:
                break
            parent = above.node.parent
            if parent is None or not _within(s.node, parent) or chooser.refused(above) or above.link_density > 0.5:
                break
            if chooser.marks(above) & {"furniture", "aside", "byline"} or chooser.squeezed[above.index] == chooser.title_key:
                break
            have.add(above.index)
            added.append(above)
    return sorted([*kept, *added], key=lambda s: s.index)


def _cut(kept: list[Segment], chooser: _Chooser) -> list[Segment]:
    """Without a second article, without lists that their heading gives away, without headings that head nothing."""
    stop = full_match("headings", "stop")
    total = sum(len(s.text) for s in kept)
    out: list[Segment] = []
    size = 0
    skipping = False
    for s in kept:
        if s.kind is BlockKind.HEADING and s.level == 1 and size > 0.3 * total and chooser.squeezed[s.index] != chooser.title_key:
            break
        if (s.kind is BlockKind.HEADING or s.words <= 6) and stop.fullmatch(s.text.strip(" :.?!»>…")):
            if size > 0.8 * total:
                break
            skipping = True
            continue
        if skipping and (s.kind is BlockKind.HEADING or (prose(s) and s.words >= 20 and s.link_density < 0.3)):
            skipping = False
        size += len(s.text)
        if not skipping:
            out.append(s)
    while out and out[-1].kind is BlockKind.HEADING:
        out.pop()
    return out


def _below_headline(kept: list[Segment], chooser: _Chooser) -> list[Segment]:
    """Without what stands above the headline: a page's own lines, when nearly all of the text stands below it."""
    at = next((s.index for s in chooser.segments if chooser.title_key and chooser.squeezed[s.index] == chooser.title_key), None)
    below = [s for s in kept if at is not None and s.index > at]
    return below if sum(len(s.text) for s in below) >= 0.7 * sum(len(s.text) for s in kept) else kept


def _is_headline(key: str, title_key: str) -> bool:
    """The headline again, with at most a topic before it."""
    return len(title_key) > 15 and key.endswith(title_key) and len(key) <= len(title_key) + 30


def _unique(kept: list[Segment], chooser: _Chooser) -> list[Segment]:
    """Without repetitions and without the headline."""
    seen = {chooser.title_key}
    out = []
    for s in kept:
        key = chooser.squeezed[s.index]
        if not key or key in seen or _is_headline(key, chooser.title_key):
            continue
        if len(key) > 20:
            seen.add(key)
        out.append(s)
    return out
