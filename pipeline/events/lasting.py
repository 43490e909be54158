"""How long a stay, a meeting or a drill lasts: "arrived on Monday for a three-day visit", "ending three days of talks".

In: a telling with its time, or a group of them. Out: the time from the first day to the last. Only whole days are counted.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from datetime import time as clock

from spacy.tokens import Token

from pipeline import annotations as doc_notes
from pipeline.events.dated import Timing
from pipeline.events.fillers import in_class
from pipeline.events.frames import EventMention
from pipeline.records import EventTime, EventType, TimeType

_LENGTH = re.compile(r"P(\d{1,2})([DW])")
_NOUNS: dict[EventType | str, str] = {EventType.VISIT: "sojourn", EventType.MEETING: "session", EventType.EXERCISE: "drill"}
_IN_PHRASE = frozenset({"compound", "nmod", "amod", "nummod", "npadvmod", "quantmod"})
_WEEK = 7
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def lasting(mention: EventMention, timing: Timing) -> Timing:
    """ "Began a four-day visit on Monday": from the day told to the last of so many, or back from it where the clause ends it."""
    day = _day(timing.time)
    told = _length(mention) if mention.type in _NOUNS and day is not None else None
    if day is None or told is None or timing.time is None:
        return timing
    length, noun = told
    predicate = mention.predicate
    words = [t for t in (predicate.head, predicate.light, predicate.verb) if t is not None]
    ends = _is_over(noun) or any(in_class(t, "finishing") for t in words)
    if not ends and not any(in_class(t, "setting_in") for t in words):
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


def _length(mention: EventMention) -> tuple[int, Token] | None:
    """How many days the mention's sentence says that a thing of its type lasts, and the noun of that thing."""
    doc = mention.predicate.head.doc
    start, end = mention.sentence
    for note in doc_notes.times(doc):
        length = _LENGTH.fullmatch(note.value) if note.type is TimeType.DURATION and start <= note.token_start < end else None
        days = int(length[1]) * (_WEEK if length[2] == "W" else 1) if length is not None else 0
        noun = _of_what(doc[note.token_start : note.token_end].root) if days > 1 else None
        if noun is not None and in_class(noun, _NOUNS[mention.type]):
            own = mention.predicate.head
            if noun == own or own in noun.ancestors or noun in own.ancestors:
                return days, noun
    return None


def _of_what(measure: Token) -> Token | None:
    """The noun that a measure stands at ("a three-day visit"), or the one behind "of" ("three days of talks")."""
    of = next((c for c in measure.children if c.lower_ == "of"), None)
    if of is not None:
        return next((c for c in of.children if c.dep_ == "pobj"), None)
    noun = measure if measure.dep_ in _IN_PHRASE else None
    while noun is not None and noun.dep_ in _IN_PHRASE and noun.head != noun:
        noun = noun.head
    return noun


def _is_over(noun: Token) -> bool:
    """ "Left on Friday *after* a five-day visit", "a four-day drill that *finished* on Sunday"."""
    after = noun.dep_ == "pobj" and in_class(noun.head, "answering")
    return after or any(c.dep_ == "relcl" and in_class(c, "finishing") for c in noun.children)


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
