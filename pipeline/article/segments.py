"""Tree -> segments: every piece of running text on the page, in order, with what the markup says about it.

In: the parsed tree. Out: `Segment`s, one per block-level run of text; runs that `<br><br>` separates are separate.
Linear in the size of the tree. Whitespace is collapsed to single spaces (line breaks of `<pre>` and `<br>` too).
Raises PageError: too_large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TypeAlias, TypeVar

import lxml.etree

from pipeline.article.lexicon import any_of, words
from pipeline.article.limits import MAX_RUNS
from pipeline.article.parsing import Element
from pipeline.article.tags import BLOCKS, HEADINGS, REGIONS, SKIPPED
from pipeline.errors import PageError, Reason
from pipeline.records import BlockKind

_SHOWN = 500
# Words of a box that asks for the reader's e-mail address, and of one line in it; how many levels above the field it may begin.
_PROMPT = 80
_LONG = 40
_PROMPT_LEVELS = 6
# Characters of what is told of a link.
_NOTICE = 60
# Words of a line in bold that is a heading, and the pieces of text it may consist of.
_PIECES = 12
_HEADING = 20
# Characters; cells of data are shorter.
_CELL = 100
Attributes: TypeAlias = Sequence[tuple[str | bytes, str | bytes]]
_NO_MARKS: frozenset[str] = frozenset()
_EMPHASIS = frozenset(("b", "strong"))
INVISIBLE = re.compile("[\u200b\ufeff\u00ad\u2060\u200e\u200f\ufffe\uffff\x00-\x08\x0e-\x1b\x7f]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
MARKS = ("unseen", "furniture", "byline", "content", "caption", "credit", "standfirst", "embed", "signed", "dated")
# Addresses of writers' own pages.
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|autore|by|journalists?|reporters?|contributors?|columnists?)/[^/?#]",
    re.I,
)
_MAX_MARKED = 100
# What may hold phrasing content only (HTML, content model): an unknown element inside of them is a piece of the line.
_LINES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(slots=True, eq=False)
class Node:
    """A block-level element on the way down to a segment."""

    element: Element
    tag: str
    parent: Node | None
    depth: int
    marks: frozenset[str]
    names: str
    own: frozenset[str]
    first: int = 0
    """The number of segments before it."""
    count: int = 0
    """The number of segments in it."""

    def up(self, steps: int) -> Iterator[Node]:
        """This node and the next ancestors, so many in all."""
        node: Node | None = self
        while node is not None and steps > 0:
            yield node
            node = node.parent
            steps -= 1

    def chain(self) -> list[Node]:
        """This node and its ancestors, innermost first."""
        out: list[Node] = []
        node: Node | None = self
        while node is not None:
            out.append(node)
            node = node.parent
        return out


@dataclass(slots=True, eq=False)
class Marked:
    """An element that by its name, kind or address holds a writer's name or a day."""

    element: Element
    names: str
    index: int
    """The number of segments before it."""
    linked: bool = False
    """Only its link's address says so."""


@dataclass(slots=True)
class Segmented:
    """What a page shows: its runs of text, and the elements that are marked as by-lines and as days."""

    segments: list[Segment]
    signed: list[Marked]
    dated: list[Marked]


@dataclass(slots=True, eq=False)
class Segment:
    """One run of text."""

    index: int
    text: str
    kind: BlockKind
    node: Node
    link_chars: int
    bold_chars: int
    level: int = 0
    """1..6 of a heading."""
    address: str | None = None
    """Where its first link leads."""
    marks: frozenset[str] = frozenset()
    inline_marks: frozenset[str] = frozenset()
    words: int = field(default=0)

    @property
    def link_density(self) -> float:
        """Share of the characters that are links, 0..1."""
        return self.link_chars / len(self.text) if self.text else 0.0


def collapse(text: str) -> str:
    """Single spaces instead of any white space; nothing invisible."""
    shown = " ".join(text.split())
    # Nothing invisible can be printed, which is quicker to ask.
    return shown if shown.isprintable() else " ".join(INVISIBLE.sub("", text).split())


