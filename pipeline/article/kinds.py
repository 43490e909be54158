"""Pages that are no article: index, consent wall, error page, film, another language.

In: what the other modules found. Out: nothing, or a PageError with the reason. Word lists: models/article/kinds.toml
and models/article/languages.tsv. Documented in docs/article.md: a live blog is an article; of several articles on a
page the first is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from pipeline.article.lexicon import any_of, words
from pipeline.article.segments import Segment
from pipeline.errors import KnowledgeError, PageError, Reason
from pipeline.records import BlockKind
from pipeline.resources import model_path

_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u0dff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
)
# Less text than this says nothing about its language.
_ENOUGH_CHARACTERS = 200
_ENOUGH_HITS = 12
_SAMPLE = 5_000
_WALL = 1_500
_LONG_WALL = 4_000
_CONSENT_TERMS = 6
_REPORT = 400
_TEASERS = 5


@cache
def _stop_words() -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The languages, and those that have a word among their stop words."""
    rows: dict[str, frozenset[str]] = {}
    for line in model_path("article/languages.tsv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        code, separator, listed = line.partition("\t")
        if not separator:
            raise KnowledgeError(f"models/article/languages.tsv: no tab in {line[:40]!r}", "write code, tab, words")
        rows[code] = frozenset(listed.split())
    vocabulary = sorted(frozenset().union(*rows.values()))
    return tuple(rows), {word: tuple(code for code, listed in rows.items() if word in listed) for word in vocabulary}


def language_of(text: str) -> str | None:
    """ISO 639-1 of a text by its script and stop words; None when there is too little evidence."""
    sample = text[:_SAMPLE]
    found = _WORD.findall(sample.lower())
    letters = sum(map(len, found))
    if letters < 60:
        return None
    if len(sample.encode("ascii", "ignore")) < len(sample) - 0.3 * letters:
        for code, script in _SCRIPTS:
            if len(script.findall(sample)) > 0.3 * letters:
                return code
    counts = Counter(found)
    total = sum(counts.values())
    codes, languages = _stop_words()
    hits = dict.fromkeys(codes, 0)
    for word, count in counts.items():
        for code in languages.get(word, ()):
            hits[code] += count
    best, second = sorted(hits, key=lambda c: (-hits[c], c))[:2]
    if (
        len(text) < _ENOUGH_CHARACTERS
        or hits[best] < _ENOUGH_HITS
        or hits[best] < 0.12 * total
        or hits[best] < 1.15 * hits[second]
    ):
        return None
    return best


def check_language(text: str, declared: str | None, any_language: bool) -> str | None:
    """The language of the text; raises when it is surely not English, unless any will do."""
    found = language_of(text)
    if found is not None and found != "en" and not any_language:
        raise PageError(
            Reason.LANGUAGE,
            f"the text is in another language ({found})",
            hint="only English is analysed; --until article keeps it",
        )
    return found or (declared if declared == "en" or any_language else None)


def refuse_wall(text: str, title: str | None) -> None:
    """Raises for consent walls, bot checks and error pages: short texts with their phrases."""
    if len(text) <= _LONG_WALL and _speaks_of_consent(f"{title or ''}\n{text}"):
        raise _wall()
    if len(text) > _WALL:
        return
    opening = f"{title or ''}\n{text[:600]}"
    if any_of("kinds", "phrases", "error").search(opening):
        raise PageError(Reason.ERROR_PAGE, "the page is an error message or a robot check", hint="download it again")
    if any_of("kinds", "phrases", "consent").search(opening):
        raise _wall()


def _wall() -> PageError:
    return PageError(Reason.CONSENT_WALL, "the page asks for consent and holds no article", hint="save it after accepting")


def _speaks_of_consent(text: str) -> bool:
    """Whether most kinds of a consent wall's words are there, and speak to the reader: a report on such walls does not."""
    # A report seldom speaks to its reader: the quicker question first.
    if len(any_of("kinds", "phrases", "reader").findall(text)) < max(2, len(text) // 500):
        return False
    return sum(re.search(term, text, re.I) is not None for term in words("kinds", "phrases", "consent_terms")) >= _CONSENT_TERMS


def refuse_video(prose_characters: int) -> None:
    """Raises for a film's own page with less text than a report has."""
    if prose_characters < _REPORT:
        raise PageError(Reason.VIDEO_ONLY, "the page shows a film and holds no article", hint="nothing to read here")


def refuse_index(segments: list[Segment], chosen: list[Segment], declared: bool) -> None:
    """Raises for front pages and lists: nearly every paragraph stands under a headline that is a link."""
    links = [s for s in segments if s.kind is BlockKind.HEADING and s.link_density > 0.8 and s.words >= 3]
    if len(links) < _TEASERS:
        return
    linked = {s.index for s in links}
    paragraphs = [s for s in chosen if s.words >= 8 and s.kind is not BlockKind.HEADING]
    teasers = [s for s in paragraphs if linked & {s.index - 1, s.index - 2, s.index - 3}]
    if declared or not paragraphs or len(teasers) > 0.6 * len(paragraphs):
        raise PageError(
            Reason.INDEX_PAGE, f"the page is a list of {len(links)} headlines, no article", hint="pass the articles' own pages"
        )
