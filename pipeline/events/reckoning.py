"""The event that a text counts from: "landed on Sunday, two days after a like jet had left".

In: a parsed Doc and its times. Out: `Count`, which words count from which clause to which, and the time so reckoned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc, Token

from pipeline import calendar
from pipeline.annotations import TimeNote
from pipeline.events.clauses import governing, is_noun, is_verb
from pipeline.events.dated import is_day
from pipeline.events.fillers import in_class
from pipeline.records import EventTime, TimeType

_NAMING = ("compound", "nmod", "amod", "nummod")


@dataclass(frozen=True, slots=True)
class Count:
    """One counted stretch: the `note` ("two days"), the word behind it ("after"), the head of what it is counted from ("left"),
    and the verb or noun that happened so much later or earlier ("landed"), if the sentence has one."""

    note: TimeNote
    mark: Token
    origin: Token
    event: Token | None

    def tells(self, head: Token) -> bool:
        """Whether an event's trigger is what is counted from: the clause's own verb, or a noun of that clause."""
        node = head
        for above in (head, *governing(head)):
            if above == self.origin:
                return True
            if above != node and (is_verb(above) or above == self.mark):
                return above.dep_ == "conj" and above.head == self.origin
        return False

    def covers(self, token: Token) -> bool:
        """Whether a token stands in the clause that is counted from: under its head, or before the comma that ends it."""
        if token == self.origin or self.origin in governing(token):
            return True
        if self.event is None or not self.mark.i < token.i < self.event.i:
            return False
        return any(t.text == "," for t in token.doc[token.i : self.event.i])


def counts(doc: Doc, notes: list[TimeNote]) -> dict[int, Count]:
    """The counted stretches of a Doc whose "after" or "before" the parse hangs on a clause or a noun, by the token at which
    their note starts."""
    found = {}
    for note in notes:
        mark = doc[note.token_end] if note.token_end < len(doc) else None
        if mark is None or (note.steps is None and not _runs_since(note, mark)):
            continue
        if is_verb(mark.head) and mark.dep_ in ("mark", "advmod"):
            origin, above = mark.head, mark.head.head if mark.head.dep_ != "ROOT" else None
        else:
            complements = [c for c in mark.children if c.dep_ in ("pobj", "pcomp")]
            if not complements:
                continue
            origin, above = complements[0], mark.head
        while above is not None and note.token_start <= above.i <= mark.i:
            above = above.head if above.head != above else None
        event = above if above is not None and (is_verb(above) or is_noun(above)) else None
        found[note.token_start] = Count(note, mark, origin, event)
    return found


def above(doc: Doc, stretches: dict[int, Count], note: TimeNote) -> list[Token]:
    """The tokens that a time hangs on, nearest first; a stretch counted from a clause hangs on what it leads to."""
    count = stretches.get(note.token_start)
    if count is None or count.note is not note:
        return governing(root_of(doc, note))
    return [] if count.event is None else [count.event, *governing(count.event)]


def root_of(doc: Doc, note: TimeNote) -> Token:
    """The token that heads a time expression."""
    root: Token = doc[note.token_start : max(note.token_end, note.token_start + 1)].root
    return root


def _runs_since(note: TimeNote, mark: Token) -> bool:
    """ "Five years since they signed": a stretch that ends now, and begins with what is told behind it."""
    return mark.lower_ == "since" and note.type is TimeType.DURATION and "/" in (note.edtf or "")


def counted(count: Count, from_: EventTime | None) -> EventTime | None:
    """The time of what is counted from, where `from_` is that of the event counted to; None where it is too coarse for that.

    The count's own unit tells how exact it is: "two weeks after" leads to a week, "a day after" to a day.
    """
    if count.note.steps is None:
        return _of_edtf((count.note.edtf or "").partition("/")[0], count.note.approximate)
    unit, steps = count.note.steps
    said = (from_.edtf or "") if from_ is not None else ""
    base = said.rstrip("?~%").partition("T")[0].partition("/")[0]
    grain = calendar.granularity(base)
    day = calendar.interval(base)
    if day is None or grain is None or (grain != "D" and unit != grain and (grain, unit) != ("M", "Y")):
        return None
    moved: date | None = calendar.shift(day.start.date(), unit, -steps)
    if moved is None:
        return None
    edtf = calendar.to_edtf(calendar.at(moved, unit))
    doubtful = said.endswith("?")
    time = _of_edtf(edtf, doubtful or from_.approximate or count.note.approximate) if edtf and from_ is not None else None
    return time.model_copy(update={"edtf": f"{edtf}?"}) if time is not None and doubtful and "/" not in (edtf or "") else time


def _of_edtf(edtf: str, approximate: bool) -> EventTime | None:
    covered = calendar.interval(edtf)
    if covered is None:
        return None
    days = covered.start.date().isoformat(), covered.end.date().isoformat()
    return EventTime(edtf=edtf, earliest=days[0], latest=days[1], approximate=approximate)


def is_short(verb: Token) -> bool:
    """Whether a clause says by how little it was after or before: "hours before the jet crashed"."""
    mark = next((c for c in verb.children if c.dep_ in ("mark", "advmod") and in_class(c, "answering")), None)
    if mark is None:
        return False
    measure = [c for c in verb.children if c.dep_ == "npadvmod" and c.i < mark.i] + [
        c for c in mark.children if c.dep_ == "npadvmod"
    ]
    return any(in_class(m, "short_while") for m in measure)


def shortly(verb: Token) -> bool:
    """Whether a verb happened by little before or after something: "hours before the crash, Djibouti had closed …"."""
    near = [c for c in verb.children if c.dep_ in ("prep", "npadvmod")]
    return any(
        (in_class(a, "short_while") and in_class(b, "answering")) or (in_class(b, "short_while") and in_class(a, "answering"))
        for a in near
        for b in a.children
        if b.dep_ in ("prep", "npadvmod")
    )


def names_a_thing(note: TimeNote, verb: Token, head: Token) -> bool:
    """ "Aircraft ordered in 2019", "despite the truce, signed on Saturday": a clause that says which thing is meant dates that
    alone, unless it tells the same day of what happens at `head` ("a missile fired on Friday hit a school")."""
    if verb in governing(head) or verb == head:
        return False
    noun = verb.head
    if verb.dep_ == "advcl" and verb.tag_ == "VBN" and verb.i > 1 and verb.nbor(-1).text == ",":
        noun = verb.nbor(-2)
    elif verb.dep_ not in ("acl", "relcl"):
        return False
    if noun == head:
        return False  # "a drill planned for May"
    day = is_day(note)
    under = note.type is TimeType.DATE and verb.dep_ != "relcl" and noun.dep_ == "pobj" and noun.head.dep_ != "agent"
    return not day or in_class(noun, "agreement") or under


def bounds_or_names(doc: Doc, note: TimeNote) -> bool:
    """Whether a time only bounds what is told ("the first attack since February", "until May") or is part of what a thing is
    called ("the 2021 agreement"): nothing told further on hangs on it."""
    root = root_of(doc, note)
    told = note.token_end < len(doc) and in_class(doc[note.token_end], "of_that_time")  # "since last month, when he signed …"
    if root.dep_ == "pobj" and not told and (in_class(root.head, "since") or in_class(root.head, "ending")):
        return True
    # "last month's massacre"
    naming = root.dep_ in _NAMING or (root.dep_ == "poss" and not is_day(note))
    return is_noun(root.head) and naming and note.token_end <= root.head.i
