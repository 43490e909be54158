"""Captions and credits: which pictures belong to the article, and who took them.

In: the page's segments and the article's extent. Out: caption segments (for the text) and `Image`s with captions and
credits apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.article.lexicon import any_of
from pipeline.article.segments import Node, Segment, collapse, marks_of, names_of
from pipeline.article.witnesses import squeeze
from pipeline.records import BlockKind, Image

_CREDIT_SIGNS = frozenset("])©:/|")
# Elements of a caption.
_INLINE = 12
# Words of a caption that is a sentence.
_TOLD = 8
# Words; captions are shorter.
_CAPTION = 60


def captions(segments: list[Segment], chosen: list[Segment], container: Node | None) -> tuple[list[Segment], list[Image]]:
    """Caption segments of the article's pictures, and the pictures."""
    if not chosen:
        return [], []
    first, last = chosen[0].index, chosen[-1].index
    taken = {s.index for s in chosen}
    groups: dict[int, list[Segment]] = {}
    gallery = _gallery(segments, chosen[-1])
    for s in segments[max(0, first - 40) : max(last + 4, gallery.stop)]:
        if s.index in taken or len(s.text) > 1_000 or s.marks & {"furniture", "aside"} or not is_caption(s):
            continue
        below = s.index <= last + 3 and container is not None and _within(s, container)
        if s.index <= last or below or (s.index in gallery and _tells(s)):
            groups.setdefault(id(_figure(s) or s.node), []).append(s)
    out: list[Segment] = []
    images: list[Image] = []
    seen: set[str] = {squeeze(s.text) for s in chosen}
    for group in groups.values():
        caption, credit, kept = _read(group)
        key = squeeze(caption or credit or "")
        if not key or key in seen:
            continue
        seen.add(key)
        out += kept
        images.append(Image(caption=caption, credit=credit, url=_address(group[0])))
    return out, images


def _gallery(segments: list[Segment], last: Segment) -> range:
    """Where the pictures of a gallery stand: below the text, in the page's `article` element."""
    article = next((n for n in last.node.up(1_000) if n.tag == "article"), None)
    return range(last.index, article.first + article.count) if article is not None else range(0)


def _tells(s: Segment) -> bool:
    """Whether a caption is a sentence."""
    return s.words >= _TOLD and s.link_density == 0 and s.text.endswith((".", ".”", '."', "?", "!"))


def _within(s: Segment, container: Node) -> bool:
    return any(n is container for n in s.node.up(1_000))


def is_caption(s: Segment) -> bool:
    """Whether markup says so, or a picture stands right before a line that ends with its credit."""
    if s.kind is BlockKind.HEADING:
        return False
    return (
        s.kind is BlockKind.CAPTION
        or bool({"caption"} & (s.node.own | s.inline_marks))
        or any("caption" in n.own for n in s.node.up(3))
        or (s.words <= _CAPTION and _credited(s.text) and _pictured(s))
    )


def _credited(text: str) -> bool:
    # Signs without which there is no credit, since this is asked for every line.
    return not _CREDIT_SIGNS.isdisjoint(text) and any_of("boilerplate", "credits", "trailing").search(text) is not None


def _pictured(s: Segment) -> bool:
    """Whether the segment's element holds a picture, or the one before it does and nothing else."""
    # Only where there is little else to look through: this is asked for every line.
    if s.node.count > 3 or s.index != s.node.first:
        return False
    node = s.node
    while node.parent is not None and node.parent.count <= 1:
        node = node.parent
    if node.element.find(".//img") is not None:
        return True
    before = node.element.getprevious()
    while before is not None and before.tag == "br" and not (before.tail or "").strip():
        before = before.getprevious()
    return before is not None and (
        before.tag == "img" or (before.find(".//img") is not None and not "".join(map(str, before.itertext()))[:200].strip())
    )


def _figure(s: Segment) -> Node | None:
    return next((n for n in s.node.up(6) if n.tag in ("figure", "table") or "caption" in n.own), None)


def _read(group: list[Segment]) -> tuple[str | None, str | None, list[Segment]]:
    captions: list[str] = []
    credits: list[str] = []
    kept: list[Segment] = []
    for s in group:
        text = s.text
        if _is_credit(s):
            credits.append(text)
            continue
        marked = _marked_credit(s)
        found = any_of("boilerplate", "credits", "trailing").search(text)
        if marked:
            credits.append(marked)
            text = text[: -len(marked)].strip(" |–—·•/")
        elif found and found.start() > 0:
            credits.append((found["bracketed"] or found["labelled"]).strip(" ()"))
            text = text[: found.start()].strip(" |–—·•/")
        if text and text not in captions and not any_of("boilerplate", "lines", "drop").fullmatch(text):
            captions.append(text)
            s.text = text
            kept.append(s)
    return " ".join(captions) or None, " ".join(dict.fromkeys(credits)) or None, kept


def _marked_credit(s: Segment) -> str | None:
    """The end of a caption that an element of its own marks as the credit."""
    if len(s.node.element) > _INLINE:
        return None
    for element in s.node.element.iter():
        if element is not s.node.element and isinstance(element.tag, str) and "credit" in marks_of(names_of(element)):
            credit = collapse("".join(map(str, element.itertext()))[:200])
            if credit and len(credit) < len(s.text) and s.text.endswith(credit):
                return credit
    return None


def _is_credit(s: Segment) -> bool:
    near: Iterable[Node] = s.node.up(2)
    named = "credit" in s.inline_marks or any("credit" in n.own and "caption" not in n.own for n in near)
    return (any_of("boilerplate", "credits", "whole").fullmatch(s.text) is not None and len(s.text) <= 160) or (
        named and len(s.text) <= 120
    )


def _address(s: Segment) -> str | None:
    figure = _figure(s)
    if figure is None:
        return None
    for image in figure.element.iter("img"):
        address = image.get("data-src") or image.get("src")
        if address and not address.startswith("data:") and len(address) <= 2_000:
            return str(address)
    return None
