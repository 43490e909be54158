"""What kind of text it is: news of a day or a history, what day it was written, and which of its days have a year.

In: tokens and expressions, not yet anchored. Out: what anchoring hangs them on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline import calendar
from pipeline.records import TimeType
from pipeline.times.direction import CERTAIN, direction
from pipeline.times.grammar import Tokens
from pipeline.times.nearest import UPDATED
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


Day = tuple[int | None, int | None]
"""Month and day."""


def years_told(found: list[Found]) -> dict[Day, int]:
    """(month, day) → year, for days to which the text gives one year somewhere, in figures."""
    return _single((_day(f), f.sense.year) for f in found if _day(f) is not None)


def years_past(tokens: Tokens, found: list[Found], today: date) -> dict[Day, int]:
    """(month, day) → year, for days that some clause of the text tells as surely past."""
    bare = [f for f in found if _day(f) is not None and f.sense.year is None and f.sense.weekday is None]
    past = [f.sense for f in bare if direction(tokens, f.start, f.end) == -CERTAIN]
    latest = min(today, date.max - UPDATED) + UPDATED
    today_is = (latest.month, latest.day)
    return _single(((s.month, s.day), latest.year - ((s.month, s.day) > today_is)) for s in past if s.month and s.day)


def _day(f: Found) -> Day | None:
    sense = f.sense
    whole = sense.month is not None and sense.day is not None and sense.base is None and not sense.era
    return (sense.month, sense.day) if whole else None


def _single(pairs: Iterable[tuple[Day | None, int | None]]) -> dict[Day, int]:
    years: dict[Day, set[int]] = {}
    for day, year in pairs:
        if day is not None and year is not None:
            years.setdefault(day, set()).add(year)
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
