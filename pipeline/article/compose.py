"""Puts the stage together: one page in, one Article out, one step a line.

In: `Page`. Out: `Article`. Raises PageError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from pipeline.article import (
    authors,
    body,
    bylines,
    chooser,
    dateline,
    dates,
    decoding,
    head,
    identity,
    images,
    kinds,
    metadata,
    page_data,
    parsing,
    plain,
    structured,
    titles,
)
from pipeline.article import published as when
from pipeline.article.limits import MAX_TEXT
from pipeline.article.paths import Paths
from pipeline.article.segments import Segment, collapse, segment
from pipeline.article.witnesses import Witness, squeeze, trafilatura_witness
from pipeline.errors import PageError, Reason
from pipeline.page import Page
from pipeline.records import Article, Block, BlockKind, Image

# Characters: a report is seldom shorter; trafilatura's own default retries below 250 and loses short reports.
_LITTLE = 700
# Characters: what the witnesses hold to be the article may be a notice or a topic.
_SHORT = 300
# Characters: what a page shows of an article that it holds whole as data is shorter, and the whole so many times longer.
_TEASER = 1_500
_FULLER = 2.5
# Letters by which a paragraph that was cut short is known again.
_OPENING = 40
# Lines at the head of the text among which its by-line may stand.
_HEAD = 3
# Words: a headline and a menu have fewer, the shortest of flashes more.
_WORDS = 8


def extract_article(page: Page, any_language: bool = False) -> Article:
    """The article of a page.

    Args:
        page: HTML or plain text.
        any_language: keeps articles in other languages than English too; for those who only want the article, since all later
            stages read English.
    """
    if page.html is None:
        return plain.read(page, any_language)
    html, _ = decoding.decode(page.html, page.charset)
    parsed = parsing.parse(html)
    top = head.read(parsed)
    said = structured.read(parsed.json_ld, top.first("og:title") or top.title)
    shown = segment(parsed.root)
    segments, trafilatura = shown.segments, trafilatura_witness(parsed)
    start = _body_start(segments, trafilatura)
    about = metadata.read(parsed, top, said, shown, page.url, start)
    about.title = page.title or titles.choose(segments, top, said, about.site, start)
    choice = _choose(parsed, segments, _evidence(top, said, about, trafilatura))
    _take_signatures(choice, about, segments)
    told = _told(parsed, said, choice)
    if not told:
        _refuse(choice.segments, segments, said, top, about.title)
    captions, pictures = images.captions(segments, choice.segments, choice.container)
    chosen = sorted([*choice.segments, *captions], key=lambda s: s.index)
    _refuse_long(chosen, told)
    paths = Paths()
    title_path = _headline_path(paths, parsed.root, segments, about.title)
    text, blocks = _text(about.title, title_path, paths, chosen, {s.index for s in captions}, told)
    language = kinds.check_language(text, top.language, any_language)
    filed = _dateline(told or [s.text for s in choice.segments])
    return _article(page, about, filed, text, blocks, pictures, language)


def _evidence(top: head.Head, said: structured.Structured, about: metadata.Metadata, trafilatura: Witness) -> chooser.Evidence:
    """What the choice of the body goes by."""
    return chooser.Evidence(
        trafilatura,
        Witness((said.body or "").splitlines()),
        about.title,
        top.first("og:description", "description"),
        tuple(about.authors),
        titles.host_of(about.url),
        said.is_article or top.first("og:type") == "article",
    )


def _dateline(lines: list[str]) -> dateline.Dateline:
    """Where, when and by whom it was filed; a standfirst may stand above the paragraph that the dateline opens."""
    openings = map(dateline.read, lines[:_HEAD])
    return next((d for d in openings if d.place or d.agency), dateline.Dateline())


def _article(
    page: Page,
    about: metadata.Metadata,
    filed: dateline.Dateline,
    text: str,
    blocks: tuple[Block, ...],
    pictures: Iterable[Image],
    language: str | None,
) -> Article:
    """The article's content, with what the page and the dateline say about it."""
    stated = dates.normalise(page.published) or about.published
    published = stated or when.of_dateline(filed.day, about.modified, about.url) or about.modified
    return Article(
        id=page.id or identity.of(about.title, text, published),
        source=page.source,
        url=about.url,
        site=page.site or about.site,
        title=about.title,
        authors=tuple(about.authors),
        organizations=tuple(about.organizations),
        published=published,
        modified=about.modified,
        language=language,
        section=about.section,
        keywords=tuple(about.keywords),
        dateline_place=filed.place,
        dateline_agency=filed.agency,
        images=tuple(pictures),
        text=text,
        blocks=blocks,
    )


