"""Title, authors, dates, site, section, keywords: weighs what head, JSON-LD, microdata and the visible by-line say.

In: the parsed page, its segments, head and JSON-LD. Out: `Metadata`. Unknown stays None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.article import authors, bylines, dates, day_order, page_data, published, titles
from pipeline.article.head import Head
from pipeline.article.lexicon import words
from pipeline.article.parsing import Parsed
from pipeline.article.segments import Segmented
from pipeline.article.structured import Structured, keyword_list
from pipeline.article.witnesses import squeeze, trafilatura_metadata


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


def read(page: Parsed, head: Head, structured: Structured, shown: Segmented, url: str | None, start: int | None) -> Metadata:
    """All but the title, which needs the body's place."""
    out = Metadata()
    out.url = url or _address(head, structured)
    out.site = titles.site_of(head, structured, out.url)
    out.published, out.modified = published.read(head, structured, shown.segments, shown.dated, out.url, start)
    names = _authors(head, structured, shown, out.site, start)
    if not (out.published or out.modified):
        other = trafilatura_metadata(page, out.url)
        # htmldate gives the first of January when it has only a year.
        day = None if (other.date or "").endswith("-01-01") else dates.normalise(other.date)
        out.published = day_order.by_text(day, shown.segments) if day else None
        if not (names.persons or names.organisations):
            names.add(authors.parse((other.author or "").split(";"), out.site, True))
        out.published = out.published or dates.normalise(page_data.published(page.data))
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


def _authors(head: Head, structured: Structured, shown: Segmented, site: str | None, start: int | None) -> authors.Names:
    """JSON-LD first, then the head, then the page itself; organisations of all, persons of the first that has some.

    What is printed wins over a name that the page shows nowhere: an account's, a template's, an editor's.
    """
    told = [
        authors.parse(structured.persons, site, True),
        authors.parse([v for v in head.all(*words("dates", "meta", "authors")) if "://" not in v], site, True),
    ]
    out = authors.Names()
    for names in told:
        # The longer of two lists with the same names, where the page shows the others too.
        longer = bool(out.persons) and set(out.persons) < set(names.persons)
        if longer and bylines.signs(shown, start, [n for n in names.persons if n not in out.persons]):
            out.persons = names.persons
        out.persons = out.persons or names.persons
        out.add(authors.Names([], names.organisations))
    opened = bylines.opened(shown.segments, start, site)
    line = squeeze("".join(opened.persons))
    if opened.persons and (not any(squeeze(n) in line for n in out.persons) or set(out.persons) < set(opened.persons)):
        # An account posts what others write, and a head forgets the second of two: "By Jane Doe" on a line of its own says more.
        out.persons = opened.persons
        out.add(authors.Names([], opened.organisations))
    elif not out.persons or not bylines.shows(shown.segments, out.persons):
        printed = bylines.read(shown.segments, shown.signed, site, start)
        out.persons = printed.persons or out.persons
        out.add(authors.Names([], printed.organisations))
    out.add(authors.Names([], authors.parse(structured.organisations, site).organisations or structured.organisations[:5]))
    return out
