"""When an event takes place: the time its own words give, then its clause, its sentence, its paragraph, the news of the day.

In: an event mention, the times on the Doc, the article. Out: `Timing` with the chosen time notes and an EventTime. Only typed
values are used, never the words of a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import TimeNote
from pipeline.events.fillers import in_class, lexicon
from pipeline.events.frames import EventMention
from pipeline.events.predicates import clause_of, governing, is_verb
from pipeline.records import BlockKind, EventTime, TimeType


@dataclass(slots=True)
class Timing:
    """The time of one telling. `rank`: 0 the trigger's own, 1 its clause, 2 its sentence, 3 when it was said, 4 its paragraph,
    5 inferred, 6 none."""

    notes: list[TimeNote] = field(default_factory=list)
    time: EventTime | None = None
    rank: int = 6
    why: str = "no time"


class Times:
    """The dated expressions of a Doc by sentence."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.notes = [
            t for t in doc_notes.times(doc) if t.edtf is not None and t.type in (TimeType.DATE, TimeType.TIME, TimeType.DURATION)
        ]
        article = doc_notes.article(doc)
        self.published = _instant(article.published) if article is not None else None
        self.blocks = list(article.blocks) if article is not None else []

    def within(self, start: int, end: int) -> list[TimeNote]:
        """Times among tokens [start, end)."""
        return [t for t in self.notes if start <= t.token_start < end]

    def of(self, mention: EventMention) -> Timing:
        """The best time of one telling."""
        start, end = mention.times_in or mention.sentence
        if mention.apart and mention.times_in and (own := self.within(start, end)):
            return _timing(own[:1], 0)
        ranked = [(self._rank(t, mention), abs(t.token_start - mention.predicate.head.i), t) for t in self.within(start, end)]
        ranked = sorted((r for r in ranked if r[0] <= 3), key=lambda r: (r[0], r[1]))
        since = self._since(mention)
        if since is not None and (not ranked or ranked[0][0] > 0):
            return since
        if ranked:
            best = ranked[0][0]
            found = [t for rank, _, t in ranked if rank == best]
            # What hangs on the trigger is read together; of what only stands in the sentence, the nearest counts.
            return _timing(found if best < 2 else _side_by_side(found), best)
        return self._until(mention) or self._from_context(mention)

    def _until(self, mention: EventMention) -> Timing | None:
        """ "Has cancelled all flights until 16 July": only the end of what began is told."""
        head = mention.predicate.head
        for note in self.within(*mention.sentence):
            chain = [_root(self.doc, note), *governing(_root(self.doc, note))]
            mark = next((t for t in chain[:3] if t.dep_ == "prep" and t.lower_ in lexicon()["ending"]), None)
            if mark is not None and mark.head == head and note.edtf is not None and "/" not in note.edtf:
                end = event_time(note)
                return Timing(
                    [note],
                    EventTime(edtf=f"../{note.edtf}", latest=end.latest, approximate=end.approximate),
                    2,
                    f"until {note.text!r}",
                )
        return None

    def _since(self, mention: EventMention) -> Timing | None:
        """ "Halted since Saturday" happened on Saturday; "has been running since 15 March" goes on since then."""
        head, verb = mention.predicate.head, mention.predicate.verb
        if mention.predicate.pos != "verb" or verb is None:
            return None
        for note in self.within(*mention.sentence):
            chain = [_root(self.doc, note), *governing(_root(self.doc, note))]
            mark = next((t for t in chain[:3] if t.dep_ == "prep" and t.lower_ == "since"), None)
            if mark is None or mark.head != head or note.edtf is None or "/" in note.edtf:
                continue
            clause = clause_of(verb)
            if clause.perfect or clause.progressive:
                going_on = EventTime(edtf=f"{note.edtf}/..", earliest=event_time(note).earliest, approximate=note.approximate)
                return Timing([note], going_on, 0, f"since {note.text!r}")
            return Timing([note], event_time(note), 0, f"since {note.text!r}")
        return None

    def _rank(self, note: TimeNote, mention: EventMention) -> int:
        """0 hangs on the trigger, 1 on its clause, 2 elsewhere in the sentence where no other verb claims it, 3 on the verb that
        reports it, 4 not its time."""
        head, verb = mention.predicate.head, mention.predicate.verb
        root = _root(self.doc, note)
        chain = [root, *governing(root)]
        if any(t.dep_ == "prep" and t.lower_ in lexicon()["ending"] for t in chain[:3]):
            return 4
        if any(t.dep_ == "prep" and t.lower_ == "since" for t in chain[:3]) and mention.predicate.head.i < note.token_start:
            return 4
        for token in chain:
            if token == head or token in mention.predicate.words:
                return 0
            if is_verb(token):
                if token == verb:
                    return 1 if mention.predicate.pos == "noun" else 0
                return self._other_verb(token, head, verb)
        return 2

    def _other_verb(self, token: Token, head: Token, verb: Token | None) -> int:
        above = governing(head)
        if token in above:
            # "said on Monday that it had struck": the time of the saying is the event's only when nothing better is there
            if in_class(token, "reporting"):
                return 4 if verb is not None and _past_perfect(verb) and not in_class(token, "announcing") else 3
            return 1
        if verb is not None and token.dep_ == "conj" and token.head == verb:
            return 2
        if verb is not None and verb.dep_ == "conj" and verb.head == token:
            return 1
        # a participle or infinitive happens when its finite verb does: "hours before the jet crashed on Wednesday, Iran fired …"
        if verb is not None and not {verb, *_finite_above(verb)} & set(governing(token)):
            return 4
        return 4 if _of_another_moment(token) else 2

    def _heading_over(self, position: int) -> list[TimeNote]:
        """The day that the nearest dated heading above a block gives: a chronicle's "Sunday, 26 January"."""
        for block in reversed(self.blocks[:position]):
            days = [t for t in self.notes if block.start <= t.start < block.end and t.type is TimeType.DATE]
            if block.kind is BlockKind.HEADING and days:
                return days
        return []

    def _from_context(self, mention: EventMention) -> Timing:
        head = mention.predicate.head
        block = next((b for b in self.blocks if b.start <= head.idx < b.end), None)
        if block is None:
            return Timing()
        position = self.blocks.index(block)
        if mention.predicate.verb is not None and lexicon()["of_other_time"] & set(clause_of(mention.predicate.verb).marks):
            # "the first since both countries signed …": its time is another than that of the sentence around it
            return Timing()
        first = head.sent.start
        same = [t for t in self.notes if block.start <= t.start and t.token_start < first]
        if not same:
            same = self._heading_over(position)
        if same:
            return _timing(same[-1:], 4)
        verb = mention.predicate.verb
        current = verb is None or (not clause_of(verb).past and not _past_perfect(verb))
        lead = position <= 3 or current
        if (
            lead
            and self.published is not None
            and not (mention.predicate.verb is not None and _past_perfect(mention.predicate.verb))
        ):
            day = self.published.date()
            return Timing(
                [],
                EventTime(
                    edtf=f"{day.isoformat()}?",
                    earliest=day.isoformat(),
                    latest=(day + timedelta(days=1)).isoformat(),
                    approximate=True,
                ),
                5,
                "news of the day",
            )
        return Timing()