def _take_signatures(choice: body.Choice, about: metadata.Metadata, segments: list[Segment]) -> None:
    """Moves a writer's name that stands alone on the first or the last line from the text to the authors; reads one below it.

    Where nothing else says who wrote it, the only line of the text that is a name does.
    """
    if not choice.segments:
        return
    last = choice.segments[-1].index
    # A heading and the line below it count as one.
    headed = any(s.kind is BlockKind.HEADING for s in segments[last + 1 : last + 2])
    below = [s for s in segments[last + 1 : last + (4 if headed else 3)] if "furniture" not in s.marks]
    for s in (choice.segments[-1], *choice.segments[:4], *below):
        names = bylines.signature(s, about.site)
        # A site that credits itself says less than a name; an agency says all.
        if names and all(squeeze(a) in squeeze(about.site or "") for a in about.authors):
            about.authors = names
        if names and set(names) <= set(about.authors) and s in choice.segments and len(choice.segments) >= 3:
            choice.segments.remove(s)
    for s in choice.segments[:_HEAD]:
        # "By Jane Doe, Staff Writer" as the first line of the text.
        if (
            len(choice.segments) >= 3
            and bylines.opens(s)
            and set(authors.parse([s.text], about.site).persons) & set(about.authors)
        ):
            choice.segments.remove(s)
    if not about.authors:
        found = [names for s in choice.segments if (names := bylines.signature(s, about.site))]
        about.authors = found[0] if len(found) == 1 else []
    if not about.authors:
        text = " ".join(s.text for s in choice.segments)
        below = [s for s in segments[last + 1 : last + 3] if s not in choice.segments]
        about.authors = [name for s in below if (name := bylines.introduced(s.text, text))][:1]


def _choose(parsed: parsing.Parsed, segments: list[Segment], evidence: chooser.Evidence) -> body.Choice:
    """The body; a second, thorough look where the first finds little, and a third without witnesses."""
    choice = body.choose(segments, evidence)
    size = sum(len(s.text) for s in choice.segments)
    if size >= _LITTLE or sum(len(s.text) for s in segments) < _LITTLE:
        return choice
    thorough = trafilatura_witness(parsed, thorough=True)
    if len(thorough.run) > max(size, len(evidence.trafilatura.run)) * 1.2:
        second = body.choose(segments, replace(evidence, trafilatura=thorough))
        if _size(second) > size:
            choice, size = second, _size(second)
    if size >= _SHORT:
        return choice
    # No witness: what reads like prose and stands in no box. Only where it finds much more than a short report has.
    alone = body.choose(segments, replace(evidence, trafilatura=Witness([]), publisher=Witness([])))
    return alone if _size(alone) > 2 * size else choice


