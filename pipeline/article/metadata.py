"""Title, authors, dates, site, section, keywords: weighs what head, JSON-LD, microdata and the visible by-line say.

In: the parsed page, its segments, head and JSON-LD. Out: `Metadata`. Unknown stays None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from pipeline.article import authors, dates, titles
from pipeline.article.head import Head
from pipeline.article.lexicon import any_of, words
from pipeline.article.limits import MAX_DATE
from pipeline.article.parsing import Element, Parsed, elements
from pipeline.article.segments import Segment, collapse, names_of
from pipeline.article.structured import Structured, keyword_list
from pipeline.article.witnesses import trafilatura_metadata
from pipeline.records import BlockKind

Normaliser = Callable[[str | None], str | None]
_MAX_BYLINE = 160


def _pattern(key: str) -> re.Pattern[str]:
    return any_of("boilerplate", "bylines", key)


@lru_cache(maxsize=65_536)
def _is(key: str, names: str) -> bool:
    """Whether an element's names say this; the same few names recur all over a page."""
    return _pattern(key).search(names) is not None


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


def read(
    page: Parsed, head: Head, structured: Structured, segments: list[Segment], url: str | None, start: int | None
) -> Metadata:
    """All but the title, which needs the body's place."""
    out = Metadata()
    out.url = url or _address(head, structured)
    out.site = titles.site_of(head, structured, out.url)
    out.published, out.modified = _dates(page, head, structured, segments, out.url)
    names = _authors(page, head, structured, segments, out.site, start)
    if not (out.published and (names.persons or names.organisations)):
        other = trafilatura_metadata(page, out.url)
        # htmldate gives the first of January when it has only a year.
        out.published = out.published or (None if (other.date or "").endswith("-01-01") else dates.normalise(other.date))
        if not names.persons:
            names.add(authors.parse((other.author or "").split(";"), out.site, True))
    # A report that credits no person is the agency's or the desk's.
    generic = words("authors", "organisations", "generic")
    credited = [n for n in names.organisations if n.lower() not in generic]
    out.authors, out.organizations = names.persons or credited[:1], names.organisations
    out.section = structured.section or head.first(*words("dates", "meta", "section"))
    out.keywords = (structured.keywords or keyword_list(",".join(head.all(*words("dates", "meta", "keywords")))))[:50]
    return out


def _address(head: Head, structured: Structured) -> str | None:
    for candidate in (head.canonical, head.first("og:url", "twitter:url"), structured.url):
        if candidate and re.match(r"https?://[^\s/]+\.[^\s/]+/\S", candidate):
            return candidate
    return None


# ---------------------------------------------------------------------------------------------------------------- dates
def _dates(
    page: Parsed, head: Head, structured: Structured, segments: list[Segment], url: str | None
) -> tuple[str | None, str | None]:
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
    weak = [norm(v) for v in head.all(*words("dates", "meta", "loose"))]
    modified = norm(structured.modified) or next((d for d in map(norm, head.all(*words("dates", "meta", "modified"))) if d), None)
    found = [c for c in candidates if c]
    if not found:
        visible, changed = _visible_dates(page.root, norm)
        modified = modified or changed
        found = [d for d in (visible, _labelled(segments, norm), *weak, dates.from_url(url), changed) if d]
    if not found:
        found = [d for d in [_weekday_of_year(segments, norm)] if d]
    published = found[0] if found else modified
    if published and "T" not in published:
        # The same day with its time, when another witness has it.
        published = next((c for c in found if c.startswith(published + "T")), published)
    return published, modified