@lru_cache(maxsize=4_096)
def marks_of(names: str) -> frozenset[str]:
    """What class, id and role of an element say about its text."""
    phrases = _phrases()
    found = names.split()
    out: frozenset[str] = frozenset()
    for at, word in enumerate(found):
        for size in phrases.get(word, ()):
            out |= phrases[word][size].get(" ".join(found[at : at + size]), _NO_MARKS)
    return out


@cache
def _phrases() -> dict[str, dict[int, dict[str, frozenset[str]]]]:
    """The marks' phrases by their first word and by how many words they have."""
    out: dict[str, dict[int, dict[str, frozenset[str]]]] = {}
    for mark in MARKS:
        for phrase in words("boilerplate", "marks", mark):
            first, *others = phrase.split()
            sized = out.setdefault(first, {}).setdefault(len(others) + 1, {})
            sized[phrase] = sized.get(phrase, _NO_MARKS) | {mark}
    return out


@lru_cache(maxsize=8_192)
def _split_names(raw: str) -> str:
    return _SEPARATORS.sub(" ", _CAMEL.sub(" ", raw[:240]).lower()).strip()


# What says in an element's attributes what its text is, and whether it is shown.
_NAMING = frozenset(("class", "id", "role", "itemprop", "data-testid", "data-component", "aria-label"))
_HIDING = frozenset(("hidden", "style", "aria-hidden"))


def names_of(element: Element) -> str:
    """Class, id, role and similar attributes as lower-case words."""
    return _names(element.items())


def _names(attributes: Attributes) -> str:
    raw = " ".join([str(value) for name, value in attributes if name in _NAMING and value])
    return _split_names(raw) if raw else ""


