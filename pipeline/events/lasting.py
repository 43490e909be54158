"""How long a stay or a meeting lasts: "arrived on Monday for a three-day visit", "ending three days of talks".

In: a telling with its time, or a group of them. Out: the time from the first day to the last. Only whole days are counted.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from datetime import time as clock

from spacy.tokens import Doc

from pipeline import annotations as doc_notes
from pipeline.annotations import TimeNote
from pipeline.events.dated import Timing
from pipeline.events.fillers import in_class
from pipeline.events.frames import EventMention
from pipeline.records import EventTime, EventType, TimeType

_DAYS = re.compile(r"P(\d{1,2})D")
_NOUNS: dict[EventType | str, str] = {EventType.VISIT: "sojourn", EventType.MEETING: "session"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def lasting(mention: EventMention, timing: Timing) -> Timing:
    """ "Began a four-day visit on Monday": from the day told to the last of so many, or back from it where the clause ends it."""
    day = _day(timing.time)
    length = _length(mention) if mention.type in _NOUNS and day is not None else None
    if day is None or length is None or timing.time is None:
        return timing
    verb = mention.predicate.verb
    ends = [t for t in (mention.predicate.head, mention.predicate.light, verb) if t is not None and in_class(t, "finishing")]
    starts = [t for t in (mention.predicate.head, mention.predicate.light, verb) if t is not None and in_class(t, "setting_in")]
    if not ends and not starts:
        return timing
    others = timedelta(days=length - 1)
    first, last = (day - others, day) if ends else (day, day + others)
    time = EventTime(
        edtf=f"{first}/{last}",
        earliest=_midnight(first) if ends else timing.time.earliest,
        latest=timing.time.latest if ends else _midnight(last + timedelta(days=1)),
        approximate=timing.time.approximate,
    )
    return Timing(timing.notes, time, timing.rank, f"{timing.why}, {length} days")


def _length(mention: EventMention) -> int | None:
    """How many days the mention's sentence says that a thing of its type lasts."""
    doc = mention.predicate.head.doc
    start, end = mention.sentence
    for note in doc_notes.times(doc):
        days = _DAYS.fullmatch(note.value) if note.type is TimeType.DURATION and start <= note.token_start < end else None
        if days is not None and int(days[1]) > 1 and _is_of(doc, note, mention):
            return int(days[1])
    return None


def _is_of(doc: Doc, note: TimeNote, mention: EventMention) -> bool:
    """Whether a measure is that of the mention's own thing: it stands at the noun, or at one that its verb governs."""
    root = doc[note.token_start : note.token_end].root
    noun = root.head
    if root.dep_ not in ("compound", "nmod", "amod"):
        of = next((c for c in root.children if c.lower_ == "of"), None)
        noun = next((c for c in of.children if c.dep_ == "pobj"), root) if of is not None else root
    if not in_class(noun, _NOUNS[mention.type]):
        return False
    own = mention.predicate.head
    return noun == own or own in noun.ancestors


def whole(tellings: list[Timing], best: EventTime | None) -> EventTime | None:
    """Of several tellings of one stay the one that tells its first day and its last, where the best lies in it."""
    day = _day(best)
    for time in (t.time for t in tellings if t.rank <= 2):
        first, _, last = (time.edtf if time is not None and time.edtf else "").partition("/")
        if (
            time is not None
            and day is not None
            and _DAY.fullmatch(first)
            and _DAY.fullmatch(last)
            and first <= day.isoformat() <= last
        ):
            return time
    return best


def _midnight(day: date) -> str:
    return datetime.combine(day, clock()).isoformat()


def _day(time: EventTime | None) -> date | None:
    """The one day that a time is; None for more, or less."""
    edtf = (time.edtf or "") if time is not None else ""
    return date.fromisoformat(edtf) if _DAY.fullmatch(edtf) else None
