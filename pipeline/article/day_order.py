"""Which of two figures is the month, by the days that the text names.

In: a day of publication that stands on the page in figures, and the page's segments. Out: that day, or the one that the other
reading of the figures gives. English names of months only.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

from pipeline.article.segments import Segment

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTHS = list(calendar.month_name)[1:]
_LAST_DAY = 31
# Days named in the text that must lie ahead of one reading of figures with strokes.
_AHEAD = 2
_MONTH_AND_DAY = re.compile(
    rf"\b(?:(?P<before>\d{{1,2}}) )?(?P<month>{'|'.join(_MONTHS)})(?(before)| (?P<after>\d{{1,2}}))\b(?!,? ?(?:19|20)\d\d)"
)
# How near, in days, a news text's days lie to its own.
_NEAR = 45
_SHORT = "|".join((*(m[:3] for m in _MONTHS), "Sept"))
_MONTH_FIRST = re.compile(
    rf"\b(?P<month>{'|'.join(_MONTHS)}|(?:{_SHORT})\b\.?) (?P<day>\d{{1,2}})\b(?:, (?P<year>(?:19|20)\d\d)\b)?"
)


def by_text(published: str, segments: list[Segment]) -> str:
    """The day of publication, turned round where the text shows that its figures were read in the wrong order."""
    day = _DAY.fullmatch(published)
    if day is None:
        return published
    year, month, number = map(int, day.groups())
    if number > len(_MONTHS) or number == month:
        return published
    read, other = date(year, month, number), date(year, number, month)
    strokes = re.compile(rf"\b0?{month}/0?{number}/(?:{year}|{year % 100:02d})\b")
    stops = re.compile(rf"(?<!\d)0?{number}\.0?{month}\.{year}(?!\d)")
    turned = (_stands(strokes, segments) and _day_first(read, other, segments)) or (
        _stands(stops, segments) and _month_first(read, other, segments)
    )
    return other.isoformat() if turned else published


def _stands(figures: re.Pattern[str], segments: list[Segment]) -> bool:
    return any(figures.search(s.text) for s in segments)


def _day_first(read: date, other: date, segments: list[Segment]) -> bool:
    """ "04/07/2001" above a text that tells of "June 16" and "April 12" is the fourth of July: the text names several days
    that would lie ahead of the one, and none that lies ahead of the other."""
    named = [n for s in segments for m in _MONTH_AND_DAY.finditer(s.text) if (n := _named(m)) is not None]
    ahead = sum(n > (read.month, read.day) for n in named)
    return ahead >= _AHEAD and not any(n > (other.month, other.day) for n in named)


def _named(m: re.Match[str]) -> tuple[int, int] | None:
    number = int(m["before"] or m["after"])
    return (_MONTHS.index(m["month"]) + 1, number) if 1 <= number <= _LAST_DAY else None


def _month_first(read: date, other: date, segments: list[Segment]) -> bool:
    """ "12.08.2021" above a text that tells of "Dec. 1" is the eighth of December: the American forces write it so. Only that
    reading lies near a day that the text names, month first as well."""
    named = [n for s in segments for m in _MONTH_FIRST.finditer(s.text) if (n := _dated(read.year, m)) is not None]
    near = [any(abs((n - d).days) <= _NEAR for n in named) for d in (read, other)]
    return near[1] and not near[0]


def _dated(year: int, m: re.Match[str]) -> date | None:
    month = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(m["month"][:3]))
    try:
        return date(int(m["year"] or year), month, int(m["day"]))
    except ValueError:
        return None
