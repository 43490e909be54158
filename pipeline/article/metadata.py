"""Title, authors, dates, site, section, keywords: weighs what head, JSON-LD, microdata and the visible by-line say.

In: the parsed page, its segments, head and JSON-LD. Out: `Metadata`. Unknown stays None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from pipeline.article import authors, bylines, dates, titles
from pipeline.article.head import Head
from pipeline.article.lexicon import any_of, words
from pipeline.article.limits import MAX_DATE
from pipeline.article.parsing import Element, Parsed
from pipeline.article.segments import Segment, Signed, collapse, names_of
from pipeline.article.structured import Structured, keyword_list
from pipeline.article.witnesses import trafilatura_metadata

Normaliser = Callable[[str | None], str | None]


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
    page: Parsed,
    head: Head,
    structured: Structured,
    segments: list[Segment],
    signed: list[Signed],
    url: str | None,
    start: int | None,
) -> Metadata:
    """All but the title, which needs the body's place."""
    out = Metadata()
    out.url = url or _address(head, structured)
    out.site = titles.site_of(head, structured, out.url)
    out.published, out.modified = _dates(page, head, structured, segments, out.url)
    names = _authors(head, structured, segments, signed, out.site, start)
    if not out.published:
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
    head: Head, structured: Structured, segments: list[Segment], signed: list[Signed], site: str | None, start: int | None
) -> authors.Names:
    """JSON-LD first, then the head, then the page itself; organisations of all, persons of the first that has some.

    What is printed wins over a name that the page shows nowhere: an account's, a template's, an editor's.
    """
    told = [
        authors.parse(structured.persons, site, True),
        authors.parse([v for v in head.all(*words("dates", "meta", "authors")) if "://" not in v], site, True),
    ]
    out = authors.Names()
    for names in told:
        out.persons = out.persons or names.persons
        out.add(authors.Names([], names.organisations))
    if not out.persons or not bylines.shows(segments, out.persons):
        printed = bylines.read(segments, signed, site, start)
        out.persons = printed.persons or out.persons
        out.add(authors.Names([], printed.organisations))
    out.add(authors.Names([], authors.parse(structured.organisations, site).organisations or structured.organisations[:5]))
    return out
