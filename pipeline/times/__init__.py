"""Times: every date phrase of a text found, normalised and anchored. A spaCy component, and usable by itself.

In: text or a Doc, and when it was published. Out: `TimeNote` (pipeline.annotations), non-overlapping, in text order, on
`doc._.times`. Only the text is read, no tags and no parse, so that any pipeline with any tokeniser gives the same times.

    nlp = spacy.blank("en"); nlp.add_pipe("dateline_times", config={"published": "2024-07-09"})
    pipeline.times.tag("They met on Tuesday.", "2024-07-09")
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date, datetime

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.annotations import TimeNote
from pipeline.annotations import article as article_of
from pipeline.calendar import FISCAL_FIRST_MONTH
from pipeline.errors import UsageError
from pipeline.records import TimeType
from pipeline.times.anchoring import Anchor
from pipeline.times.covering import Resolved
from pipeline.times.grammar import Tokens, tokenise
from pipeline.times.reading import read
from pipeline.times.senses import Found
from pipeline.times.told import date_by_events, steps

Published = datetime | date | str | None

_FIRST_YEAR, _LAST_YEAR = 1400, 2999  # printing, and a generous future
_INSTANT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?")


def instant(published: Published) -> datetime | None:
    """A publication date as datetime, in its own zone where it has one; None when unknown or not precise to the day.

    Raises UsageError for a string that is no ISO 8601 date.
    """
    if published is None or isinstance(published, datetime):
        return published
    if isinstance(published, date):
        return datetime(published.year, published.month, published.day)
    match = _INSTANT.fullmatch(published.strip())
    try:
        if match is None:
            raise ValueError(published)
        year, month, day = (int(part) if part else None for part in match.groups()[:3])
        if month is None or day is None:
            return None
        hour, minute, second = (int(part or 0) for part in match.groups()[3:6])
        return datetime(int(year or 0), month, day, hour, minute, second)
    except ValueError as error:
        raise UsageError(f"{published!r} is no date", "write it as 2024-07-09 or 2024-07-09T10:41+09:00") from error


def _likely(published: datetime | None) -> datetime | None:
    """None for years that no page is from: some systems write 0001-01-01 or 9999-12-31 for what they do not know."""
    return published if published is not None and _FIRST_YEAR <= published.year <= _LAST_YEAR else None


def tag(
    text_or_doc: str | Doc, published: Published = None, south: bool = False, fiscal_first_month: int = FISCAL_FIRST_MONTH
) -> list[TimeNote]:
    """All time expressions of a text.

    Args:
        text_or_doc: a text, or a Doc, whose token indices the notes then carry.
        published: when the text appeared; a Doc's article tells it when this is None.
        south: whether seasons are those of the southern hemisphere.
        fiscal_first_month: the month in which a fiscal year begins, in the year before unless it is January.
    """
    doc = text_or_doc if isinstance(text_or_doc, Doc) else None
    if doc is not None and published is None and (article := article_of(doc)) is not None:
        published = article.published
    tokens = tokenise(doc.text if doc is not None else str(text_or_doc))
    found = read(tokens)
    anchor = Anchor(tokens, found, _likely(instant(published)), south, fiscal_first_month)
    resolutions = [anchor.resolve(expression, found[i + 1 : i + 4]) for i, expression in enumerate(found)]
    resolutions = date_by_events(tokens, found, resolutions, anchor.today, south)
    starts = [token.idx for token in doc] if doc is not None else tokens.starts
    notes: list[TimeNote] = []
    begun: TimeNote | None = None
    for expression, resolved in zip(found, resolutions, strict=True):
        if resolved is None:
            begun = None
            continue
        note = _note(expression, resolved, tokens, starts)
        if begun is not None:
            begun.until = note
        begun = note if expression.through else None
        notes.append(note)
    return notes


def _note(expression: Found, resolved: Resolved, tokens: Tokens, starts: list[int]) -> TimeNote:
    """What is known of one expression; `starts` are the offsets of the tokens that the note counts in."""
    start, end = tokens.starts[expression.start], tokens.ends[expression.end - 1]
    sense = expression.sense
    return TimeNote(
        start=start,
        end=end,
        token_start=max(0, bisect_right(starts, start) - 1),
        token_end=bisect_right(starts, end - 1),
        text=tokens.text[start:end],
        type=sense.type,
        value=resolved.value,
        finder=expression.rule,
        mod=sense.mod,
        quant=sense.quant,
        freq=sense.freq,
        earliest=resolved.earliest,
        latest=resolved.latest,
        approximate=sense.approximate or resolved.approximate,
        edtf=resolved.edtf,
        relative=sense.relative or (sense.type is TimeType.DURATION and resolved.edtf is not None),
        problem=resolved.problem,
        steps=steps(tokens, expression),
    )


class Times:
    """The spaCy component: sets `doc._.times`."""

    def __init__(
        self, published: str | None = None, southern_hemisphere: bool = False, fiscal_first_month: int = FISCAL_FIRST_MONTH
    ) -> None:
        if not 1 <= fiscal_first_month <= 12:
            raise UsageError(f"fiscal_first_month is {fiscal_first_month}, which is no month", "give a number from 1 to 12")
        instant(published)
        self.published, self.south, self.fiscal = published, southern_hemisphere, fiscal_first_month

    def __call__(self, doc: Doc) -> Doc:
        """Finds the times of one Doc; its article's publication date goes before the component's own."""
        article = article_of(doc)
        published = article.published if article is not None and article.published else self.published
        doc._.times = tag(doc, published, self.south, self.fiscal)
        return doc


@Language.factory(
    "dateline_times",
    assigns=["doc._.times"],
    default_config={"published": None, "southern_hemisphere": False, "fiscal_first_month": FISCAL_FIRST_MONTH},
)
def create(nlp: Language, name: str, published: str | None, southern_hemisphere: bool, fiscal_first_month: int) -> Times:
    """Makes the component; `published` is used for Docs without an article."""
    return Times(published, southern_hemisphere, fiscal_first_month)
