"""Where the article begins, ends and repeats itself.

In: what was chosen by weight, and the `Chooser`. Out: the same with the standfirst and the sub-headings, and without
second articles, lists that their heading gives away, a press release's boilerplate, blurbs about the writers, and
repetitions.
"""

from __future__ import annotations

import re

from pipeline.article.bylines import introduced
from pipeline.article.chooser import Chooser, make, prose, within
from pipeline.article.dates import normalise
from pipeline.article.segments import Node, Segment, full_match
from pipeline.article.witnesses import squeeze
from pipeline.records import BlockKind

# Segments between the headline and a standfirst that nothing names: a topic, a by-line, a share bar, credits.
_NEAR_HEADLINE = 15
# Words; what is repeated on purpose (a question put to several people, a row) is shorter than a paragraph told twice.
_REFRAIN = 25
# Words of what a paragraph is pulled apart for.
_SENTENCE = 6
# Boxes that are compared with the paragraphs.
_BOXES = 50
_PULLED = re.compile(r"\bpull ?quote\b")
# Words of a writer's post ("Defence Editor").
_ROLE = 4
# Words of a heading above the main points.
_POINTS = 7
# Paragraphs of a text below which its writer may be introduced, and lines that do it.
_FIRST_BLURB = 4
_BLURBS = 2
# Words of a line that gives the day and the time.
_DATED = 8
# Shares of the text: what stands after this much of it may be the end's boilerplate, and how long that may be.
_LATE = 0.5
_BOILERPLATE = 0.35


def standfirst(chooser: Chooser, first: int, kept: list[Segment]) -> list[Segment]:
    """The deck between headline and body: named so, what the page describes itself with, or prose right below the headline."""
    described = squeeze(chooser.evidence.description or "")
    headline = _headline_before(chooser, first)
    out: list[Segment] = []
    have = {chooser.squeezed[s.index] for s in kept}
    apart = False
    listed: Node | None = None
    for s in chooser.segments[max(0, first - 40) : first]:
        key = chooser.squeezed[s.index]
        marks = chooser.marks(s)
        if s.words <= _POINTS and full_match("headings", "points").fullmatch(s.text.strip(" :.")):
            listed = s.node.parent
        if (
            s.words < 5
            or s.link_density > 0.5
            or key in have
            or key == chooser.title_key
            or "furniture" in marks
            or chooser.refused(s)
        ):
            apart = apart or (headline is not None and s.index > headline and s.words >= 12 and "furniture" in marks)
            continue
        below = headline is not None and s.index > headline
        named = below and "standfirst" in s.marks
        told = len(key) > 30 and len(described) > 30 and (key.startswith(described[:60]) or described.startswith(key[:60]))
        plain = below and not apart and prose(s) and not marks & {"aside", "byline"} and s.kind is not BlockKind.LIST_ITEM
        plain = plain and (s.index - (headline or 0) <= _NEAR_HEADLINE or chooser.by_trafilatura[s.index])
        point = below and listed is not None and s.kind is BlockKind.LIST_ITEM and within(s.node, listed)
        if named or told or plain or point:
            have.add(key)
            out.append(s)
    return out


def opening(kept: list[Segment], first: int, chooser: Chooser) -> int:
    """Where the text begins: at the first seed, or at a line before it that is too short for one, which trafilatura holds."""
    headline = _headline_before(chooser, first)
    for s in reversed([k for k in kept if k.index < first]):
        # What is held further up, beyond what was not kept, is something else when no headline stands above it.
        if not chooser.by_trafilatura[s.index] or s.index <= (first - 3 if headline is None else headline):
            break
        first = s.index
    return first


def _headline_before(chooser: Chooser, first: int) -> int | None:
    above = chooser.segments[:first]
    key = chooser.title_key
    same = next((s.index for s in reversed(above) if key and chooser.squeezed[s.index] == key), None)
    if same is not None:
        return same
    return next((s.index for s in reversed(above) if s.level == 1 and "furniture" not in chooser.marks(s)), None)


