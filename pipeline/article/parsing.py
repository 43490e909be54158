"""Markup -> tree, in linear time whatever the markup is.

In: the page's characters. Out: `Parsed`: the lxml tree without scripts, styles and comments, the head's markup, and
the JSON-LD scripts as text. Raises PageError: too_large, unreadable, empty.

Scripts, styles, comments and the like are cut before the parser sees them: they are most of a news page's bytes and hold no
article. Sibling counts of the elements that remain are unchanged, so an element path of the tree is one of the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import lxml.etree
import lxml.html

from pipeline.article.limits import MAX_DEPTH, MAX_JSON, MAX_MARKUP, MAX_TAG
from pipeline.errors import PageError, Reason

Element: TypeAlias = lxml.etree._Element

_OPAQUE = re.compile(
    r"<(?:!--|(?=[sntimx])(script|style|noscript|svg|template|iframe|math|xmp|noembed|noframes)(?=[\s/>]))", re.I | re.A
)
_LONG_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9:-]{{0,30}})[^<>]{{{MAX_TAG},}}>?")
_JSON_LD = re.compile(r"application/ld\+json", re.I)
# A script that is JSON, or gives JSON to one variable.
_STATE = re.compile(r"\s*(?:(?:var|let|const)\s+)?(?:[\w.$]{1,60}(?:\[[\"'][\w-]{1,60}[\"']\])?\s*=\s*)?[{\[]\s*[\"{\[]")
# Characters of a script that may say something; scripts kept, the largest.
_DATA = 60
_MAX_DATA = 20
# Control characters: XML 1.0, section 2.2, allows none of them, and libxml2 would stop at the first NUL.
_FORBIDDEN = bytes.maketrans(bytes([*range(9), 11, *range(14, 32), 127]), b" " * 29)
_XML_HEAD = re.compile(
    r"\A\s*(?:<\?xml[^>]{0,300}\?>\s*)?(?:<!DOCTYPE\s[^\[>]{0,400}(?:\[(?P<subset>.{0,20000}?)\]\s*)?>)?", re.S | re.I
)
_ENTITY = re.compile(r'<!ENTITY\s+([A-Za-z_][\w.-]{0,60})\s+"([^"<&%]{0,200})"\s*>')
_NESTING = re.compile(
    r"</?(?:div|span|section|article|main|font|center|b|i|u|em|strong|small|big|a|ul|ol|li|dl|dd|dt|blockquote|table|tbody|thead|tr|td|th|form|fieldset|figure|label|details)(?=[\s/>])[^<>]*>?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page as a tree."""

    root: Element
    head: str
    json_ld: tuple[str, ...]
    data: tuple[str, ...]
    """JSON that the page holds for its own scripts."""
    flattened: bool
    elements: int
    depth: int


def parse(html: str) -> Parsed:
    """The tree of a page, and what must be read from its head."""
    html = _entities(html)
    html, json_ld, data = _cut_opaque(html)
    if len(html) > MAX_MARKUP:
        raise PageError(
            Reason.TOO_LARGE, f"the page has {len(html):,} characters of markup, the limit is {MAX_MARKUP:,}", hint="split it"
        )
    if _has_long_tag(html):
        html = _LONG_TAG.sub(r"<\1>", html)
    root = _tree(html)
    flattened = False
    count, depth = _measure(root)
    if depth > MAX_DEPTH:
        root = _tree(_NESTING.sub(" <br> ", html))
        flattened = True
        count, depth = _measure(root)
        if depth > MAX_DEPTH:
            raise PageError(
                Reason.UNREADABLE,
                f"elements are nested deeper than {MAX_DEPTH}",
                hint="the markup is damaged: save the page again",
            )
    end = re.search(r"</head\s*>|<body[\s>]", html[:500_000], re.I)
    return Parsed(root, html[: end.start()] if end else html[:20_000], json_ld, data, flattened, count, depth)


def _has_long_tag(html: str) -> bool:
    """Whether more than `MAX_TAG` characters stand between two "<"."""
    at = 0
    while len(html) - at > MAX_TAG:
        last = html.rfind("<", at, at + MAX_TAG + 1)
        if last < 0:
            return True
        at = last + 1
    return False


def _entities(html: str) -> str:
    """Resolves the entities that an XHTML page declares itself, and drops the declaration: an HTML parser knows neither."""
    head = _XML_HEAD.match(html[:30_000])
    subset = head and head.group("subset")
    if not head or not subset:
        return html
    html = html[head.end() :]
    for name, value in _ENTITY.findall(subset)[:50]:
        html = html.replace(f"&{name};", value)
        if len(html) > 2 * MAX_MARKUP:
            raise PageError(Reason.TOO_LARGE, "the page's own entities make it too large", hint="save the page again as HTML")
    return html


def _cut_opaque(html: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Cuts comments and elements without text; an element that is never closed swallows the rest, as in browsers."""
    kept: list[str] = []
    json_ld: list[str] = []
    data: list[str] = []
    at = 0
    while found := _OPAQUE.search(html, at):
        kept.append(html[at : found.start()])
        name = found.group(1)
        if name is None:
            at = _comment_end(html, found.end())
            continue
        opened = html.find(">", found.end())
        if opened < 0:
            at = len(html)
            break
        closed = _end_tag(name.lower()).search(html, opened)
        end = closed.start() if closed else len(html)
        at = html.find(">", end) + 1 or len(html)
        if name.lower() == "script" and end - opened <= MAX_JSON:
            if _JSON_LD.search(html, found.end(), min(opened, found.end() + MAX_TAG)):
                json_ld.append(html[opened + 1 : end])
            elif end - opened >= _DATA and _STATE.match(html, opened + 1):
                data.append(html[opened + 1 : end])
    kept.append(html[at:])
    return "".join(kept), tuple(json_ld[:40]), tuple(sorted(data, key=len, reverse=True)[:_MAX_DATA])


@cache
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(f"</{name}", re.I | re.A)


def _comment_end(html: str, at: int) -> int:
    if html.startswith((">", "->"), at):
        return html.index(">", at) + 1
    end = html.find("-->", at)
    return len(html) if end < 0 else end + 3


# One class for all elements: lxml.html asks Python code for the class of each element that is touched, and no one here needs
# its forms and inputs. trafilatura needs its HtmlElement.
_CLASSES = lxml.etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)


def _tree(html: str) -> Element:
    parser = lxml.etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    parser.set_element_class_lookup(_CLASSES)
    try:
        return lxml.html.document_fromstring(html.encode("utf-8", "replace").translate(_FORBIDDEN), parser=parser)
    except lxml.etree.LxmlError as error:
        raise PageError(Reason.EMPTY, f"the page holds no markup: {error}", hint="download it again") from error


def elements(found: object) -> list[Element]:
    """The elements of an XPath result."""
    return [e for e in found if isinstance(e, lxml.etree._Element)] if isinstance(found, list) else []


def _measure(root: Element) -> tuple[int, int]:
    """How many elements, and how deep; counting ends beyond the limit."""
    count = depth = deepest = 0
    for event, _ in lxml.etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            count += 1
            depth += 1
            if depth > deepest:
                deepest = depth
                if depth > MAX_DEPTH:
                    break
        else:
            depth -= 1
    return count, deepest
