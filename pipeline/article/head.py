"""What the head of a page says: its title, meta elements and links.

In: the head's markup and the tree. Out: `Head`. BeautifulSoup reads the head: it forgives the broken markup that
heads are full of (a stray `<div>` ends the head for an HTML parser and strands the meta elements behind it), and its
cost is small on this part.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.filter import SoupStrainer

from pipeline.article.limits import MAX_FIELD
from pipeline.article.parsing import Parsed
from pipeline.article.segments import collapse

_HEAD_TAGS = SoupStrainer(["meta", "title", "link"])
_MAX_HEAD = 200_000
_MAX_VALUES = 20


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
    """The head of the page; meta elements that stand in the body are read too."""
    out = Head()
    with warnings.catch_warnings():
        # XHTML pages: an HTML parser reads them as browsers do.
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(page.head[:_MAX_HEAD], "lxml", parse_only=_HEAD_TAGS)
    for tag in soup.find_all(True):
        if tag.name == "title" and out.title is None:
            out.title = collapse(tag.get_text()[: 2 * MAX_FIELD]) or None
        elif tag.name == "link" and "canonical" in (tag.get("rel") or ()) and out.canonical is None:
            out.canonical = str(tag.get("href") or "") or None
        elif tag.name == "meta":
            _add(out, tag.get("property"), tag.get("name"), tag.get("itemprop"), tag.get("http-equiv"), tag.get("content"))
    if not out.meta:
        for element in page.root.iter("meta"):
            _add(
                out,
                element.get("property"),
                element.get("name"),
                element.get("itemprop"),
                element.get("http-equiv"),
                element.get("content"),
            )
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


def _add(out: Head, *attributes: object) -> None:
    *names, content = attributes
    value = collapse(str(content)) if isinstance(content, str) and len(content) <= 4 * MAX_FIELD else ""
    if not value:
        return
    for name in names:
        if isinstance(name, str) and name:
            values = out.meta.setdefault(name.strip().lower(), [])
            if len(values) < _MAX_VALUES:
                values.append(value)