def runs_on(kept: list[Segment], last: int, chooser: Chooser) -> list[Segment]:
    """Up to the last seed, and on as long as trafilatura does or prose follows beside it in the same element."""
    out: list[Segment] = []
    end = last
    for s in kept:
        if s.index <= last or chooser.by_trafilatura[s.index]:
            out.append(s)
        elif s.index - end <= 2 and chooser.score(s) >= 2.5 and (prose(s) or "embed" in chooser.marks(s)):
            out.append(s)
            end = s.index
    return out


def with_headings(kept: list[Segment], chooser: Chooser) -> list[Segment]:
    """Adds the headings right above what was kept, in an element that holds both: entries of a live blog, chapters."""
    have = {s.index for s in kept}
    added: list[Segment] = []
    for s in kept:
        for above in reversed(chooser.segments[max(0, s.index - 3) : s.index]):
            if above.kind is not BlockKind.HEADING and above.index not in have and above.words <= 3:
                continue
            if above.kind is not BlockKind.HEADING or above.index in have or above.level < 2:
                break
            parent = above.node.parent
            if parent is None or not within(s.node, parent) or chooser.refused(above) or above.link_density > 0.5:
                break
            if chooser.marks(above) & {"furniture", "aside", "byline"} or chooser.squeezed[above.index] == chooser.title_key:
                break
            have.add(above.index)
            added.append(above)
    return sorted([*kept, *added], key=lambda s: s.index)


def cut(kept: list[Segment], chooser: Chooser) -> list[Segment]:
    """Without a second article, without lists that their heading gives away, without headings that head nothing."""
    stop = full_match("headings", "stop")
    total = sum(len(s.text) for s in kept)
    out: list[Segment] = []
    size = 0
    skipping = False
    for s in kept:
        if _second_headline(s, out, chooser) and size > 0.3 * total:
            break
        if (s.kind is BlockKind.HEADING or s.words <= 6) and stop.fullmatch(s.text.strip(" :.?!»>…")):
            if size > 0.8 * total:
                break
            skipping = True
            continue
        if size > _LATE * total and _opens_boilerplate(s, kept, total):
            break
        if skipping and (s.kind is BlockKind.HEADING or (prose(s) and s.words >= 20 and s.link_density < 0.3)):
            skipping = False
        size += len(s.text)
        if not skipping:
            out.append(s)
    out = _without_blurb(out, chooser)
    # Some set their last paragraph as a heading.
    while out and out[-1].kind is BlockKind.HEADING and not (prose(out[-1]) and out[-1].words >= _REFRAIN):
        out.pop()
    return out


def _second_headline(s: Segment, before: list[Segment], chooser: Chooser) -> bool:
    """Whether a main heading opens another article: not when it stands among the paragraphs, as some pages head chapters."""
    key = chooser.squeezed[s.index]
    if s.kind is not BlockKind.HEADING or s.level != 1 or key == chooser.title_key or _is_headline(s, key, chooser.title_key):
        return False
    parent = s.node.parent
    if parent is None or s.link_density > 0.5 or not any(within(b.node, parent) for b in before[-3:]):
        return True
    return any("byline" in f.node.own for f in chooser.segments[s.index + 1 : s.index + 3])


def _opens_boilerplate(s: Segment, kept: list[Segment], total: int) -> bool:
    """ "About Norvik Air" and a last paragraph that opens with that name: what a sender puts under all of its releases."""
    found = full_match("headings", "about").fullmatch(s.text.strip(" :."))
    if not found or s.words > 8:
        return False
    name = squeeze(found["name"])
    rest = [k for k in kept if k.index > s.index]
    if not rest or sum(len(k.text) for k in rest) > _BOILERPLATE * total:
        return False
    return name[:12] in squeeze(rest[0].text[:80])