def _of_another_moment(verb: Token) -> bool:
    """A clause that says after what or before what, unless by how little: "hours before the jet crashed"."""
    mark = next((c for c in verb.children if c.dep_ in ("mark", "advmod") and in_class(c, "answering")), None)
    if mark is None or verb.dep_ != "advcl":
        return False
    measure = [c for c in verb.children if c.dep_ == "npadvmod" and c.i < mark.i] + [
        c for c in mark.children if c.dep_ == "npadvmod"
    ]
    return not any(in_class(m, "short_while") for m in measure)


def _finite_above(verb: Token) -> list[Token]:
    """The verbs above a participle or infinitive, up to the first finite one."""
    out: list[Token] = []
    node = verb
    for _ in range(4):
        clause = clause_of(node)
        if node.tag_ not in ("VBG", "VBN", "VB") or clause.modals or (clause.passive and clause.auxiliaries):
            break
        above = next((t for t in governing(node) if is_verb(t)), None)
        if above is None or node.dep_ in ("conj", "ccomp", "relcl"):
            break
        out.append(above)
        node = above
    return out


def _side_by_side(notes: list[TimeNote]) -> list[TimeNote]:
    """The first of notes sorted by distance, and those that touch it ("Tuesday at 9:45")."""
    nearest = notes[0]
    return [
        n
        for n in notes
        if n is nearest or abs(n.token_start - nearest.token_end) <= 2 or abs(nearest.token_start - n.token_end) <= 2
    ]


def _past_perfect(verb: Token) -> bool:
    clause = clause_of(verb)
    return clause.perfect and any(a.lower_ == "had" for a in clause.auxiliaries)


def _root(doc: Doc, note: TimeNote) -> Token:
    span = doc[note.token_start : max(note.token_end, note.token_start + 1)]
    root: Token = span.root
    return root


def _timing(notes: list[TimeNote], rank: int) -> Timing:
    """Several times of one clause are read together: coordinated days are a span, else the finest is the event's."""
    best = max(notes, key=lambda t: (t.type is not TimeType.DURATION, len(t.edtf or ""), -t.token_start))
    where = ("its own", "its clause", "its sentence", "when it was said", "its paragraph")[rank]
    days = sorted((t for t in notes if t.type is TimeType.DATE and t.edtf and "/" not in t.edtf), key=lambda t: t.token_start)
    if rank <= 1 and len(days) == 2 and best in days and _coordinated(days[0], days[1]):
        first, last = days
        time = EventTime(
            edtf=f"{first.edtf}/{last.edtf}",
            earliest=first.earliest.isoformat() if first.earliest else None,
            latest=last.latest.isoformat() if last.latest else None,
        )
        return Timing(days, time, rank, f"{first.text!r} to {last.text!r} ({where})")
    return Timing(notes, event_time(best), rank, f"{best.text!r} ({where})")


def _coordinated(first: TimeNote, last: TimeNote) -> bool:
    """Two days that one preposition spans: "on Sunday and Monday", "between 3 and 5 March", "from May to June"."""
    if first.earliest is None or last.earliest is None or first.earliest.tzinfo != last.earliest.tzinfo:
        return False
    return 0 < last.token_start - first.token_end <= 2 and first.earliest < last.earliest


def event_time(note: TimeNote) -> EventTime:
    """The public time of an event from a time expression."""
    return EventTime(
        edtf=note.edtf,
        earliest=note.earliest.isoformat() if note.earliest else None,
        latest=note.latest.isoformat() if note.latest else None,
        approximate=note.approximate,
    )


def _instant(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        try:
            return datetime.combine(date.fromisoformat(value[:10]), datetime.min.time())
        except ValueError:
            return None
