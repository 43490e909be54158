"""Title, authors, dates, site, section, keywords: weighs what head, JSON-LD, microdata and the visible by-line say.

In: the parsed page, its segments, head and JSON-LD. Out: `Metadata`. Unknown stays None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.article import authors, dates, titles
from pipeline.article.head import Head
from pipeline.article.lexicon import words
from pipeline.article.limits import MAX_DATE
from pipeline.article.parsing import Element, Parsed
from pipeline.article.segments import Segment, collapse, names_of
from pipeline.article.structured import Structured, keyword_list
from pipeline.article.witnesses import squeeze

_DATE_CLASS = re.compile(
    r"\b(?:date|dates|datetime|published|publish|pubdate|published date|timestamp|time stamp|time|posted|posted on|datum|fecha|dateline|updated)\b"
)
_MODIFIED = re.compile(r"\b(?:update[ds]?|modified|modif|last|aktualisiert|actualisé|mis à jour|actualizado|aggiornato)\b", re.I)
_AUTHOR_CLASS = re.compile(
    r"\b(?:author|authors|byline|by line|writer|autor|autoren|auteur|auteurs|journalist|contributor|reporter|author name|article author)\b"
)
_NOT_BYLINE = re.compile(
    r"\b(?:related|comment|comments|avatar|image|photo|bio|description|social|twitter|follow|title|job|role|position|date|box|widget)\b"
)
_BY_LINE = re.compile(r"^(?:by|von|par|por|di)\b[:\s]+(?=\S)", re.I)
_MAX_BYLINE = 160


@dataclass(slots=True)
class Metadata:
    """What is known about the article beside its text."""

    title: str | None = None
    site: str | None = None
    url: str | None = None
    authors: list[str] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    keywords: list[str] = field(default_factory=list)


def read(page: Parsed, head: Head, structured: Structured, segments: list[Segment], url: str | None) -> Metadata:
    """All but the title, which needs the body's place."""
    out = Metadata()
    out.url = url or _address(head, structured)
    out.site = titles.site_of(head, structured, out.url)
    out.published, out.modified = _dates(page, head, structured, out.url)
    names = _authors(page, head, structured, segments, out.site)
    out.authors, out.organizations = names.persons, names.organisations
    out.section = structured.section or head.first(*words("dates", "meta", "section"))
    out.keywords = (structured.keywords or keyword_list(",".join(head.all(*words("dates", "meta", "keywords")))))[:50]
    return out


def _address(head: Head, structured: Structured) -> str | None:
    for candidate in (head.canonical, head.first("og:url", "twitter:url"), structured.url):
        if candidate and re.match(r"https?://[^\s/]+\.[^\s/]+/\S", candidate):
            return candidate
    return None


# ---------------------------------------------------------------------------------------------------------------- dates
def _dates(page: Parsed, head: Head, structured: Structured, url: str | None) -> tuple[str | None, str | None]:
    language = head.language
    day_first = (
        None
        if (head.first("og:locale") or page.root.get("lang") or "").replace("_", "-").lower() == "en-us"
        else (None if language == "en" or language is None else True)
    )

    def norm(value: str | None) -> str | None:
        return dates.normalise(value, language, day_first)

    candidates = [norm(structured.published)]
    candidates += [norm(v) for v in head.all(*words("dates", "meta", "published"))]
    modified = norm(structured.modified) or next((d for d in map(norm, head.all(*words("dates", "meta", "modified"))) if d), None)
    found = [c for c in candidates if c]
    if not found:
        visible, changed = _visible_dates(page.root, norm)
        modified = modified or changed
        found = [d for d in (visible, dates.from_url(url), changed) if d]
    published = found[0] if found else modified
    if published and "T" not in published:
        # The same day with its time, when another witness has it.
        published = next((c for c in found if c.startswith(published + "T")), published)
    return published, modified


def _visible_dates(root: Element, norm: object) -> tuple[str | None, str | None]:
    """Dates of `<time>` elements, microdata and elements with a date's class, by-lines before lists of other articles."""
    assert callable(norm)
    published: list[str] = []
    changed: list[str] = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        names = names_of(element) if element.attrib else ""
        prop = element.get("itemprop") or ""
        timed = element.tag == "time" or prop in ("datePublished", "dateModified", "dateCreated")
        if not timed and not (names and _DATE_CLASS.search(names)):
            continue
        text = collapse("".join(element.itertext())) if len(element) < 12 else ""
        value = element.get("datetime") or element.get("content")
        found = norm(value) or (norm(text) if 6 <= len(text) <= MAX_DATE + 40 else None)
        if not found:
            continue
        old = prop == "dateModified" or _MODIFIED.search(f"{names} {text[:20]}")
        (changed if old and prop != "datePublished" else published).append(
            _best_precision(found, norm(text) if value and len(text) <= MAX_DATE else None)
        )
        if len(published) > 3:
            break
    return (published[0] if published else None), (changed[0] if changed else None)


def _best_precision(first: str, second: str | None) -> str:
    return second if second and "T" not in first and second.startswith(first + "T") else first


# -------------------------------------------------------------------------------------------------------------- authors
def _authors(page: Parsed, head: Head, structured: Structured, segments: list[Segment], site: str | None) -> authors.Names:
    """JSON-LD first, then the head, then the by-line on the page; organisations of all, persons of the first that has some."""
    out = authors.Names()
    sources = (
        structured.persons,
        [v for v in head.all(*words("dates", "meta", "authors")) if "://" not in v],
        _microdata(page.root),
        _byline(segments),
    )
    for values in sources:
        names = authors.parse(values, site)
        if not out.persons:
            out.persons = names.persons
        out.add(authors.Names([], names.organisations))
    out.add(authors.Names([], [n for n in structured.organisations if n != site]))
    out.organisations = [n for n in out.organisations if not site or squeeze(n) != squeeze(site)]
    return out


def _microdata(root: Element) -> list[str]:
    out = []
    for element in root.xpath("(//*[@itemprop='author' or @rel='author' or contains(@itemprop,'author ')])[position()<=12]"):
        name = element.xpath(".//*[@itemprop='name']")
        target = name[0] if name else element
        text = collapse(target.get("content") or "".join(target.itertext())[:400])
        if text and len(text) <= _MAX_BYLINE:
            out.append(text)
    return out


def _byline(segments: list[Segment]) -> list[str]:
    """Short runs of text in an element that is named after the author, or that open with "By", near the headline."""
    out: list[str] = []
    opened = [s for s in segments if len(s.text) <= _MAX_BYLINE and "aside" not in s.marks]
    for s in opened:
        names = " ".join(n.names for n in s.node.chain()[:3])
        if _AUTHOR_CLASS.search(names) and not _NOT_BYLINE.search(s.node.names):
            out.append(s.text)
            if len(out) >= 3:
                break
    return out or [s.text for s in opened if _BY_LINE.match(s.text) and len(s.text.split()) <= 14][:1]
