"""The time around an event that its own sentence does not date: its paragraph, a dated heading, the story's day, the day's news.

In: a Doc with its times, a mention. Out: `Timing` of rank 4 to 6.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import TimeNote
from pipeline.events.clauses import clause_of, is_verb
from pipeline.events.dated import Timing, coordinated, event_time, is_day, on_its_day, spanning
from pipeline.events.fillers import in_class, lexicon
from pipeline.events.frames import EventMention
from pipeline.events.reckoning import Count, above, bounds_or_names, shortly
from pipeline.records import BlockKind, EventTime, EventType, TimeType

_LEAD = 3  # blocks behind the title in which news names its day
_BEFORE_DATELINE, _BEHIND_DATELINE = 8, 6  # tokens of a dateline before and behind its day
_DASHES = frozenset({"-", "--", "\u2013", "\u2014"})
_STORY_DAYS = 7  # how old the day of a news story is at most
# What of the past perfect belongs to the story itself ("the jet had taken off from Sochi"); of the rest much is long ago.
_PHYSICAL = (EventType.FLIGHT, EventType.AVIATION_INCIDENT)


class Setting:
    """The day of the story, of each paragraph and of publication."""

    def __init__(self, doc: Doc, notes: list[TimeNote], counts: dict[int, Count]) -> None:
        self.doc, self.notes, self.counts = doc, notes, counts
        article = doc_notes.article(doc)
        self.published = _instant(article.published) if article is not None else None
        self.blocks = list(article.blocks) if article is not None else []
        self._begins = [b.start for b in self.blocks]
        self.story = self._story()
        self._headings = self._dated_headings()

    def around(self, mention: EventMention) -> Timing:
        """The time that the text around a mention gives it."""
        head, verb = mention.predicate.head, mention.predicate.verb
        position = bisect_right(self._begins, head.idx) - 1
        if position < 0 or head.idx >= self.blocks[position].end:
            return Timing()
        if verb is not None and lexicon()["of_other_time"] & set(clause_of(verb).marks):
            # "the first since both countries signed …": its time is another than that of the sentence around it
            return Timing()
        first = bisect_left(self.notes, self.blocks[position].start, key=lambda t: t.start)
        same = self.notes[first : bisect_left(self.notes, head.sent.start, key=lambda t: t.token_start)]
        found = self._last_told(same, verb) or self._heading_over(position)
        if not found:
            return self._news_of_the_day(mention, position)
        if len(found) == 2 and coordinated(*found):
            both = spanning(event_time(found[0]), event_time(found[1]))
            return Timing(found, both, 4, f"{found[0].text!r} and {found[1].text!r} (its paragraph)")
        return Timing(found[-1:], on_its_day(found[-1]), 4, f"{found[-1].text!r} (its paragraph)")

    def _last_told(self, notes: list[TimeNote], verb: Token | None) -> list[TimeNote]:
        """The last time of a paragraph that what follows may hang on: for what is past, none that lies ahead."""
        past = verb is not None and clause_of(verb).past
        today = self.published.replace(tzinfo=None) if self.published is not None else None
        present = verb is not None and _plain_present(verb)
        for i in range(len(notes) - 1, -1, -1):
            first, last = notes[i].earliest, notes[i].latest
            if i and self._looks_back(notes[i]) and not all(map(self._looks_back, notes[:i])):
                continue
            over = today is not None and last is not None and last.replace(tzinfo=None) <= today
            named = bounds_or_names(self.doc, notes[i]) or self._dates_a_deal(notes[i])
            if named or (present and over and not is_day(notes[i])):
                continue
            ahead = today is not None and first is not None and first.replace(tzinfo=None) > today
            if not (past and ahead):
                both = i > 0 and is_day(notes[i - 1]) and is_day(notes[i]) and coordinated(notes[i - 1], notes[i])
                return notes[i - both : i + 1]  # "On July 28 and 29 …"
        return []

    def _dates_a_deal(self, note: TimeNote) -> bool:
        """ "Flown under the agreement *dated 14 June 1995*": what is told behind it was not on that day."""
        verb = next((t for t in above(self.doc, self.counts, note) if is_verb(t)), None)
        return verb is not None and verb.dep_ == "acl" and _of_a_deal(verb)

    def _looks_back(self, note: TimeNote) -> bool:
        """ "On Tuesday it confirmed that Peru *had* done what it promised *in March*": what was before the story."""
        return any(is_verb(t) and past_perfect(t) for t in above(self.doc, self.counts, note))

    def _heading_over(self, position: int) -> list[TimeNote]:
        """The day that the nearest dated heading above a block gives: a chronicle's "Sunday, 26 January"."""
        return next((days for at, days in reversed(self._headings) if at < position), [])

    def _dated_headings(self) -> list[tuple[int, list[TimeNote]]]:
        """The positions of headings with days in them, and the days."""
        headings = [(i, b) for i, b in enumerate(self.blocks) if b.kind is BlockKind.HEADING]
        days = [t for t in self.notes if t.type is TimeType.DATE]
        found = [(i, [t for t in days if b.start <= t.start < b.end]) for i, b in headings]
        return [(i, inside) for i, inside in found if inside]

    def _news_of_the_day(self, mention: EventMention, position: int) -> Timing:
        """What no time near it dates: what news tells as past was on the story's day, the rest is of the day of publication."""
        verb = mention.predicate.verb
        if self.published is None:
            return Timing()
        perfect = verb is not None and past_perfect(verb) and not shortly(verb)
        if perfect and (mention.type not in _PHYSICAL or self.story is None):
            return Timing()
        told = verb is None or clause_of(verb).past or (position <= _LEAD and _plain_present(verb))
        if self.story is not None and (told or self.blocks[position].kind is BlockKind.TITLE):
            return Timing([], self.story, 5, "the story's day")
        if position > _LEAD and verb is not None and clause_of(verb).past:
            return Timing()
        return Timing([], news_of(self.published.date()), 5, "news of the day")

    def _story(self) -> EventTime | None:
        """The day that the lead gives its news: the first one of the last days, on which something other than a saying was."""
        if self.published is None:
            return None
        today = self.published.date()
        body = [b for b in self.blocks if b.kind is not BlockKind.TITLE][:_LEAD]
        for note in self.notes:
            block = next((b for b in body if b.start <= note.start < b.end), None)
            if (
                block is None
                or note.earliest is None
                or note.type is TimeType.DURATION
                or _in_dateline(self.doc, note, block.start)
            ):
                continue
            night = note.latest is not None and note.latest - note.earliest < timedelta(days=1)
            recent = 0 <= (today - note.earliest.date()).days <= _STORY_DAYS
            verb = next((t for t in above(self.doc, self.counts, note) if is_verb(t)), None)
            aside = verb is not None and (in_class(verb, "reporting") or _of_a_deal(verb) or _went_before(verb))
            if recent and (is_day(note) or night) and not aside:
                following = next((n for n in self.notes if n.token_start > note.token_start), None)
                if following is not None and is_day(note) and is_day(following) and coordinated(note, following):
                    return spanning(event_time(note), event_time(following)).model_copy(update={"approximate": True})
                edtf = note.edtf if "/" in (note.edtf or "") else (note.edtf or "").partition("T")[0]
                return event_time(note).model_copy(update={"edtf": edtf, "approximate": True})
        return None


