"""The headline as a reader sees it, without the site's name.

In: the page's headings and what head and JSON-LD call it. Out: the title, and the site's name that was cut from it.

A heading on the page wins when head or JSON-LD bear it out; without one, the best of og:title, JSON-LD and `<title>`,
less a suffix that is the site's name.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise

from pipeline.article import headlines
from pipeline.article.head import Head
from pipeline.article.segments import Segment
from pipeline.article.structured import Structured
from pipeline.article.witnesses import squeeze
from pipeline.records import BlockKind

_DIVIDER = re.compile(r"\s+[|–—·•»«:>/\\-]+\s+|\s*[|»«]\s*|\s+::\s+")
# The same where what it divides is printed: "Headline-Site", "Site: Headline".
_JOINT = re.compile(r"\s*[|–—·•«»:>/\\_-]+\s*")
_MIN_WORDS = 2
_BOXES = frozenset(("furniture", "aside"))
# Names of elements that hold a title; segments above the text among which it stands; its words.
_TITLED = re.compile(r"\b(?:title|headline|heading|subject)\b")
_NEAR = 12
_TITLE = 4
# Segments between a heading and the text it heads.
_HEADS = 4
# Segments among which the site's own heading stands.
_TOP = 60
# Segments below the body's first in which the headline may stand.
_INSIDE = 3
# What has only one word in common is the same from here on.
_NEARLY = 0.85
# Letters of a site's name.
_SHORTEST_SITE = 2
# Parts of a `<title>`; more are a list of key words.
_MAX_PARTS = 6
# Characters; a headline as long may have been cut.
_CUT = 100


def choose(segments: list[Segment], head: Head, structured: Structured, site: str | None, body_start: int | None) -> str | None:
    """The page's headline."""
    sources = (structured.headline, head.first("og:title"), head.first("twitter:title"), head.title)
    own_headings = [s.text for s in segments[:_TOP] if s.level and _leads_up(s, head.canonical)]
    named = [strip_site(t, site, head.first("og:site_name"), *own_headings) for t in sources if t]
    headings = [(s, headlines.read(s, named)) for s in _headings(segments, body_start, head.canonical)]
    if structured.headline and structured.is_news:
        return _as_printed(named[0], [text for _, text in headings], named[1:])
    # What the article's own first paragraph stands in says nothing against a heading.
    own = segments[body_start].marks if body_start is not None else frozenset()
    best: tuple[float, float, str] | None = None
    for order, (s, text) in enumerate(headings):
        agreement = max((similarity(text, t) for t in named), default=0.0)
        boxed = bool((s.marks - own) & _BOXES)
        score = agreement + (0.35 if s.level == 1 else 0.0) - 0.02 * order - (0.3 if boxed else 0.0)
        if best is None or score > best[0]:
            best = (score, agreement, text)
    if best is not None:
        _, agreement, text = best
        above = len(segments) if body_start is None else body_start + _INSIDE
        ones = [t for s, t in headings if s.level == 1 and s.index <= above and "furniture" not in s.marks - own]
        alone = (
            len(ones) == 1
            and ones[0] == text
            and (text.count(" ") >= 3 or all(len(n) < len(text) for n in named))
            and (site is None or squeeze(text) != squeeze(site))
        )
        if agreement >= 0.6 or alone or (not named and text):
            return _without_kicker(text, named)
    told = next((_printed_part(n, segments) for n in named if squeeze(n)), None)
    if not any(sources[:-1]) and body_start is not None and not _is_printed(told, segments):
        # A bare `<title>` names a section or the site as often as the page; what heads the text is the page's.
        near = [
            t
            for s, t in headings
            if s.level in (1, 2) and body_start - _HEADS <= s.index < body_start and not (s.marks - own) & _BOXES
        ]
        told = near[0] if near else told
    if told is None or _names_site(told, site):
        return _named_title(segments, body_start) or told
    return told


def _is_printed(title: str | None, segments: list[Segment]) -> bool:
    key = squeeze(title or "")
    return any(squeeze(s.text) == key for s in segments if title and len(s.text) <= 2 * len(title))


def _names_site(title: str, site: str | None) -> bool:
    """Whether this names the site only, as the heads of pages do that a system fills with one title for all."""
    name = squeeze(site or "")
    return title.count(" ") < _MIN_WORDS or (bool(name) and name in squeeze(title) and len(squeeze(title)) <= 2 * len(name))