_YEARLESS = re.compile(
    r"(?P<weekday>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+(?P<day>[A-Z][a-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][a-z]{2,8})(?!\d|,?\s?(?:19|20)\d\d)"
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\D{0,20}(?P<year>(?:19|20)\d\d)(?!\s?[-–])", re.I)


def _weekday_of_year(segments: list[Segment], norm: Normaliser) -> str | None:
    """ "Sunday June 7 11:52 AM EDT" on a page whose copyright line gives a year in which that day is a Sunday."""
    years = {m["year"] for s in segments if (m := _COPYRIGHT.search(s.text[:200]))}
    if len(years) != 1:
        return None
    year = next(iter(years))
    for s in segments[:40]:
        found = _YEARLESS.search(s.text[:MAX_DATE])
        if not found:
            continue
        moment = norm(f"{found['day']}, {year} {s.text[found.end() : found.end() + 30]}") or norm(f"{found['day']}, {year}")
        if moment and datetime.fromisoformat(moment[:10]).strftime("%A").startswith(found["weekday"]):
            return moment
    return None


def _labelled(segments: list[Segment], norm: Normaliser) -> str | None:
    """ "Published: 9 July 2024" in a short run of text of its own."""
    for s in segments:
        if 8 <= len(s.text) <= MAX_DATE and _pattern("labelled").match(s.text):
            found = norm(s.text)
            if found:
                return found
    return None


def _visible_dates(root: Element, norm: Normaliser) -> tuple[str | None, str | None]:
    """Dates of `<time>` elements, microdata and elements with a date's class, by-lines before lists of other articles."""
    published: list[str] = []
    changed: list[str] = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        names = names_of(element) if element.attrib else ""
        prop = element.get("itemprop") or ""
        timed = element.tag == "time" or prop in ("datePublished", "dateModified", "dateCreated")
        if not timed and not (names and _is("date", names)):
            continue
        text = collapse("".join(map(str, element.itertext()))) if len(element) < 12 else ""
        value = element.get("datetime") or element.get("content") or (element.get("title") if timed else None)
        found = norm(value) or (norm(text) if 6 <= len(text) <= MAX_DATE + 40 else None)
        if not found:
            continue
        old = prop == "dateModified" or _pattern("modified").search(f"{names} {text[:20]}")
        (changed if old and prop != "datePublished" else published).append(
            _best_precision(found, norm(text) if value and len(text) <= MAX_DATE else None)
        )
        if len(published) > 3:
            break
    return (published[0] if published else None), (changed[0] if changed else None)


def _best_precision(first: str, second: str | None) -> str:
    return second if second and "T" not in first and second.startswith(first + "T") else first


# -------------------------------------------------------------------------------------------------------------- authors
def _authors(
    page: Parsed, head: Head, structured: Structured, segments: list[Segment], site: str | None, start: int | None
) -> authors.Names:
    """JSON-LD first, then the head, then the by-line on the page; organisations of all, persons of the first that has some."""
    out = authors.Names()
    sources = (
        (structured.persons, True),
        ([v for v in head.all(*words("dates", "meta", "authors")) if "://" not in v], True),
        (_microdata(page.root), True),
        (_byline(segments, start), False),
        (_signature(segments, start, site), False),
    )
    for values, named in sources:
        names = authors.parse(values, site, named)
        if not named:
            names.persons = [n for n in names.persons if " " in n or not n.isascii()]
        if not out.persons:
            out.persons = names.persons
        out.add(authors.Names([], names.organisations))
    out.add(authors.Names([], authors.parse(structured.organisations, site).organisations or structured.organisations[:5]))
    return out


def _microdata(root: Element) -> list[str]:
    out = []
    for element in elements(
        root.xpath("(//*[@itemprop='author' or @rel='author' or contains(@itemprop,'author ')])[position()<=12]")
    ):
        if any(_is("elsewhere", names_of(a)) for a in element.iterancestors() if a.attrib):
            continue
        inner = elements(element.xpath(".//*[@itemprop='name']"))
        target = inner[0] if inner else element
        text = collapse(target.get("content") or "".join(map(str, target.itertext()))[:400])
        if text and len(text) <= _MAX_BYLINE:
            out.append(text)
    return out


def _byline(segments: list[Segment], start: int | None) -> list[str]:
    """Short runs of text in an element that is named after the author, or that open with "By": before the body, else anywhere."""
    near: list[Segment] = []
    far: list[Segment] = []
    opened: list[Segment] = []
    for s in segments:
        if len(s.text) > _MAX_BYLINE or any(_is("elsewhere", n.names) for n in s.node.chain()[:6]):
            continue
        names = " ".join(n.names for n in s.node.chain()[:3])
        before = start is None or start - 60 <= s.index <= start + 2
        if _is("author", names) and not _is("not_author", s.node.names):
            (near if before else far).append(s)
        elif before and _pattern("opening").match(s.text) and len(s.text.split()) <= 14:
            opened.append(s)
    for group in (near, opened, far):
        run = group[:1]
        for s in group[1:3]:
            if s.index - run[-1].index <= 3:
                run.append(s)
        if any(authors.parse([s.text]).persons for s in run):
            return [s.text for s in run]
    return []


def _signature(segments: list[Segment], start: int | None, site: str | None) -> list[str]:
    """A bare name beside a date under the headline, or alone on the first or the last line of the text."""
    if start is None:
        return []
    for s in segments[max(0, start - 12) : start + 1]:
        if len(s.text) <= 90 and s.link_density < 1 and s.kind is not BlockKind.HEADING:
            rest = authors.without_date(s.text)
            alone = rest == s.text and s.node.tag == "p" and s.index >= start - 2
            found = bare_names(rest, site)
            if (rest != s.text or alone) and found and len("".join(found)) > 0.5 * len(rest):
                return found
    return []


def bare_names(text: str, site: str | None) -> list[str]:
    """The full names in a line that holds names and nothing else."""
    return [n for n in authors.parse([text], site).persons if 2 <= len(n.split()) <= 4]
