"""When it was published and changed: weighs what JSON-LD, the head, marked elements and printed lines say.

In: head, JSON-LD, the segments, the elements that by their names hold a day, the address, the body's place. Out: (published,
modified) as in `dates`. The publisher's own statement first; then a day beside the headline; then what some systems
also fill with the day of change; then days further off, outside of comments, boxes and lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from pipeline.article import dates, day_order, printed_dates
from pipeline.article.bylines import elsewhere
from pipeline.article.head import Head
from pipeline.article.lexicon import any_of, words
from pipeline.article.limits import MAX_DATE
from pipeline.article.segments import Marked, Segment, collapse
from pipeline.article.structured import Structured

Normaliser = Callable[[str | None], str | None]
# Segments above and below the body's first in which its own day stands.
_ABOVE = 25
_BELOW = 3
# Segments above the headline: topic, day, share bar.
_KICKER = 8
# Characters of a line that says who posted it when.
_POSTED = 250
_YEARLESS = re.compile(
    r"(?P<weekday>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+(?P<day>[A-Z][a-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][a-z]{2,8})(?!\d|,?\s?(?:19|20)\d\d)"
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\D{0,20}(?P<year>(?:19|20)\d\d)(?!\s?[-–])", re.I)
_YEAR_IN_URL = re.compile(r"[/_-]((?:19|20)\d\d)[/_-]")
_DASH = re.compile(r"\s*[–—|:-]\s")


def read(
    head: Head, structured: Structured, segments: list[Segment], dated: list[Marked], url: str | None, start: int | None
) -> tuple[str | None, str | None]:
    """The day (and time) of publication and of the last change; None where the page says nothing."""
    norm = _normaliser(head)
    candidates = [norm(structured.published), *(norm(v) for v in head.all(*words("dates", "meta", "published")))]
    modified = norm(structured.modified) or next((d for d in map(norm, head.all(*words("dates", "meta", "modified"))) if d), None)
    found = [c for c in candidates if c]
    if not found:
        beside, changed, off = _visible(segments, dated, norm, start)
        modified = modified or changed
        loose = [norm(v) for v in head.all(*words("dates", "meta", "loose"))]
        printed = (beside, _opening(segments, norm, start), _labelled(segments, norm))
        found = [d for d in (*printed, *loose, dates.from_url(url), _posted(segments, norm), off, changed) if d]
    if not found:
        found = [d for d in [_weekday_of_year(segments, norm)] if d]
    published = found[0] if found else None
    if published and "T" not in published:
        # The same day with its time, when another witness has it.
        published = next((c for c in found if c.startswith(published + "T")), published)
    if published and _american(head):
        published = day_order.by_text(published, segments)
    return published, modified


def _american(head: Head) -> bool:
    """Whether 3/4/2024 is the fourth of March there, as far as the page's head says."""
    return head.language in ("en", None) or (head.first("og:locale") or "").replace("_", "-").lower() == "en-us"


def _normaliser(head: Head) -> Normaliser:
    language = head.language
    american = _american(head)

    def norm(value: str | None) -> str | None:
        return dates.normalise(value, language, None if american else True)

    return norm


def _visible(
    segments: list[Segment], dated: list[Marked], norm: Normaliser, start: int | None
) -> tuple[str | None, str | None, str | None]:
    """Of the marked days: the one beside the headline, the one of change, one further off."""
    own = {n.element for n in segments[start].node.chain()} if start is not None else set()
    top = _top(segments, start)
    beside: str | None = None
    changed: str | None = None
    off: str | None = None
    outer = {above for mark in dated for above in mark.element.iterancestors()}
    # What holds another marked element says less than that one.
    for mark in sorted(dated, key=lambda m: m.element in outer):
        element, prop = mark.element, mark.element.get("itemprop") or ""
        text = collapse(" ".join(map(str, element.itertext()))[: 4 * MAX_DATE]) if len(element) < 12 else ""
        timed = element.tag in ("time", "abbr") or prop.startswith("date")
        value = element.get("datetime") or element.get("content") or (element.get("title") if timed else None)
        printed = norm(text) if 6 <= len(text) <= MAX_DATE + 40 else None
        moment = norm(value) or printed
        if not moment or elsewhere(mark, own):
            continue
        if printed and "T" not in moment and printed.startswith(moment + "T"):
            moment = printed
        if prop != "datePublished" and (
            prop == "dateModified" or any_of("boilerplate", "bylines", "modified").search(f"{mark.names} {text[:20]}")
        ):
            changed = changed or moment
        elif start is None or top <= mark.index <= start + _BELOW:
            beside = beside or moment
        else:
            off = off or moment
    return beside, changed, off


def _top(segments: list[Segment], start: int | None) -> int:
    """Where the article's head begins: a little above the last heading before the body."""
    if start is None:
        return 0
    above = [s.index for s in segments[max(0, start - _ABOVE) : start] if 0 < s.level <= 2]
    return max(start - _ABOVE, above[-1] - _KICKER if above else 0)


def _opening(segments: list[Segment], norm: Normaliser, start: int | None) -> str | None:
    """A day in a short line right above the text, or the day that opens it: "29.11.2022 – The council …"."""
    if start is None:
        return None
    for s in segments[start : start + 3]:
        opened = printed_dates.find(s.text[:MAX_DATE])
        if opened and opened.start == 0 and _DASH.match(s.text, opened.end):
            return norm(s.text[: opened.end])
    changed = any_of("boilerplate", "bylines", "modified")
    # Names that the text bears too say nothing.
    own = segments[start].marks
    for s in reversed(segments[max(0, start - 12) : start]):
        if 6 <= len(s.text) <= MAX_DATE + 40 and "furniture" not in s.marks - own and not changed.search(s.text):
            found = norm(s.text)
            if found:
                return found
    # Below the standfirst.
    below = (s for s in segments[start + 1 : start + 4] if 6 <= len(s.text) <= MAX_DATE and not changed.search(s.text))
    return next((d for s in below if (d := norm(s.text))), None)


def _labelled(segments: list[Segment], norm: Normaliser) -> str | None:
    """ "Published: 9 July 2024" in a short run of text of its own."""
    lines = (s for s in segments if 8 <= len(s.text) <= MAX_DATE)
    return next((d for s in lines if any_of("boilerplate", "bylines", "labelled").match(s.text) and (d := norm(s.text))), None)


def _posted(segments: list[Segment], norm: Normaliser) -> str | None:
    """ "This entry was posted by Jane on 9 July 2024 at 9:30 in World.": a line with one day in it."""
    for s in segments:
        if len(s.text) <= _POSTED and s.words >= 5 and any_of("boilerplate", "bylines", "posted").search(s.text):
            found = printed_dates.find(s.text)
            if found and printed_dates.find(s.text[found.end :]) is None:
                return norm(s.text[found.start : found.end + 20])
    return None


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


def of_dateline(day: str | None, modified: str | None, url: str | None) -> str | None:
    """The day that opens the report ("March 3"), where it has a year, or the address or the day of change gives one."""
    if not day:
        return None
    whole = dates.normalise(day)
    in_url = _YEAR_IN_URL.search(url or "")
    year = in_url[1] if in_url else modified[:4] if modified else None
    moment = whole or (dates.normalise(f"{day}, {year}") if year else None)
    # What was changed before the day it is dated is another year's.
    return moment if moment and (not modified or moment[:10] <= modified[:10]) else None