def _named_title(segments: list[Segment], body_start: int | None) -> str | None:
    """The last line above the text in an element that is named a title, or nothing."""
    above = segments[max(0, (body_start or 0) - _NEAR) : body_start or 0]
    found = (s.text for s in reversed(above) if s.words >= _TITLE and s.link_density < 0.5 and _TITLED.search(s.node.names))
    return next(found, None)


def _printed_part(title: str, segments: list[Segment]) -> str:
    """ "SITE - World - Headline - News" -> "Headline", when just that stands on the page in a line of its own."""
    cuts = list(_JOINT.finditer(title))
    if not cuts:
        return title
    cuts = cuts if len(cuts) <= _MAX_PARTS else [*cuts[: _MAX_PARTS // 2], *cuts[-_MAX_PARTS // 2 :]]
    printed = {squeeze(s.text): s.text for s in segments if s.words >= 4 and s.link_density < 0.5 and len(s.text) <= len(title)}
    spans = [(a, b) for b in (len(title), *(m.start() for m in reversed(cuts))) for a in (0, *(m.end() for m in cuts)) if a < b]
    parts = (squeeze(title[a:b]) for a, b in sorted(spans, key=lambda span: (span[0] - span[1], span[0])))
    return next((printed[part] for part in parts if part in printed), title)


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


def _headings(segments: list[Segment], body_start: int | None, address: str | None) -> list[Segment]:
    """What may be the headline: headings down to h3 above or just inside the body, and an itemprop or class that says so."""
    out = []
    for s in segments:
        if (body_start is not None and s.index > body_start + _INSIDE and s.level != 1) or _leads_up(s, address):
            continue
        if (s.kind is BlockKind.HEADING and s.level <= 3 and 3 <= len(s.text) <= 300) or (
            re.search(r"\b(?:headline|article title|entry title|post title|story title)\b", s.node.names)
            and 10 <= len(s.text) <= 300
        ):
            out.append(s)
    return out[:60]


def _leads_up(s: Segment, address: str | None) -> bool:
    """Whether a heading is a link to the site's front page, or to what is above the page's own address: the site's name."""
    there = s.address if s.link_density > 0.9 else None
    if not there:
        return False
    if re.fullmatch(r"(?:https?://[^/]+)?/?(?:index\.\w{3,5})?", there):
        return True
    return address is not None and there.endswith("/") and len(there) < len(address) and address.startswith(there)


def similarity(a: str, b: str) -> float:
    """0..1; containment counts nearly as much as equality."""
    x, y = squeeze(a), squeeze(b)
    if not x or not y:
        return 0.0
    if x == y:
        return 1.0
    if len(min(x, y, key=len)) >= 12 and (x in y or y in x):
        return 0.7 + 0.3 * min(len(x), len(y)) / max(len(x), len(y))
    common = set(re.findall(r"\w+", a.lower())) & set(re.findall(r"\w+", b.lower()))
    if not common:
        return 0.0
    ratio = SequenceMatcher(None, x[:200], y[:200], autojunk=False).ratio()
    return ratio if len(common) > 1 or ratio >= _NEARLY else 0.0


def strip_site(title: str, *sites: str | None) -> str:
    """Without "| Site" or "Site:" at its ends: parts that are the site's name, or short ones after a bar."""
    names = [squeeze(s) for s in sites if s]
    cuts = [(m.start(), m.end(), m.group()) for m in _DIVIDER.finditer(title)]
    if not cuts:
        return title
    start, end = 0, len(title)
    # "Headline - Site - Section"
    for (at, after, _), (following, _, _) in pairwise(cuts):
        if title[:at].count(" ") >= _MIN_WORDS and squeeze(title[after:following]) in names:
            end = at
            break
    for at, after, _ in reversed([c for c in cuts if c[0] < end]):
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
        for part in (*reversed(parts[1:]), *parts[: len(parts) - 1][:1]):
            name = squeeze(part)
            if len(name) >= _SHORTEST_SITE and (name in key or (key in name and len(name) <= 3 * len(key))):
                return str(part)
    return host


def host_of(url: str | None) -> str | None:
    """The host of an address, without www."""
    found = re.match(r"(?:https?:)?//(?:[^/@\s]*@)?([\w.-]{1,250})", url or "")
    if not found or "." not in found[1]:
        return None
    return re.sub(r"^(?:www\d?|m|amp|edition)\.(?=[^.]+\.[^.]+)", "", found[1].lower())
