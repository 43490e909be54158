"""Times that a later clause gives an event: "the drill started on 1 July and concludes on Friday", "the decision was announced
on Saturday", "the order was finalised in May".

In: a Doc, its times, its events before the sides of acts are coded. Out: the same events, in place: those whose own telling has
no time get it, and those of which beginning and end are told get both.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from spacy.tokens import Doc, Token

from pipeline.annotations import EventNote, TimeNote
from pipeline.events.clauses import PASSIVE_SUBJECT, SUBJECT, clause_of, is_verb
from pipeline.events.dated import event_time, is_day, spanning
from pipeline.events.fillers import in_class, lexicon
from pipeline.events.itinerary import trigger_token
from pipeline.events.tellings import DEFINITE
from pipeline.events.timing import Times
from pipeline.records import EventTime, Realis

_NEWS = timedelta(days=14)  # within which an announcement is that of the news
_AGAIN = "again_"  # begins the names of the word classes by which an event of a type is taken up again: again_meeting


def complete_times(doc: Doc, events: list[EventNote], times: Times) -> None:
    """Dates events from clauses that take them up again."""
    told = {trigger_token(doc, event) for event in events}
    for noun in doc:
        if not _takes_up(noun) or noun in told:
            continue
        for verb in _verbs_of(noun):
            event = _event_meant(noun, events) if verb not in told else None
            note = times.hanging_on(verb) if event is not None else None
            if event is not None and note is not None:
                _date(event, verb, note, noun)


def _takes_up(noun: Token) -> bool:
    """ "The drill", "these talks": definite, and no other one than was told ("the previous round")."""
    children = list(noun.children)
    if not any(c.dep_ in ("det", "poss") and c.lower_ in DEFINITE for c in children):
        return False
    return not any(in_class(c, "another") or in_class(c, "of_other_kind") or in_class(c, "ordinal") for c in children)


def _verbs_of(noun: Token) -> list[Token]:
    """The verbs that say of a noun when it began, ended, or was, in the order of the text: its own, those coordinated with it,
    of its relative clause, and "announced the decision"."""
    heads = [noun.head] if noun.dep_ in SUBJECT | PASSIVE_SUBJECT and is_verb(noun.head) else []
    if noun.dep_ == "dobj" and in_class(noun, "resolved") and in_class(noun.head, "announcing"):
        heads.append(noun.head)
    heads += [c for c in noun.children if c.dep_ == "relcl" and is_verb(c)]
    verbs = {v for head in heads for v in (head, *(c for c in head.children if c.dep_ in ("conj", "xcomp") and is_verb(c)))}
    return sorted(filter(_dates, verbs), key=lambda v: v.i)


def _dates(verb: Token) -> bool:
    """Whether a verb says when something began, ended or was: "took place", "was held"; not "took effect", "holds"."""
    if in_class(verb, "phase_start") or in_class(verb, "finishing"):
        return True
    if in_class(verb, "befalling"):
        return verb.lemma_ != "take" or any(c.dep_ == "dobj" and c.lower_ == "place" for c in verb.children)
    return in_class(verb, "phase_whole") and (clause_of(verb).passive or in_class(verb, "announcing"))


def _event_meant(noun: Token, events: list[EventNote]) -> EventNote | None:
    """The last event told before a noun that may take it up."""
    before = [e for e in events if e.trigger[0] < noun.idx and e.realis not in (Realis.DENIED, Realis.GENERIC)]
    named = (e for e in reversed(before) if _AGAIN + e.type in lexicon())
    return next((e for e in named if in_class(noun, _AGAIN + e.type)), None)


def _date(event: EventNote, verb: Token, note: TimeNote, noun: Token) -> None:
    time = event_time(note)
    dated = bool(event.times)
    if in_class(verb, "finishing"):
        if dated and event.time is not None:
            event.time = spanning(event.time, time)
        elif is_day(note) and not clause_of(verb).past:
            event.time = EventTime(edtf=f"../{time.edtf}", latest=time.latest, approximate=time.approximate)
        else:
            return
    elif dated or (in_class(verb, "announcing") and _long_before(note, event)):
        return
    else:
        event.time = time
    event.times = [*event.times, note]
    event.why.append(f"time {note.text!r}: {noun.text!r} {verb.text!r}")


def _long_before(note: TimeNote, event: EventNote) -> bool:
    """ "The deal was announced in principle in March": not the news of today."""
    if note.latest is None or event.time is None or event.time.earliest is None:
        return False
    return datetime.fromisoformat(event.time.earliest).replace(tzinfo=None) - note.latest.replace(tzinfo=None) > _NEWS
