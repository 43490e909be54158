"""What the head of a page says: its title, meta elements and links.

In: the head's markup and the tree. Out: `Head`. The tags are read from the markup, not from the tree: heads are full of
broken markup (a stray `<div>` ends the head for an HTML parser and strands the meta elements behind it), and a scan for
three kinds of tags is quick. Comments and scripts were cut before.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from pipeline.article.limits import MAX_FIELD
from pipeline.article.parsing import Parsed
from pipeline.article.segments import collapse

_MAX_HEAD = 200_000
_MAX_VALUES = 20
# Quoted values may hold ">". Lengths are bounded and nothing is tried twice, so that quotes which are never closed cost little.
_TAG = re.compile(r"""<(meta|link|title)\b((?:[^<>"']|"[^"]{0,4000}"|'[^']{0,4000}'){0,300}+)>""", re.I)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TITLE_END = re.compile(r"</title|<meta\b|<link\b", re.I)
_NAMING = ("property", "name", "itemprop", "http-equiv")


@dataclass(slots=True)
class Head:
    """Values by lower-case name; `property`, `name` and `itemprop` are one space of names."""

    title: str | None = None
    canonical: str | None = None
    language: str | None = None
    meta: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *names: str) -> str | None:
        """The first value that one of these names has."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return None

    def all(self, *names: str) -> list[str]:
        """All values of these names, without repeats."""
        return list(dict.fromkeys(v for name in names for v in self.meta.get(name, ()) if v))


def read(page: Parsed) -> Head:
    """The head of the page; meta elements that stand in the body are read where the head has none."""
    out = Head()
    markup = page.head[:_MAX_HEAD]
    for found in _TAG.finditer(markup):
        tag = found[1].lower()
        if tag == "title":
            _title(out, markup, found.end())
            continue
        attributes = {k.lower(): html.unescape(a or b or c or "") for k, a, b, c in _ATTRIBUTE.findall(found[2])}
        if tag == "meta":
            _add(out, [attributes.get(n) for n in _NAMING], attributes.get("content"))
        elif out.canonical is None and "canonical" in attributes.get("rel", "").lower().split():
            out.canonical = attributes.get("href", "").strip() or None
    if not out.meta:
        for element in page.root.iter("meta"):
            _add(out, [element.get(n) for n in _NAMING], element.get("content"))
    if out.title is None:
        title = page.root.find(".//title")
        out.title = collapse("".join(map(str, title.itertext()))[: 2 * MAX_FIELD]) or None if title is not None else None
    language = (
        page.root.get("lang")
        or page.root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or out.first("og:locale", "content-language", "dc.language", "language")
    )
    code = (language or "").strip().replace("_", "-").split("-")[0].lower()
    out.language = code if len(code) == 2 and code.isalpha() else None
    return out


def _title(out: Head, markup: str, at: int) -> None:
    if out.title is not None:
        return
    end = _TITLE_END.search(markup, at, at + 4 * MAX_FIELD)
    out.title = collapse(html.unescape(markup[at : end.start() if end else at + 2 * MAX_FIELD])) or None


def _add(out: Head, names: list[str | None], content: str | None) -> None:
    value = collapse(content) if content and len(content) <= 4 * MAX_FIELD else ""
    if not value:
        return
    for name in names:
        if name:
            values = out.meta.setdefault(name.strip().lower(), [])
            if len(values) < _MAX_VALUES:
                values.append(value)
