"""Pages that are no article: index, consent wall, error page, film, another language.

In: what the other modules found. Out: nothing, or a PageError with the reason. Word lists: models/article/kinds.toml and
models/article/languages.tsv. Documented in docs/article.md: a live blog is an article; of several articles on a page the first is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from pipeline.article.lexicon import any_of
from pipeline.errors import KnowledgeError, PageError, Reason
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
_SAMPLE = 20_000
_WALL = 1_500


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    rows: dict[str, frozenset[str]] = {}
    for line in model_path("article/languages.tsv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        code, separator, listed = line.partition("\t")
        if not separator:
            raise KnowledgeError(f"models/article/languages.tsv: no tab in {line[:40]!r}", "write code, tab, words")
        rows[code] = frozenset(listed.split())
    return rows


def language_of(text: str) -> str | None:
    """ISO 639-1 of a text by its script and stop words; None when there is too little evidence."""
    sample = text[:_SAMPLE]
    letters = sum(ch.isalpha() for ch in sample)
    if letters < 60:
        return None
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) > 0.3 * letters:
            return code
    counts = Counter(_WORD.findall(sample.lower()))
    total = sum(counts.values())
    hits = {code: sum(counts[w] for w in listed) for code, listed in _stop_words().items()}
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
    if len(text) > _WALL:
        return
    head = f"{title or ''}\n{text[:600]}"
    if any_of("kinds", "phrases", "consent").search(head):
        raise PageError(Reason.CONSENT_WALL, "the page asks for consent and holds no article", hint="save it after accepting")
    if any_of("kinds", "phrases", "error").search(head):
        raise PageError(Reason.ERROR_PAGE, "the page is an error message or a robot check", hint="download it again")