def _without_blurb(kept: list[Segment], chooser: Chooser) -> list[Segment]:
    """Without what is said of the writer below the text, where the name stands once more."""
    total = sum(len(s.text) for s in kept)
    size = 0
    for at, s in enumerate(kept):
        if size > 0.7 * total and at and _names_writer(s, chooser):
            while at > 1 and kept[at - 1].words <= _ROLE and not prose(kept[at - 1]) and s.index - kept[at - 1].index <= 2:
                at -= 1
            return kept[:at]
        size += len(s.text)
    for at in range(max(_FIRST_BLURB, len(kept) - _BLURBS), len(kept)):
        name = introduced(kept[at].text, " ".join(k.text for k in kept[:at]))
        if name and (not chooser.evidence.authors or name in chooser.evidence.authors):
            return kept[:at]
    return kept


def _names_writer(s: Segment, chooser: Chooser) -> bool:
    keys = {squeeze(a) for a in chooser.evidence.authors if " " in a}
    signed = any(
        chooser.squeezed[b.index] in keys or ("byline" in b.marks and any(k in chooser.squeezed[b.index] for k in keys))
        for b in chooser.segments[max(0, s.index - 3) : s.index]
        if b.words <= 12
    )
    tokens = {t for a in chooser.evidence.authors for t in a.split() if len(t) > 2}
    return signed and bool(tokens & set(re.findall(r"\w+", s.text)))


def below_headline(kept: list[Segment], chooser: Chooser) -> list[Segment]:
    """Without what stands above the headline: a page's own lines, when nearly all of the text stands below it."""
    at = next((s.index for s in chooser.segments if chooser.title_key and chooser.squeezed[s.index] == chooser.title_key), None)
    below = [s for s in kept if at is not None and s.index > at]
    return below if sum(len(s.text) for s in below) >= 0.7 * sum(len(s.text) for s in kept) else kept


def _is_headline(s: Segment, key: str, title_key: str) -> bool:
    """The headline again, with at most a topic before it, or a topic and a day in a main heading."""
    if len(title_key) <= 15:
        return False
    if s.level == 1 and title_key in key:
        return len(key) <= 3 * len(title_key)
    return key.endswith(title_key) and len(key) <= len(title_key) + 30


def _without_pulled(kept: list[Segment], chooser: Chooser) -> list[Segment]:
    """Without boxes and quotations that only say again a part of a paragraph, in larger letters."""
    boxed = [s for s in kept if s.kind is BlockKind.QUOTE or "aside" in s.marks or _PULLED.search(s.node.names)][:_BOXES]
    prose_keys = [chooser.squeezed[s.index] for s in kept if prose(s)] if boxed else []
    pulled = {
        s.index
        for s in boxed
        if s.words >= _SENTENCE
        and "embed" not in chooser.marks(s)
        and any(len(chooser.squeezed[s.index]) < len(other) and chooser.squeezed[s.index] in other for other in prose_keys)
    }
    return [s for s in kept if s.index not in pulled]


def unique(kept: list[Segment], chooser: Chooser) -> list[Segment]:
    """Without the headline and without repetitions: pull quotes, teasers, the text again for another screen.

    A short line that comes again in the same make, with other text in between, is said on purpose and stays.
    """
    first: dict[str, tuple[int, tuple[str, ...]]] = {}
    out: list[Segment] = []
    kept = _without_pulled(kept, chooser)
    dropped: int | None = None
    for place, s in enumerate(kept):
        key = chooser.squeezed[s.index]
        if not key or key == chooser.title_key or _is_headline(s, key, chooser.title_key):
            continue
        # When it was published is no part of what was.
        if len(out) <= 1 and s.words <= _DATED and s.kind is not BlockKind.HEADING and normalise(s.text):
            continue
        known = first.get(key) if len(key) > 20 else None
        if known is not None:
            again = dropped is not None and known[0] == dropped + 1
            refrain = (s.words < _REFRAIN or not prose(s)) and make(s) == known[1] and place - known[0] > 1
            if again or not refrain:
                dropped = known[0]
                continue
        dropped = None
        first.setdefault(key, (place, make(s)))
        out.append(s)
    return out
