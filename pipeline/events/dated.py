"""The time of one telling: which notes it was read from, how near they stood, and how several are read together.

In: time notes. Out: `Timing` with an EventTime.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipeline import calendar
from pipeline.annotations import TimeNote
from pipeline.records import EventTime, TimeType

_HOUR, _DAY = 3600.0, 86400.0  # seconds
_IN_SENTENCE, _AROUND = 2, 4  # the last rank that the sentence itself gives, and the first that is not its own
_WHERE = ("its own", "its clause", "its sentence", "when it was said", "its paragraph")


@dataclass(slots=True)
class Timing:
    """The time of one telling. `rank`: 0 the trigger's own, 1 its clause, 2 its sentence, 3 when it was said, 4 its paragraph,
    5 inferred, 6 none."""

    notes: list[TimeNote] = field(default_factory=list)
    time: EventTime | None = None
    rank: int = 6
    why: str = "no time"


def event_time(note: TimeNote) -> EventTime:
    """The public time of an event from a time expression; of a quarter or half year the months, which every database reads."""
    return EventTime(
        edtf=calendar.in_months(note.edtf) if note.edtf is not None else None,
        earliest=note.earliest.isoformat() if note.earliest else None,
        latest=note.latest.isoformat() if note.latest else None,
        approximate=note.approximate,
    )


def spanning(first: EventTime, last: EventTime) -> EventTime:
    """From one time to another, where both are single and in order; else the first."""
    if first.edtf is None or last.edtf is None or "/" in first.edtf or "/" in last.edtf or first.edtf >= last.edtf:
        return first
    return EventTime(
        edtf=f"{first.edtf}/{last.edtf}",
        earliest=first.earliest,
        latest=last.latest,
        approximate=first.approximate or last.approximate,
    )


def is_day(note: TimeNote) -> bool:
    """Whether a note tells one day, or a moment of it."""
    return note.type is not TimeType.DURATION and len((note.edtf or "").partition("T")[0]) == 10


def is_past(timing: Timing, published: datetime | None) -> bool:
    """Whether a time that only the text around an event gives it was over, or began, on the day of publication."""
    time = timing.time
    if published is None or time is None or time.earliest is None or timing.rank < _AROUND:
        return False
    return datetime.fromisoformat(time.earliest).replace(tzinfo=None) <= published.replace(tzinfo=None)


def on_its_day(note: TimeNote) -> EventTime:
    """The day of a moment: what else is told beside a clock time was on that day, not at that minute."""
    time = event_time(note)
    day, _, clock = note.value.partition("T")
    covered = calendar.interval(day) if clock and note.type is TimeType.TIME else None
    if covered is None or calendar.granularity(day) != "D" or "/" in (note.edtf or ""):
        return time
    return time.model_copy(update={"edtf": day, "earliest": covered.start.isoformat(), "latest": covered.end.isoformat()})


def together(notes: list[TimeNote], rank: int) -> Timing:
    """Several times of one clause are read together: coordinated days are a span, else the finest is the event's."""
    best = min(notes, key=_fineness)
    where = _WHERE[rank]
    days = sorted((t for t in notes if t.type is TimeType.DATE and t.edtf and "/" not in t.edtf), key=lambda t: t.token_start)
    if rank <= _IN_SENTENCE and len(days) == 2 and best in days and coordinated(days[0], days[1]):
        first, last = days
        time = EventTime(
            edtf=f"{first.edtf}/{last.edtf}",
            earliest=first.earliest.isoformat() if first.earliest else None,
            latest=last.latest.isoformat() if last.latest else None,
        )
        return Timing(days, time, rank, f"{first.text!r} to {last.text!r} ({where})")
    return Timing(notes, event_time(best), rank, f"{best.text!r} ({where})")


def _fineness(note: TimeNote) -> tuple[bool, float, bool, int]:
    """The finest first; of two moments, one whose zone is known."""
    zoned = note.earliest is not None and note.earliest.tzinfo is not None
    return note.type is TimeType.DURATION, coarseness(note.earliest, note.latest), not zoned, note.token_start


def coordinated(first: TimeNote, last: TimeNote) -> bool:
    """Two days that one preposition spans: "on Sunday and Monday", "between 3 and 5 March", "from May to June"."""
    if first.earliest is None or last.earliest is None or first.earliest.tzinfo != last.earliest.tzinfo:
        return False
    return 0 < last.token_start - first.token_end <= 2 and first.earliest < last.earliest


def coarseness(earliest: datetime | str | None, latest: datetime | str | None) -> float:
    """How many seconds a time covers, a part of a day as much as its day; without end where it is open or unknown."""
    first, last = (datetime.fromisoformat(t) if isinstance(t, str) else t for t in (earliest, latest))
    if first is None or last is None:
        return float("inf")
    seconds = (last.replace(tzinfo=None) - first.replace(tzinfo=None)).total_seconds()
    return _DAY if _HOUR < seconds < _DAY else seconds