def news_of(day: date) -> EventTime:
    """The day of publication, as that of an event that is only inferred from it."""
    return EventTime(
        edtf=f"{day.isoformat()}?",
        earliest=day.isoformat(),
        latest=(day + timedelta(days=1)).isoformat(),
        approximate=True,
    )


def _of_a_deal(verb: Token) -> bool:
    """ "The truce signed on Saturday": no story of what was signed."""
    return verb.dep_ in ("acl", "relcl") and in_class(verb.head, "agreement")


def _went_before(verb: Token) -> bool:
    """ "The airline, *which had suspended* its flights on Sunday": what was before the story."""
    return verb.dep_ == "relcl" and past_perfect(verb)


def past_perfect(verb: Token) -> bool:
    """Whether a verb's clause tells what was before: "had landed"."""
    clause = clause_of(verb)
    return clause.perfect and any(a.lower_ == "had" for a in clause.auxiliaries)


def _plain_present(verb: Token) -> bool:
    """ "The flight restores a link": the present of who sums up the news."""
    return verb.tag_ in ("VBZ", "VBP") and not clause_of(verb).auxiliaries


def _in_dateline(doc: Doc, note: TimeNote, start: int) -> bool:
    """ "ASMARA, June 7 (Agency) -": the day of the dispatch, not of what it tells."""
    before = [t for t in doc[max(0, note.token_start - _BEFORE_DATELINE) : note.token_start] if t.idx >= start]
    behind = doc[note.token_end : note.token_end + _BEHIND_DATELINE]
    return len(before) < _BEFORE_DATELINE and not any(is_verb(t) for t in before) and any(t.text in _DASHES for t in behind)


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
