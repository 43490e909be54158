"""When an event takes place: the time its own words give, then its clause, its sentence, and what stands around it (`setting`).

In: an event mention, the times on the Doc, the article. Out: `Timing` with the chosen time notes and an EventTime. Only typed
values are used, never the words of a time.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, time, timedelta

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import TimeNote
from pipeline.events.clauses import SUBJECT, clause_of, governing, is_noun, is_verb
from pipeline.events.dated import Timing, event_time, is_day, is_past, spanning, together
from pipeline.events.fillers import in_class
from pipeline.events.frames import EventMention
from pipeline.events.reckoning import Count, above, counted, counts, is_short, names_a_thing, root_of
from pipeline.events.setting import Setting, news_of, past_perfect
from pipeline.records import EntityType, EventTime, EventType, TimeType

__all__ = ["Times", "Timing", "is_past"]

_SAID, _INFERRED = 3, 5  # the ranks of a time that is that of a saying, and of one inferred from publication
_LATELY = timedelta(days=14)  # before publication, within which a saying still tells the news
_DEICTIC = ("vague", "shift.ago")  # the finders of "recently" and "a few days ago"; "at that time" is the time told before
_GLOSS_TOKENS = 6  # from the bracket to the last word of "(03:40 GMT on Thursday)"
_SCOPE_TOKENS = 4  # between "the third" and "this year"
_NAMING = ("compound", "nmod", "amod", "nummod")


class Times:
    """The dated expressions of a Doc by sentence."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.counts = counts(doc, doc_notes.times(doc))
        self.notes = [
            t
            for t in doc_notes.times(doc)
            if t.edtf is not None and t.type in (TimeType.DATE, TimeType.TIME, TimeType.DURATION) and not self._numbers_a_name(t)
        ]
        self.notes.sort(key=lambda t: t.token_start)
        self.vague = sorted(
            (t for t in doc_notes.times(doc) if t.value in ("PAST_REF", "FUTURE_REF") and t.finder in _DEICTIC),
            key=lambda t: t.token_start,
        )
        self._vague_starts = [t.token_start for t in self.vague]
        self._starts = [t.token_start for t in self.notes]
        self._counts_of: dict[int, list[Count]] = {}
        for count in self.counts.values():
            self._counts_of.setdefault(count.mark.sent.start, []).append(count)
        self.setting = Setting(doc, self.notes, self.counts)
        self.published = self.setting.published
        self._named: dict[int, list[tuple[int, int]]] = {}
        for note in doc_notes.entities(doc):
            if note.type in (EntityType.TREATY, EntityType.EXERCISE, EntityType.ORGANIZATION):
                for m in note.mentions:
                    for i in range(m.token_start, m.token_end):
                        self._named.setdefault(i, []).append((m.token_start, m.token_end))

    def within(self, start: int, end: int) -> list[TimeNote]:
        """Times among tokens [start, end)."""
        return self.notes[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def hanging_on(self, verb: Token) -> TimeNote | None:
        """The date that hangs on a verb, the finest of several."""
        found = [
            n
            for n in self.within(verb.sent.start, verb.sent.end)
            if n.type is TimeType.DATE and next((t for t in above(self.doc, self.counts, n) if is_verb(t)), None) == verb
        ]
        return max(found, key=lambda n: len(n.edtf or ""), default=None)

    def of(self, mention: EventMention) -> Timing:
        """The best time of one telling; of an exercise, from its beginning to its end."""
        timing = self._of(mention)
        ends = self._ends(mention) if mention.type is EventType.EXERCISE and timing.rank <= 2 else None
        if ends is not None and timing.time is not None:
            timing.time = spanning(timing.time, event_time(ends))
        return timing

    def _ends(self, mention: EventMention) -> TimeNote | None:
        """ "Began on 7 June and runs until 20 June", "and ended on 20 June", "and is due to end on 20 June"."""
        for note in self.within(*mention.sentence):
            verbs = [t for t in above(self.doc, self.counts, note) if is_verb(t)]
            further = bool(verbs) and in_class(verbs[0], "finishing") and any(t.dep_ == "conj" for t in verbs[:2])
            if self._under(note, "ending") is not None or further:
                return note
        return None

    def _of(self, mention: EventMention) -> Timing:
        if mention.rule.undated:
            return Timing()
        start, end = mention.times_in or mention.sentence
        if mention.apart and mention.times_in and (own := self.within(start, end)):
            return self._read(own[:1], 0)
        ranked = self._ranked(mention, start, end)
        head = mention.predicate.head
        count = next((c for c in self._counts_of.get(head.sent.start, ()) if c.tells(head)), None)
        if count is not None:
            ranked = [r for r in ranked if r[0] <= 1 and r[2] is not count.note and count.covers(root_of(self.doc, r[2]))]
            if not ranked:
                return self._counted(count, mention)
        since = self._since(mention)
        if since is not None and (not ranked or ranked[0][0] > 0):
            return since
        if ranked:
            best = ranked[0][0]
            found = [t for rank, _, t in ranked if rank == best]
            if best == 1:
                found = self._of_the_nearest_verb(found, head)
            if mention.times_in is None:
                found = self._of_its_tense(self._without_repeats(found, mention), mention)
            # What hangs on the trigger is read together; of what only stands in the sentence, the nearest counts.
            return self._read(found if best < 2 else _side_by_side(found), best)
        if self._is_vague(mention):
            return Timing()
        return self._until(mention) or self._not_after_it_was_said(self.setting.around(mention), mention)

    def _not_after_it_was_said(self, around: Timing, mention: EventMention) -> Timing:
        """ "Said on 2 July that it had ordered": where only the day of publication is left, that of the saying is nearer."""
        inferred = around.rank == _INFERRED and around.time is not None and (around.time.edtf or "").endswith("?")
        if around.time is not None and not inferred:
            return around
        verb = mention.predicate.verb
        over = verb.head if verb is not None and verb.dep_ == "ccomp" and in_class(verb.head, "reporting") else None
        for note in self.within(*mention.sentence) if over is not None else ():
            told_by = next((t for t in above(self.doc, self.counts, note) if is_verb(t)), None)
            if told_by == over and is_day(note) and note.earliest is not None and self._lately(note):
                return Timing([], news_of(note.earliest.date()), _SAID, f"said on {note.text!r}")
        return around

    def _lately(self, note: TimeNote) -> bool:
        if note.latest is None or self.published is None:
            return False
        return timedelta(0) <= self.published.replace(tzinfo=None) - note.latest.replace(tzinfo=None) < _LATELY

    def _without_repeats(self, notes: list[TimeNote], mention: EventMention) -> list[TimeNote]:
        """ "On Friday and again on Saturday": the first time is the one that the verb tells."""
        again = next((t.i for t in self.doc[mention.predicate.head.i : mention.sentence[1]] if self._repeats(t)), None)
        return [n for n in notes if again is None or n.token_start < again] or notes

    def _of_the_nearest_verb(self, notes: list[TimeNote], head: Token) -> list[TimeNote]:
        """ "Launched an attack on Monday which ended a day later with a truce made by Oslo": of the verbs above, the nearest."""
        over = governing(head)
        verbs = [next((t for t in above(self.doc, self.counts, n) if is_verb(t)), None) for n in notes]
        far = [over.index(v) if v is not None and v in over else -1 for v in verbs]
        nearest = min((f for f in far if f >= 0), default=-1)
        return [n for n, f in zip(notes, far, strict=True) if f in (-1, nearest)]

    def _is_vague(self, mention: EventMention) -> bool:
        """ "Were cancelled a few days ago": its own time, which is no date, keeps it from the dates around it."""
        head = mention.predicate.head
        first, last = mention.times_in or mention.sentence
        for note in self.vague[bisect_left(self._vague_starts, first) : bisect_left(self._vague_starts, last)]:
            verb = next((t for t in governing(root_of(self.doc, note)) if is_verb(t)), None)
            if verb is not None and verb in (head, mention.predicate.verb):
                return True
        return False

    def _of_its_tense(self, notes: list[TimeNote], mention: EventMention) -> list[TimeNote]:
        """ "Who talked on Monday, will meet on 20 June": of several days, those that lie where the clause points."""
        clause = mention.predicate.clause
        if len(notes) < 2 or self.published is None or clause is None or not (clause.past or clause.will):
            return notes
        today = datetime.combine(self.published.date(), time.min)
        ahead = [n for n in notes if n.latest is not None and n.latest.replace(tzinfo=None) > today]
        behind = [n for n in notes if n.earliest is not None and n.earliest.replace(tzinfo=None) < today + timedelta(days=1)]
        return (behind if clause.past else ahead) or notes

    @staticmethod
    def _repeats(token: Token) -> bool:
        return token.i > 0 and in_class(token, "repeating") and token.nbor(-1).tag_ == "CC"

    def _read(self, notes: list[TimeNote], rank: int) -> Timing:
        """ "From 21 October on" is open."""
        local = [n for n in notes if not self._in_other_zone(n, notes)]
        timing = together(local or notes, rank)
        timing.notes += [n for n in notes if n not in timing.notes]
        if len(timing.notes) == 1 and timing.time is not None and self._runs_on(timing.notes[0]):
            timing.time = timing.time.model_copy(update={"edtf": f"{timing.time.edtf}/..", "latest": None})
        return timing

    def _in_other_zone(self, note: TimeNote, beside: list[TimeNote]) -> bool:
        """ "Before midnight on Wednesday *(03:40 GMT on Thursday)*": the same moment by another clock, on which it is another
        day; the day of an event is that of its own place."""
        opened = next(
            (
                i
                for i in range(note.token_start - 1, max(note.token_start - _GLOSS_TOKENS, 0) - 1, -1)
                if self.doc[i].text in "()"
            ),
            None,
        )
        if opened is None or self.doc[opened].text == ")":
            return False
        clock = next((n for n in beside if n.token_start == opened + 1), None)
        if clock is None or clock.earliest is None or clock.earliest.tzinfo is None or clock.type is not TimeType.TIME:
            return False
        days = {(n.edtf or "")[:10] for n in beside if n.token_end <= opened and (is_day(n) or "T" in (n.edtf or ""))}
        return bool(days) and (clock.edtf or "")[:10] not in days

    def _runs_on(self, note: TimeNote) -> bool:
        if not note.token_start or note.token_end >= len(self.doc) or not is_day(note):
            return False
        return self.doc[note.token_start - 1].lower_ == "from" and in_class(self.doc[note.token_end], "onward")

    def _ranked(self, mention: EventMention, start: int, end: int) -> list[tuple[int, int, TimeNote]]:
        """The times that may be the mention's, by rank and distance."""
        head = mention.predicate.head
        elsewhere = [c for c in self.counts.values() if start <= c.mark.i < end and not c.covers(head)]
        found = []
        for note in self.within(start, end):
            rank = self._rank(note, mention)
            if rank <= 3 and not any(note is not c.note and c.covers(root_of(self.doc, note)) for c in elsewhere):
                found.append((rank, abs(note.token_start - head.i), note))
        return sorted(found, key=lambda r: (r[0], r[1]))

    def _counted(self, count: Count, mention: EventMention) -> Timing:
        """ "Landed on Sunday, two days after the jet had left": the time that the count leads back to."""
        outside = [t for t in self.within(*mention.sentence) if t is not count.note and not count.covers(root_of(self.doc, t))]
        own = [t for t in outside if next((a for a in above(self.doc, self.counts, t) if is_verb(a)), None) == count.event]
        if own or outside:
            to = together((own or outside)[:1], 2).time
        elif count.note.edtf is not None:
            to = event_time(count.note)
        else:
            to = self.setting.around(mention).time
        time = counted(count, to)
        rank = 2 if own or outside else 5
        return Timing([count.note], time, rank, f"{count.note.text!r} {count.mark.text}") if time else Timing()

    def _until(self, mention: EventMention) -> Timing | None:
        """ "Has cancelled all flights until 16 July": only the end of what began is told."""
        for note in self.within(*mention.sentence):
            mark = self._under(note, "ending")
            if mark is not None and mark.head == mention.predicate.head and "/" not in (note.edtf or ""):
                end = event_time(note)
                time = EventTime(edtf=f"../{note.edtf}", latest=end.latest, approximate=end.approximate)
                return Timing([note], time, 2, f"until {note.text!r}")
        return None

    def _under(self, note: TimeNote, name: str) -> Token | None:
        """The preposition of a word class ("since", "until") under which a time stands."""
        chain = [root_of(self.doc, note), *above(self.doc, self.counts, note)]
        return next((t for t in chain[:3] if t.dep_ == "prep" and in_class(t, name)), None)

    def _since(self, mention: EventMention) -> Timing | None:
        """ "Halted since Saturday" happened on Saturday; "has been running since 15 March" goes on since then."""
        head, verb = mention.predicate.head, mention.predicate.verb
        if verb is None or (mention.predicate.pos != "verb" and head.dep_ not in SUBJECT):
            return None
        if verb.dep_ == "relcl" and self._ranks(verb.head):
            return None  # "the most powerful weapon it has tested since 2017"
        finite = [verb, *_finite_above(verb)]
        for note in self.within(*mention.sentence):
            mark = self._under(note, "since")
            if mark is None or mark.head not in finite or "/" in (note.edtf or "") or self._counts_from(mark):
                continue
            clause = clause_of(mark.head)
            if clause.perfect or clause.progressive:
                going_on = EventTime(edtf=f"{note.edtf}/..", earliest=event_time(note).earliest, approximate=note.approximate)
                return Timing([note], going_on, 0, f"since {note.text!r}")
            if mark.head == verb:
                return Timing([note], event_time(note), 0, f"since {note.text!r}")
        return None

    @staticmethod
    def _counts_from(mark: Token) -> bool:
        """ "Landed in Shanghai, first since 1949": what a first or last is counted from, wherever the parser hung it."""
        before = mark.nbor(-1) if mark.i else mark
        return in_class(before, "first") or in_class(before, "last") or before.tag_ == "JJS"

    def _rank(self, note: TimeNote, mention: EventMention) -> int:
        """0 hangs on the trigger, 1 on its clause, 2 elsewhere in the sentence where no other verb claims it, 3 on the verb that
        reports it, 4 not its time."""
        head, verb = mention.predicate.head, mention.predicate.verb
        first = self._first_half(note)
        if first is not None:
            return self._rank(first, mention)
        if self._under(note, "ending") is not None or self._of_a_thing(note, mention):
            return 4
        since = self._under(note, "since") is not None
        if since and (head.i < note.token_start or (verb is not None and clause_of(verb).perfect)):
            return 4
        if verb is not None and self._told_then(note) == verb:
            return 0
        if self._of_the_other(note, head):
            return 4
        for token in [root_of(self.doc, note), *above(self.doc, self.counts, note)]:
            if token == head or token in mention.predicate.words:
                return 0
            if is_verb(token):
                if token == verb:
                    if mention.predicate.pos == "noun" and head.dep_ == "dobj" and in_class(verb, "speaking_of"):
                        return 3  # "confirmed on Tuesday the call", "condemned the attack on Monday"
                    return 1 if mention.predicate.pos == "noun" else 0
                if mention.type is EventType.AGREEMENT and head.dep_ == "acl" and head.tag_ == "VBN" and head.i < token.i:
                    return 4  # "the truce, brokered by Oman, took effect on Friday"
                if names_a_thing(note, token, head) or self._is_ahead(note, token, verb):
                    return 4
                return self._other_verb(token, head, verb)
        return 2

    def _is_ahead(self, note: TimeNote, told_by: Token, verb: Token | None) -> bool:
        """ "Signed a pact which is to take effect *in 2030*": what lies ahead, by a verb below, dates nothing that was done."""
        if verb is None or self.published is None or note.earliest is None or verb not in governing(told_by):
            return False
        clause = clause_of(verb)
        done = (clause.past or clause.perfect) and not (clause.will or clause.modals)
        return done and note.earliest.replace(tzinfo=None).date() > self.published.date()

    def _of_the_other(self, note: TimeNote, head: Token) -> bool:
        """ "Ahead of *tomorrow's* summit", "deployed in 2012 after a launch order *in 2010*": the time of what it is told to be
        before or after."""
        if any(c.note is note for c in self.counts.values()):
            return False
        named = False
        for token in above(self.doc, self.counts, note):
            if in_class(token, "before_or_after") and token.dep_ in ("prep", "advmod"):
                return named and not token.is_ancestor(head)
            if is_verb(token) and token.dep_ != "pcomp":
                return False
            named |= is_noun(token) or is_verb(token)
        return False

    def _first_half(self, note: TimeNote) -> TimeNote | None:
        """ "*1998*-2000", "from *6*-10 September": what the second half is said of, wherever the parser hung it."""
        if not note.token_start or self.doc[note.token_start - 1].text not in ("-", "–"):
            return None
        return next((n for n in self.notes if n.token_end == note.token_start - 1), None)

    def _told_then(self, note: TimeNote) -> Token | None:
        """The verb that says what was then: "on 19 June, when Putin visited", "in November, during which he met"."""
        behind = [t for t in self.doc[note.token_end : note.token_end + 3] if t.text != ","][:2]
        if behind and behind[0].tag_ == "WRB" and in_class(behind[0], "of_that_time"):
            return behind[0].head if is_verb(behind[0].head) else None
        if len(behind) == 2 and behind[0].dep_ == "prep" and behind[1].tag_ == "WDT":
            return behind[0].head if is_verb(behind[0].head) else None
        return None

    def _of_a_thing(self, note: TimeNote, mention: EventMention) -> bool:
        """Whether a time only tells which thing is meant ("the treaty of 1960"), or is the scope of a count ("the third this
        year"): it dates nothing else."""
        head = mention.predicate.head
        if any(note.token_end <= b and not a <= head.i < b for a, b in self._named.get(note.token_start, ())):
            return True
        root, coarse = root_of(self.doc, note), not is_day(note)
        owner = root.head if root.dep_ in _NAMING else None
        if root.dep_ == "pobj" and in_class(root.head, "dating_a_thing"):
            beside = self.doc[root.head.i - 1] if root.head.i else root.head
            owner = beside if in_class(beside, "agreement") else root.head.head
        if coarse and owner is not None and owner != head and in_class(owner, "agreement"):
            return True
        if owner is not None and owner != head and owner.dep_ == "pobj" and in_class(owner.head, "since"):
            # "the first service since the border war of 1998–2000"
            return True
        return coarse and self._holds_now(note) and self._is_scope(note)

    def _numbers_a_name(self, note: TimeNote) -> bool:
        """ "At *Expo 2020*", "as part of *Tradewinds 2018*": a year that ends a name tells which one it was."""
        root = root_of(self.doc, note)
        before = self.doc[note.token_start - 1] if note.token_start else root
        bare = note.token_end - note.token_start == 1 and root.is_digit
        return bare and before.tag_ in ("NNP", "NNPS") and before.ent_type_ != "DATE" and root.head == before

    def _holds_now(self, note: TimeNote) -> bool:
        if self.published is None or note.earliest is None or note.latest is None:
            return False
        return note.earliest.replace(tzinfo=None) <= self.published.replace(tzinfo=None) < note.latest.replace(tzinfo=None)

    def _is_scope(self, note: TimeNote) -> bool:
        """ "The third test this year", "the deadliest attack in 2024": counted within the year that still runs."""
        for token in reversed(self.doc[max(0, note.token_start - _SCOPE_TOKENS) : note.token_start]):
            if is_verb(token) or token.is_punct:
                return False
            if token.tag_ == "JJS" or in_class(token, "ordinal") or in_class(token, "first") or in_class(token, "largest"):
                return True
        return False

    @staticmethod
    def _ranks(noun: Token) -> bool:
        """Whether a noun is told as the first or greatest of its kind."""
        near = [*noun.children, *(d for c in noun.children for d in c.children)]
        return is_noun(noun) and any(t.tag_ in ("JJS", "RBS") or in_class(t, "first") or in_class(t, "largest") for t in near)

    def _other_verb(self, token: Token, head: Token, verb: Token | None) -> int:
        over = governing(head)
        if token in over:
            # "said on Monday that it had struck": the time of the saying is the event's only when nothing better is there
            if in_class(token, "reporting"):
                return 4 if verb is not None and past_perfect(verb) and not in_class(token, "announcing") else 3
            return 1
        if verb is not None and token.dep_ == "conj" and token.head == verb:
            return 2
        if verb is not None and verb.dep_ == "conj" and verb.head == token:
            return 1
        # a participle or infinitive happens when its finite verb does: "hours before the jet crashed on Wednesday, Iran fired …"
        if verb is not None and not {verb, *_finite_above(verb)} & set(governing(token)):
            return 4
        return 4 if _of_another_moment(token) else 2


def _of_another_moment(verb: Token) -> bool:
    """A clause that says after what or before what, unless by how little ("hours before the jet crashed"), or what was done in
    the place that somebody came from ("flew in from Tokyo, where he met bankers on Saturday")."""
    place = verb.head
    if verb.dep_ == "relcl" and place.dep_ == "pobj" and in_class(place.head, "away"):
        return any(c.tag_ == "WRB" for c in verb.children)
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
        over = next((t for t in governing(node) if is_verb(t)), None)
        if over is None or node.dep_ in ("conj", "ccomp", "relcl"):
            break
        out.append(over)
        node = over
    return out


def _side_by_side(notes: list[TimeNote]) -> list[TimeNote]:
    """The first of notes sorted by distance, and those that touch it ("Tuesday at 9:45")."""
    nearest = notes[0]
    return [
        n
        for n in notes
        if n is nearest or abs(n.token_start - nearest.token_end) <= 2 or abs(nearest.token_start - n.token_end) <= 2
    ]
