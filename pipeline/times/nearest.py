"""Which of several years or weeks the words mean: the nearest one, weighed by the way the clause points.

In: the spans that an expression may mean and the direction of its clause (`times.direction`). Out: how far each lies.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pipeline import calendar
from pipeline.times.direction import CERTAIN
from pipeline.times.senses import Sense

_HARDLY_BEGUN = 0.2  # share of a quarter
_AGAINST = 3.0  # weight of a distance against the clause's direction
UPDATED = timedelta(days=2)  # how long after its date of publication a page may still have been changed
_UNTOLD_AHEAD = 2.0  # and of one to come where the clause has no direction: news tells mostly of the past


def direction_is_future(after: date, base: date, before: date) -> bool:
    """Whether the coming weekday is at least as near as the past one."""
    return (after - base) <= (base - before) or (after - base).days <= 6


def distance(span: calendar.Interval, now: datetime, which: int) -> float:
    """How far a span lies from now, in seconds; against the clause's direction it counts three times as much.

    Measured on development news: "payable Jan. 2" (two months ahead, in a past clause) against "from $29.75 in March".
    """
    if span.start <= now < span.end:
        # A quarter that has hardly begun has no results yet.
        begun = (now - span.start) / (span.end - span.start)
        days = (span.end - span.start).days
        return 366 * 86400.0 if which < 0 and begun < _HARDLY_BEGUN and 80 < days < 200 else 0.0
    ahead = span.start > now
    if (which == CERTAIN and span.end <= now) or (which == -CERTAIN and span.start > now + UPDATED):
        return float("inf")
    seconds = abs((span.start + (span.end - span.start) / 2 - now).total_seconds())
    if which == 0:
        return seconds * (_UNTOLD_AHEAD if ahead else 1.0)
    return seconds * (_AGAINST if (which < 0) == ahead else 1.0)  # "corrected 5 April", on a page of 4 April


def weekday(base: date, weekday: int, which: int, explicit: bool) -> str:
    """The weekday on or next to a day, on the side to which `which` points."""
    if explicit and which == 0:
        # "this Friday": the nearest one, the coming one when it is as near.
        before, after = calendar.weekday_on_or_before(base, weekday), calendar.weekday_on_or_after(base, weekday)
        return (after if direction_is_future(after, base, before) else before).isoformat()
    if which > 0:
        return calendar.weekday_on_or_after(base + timedelta(days=1 if explicit else 0), weekday).isoformat()
    return calendar.weekday_on_or_before(base - timedelta(days=1 if explicit else 0), weekday).isoformat()


def weekend(base: date | None, which: int) -> str:
    """The weekend that is on, or the last; in a clause about the future the coming one."""
    if base is None:
        return "XXXX-WXX-WE"
    week = base if base.isoweekday() >= 5 or which > 0 else base - timedelta(days=7)
    return f"{calendar.week_value(week)}-WE"


def without_year(sense: Sense) -> str | None:
    """A date or weekday of which nobody knows the year."""
    if sense.month is not None:
        return f"XXXX-{sense.month:02d}" + (f"-{sense.day:02d}" if sense.day else "")
    if sense.weekday is not None:
        return f"XXXX-WXX-{sense.weekday}"
    if sense.season:
        return f"XXXX-{sense.season}"
    if sense.holiday is not None:
        return "XXXX-XX-XX"
    return f"XXXX-Q{sense.quarter}" if sense.quarter else None
