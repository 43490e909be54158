"""What kind of text it is: news of a day or a history, what day it was written, and which of its days have a year.

In: tokens and expressions, not yet anchored. Out: what anchoring hangs them on.
"""

from __future__ import annotations

from datetime import date

from pipeline import calendar
from pipeline.records import TimeType
from pipeline.times.direction import CERTAIN, direction
from pipeline.times.grammar import Tokens
from pipeline.times.senses import Found

_FAR_YEARS = 1  # a year this far from publication speaks of history
_DATELINE_TOKENS = 30  # a dateline is within so many tokens of the beginning
_HISTORY_DATES = 6  # fewer dates with a year make no history
_OPENING = 4  # expressions at the head of a text among which news names its day


def dateline(tokens: Tokens, found: list[Found]) -> date | None:
    """The full date in a dateline, "ISTANBUL, March 3, 2024 (Reuters) -", which stands in for an unknown publication date."""
    for f in found[:2]:
        sense = f.sense
        full = sense.year is not None and sense.month is not None and sense.day is not None and not sense.era
        if (
            full
            and f.end < _DATELINE_TOKENS
            and tokens.kind(f.end) in ("LP", "DASH", "BREAK")
            and sense.year
            and sense.month
            and sense.day
        ):
            return date(sense.year, sense.month, sense.day) if calendar.valid(sense.year, sense.month, sense.day) else None
    return None


def years_told(tokens: Tokens, found: list[Found], today: date) -> dict[tuple[int | None, int | None], int]:
    """(month, day) → year, for days that the text puts in one year somewhere: in figures, or by a past beyond mistake."""
    years: dict[tuple[int | None, int | None], set[int]] = {}
    for f in found:
        sense = f.sense
        if sense.month is None or sense.day is None or sense.base is not None or sense.era:
            continue
        if sense.year is not None:
            years.setdefault((sense.month, sense.day), set()).add(sense.year)
        elif sense.weekday is None and direction(tokens, f.start, f.end) == -CERTAIN:
            years.setdefault((sense.month, sense.day), set()).add(
                today.year - ((sense.month, sense.day) > (today.month, today.day))
            )
    return {day: told.pop() for day, told in years.items() if len(told) == 1}


def is_history(found: list[Found], today: date) -> bool:
    """Whether a text tells a history: it dates by the year, mostly far from its publication, and hardly by its own day."""
    if any(f.sense.weekday is not None and not f.sense.month and not f.sense.base for f in found[:_OPENING]):
        return False  # news of this week, whatever it goes on to recall
    far = near = deictic = 0
    for f in found:
        sense = f.sense
        if sense.year is not None or sense.era:
            if sense.era == "BC" or abs((sense.year or 0) - today.year) > _FAR_YEARS:
                far += 1
            else:
                near += 1
        elif (sense.unit == "D" and sense.base == "published") or (sense.weekday is not None and sense.month is None):
            deictic += 2
        elif sense.base == "published" and sense.type in (TimeType.DATE, TimeType.TIME):
            deictic += 1
    return far >= _HISTORY_DATES and far >= near and far + near > 3 * deictic
