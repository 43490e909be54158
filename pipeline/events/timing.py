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
from pipeline.events.reckoning import Count, counted, counts, is_short
from pipeline.records import BlockKind, EventTime, TimeType

_LEAD = 3  # blocks behind the title in which news names its day
_BEFORE_DATELINE, _BEHIND_DATELINE = 8, 6  # tokens of a dateline before and behind its day
_DASHES = frozenset({"-", "--", "\u2013", "\u2014"})
_STORY_DAYS = 7  # how old the day of a news story is at most


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
        self.counts = counts(doc, doc_notes.times(doc))
        self.notes = [
            t for t in doc_notes.times(doc) if t.edtf is not None and t.type in (TimeType.DATE, TimeType.TIME, TimeType.DURATION)
        ]
        article = doc_notes.article(doc)
        self.published = _instant(article.published) if article is not None else None
        self.blocks = list(article.blocks) if article is not None else []
        self.story = self._story()

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
        head = mention.predicate.head
        elsewhere = [c for c in self.counts if start <= c.mark.i < end and not c.covers(head)]
        ranked = [r for r in ranked if not any(r[2] is not c.note and c.covers(_root(self.doc, r[2])) for c in elsewhere)]
        count = next((c for c in self.counts if c.tells(head)), None)
        if count is not None:
            ranked = [r for r in ranked if r[0] <= 1 and r[2] is not count.note and count.covers(_root(self.doc, r[2]))]
            if not ranked:
                return self._counted(count, mention)
        since = self._since(mention)
        if since is not None and (not ranked or ranked[0][0] > 0):
            return since
        if ranked:
            best = ranked[0][0]
            found = [t for rank, _, t in ranked if rank == best]
            # What hangs on the trigger is read together; of what only stands in the sentence, the nearest counts.
            return _timing(found if best < 2 else _side_by_side(found), best)
        return self._until(mention) or self._from_context(mention)

    def _counted(self, count: Count, mention: EventMention) -> Timing:
        """ "Landed on Sunday, two days after the jet had left": the time that the count leads back to."""
        outside = [t for t in self.within(*mention.sentence) if t is not count.note and not count.covers(_root(self.doc, t))]
        own = [t for t in outside if next((a for a in self._above(t) if is_verb(a)), None) == count.event]
        if own or outside:
            to = _timing((own or outside)[:1], 2).time
        elif count.note.edtf is not None:
            to = event_time(count.note)
        else:
            to = self._from_context(mention).time
        time = counted(count, to)
        return (
            Timing([count.note], time, 2 if own or outside else 5, f"{count.note.text!r} {count.mark.text}") if time else Timing()
        )

    def _above(self, note: TimeNote) -> list[Token]:
        """The tokens that a time hangs on, nearest first; a stretch counted from a clause hangs on what it leads to."""
        count = next((c for c in self.counts if c.note is note), None)
        if count is None:
            return governing(_root(self.doc, note))
        return [] if count.event is None else [count.event, *governing(count.event)]

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
        chain = [_root(self.doc, note), *self._above(note)]
        if any(t.dep_ == "prep" and t.lower_ in lexicon()["ending"] for t in chain[:3]):
            return 4
        since = any(t.dep_ == "prep" and t.lower_ == "since" for t in chain[:3])
        if since and (mention.predicate.head.i < note.token_start or (verb is not None and clause_of(verb).perfect)):
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
        return self._news_of_the_day(mention, position)

    def _news_of_the_day(self, mention: EventMention, position: int) -> Timing:
        """What no time near it dates: what news tells as past was on the story's day, the rest is of the day of publication."""
        verb = mention.predicate.verb
        if self.published is None or (verb is not None and _past_perfect(verb)):
            return Timing()
        told = verb is None or clause_of(verb).past
        if self.story is not None and (told or self.blocks[position].kind is BlockKind.TITLE):
            return Timing([], self.story, 5, "the story's day")
        if position > 3 and verb is not None and clause_of(verb).past:
            return Timing()
        day = self.published.date()
        time = EventTime(
            edtf=f"{day.isoformat()}?",
            earliest=day.isoformat(),
            latest=(day + timedelta(days=1)).isoformat(),
            approximate=True,
        )
        return Timing([], time, 5, "news of the day")

    def _story(self) -> EventTime | None:
        """The day that the lead gives its news: the first one of the last days, on which something other than a saying was."""
        if self.published is None:
            return None
        today = self.published.date()
        body = [b for b in self.blocks if b.kind is not BlockKind.TITLE]
        for block in body[:_LEAD]:
            for note in self.notes:
                if (
                    _in_dateline(self.doc, note, block.start)
                    or not block.start <= note.start < block.end
                    or note.earliest is None
                    or not _is_day(note)
                ):
                    continue
                above = next((t for t in self._above(note) if is_verb(t)), None)
                recent = 0 <= (today - note.earliest.date()).days <= _STORY_DAYS
                if not recent or (above is not None and in_class(above, "reporting")):
                    continue
                return event_time(note).model_copy(update={"edtf": (note.edtf or "").partition("T")[0], "approximate": True})
        return None


def _in_dateline(doc: Doc, note: TimeNote, start: int) -> bool:
    """ "ASMARA, June 7 (Agency) -": the day of the dispatch, not of what it tells."""
    before = [t for t in doc[max(0, note.token_start - _BEFORE_DATELINE) : note.token_start] if t.idx >= start]
    behind = doc[note.token_end : note.token_end + _BEHIND_DATELINE]
    return len(before) < _BEFORE_DATELINE and not any(is_verb(t) for t in before) and any(t.text in _DASHES for t in behind)


def _is_day(note: TimeNote) -> bool:
    return note.type is not TimeType.DURATION and len((note.edtf or "").partition("T")[0]) == 10


def _of_another_moment(verb: Token) -> bool:
    """A clause that says after what or before what, unless by how little: "hours before the jet crashed"."""
    mark = next((c for c in verb.children if c.dep_ in ("mark", "advmod") and in_class(c, "answering")), None)
    return mark is not None and verb.dep_ == "advcl" and not is_short(verb)


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
