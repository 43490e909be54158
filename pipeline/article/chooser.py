"""What speaks for and against each segment: the weights that `body` chooses by.

In: the page's segments and the evidence. Out: `Chooser`: seeds, the elements they fill, and a score for any segment.

How: seeds are the prose that the witnesses hold, and prose in elements of the same make (a body split over several
containers). A segment's score adds what the witnesses say, whether it reads like prose, how much of the seeds stands
beside it, and what the names of the elements around it say. "Beside" looks past elements that hold nothing else (a
heading in a cell in a row, a paragraph in a wrapper of its own) and past a list or table to what holds it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from pipeline.article.images import is_caption
from pipeline.article.lexicon import anywhere
from pipeline.article.segments import Node, Segment, full_match
from pipeline.article.titles import host_of
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
_EMBED = 2.5
KEEP = 1.5
# A page element that holds this share of the seeds is the article's own, whatever its name says.
_TRUSTED = 0.35
_COVER = 0.9
# The same of a layout table's cell: the cells beside it are menus and boxes.
_COVER_CELL = 0.65
# Characters; no line of a page's furniture is longer.
_LINE = 600
# Characters; what the witnesses hold of a brief is no more.
_BRIEF = 300
# Words of a box with a prompt, and of a sentence in it that is none; how many levels above the prompt it may begin.
_BOX = 100
_SPOKEN = 20
_BOX_LEVELS = 4
_BOXES = frozenset(("furniture", "aside", "caption"))
_EMBEDDED = frozenset(("embed",))
_LISTS = frozenset(("ul", "ol", "dl", "menu"))


@dataclass(slots=True)
class Evidence:
    """What is weighed beside the segments."""

    trafilatura: Witness
    publisher: Witness
    title: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    host: str | None = None
    declared: bool = False
    """The page calls itself an article."""


class Chooser:
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
        self._marks: dict[int, frozenset[str]] = {}
        self.publisher_complete = self._publisher_complete()
        self.ignored = self._ignored()
        self._refused: dict[int, bool] = {}
        self._prompts: list[Segment] = []

    def _seeds(self) -> list[Segment]:
        held = [
            s
            for s in self.segments
            if (self.by_trafilatura[s.index] or self.by_publisher[s.index]) and s.kind is not BlockKind.CAPTION
        ]
        text = [s for s in held if s.link_density < 0.7 and s.kind is not BlockKind.HEADING]
        strong = [s for s in text if s.words >= 8]
        if strong:
            # The whole of a brief may be a few lines: one long line among them is not the article.
            brief = sum(len(s.text) for s in text) < _BRIEF
            return [s for s in text if s.words >= 8 or _SENTENCE_END.search(s.text)] if brief else strong
        plain = [s for s in self.segments if prose(s) and not s.marks & _BOXES]
        if self.evidence.declared and not plain:
            # Notes without a sentence, in an element that is named for the article's text.
            held = [s for s in self.segments if "content" in s.marks and not s.marks & _BOXES and s.link_density < 0.5] or held
        return held or plain

    def _extend(self, seeds: list[Segment]) -> list[Segment]:
        """Adds prose in elements of the same make as the seeds': bodies are split over sibling containers by adverts."""
        makes: dict[tuple[str, ...], int] = defaultdict(int)
        total = 0
        for s in seeds:
            makes[make(s)] += len(s.text)
            total += len(s.text)
        own = {m for m, size in makes.items() if size >= 0.25 * total}
        articles = {id(article_of(s)) for s in seeds}
        seeded = {s.index for s in seeds}
        common = frozenset.intersection(*(s.marks for s in seeds)) if seeds else frozenset()
        added = [
            s
            for s in self.segments
            if s.index not in seeded
            and make(s) in own
            and prose(s)
            and not (s.marks - common) & {"furniture", "aside", "byline", "caption"}
            and id(article_of(s)) in articles
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
        around = self._around(s.node)
        return around if "embed" in around else (s.inline_marks | around) - self.ignored

    def _around(self, node: Node) -> frozenset[str]:
        """The marks of a node and of those above it, up to one that holds much of the article; kept for all that it holds."""
        path: list[Node] = []
        current: Node | None = node
        while current is not None and id(current) not in self.trusted and id(current) not in self._marks:
            path.append(current)
            current = current.parent
        marks = self._marks.get(id(current), frozenset())
        for n in reversed(path):
            # What stands around a post that was embedded are the words of the tool that did it.
            marks = _EMBEDDED if "embed" in n.own or marks is _EMBEDDED else marks | n.own
            self._marks[id(n)] = marks
        return marks

    def near(self, s: Segment) -> float:
        """The share of the seeds in the element that holds this segment among others, 0..1."""
        node = _list_of(s) or s.node
        while node.parent is not None and node.parent.count <= 1:
            node = node.parent
        holders = (s.node, s.node.parent, node.parent)
        return max(self.weights.get(id(n), 0) for n in holders) / max(1, self.total)

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
        near = self.near(s)
        if near >= _CLOSE:
            score += _CLOSE_SIBLING
        elif near >= 0.1:
            score += _SIBLING
        score += (
            _FURNITURE * ("furniture" in marks) + _ASIDE * ("aside" in marks) + _BYLINE * ("byline" in marks and s.words < 40)
        )
        if "embed" in marks:
            return score + _EMBED
        if self._is_link(s):
            score += _LINKS
        return score

    def _is_link(self, s: Segment) -> bool:
        """Whether this leads elsewhere instead of saying something; a list item that leads off the site is a source."""
        if s.link_density <= 0.6:
            return False
        if s.kind is BlockKind.LIST_ITEM:
            return not self._leads_away(s)
        return s.words >= 3

    def _leads_away(self, s: Segment) -> bool:
        there, here = host_of(s.address), self.evidence.host
        return there is not None and here is not None and not _same_site(there, here)

    def refused(self, s: Segment) -> bool:
        """What no score saves: captions, lines of the page's own, the authors' blurbs."""
        if s.index not in self._refused:
            self._refused[s.index] = self._is_refused(s)
        return self._refused[s.index]

    def _is_refused(self, s: Segment) -> bool:
        marks = self.marks(s)
        if "embed" in marks:
            return False
        if s.kind is BlockKind.CAPTION or {"caption", "credit"} & marks or is_caption(s):
            return True
        if len(s.text) <= _LINE and full_match("lines", "drop").fullmatch(s.text):
            return True
        if len(s.text) <= _LINE and _is_prompt(s.text):
            self._prompts.append(s)
            return True
        return _is_blurb(s, self.evidence.authors)

    def beside_prompts(self) -> frozenset[int]:
        """The other lines of the small boxes in which a prompt was refused."""
        out: set[int] = set()
        for s in self._prompts:
            box: list[Segment] = []
            for n in s.node.up(_BOX_LEVELS):
                if id(n) in self.trusted or n.tag in ("article", "main", "body") or n.count > _BOX:
                    break
                inside = self.segments[n.first : n.first + n.count]
                if sum(b.words for b in inside) > _BOX:
                    break
                box = inside
            out.update(b.index for b in box if not self.by_publisher[b.index] and not (prose(b) and b.words >= _SPOKEN))
        return frozenset(out)


def _same_site(a: str, b: str) -> bool:
    """Whether two hosts belong together: one is above the other, or they share more than a public suffix such as co.uk."""
    if a == b or a.endswith("." + b) or b.endswith("." + a):
        return True
    return a.split(".")[-2:] == b.split(".")[-2:] and len(a.split(".")[-2]) > 3


def prose(s: Segment) -> bool:
    """Whether this reads like a sentence or more of running text."""
    return s.words >= 10 and s.link_density < 0.5 and _SENTENCE_END.search(s.text) is not None


def make(s: Segment) -> tuple[str, ...]:
    """The make of the segment's element: its tag and names, and its parent's."""
    parent = s.node.parent
    return (s.node.tag, s.node.names, parent.tag if parent else "", parent.names if parent else "")


def article_of(s: Segment) -> Node | None:
    """The `article` element around a segment."""
    return next((n for n in s.node.up(1_000) if n.tag == "article"), None)


def within(node: Node, container: Node) -> bool:
    """Whether a node is in a container, or is it."""
    current: Node | None = node
    while current is not None and current.depth >= container.depth:
        if current is container:
            return True
        current = current.parent
    return False


def _list_of(s: Segment) -> Node | None:
    """The list that a list item belongs to."""
    if s.kind is not BlockKind.LIST_ITEM:
        return None
    node: Node | None = s.node
    for _ in range(6):
        if node is None or node.tag in _LISTS:
            return node
        node = node.parent
    return None


def _is_prompt(text: str) -> bool:
    line = text.lower()
    opens = anywhere("boilerplate", "lines", "openings").match(line)
    return opens is not None or anywhere("boilerplate", "lines", "prompts").search(line) is not None


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
