"""The headline as a reader sees it, without the site's name.

In: the page's headings and what head and JSON-LD call it. Out: the title, and the site's name that was cut from it.

A heading on the page wins when head or JSON-LD bear it out; without one, the best of og:title, JSON-LD and `<title>`,
less a suffix that is the site's name.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from pipeline.article.head import Head
from pipeline.article.segments import Segment
from pipeline.article.structured import Structured
from pipeline.article.witnesses import squeeze
from pipeline.records import BlockKind

_DIVIDER = re.compile(r"\s+[|–—·•»«:>/\\-]+\s+|\s*[|»«]\s*|\s+::\s+")
_MIN_WORDS = 2
# Characters; a headline as long may have been cut.
_CUT = 100


def choose(segments: list[Segment], head: Head, structured: Structured, site: str | None, body_start: int | None) -> str | None:
    """The page's headline."""
    sources = (structured.headline, head.first("og:title"), head.first("twitter:title"), head.title)
    named = [strip_site(t, site, head.first("og:site_name")) for t in sources if t]
    headings = _headings(segments, body_start)
    if structured.headline and structured.is_news:
        return _as_printed(named[0], [s.text for s in headings], named[1:])
    best: tuple[float, float, str] | None = None
    for order, s in enumerate(headings):
        agreement = max((similarity(s.text, t) for t in named), default=0.0)
        score = agreement + (0.35 if s.level == 1 else 0.0) - 0.02 * order - (0.3 if s.marks & {"furniture", "aside"} else 0.0)
        if best is None or score > best[0]:
            best = (score, agreement, s.text)
    if best is not None:
        _, agreement, text = best
        ones = [s for s in headings if s.level == 1 and not s.marks & {"furniture"}]
        alone = (
            len(ones) == 1
            and ones[0].text == text
            and (text.count(" ") >= 3 or all(len(n) < len(text) for n in named))
            and (site is None or squeeze(text) != squeeze(site))
        )
        if agreement >= 0.6 or alone or (not named and text):
            return _without_kicker(text, named)
    return next((_printed_part(n, segments) for n in named if squeeze(n)), None)


def _printed_part(title: str, segments: list[Segment]) -> str:
    """ "SITE - World - Headline" -> "Headline", when just that stands on the page in a line of its own, whatever its element."""
    ends = [m.end() for m in _DIVIDER.finditer(title)]
    if not ends:
        return title
    printed = {squeeze(s.text): s.text for s in segments if s.words >= 4 and s.link_density < 0.5 and len(s.text) <= len(title)}
    return next((printed[key] for end in ends if (key := squeeze(title[end:])) in printed), title)


def _without_kicker(heading: str, named: list[str]) -> str:
    """Without the topic or date above the headline, where a heading holds both, runs them together, and the head has only one."""
    key = squeeze(heading)
    for title in named:
        short = squeeze(title)
        at = heading.rfind(title.split()[0]) if title.split() else -1
        if (
            title.count(" ") >= 2
            and len(short) < len(key)
            and key.endswith(short)
            and not heading[:at].rstrip().endswith((":", "–", "—", "-", "|"))
        ):
            return title
    return heading


def _as_printed(headline: str, printed: list[str], others: list[str]) -> str:
    """The publisher's headline as it is set on the page: its quotation marks, and whole (search engines want 110 characters)."""
    key = squeeze(headline)
    short = headline.rstrip().endswith(("…", "...")) or len(headline) >= _CUT
    for text in (*printed, *others):
        other = squeeze(text)
        if other == key or (short and other.startswith(key) and len(other) < 3 * len(key)):
            return text
    return headline


def _headings(segments: list[Segment], body_start: int | None) -> list[Segment]:
    """What may be the headline: headings down to h3 above or just inside the body, and an itemprop or class that says so."""
    out = []
    for s in segments:
        if body_start is not None and s.index > body_start + 3 and s.level != 1:
            continue
        if (s.kind is BlockKind.HEADING and s.level <= 3 and 3 <= len(s.text) <= 300) or (
            re.search(r"\b(?:headline|article title|entry title|post title|story title)\b", s.node.names)
            and 10 <= len(s.text) <= 300
        ):
            out.append(s)
    return out[:60]


def similarity(a: str, b: str) -> float:
    """0..1; containment counts nearly as much as equality."""
    x, y = squeeze(a), squeeze(b)
    if not x or not y:
        return 0.0
    if x == y:
        return 1.0
    if len(min(x, y, key=len)) >= 12 and (x in y or y in x):
        return 0.7 + 0.3 * min(len(x), len(y)) / max(len(x), len(y))
    words_a, words_b = set(re.findall(r"\w+", a.lower())), set(re.findall(r"\w+", b.lower()))
    if not words_a & words_b:
        return 0.0
    return SequenceMatcher(None, x[:200], y[:200], autojunk=False).ratio() if len(words_a & words_b) > 1 else 0.0


def strip_site(title: str, *sites: str | None) -> str:
    """Without "| Site" or "Site:" at its ends: parts that are the site's name, or short ones after a bar."""
    names = [squeeze(s) for s in sites if s]
    cuts = [(m.start(), m.end(), m.group()) for m in _DIVIDER.finditer(title)]
    if not cuts:
        return title
    start, end = 0, len(title)
    for at, after, _ in reversed(cuts):
        tail = title[after:end]
        if _is_site(tail, names) or (len(title[:at].split()) >= 4 and "|" in title[at:after] and len(tail.split()) <= 5):
            end = at
        else:
            break
    for at, after, _ in cuts:
        if at < end and _is_site(title[start:at], names) and title[after:end].count(" ") >= _MIN_WORDS:
            start = after
        else:
            break
    return title[start:end].strip() or title


def _is_site(part: str, names: list[str]) -> bool:
    key = squeeze(part)
    if not key:
        return False
    return any(key == n or (len(key) >= 4 and (key in n or n in key) and len(key) <= 2 * len(n)) for n in names)


def site_of(head: Head, structured: Structured, url: str | None) -> str | None:
    """The site's name: og:site_name, the publisher, the end of `<title>` when the address bears it out, else the host."""
    for name in (
        head.first("og:site_name"),
        structured.publisher,
        head.first("application-name", "dc.publisher", "publisher", "twitter:app:name:iphone"),
    ):
        if name and len(name) <= 80 and not name.startswith("http"):
            return str(name).removeprefix("@").strip() or None
    host = host_of(url)
    if head.title and host:
        parts = [p.strip() for p in _DIVIDER.split(head.title) if p.strip()]
        key = squeeze(host.rsplit(".", 1)[0])
        for part in reversed(parts[1:]):
            if squeeze(part) and (squeeze(part) in key or key.split("www")[-1] in squeeze(part)):
                return str(part)
    return host


def host_of(url: str | None) -> str | None:
    """The host of an address, without www."""
    found = re.match(r"(?:https?:)?//(?:[^/@\s]*@)?([\w.-]{1,250})", url or "")
    if not found or "." not in found[1]:
        return None
    return re.sub(r"^(?:www\d?|m|amp|edition)\.(?=[^.]+\.[^.]+)", "", found[1].lower())