def _told(parsed: parsing.Parsed, said: structured.Structured, choice: body.Choice) -> list[str]:
    """The article's paragraphs where the page shows nothing of it, or only how it begins, and holds the rest as data."""
    size = sum(len(s.text) for s in choice.segments)
    if size >= _TEASER or "LiveBlogPosting" in said.types:
        return []
    sources: list[Callable[[], list[str]]] = [lambda: [collapse(line) for line in (said.body or "").splitlines() if line.strip()]]
    if size < _SHORT:
        sources.append(lambda: page_data.paragraphs(parsed.data))
    for source in sources:
        lines = source()
        run = squeeze("\n".join(lines)) if sum(map(len, lines)) >= max(_LITTLE, _FULLER * size) else ""
        shown = [squeeze(s.text)[:_OPENING] for s in choice.segments if chooser.prose(s)]
        # What is shown must be how it begins: else the data are another page's.
        if run and all(key in run for key in shown):
            return lines
    return []


def _size(choice: body.Choice) -> int:
    return sum(len(s.text) for s in choice.segments if chooser.prose(s))


def _body_start(segments: list[Segment], witness: Witness) -> int | None:
    return next((s.index for s in segments if s.words >= 12 and witness.holds(squeeze(s.text))), None)


def _headline_path(paths: Paths, root: parsing.Element, segments: list[Segment], title: str | None) -> str | None:
    """Where the headline stands: an element of its own, one that holds it among other words, or the page's `<title>`."""
    key = squeeze(title or "")
    if not key:
        return None
    # As long as the headline, but for spaces and punctuation.
    near = (s for s in segments if len(s.text) <= 2 * len(title or "") + 8)
    found = sorted((s for s in near if squeeze(s.text) == key), key=lambda s: (s.level or 9, s.index))
    found = found or sorted((s for s in segments if key in squeeze(s.text)), key=lambda s: (s.level or 9, len(s.text), s.index))
    if found:
        return paths.of(found[0].node.element)
    top = root.find(".//title")
    if top is not None and key in squeeze("".join(map(str, top.itertext()))):
        return paths.of(top)
    return None


def _text(
    title: str | None, title_path: str | None, paths: Paths, chosen: list[Segment], captions: set[int], told: list[str]
) -> tuple[str, tuple[Block, ...]]:
    """The title and the blocks, joined by blank lines, with their offsets."""
    parts: list[str] = []
    blocks: list[Block] = []
    at = 0
    pieces: list[tuple[BlockKind, str, str | None]] = [(BlockKind.TITLE, title, title_path)] if title else []
    if told:
        places = {squeeze(s.text): paths.of(s.node.element) for s in chosen}
        pieces += [
            (BlockKind.PARAGRAPH, line, places.get(squeeze(line))) for line in told if squeeze(line) != squeeze(title or "")
        ]
        chosen = [s for s in chosen if s.index in captions]
    pieces += [(BlockKind.CAPTION if s.index in captions else s.kind, s.text, paths.of(s.node.element)) for s in chosen]
    for kind, value, path in pieces:
        parts.append(value)
        blocks.append(Block(kind=kind, start=at, end=at + len(value), path=path))
        at += len(value) + 2
    return "\n\n".join(parts), tuple(blocks)


def _refuse(
    chosen: list[Segment], segments: list[Segment], said: structured.Structured, top: head.Head, title: str | None
) -> None:
    """Raises for pages that hold no article, with the reason."""
    size = sum(len(s.text) for s in chosen if chooser.prose(s))
    kinds.refuse_wall("\n".join(s.text for s in (chosen if size else segments[:80])), title)
    if said.is_video or (top.first("og:type") or "").startswith("video"):
        kinds.refuse_video(size)
    if not said.is_article and top.first("og:type") != "article":
        kinds.refuse_index(segments, chosen, said.is_list)
    if not chosen or sum(s.words for s in chosen) < _WORDS:
        raise PageError(Reason.NO_ARTICLE, "no running text was found", hint="is this the article's own page?")


def _refuse_long(chosen: list[Segment], told: list[str]) -> None:
    """Raises for texts that are longer than any article."""
    size = sum(len(s.text) + 2 for s in chosen) + sum(map(len, told))
    if size > MAX_TEXT:
        raise PageError(Reason.TOO_LONG, f"the text has {size:,} characters, the limit is {MAX_TEXT:,}", hint="split it")