class Walker:
    """Collects text between block boundaries."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.signed: list[Marked] = []
        self.dated: list[Marked] = []
        self.stack: list[Node] = []
        self.asking: list[Node] = []
        """Where the reader's e-mail address is asked for."""
        self._parts: list[str] = []
        self._links = self._bold = 0
        self._address: str | None = None
        self._in_link = self._in_bold = 0
        self._inline: list[frozenset[str]] = []
        self._breaks = 0

    def text(self, value: str) -> None:
        # White space before the first word is none of the line's.
        if not self._parts and value.isspace():
            return
        self._parts.append(value)
        if self._in_link or self._in_bold:
            size = len(value.strip())
            self._links += size if self._in_link else 0
            self._bold += size if self._in_bold else 0
        if self._breaks and not value.isspace():
            self._breaks = 0

    @property
    def in_line(self) -> bool:
        """Whether words of a line that is no heading have been read."""
        return bool(self._parts and self.stack) and self.stack[-1].tag not in HEADINGS

    def passed_over(self, element: Element) -> None:
        """Hears of an element whose text is not read."""
        if element.tag == "input" and self.stack and _asks_for_address(element):
            self.asking.append(self.stack[-1])

    def open_block(self, element: Element, tag: str, names: str, own: frozenset[str]) -> None:
        if self._parts or self._address:
            self.flush()
        self._breaks = 0
        parent = self.stack[-1] if self.stack else None
        if tag in REGIONS:
            own |= REGIONS[tag]
        marks = (parent.marks | own if own else parent.marks) if parent else own
        node = Node(element, tag, parent, parent.depth + 1 if parent else 0, marks, names, own)
        node.first = len(self.segments)
        self.stack.append(node)

    def close_block(self) -> None:
        if self._parts or self._address:
            self.flush()
        node = self.stack.pop()
        node.count = len(self.segments) - node.first

    def open_inline(self, element: Element, tag: str, own: frozenset[str]) -> None:
        if tag == "a":
            self._in_link += 1
            self._address = self._address or element.get("href")
        self._in_bold += tag in _EMPHASIS
        self._inline.append(own)

    def close_inline(self, tag: str) -> None:
        self._in_link -= tag == "a"
        self._in_bold -= tag in _EMPHASIS
        if self._inline:
            self._inline.pop()

    def line_break(self) -> None:
        self._breaks += 1
        if self._breaks >= 2:
            self.flush()
        elif self._bold and not self._in_bold and self._all_bold():
            self._end_bold_line()
        elif self._parts:
            self._parts.append(" ")

    def _all_bold(self) -> bool:
        # In few pieces: this is asked at each line's end.
        return len(self._parts) <= _PIECES and sum(len(p.strip()) for p in self._parts) <= self._bold

    def _end_bold_line(self) -> None:
        """A line in bold above the text is a heading, where pages have no elements for them."""
        if self.stack and self.stack[-1].tag in _ITEMS:
            self._parts.append(" ")
            return
        before = len(self.segments)
        self.flush()
        for s in self.segments[before:]:
            signed = any_of("boilerplate", "bylines", "opening").match(s.text)
            if s.kind is BlockKind.PARAGRAPH and s.words <= _HEADING and not signed:
                s.kind, s.level = BlockKind.HEADING, 6

    def flush(self) -> None:
        address, self._address = self._address, None
        if not self._parts:
            return
        parts, links, bold = self._parts, self._links, self._bold
        self._parts, self._links, self._bold = [], 0, 0
        text = collapse("".join(parts))
        if not text or not self.stack:
            return
        node = self.stack[-1]
        kind, level = _kind(node, len(text))
        inline = _NO_MARKS.union(*self._inline) if any(self._inline) else _NO_MARKS
        segment = Segment(
            len(self.segments),
            text,
            kind,
            node,
            min(links, len(text)),
            min(bold, len(text)),
            level,
            address if links else None,
            node.marks | inline if inline else node.marks,
            inline,
        )
        # Scripts without spaces: a word is about six bytes of English, two to three characters of Japanese or Chinese.
        segment.words = max(text.count(" ") + 1, len(text) // 9)
        if len(self.segments) >= MAX_RUNS:
            raise PageError(Reason.TOO_LARGE, f"the page has more than {MAX_RUNS:,} runs of text", hint="split it")
        self.segments.append(segment)


W = TypeVar("W", bound=Walker)
# Elements that say of what kind the text in them is.
_ITEMS = frozenset(("li", "dd", "dt"))
_KINDRED = HEADINGS | _ITEMS | {"figcaption", "caption", "figure", "blockquote", "td", "th"}


def _kind(node: Node, size: int) -> tuple[BlockKind, int]:
    """What a run of text is, from the elements around it."""
    for current in node.up(6):
        tag = current.tag
        if tag not in _KINDRED:
            continue
        # A paragraph inside of a heading is one: some systems wrap the whole body in a heading that they never close.
        if tag in HEADINGS and (current is node or node.tag not in ("p", "li")):
            return BlockKind.HEADING, int(tag[1])
        if tag in ("figcaption", "caption", "figure"):
            return BlockKind.CAPTION, 0
        if tag in _ITEMS:
            return BlockKind.LIST_ITEM, 0
        if tag == "blockquote":
            return BlockKind.QUOTE, 0
        # A cell with sentences is layout, as pages were made before style sheets.
        if tag in ("td", "th") and node.tag != "p" and size < _CELL:
            return BlockKind.TABLE, 0
    return BlockKind.PARAGRAPH, 0


def segment(root: Element) -> Segmented:
    """All runs of text that the page shows, in reading order; all it holds when it shows next to nothing before scripts run."""
    walker = traverse(root, Walker)
    for node in walker.asking:
        _mark_prompt(node, walker.segments)
    return Segmented(walker.segments, walker.signed, walker.dated)


def _asks_for_address(field: Element) -> bool:
    said = (field.get("type"), field.get("name"), field.get("placeholder"))
    return any("mail" in value.lower() for value in said if value)


def _mark_prompt(node: Node, segments: list[Segment]) -> None:
    """Marks the words around a field for the reader's e-mail address: a box that asks to sign up."""
    box: Node | None = None
    for n in node.up(_PROMPT_LEVELS):
        # A run of text has a word at least: what holds more of them is no small box.
        if n.tag in ("article", "main", "body") or n.count > _PROMPT:
            break
        inside = segments[n.first : n.first + n.count]
        if sum(s.words for s in inside) > _PROMPT or any(s.words > _LONG for s in inside):
            break
        box = n
    if box is not None:
        box.own |= {"furniture"}
        for s in segments[box.first : box.first + box.count]:
            s.marks |= {"furniture"}


def traverse(root: Element, kind: type[W]) -> W:
    """Leads a walker over the page, past what is hidden, unless the page then shows next to nothing."""
    walker = _walk(root, kind(), False)
    if sum(len(s.text) for s in walker.segments if s.words >= 10) < _SHOWN:
        walker = _walk(root, kind(), True)
    return walker


def _walk(root: Element, walker: W, hidden: bool) -> W:
    skipped: Element | None = None
    iterator = lxml.etree.iterwalk(root, events=("start", "end"))
    for event, element in iterator:
        tag = element.tag
        if event == "start":
            # Asked for once: an element's attributes cost most of this walk.
            attributes = element.items()
            if tag in SKIPPED or (attributes and not hidden and _is_hidden(tag, attributes)):
                iterator.skip_subtree()
                skipped = element
                walker.passed_over(element)
            elif tag == "br":
                walker.line_break()
            elif not _open(walker, element, tag, attributes):
                iterator.skip_subtree()
                skipped = element
                walker.passed_over(element)
            elif text := element.text:
                walker.text(text)
        else:
            if element is not skipped and tag != "br":
                if walker.stack and walker.stack[-1].element is element:
                    walker.close_block()
                else:
                    walker.close_inline(tag)
            skipped = None
            if text := element.tail:
                walker.text(text)
    walker.flush()
    return walker


def _is_hidden(tag: str, attributes: Attributes) -> bool:
    for name, value in attributes:
        if name in _HIDING and (
            name == "hidden"
            or (name == "style" and _HIDDEN.search(str(value)[:300]))
            or (name == "aria-hidden" and value == "true" and tag in ("span", "i", "em", "a"))
        ):
            return True
    return False


def _open(walker: Walker, element: Element, tag: str, attributes: Attributes) -> bool:
    """Tells the walker of an element; False for one that readers do not see in the line."""
    names, own = "", _NO_MARKS
    if attributes and (names := _names(attributes)):
        # A paragraph of the class "paywall" is text that is paid for; the prompt to pay is a box.
        own = marks_of(names.replace("paywall", "") if tag in _LINES and "paywall" in names else names)
    if own or tag in ("a", "time"):
        _note(walker, element, tag, names, own)
    if tag in BLOCKS or ("-" in tag and not (walker.stack and walker.stack[-1].tag in _LINES)):
        walker.open_block(element, tag, names, own)
    elif walker.in_line and ("unseen" in own or _tells_of_link(element)):
        return False
    else:
        walker.open_inline(element, tag, own)
    return True


def _tells_of_link(element: Element) -> bool:
    """ "(opens in a new window)": what readers see as a sign beside a link."""
    text = element.text
    return (
        text is not None
        and len(text) <= _NOTICE
        and not len(element)
        and full_match("lines", "links").fullmatch(text.strip()) is not None
    )


def _note(walker: Walker, element: Element, tag: str, names: str, own: frozenset[str]) -> None:
    """Keeps the elements that hold a writer's name or a day."""
    told = "signed" in own or (tag == "a" and element.get("rel") == "author")
    if (told or (tag == "a" and _AUTHOR_PAGE.search(element.get("href", "")))) and len(walker.signed) < _MAX_MARKED:
        walker.signed.append(Marked(element, names, len(walker.segments), not told))
    if ("dated" in own or tag == "time") and len(walker.dated) < _MAX_MARKED:
        walker.dated.append(Marked(element, names, len(walker.segments)))


@cache
def full_match(section: str, key: str) -> re.Pattern[str]:
    """A pattern of boilerplate.toml that must match a whole line."""
    return re.compile("(?:" + "|".join(words("boilerplate", section, key)) + ")", re.I)
