"""Events: who did what to whom, when, where, and for the first time since what.

In: a Doc with `doc._.entities` and `doc._.times`. Out: `doc._.events`, a list of `EventNote`. The way: frames find tellings
(`frames`), each is read for time, status and source (`timing`, `realis`, `attribution`), tellings of one event are merged
(`merging`), completed (`completion`), checked (`checks`) and summarised (`summary`).
"""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events import (
    accords,
    attribution,
    checks,
    clocks,
    company,
    completion,
    confidence,
    explaining,
    gapping,
    lasting,
    merging,
    novelty,
    penalties,
    phases,
    plover,
    quantities,
    realis,
    sameness,
    sifting,
    statements,
    summary,
    timing,
)
from pipeline.events.clauses import is_noun
from pipeline.events.dated import coarseness, event_time, spanning
from pipeline.events.fillers import Index, in_class
from pipeline.events.frames import EventMention, Frames
from pipeline.events.parties import is_public
from pipeline.events.tellings import Group, Telling
from pipeline.records import EventTime, EventType, Novelty, NoveltyKind, Realis, TimeType


@Language.factory("dateline_events", default_config={"frames": []})
def create(nlp: Language, name: str, frames: list[str]) -> Events:
    """The spaCy component. `frames`: a user's folders of frame files."""
    return Events(tuple(Path(folder) for folder in frames))


_DAY_LENGTH = len("2024-07-09")
_BEFORE_NOUN = frozenset({"det", "compound", "nmod", "amod", "nummod", "poss"})
_OF_ITS_SENTENCE = 2  # the rank up to which a time stands in an event's own sentence


class Events:
    """Finds the events of a Doc; built once per process."""

    def __init__(self, frames: tuple[Path, ...] = ()) -> None:
        self.frames = Frames(frames)
        self.explains = False
        """Whether events say how each of their tellings was read; it costs time."""

    def __call__(self, doc: Doc) -> Doc:
        """Sets `doc._.events`."""
        index = Index(doc)
        times = timing.Times(doc)
        mentions = self.frames.mentions(doc, index)
        mentions += gapping.remnants(doc, mentions, index)
        mentions = sifting.sift(mentions)
        tellings = [_tell(m, times, index) for m in mentions]
        groups = merging.merge(tellings)
        notes = {id(g): self._note(g, index) for g in groups}
        _novelties(doc, groups, notes, times)
        events = [notes[id(g)] for g in groups]
        penalties.complete_penalties(doc, events, index)
        accords.complete_treaties(events, index)
        company.next_rounds(events, self.frames)
        events = [e for e in events if _worth(e, self.frames)]
        completion.complete(doc, events, self.frames, index)
        events = [e for e in events if any(e.roles.values())]
        phases.complete_times(doc, events, times)
        quantities.complete_toll(doc, events)
        events += completion.visits_by_air(events)
        # before the sides of acts are given the states that coders count them by
        said = [_statement(s, times) for s in statements.statements(doc, index)]
        events += plover.code(doc, index, self.frames, events, lambda m: self._note(Group([_tell(m, times, index)]), index))
        events += said
        events.sort(key=lambda e: e.trigger)
        for event in events:
            if event.type is EventType.FLIGHT:
                clocks.in_utc(event)
            checks.check(event)
            event.confidence = confidence.confidence(event)
        kept = set(map(id, events))
        for event in events:
            if event.since is not None and id(event.since) not in kept:
                event.since = None
            event.summary = summary.summarise(event, self.frames.types[event.type])
        _keep_entities(doc, index, events)
        doc._.events = events
        return doc

    def _note(self, group: Group, index: Index) -> EventNote:
        lead = max(group.asserted, key=lambda t: (not t.mention.rule.more, t.mention.n_fillers, -t.mention.predicate.head.i))
        event = EventNote(
            type=group.type,
            trigger=lead.mention.predicate.span,
            evidence=_evidence(group),
            rule=lead.mention.rule.id,
            action=merging.action_of(group),
        )
        for name, role in self.frames.types[group.type].roles.items():
            notes = group.fillers(name)
            if notes:
                event.roles[name] = notes if not role.single else _best(notes, _beside(group, name))
        _when(event, group)
        event.realis = group.status
        event.sources = list(dict.fromkeys(s for t in group.asserted for s in t.sources))
        event.quantities = quantities.of(group)
        event.attributes = _attributes(group)
        event.why = [w for t in group.tellings for w in (*t.mention.why, *t.why)]
        if self.explains:
            event.told = [explaining.told(t, index) for t in group.tellings]
        return event


def _tell(mention: EventMention, times: timing.Times, index: Index) -> Telling:
    when = lasting.lasting(mention, times.of(mention))
    starts = None
    if when.notes and not ((when.time and when.time.edtf) or "").startswith("../"):
        # of "suspended until Friday" only the end is told
        starts = max(when.notes, key=lambda t: len(t.edtf or "")).earliest
    status, reason = realis.realis_of(
        mention,
        starts.replace(tzinfo=None) if starts else None,
        times.published.replace(tzinfo=None) if times.published else None,
    )
    if mention.rule.realis is not None and status is Realis.ACTUAL:
        status, reason = Realis(mention.rule.realis), "what the rule tells"
    if _lies_ahead(mention, status) and timing.is_past(when, times.published):
        when = timing.Timing()  # "The pact must be ratified": not on the day that the paragraph tells of
    telling = Telling(
        mention, when, status, attribution.sources_of(mention, index), [f"time: {when.why}", f"{status.value}: {reason}"]
    )
    if mention.type is EventType.FLIGHT:
        verb = mention.predicate.verb
        own = when.rank == 0 or (when.rank == 1 and (verb is None or verb.dep_ != "conj"))
        clocks_told = [t for t in when.notes if t.type is TimeType.TIME and t.edtf and "T" in t.edtf and own]
        # "at 21:25 (0225 GMT)": of two clocks the one whose zone is known
        clock = min(clocks_told, key=lambda t: t.earliest is None or t.earliest.tzinfo is None, default=None)
        if clock is not None and mention.action == "departed":
            telling.departure = clock.edtf
        if clock is not None and mention.action == "landed":
            telling.arrival = clock.edtf
    return telling


def _lies_ahead(mention: EventMention, status: Realis) -> bool:
    """Whether an event is one to come: it is planned, yet to be, or a modal verb stands before it and no perfect."""
    clause = mention.predicate.clause
    yet = clause is not None and clause.infinitive and status is Realis.DENIED
    modal = clause is not None and bool(clause.modals) and not clause.perfect and not clause.past
    return status is Realis.PLANNED or yet or (status is Realis.POSSIBLE and modal)


def _evidence(group: Group) -> list[tuple[int, int]]:
    return sorted({_sentence(t) for t in group.tellings})


def _sentence(telling: Telling) -> tuple[int, int]:
    sent = telling.mention.predicate.head.sent
    return sent.start_char, sent.start_char + len(sent.text.rstrip())


def _beside(group: Group, role: str) -> list[EntityNote]:
    """The fillers that the text coordinates with the one of a single role."""
    return [f.note for t in group.asserted for f in t.mention.roles.get(role, []) if f.beside]


def _best(notes: list[EntityNote], beside: list[EntityNote]) -> list[EntityNote]:
    """Of several fillers of a single role the most specific, an airport before its city, a force before its state, and what the
    text coordinates with it."""
    rank = {"airport": 0, "aircraft": 0, "person": 0, "organization": 0, "place": 1, "group": 1, "country": 2}
    wide = ("region", "sea", "ocean", "continent")
    ranked = sorted(
        (n for n in notes if n not in beside), key=lambda n: (rank.get(n.type.value, 1), n.kind in wide, n.kind == "facility")
    )
    best = ranked[0] if ranked else notes[0]
    return [best, *(n for n in dict.fromkeys(beside) if n is not best and not sameness.same(n, best))]


def _when(event: EventNote, group: Group) -> None:
    """The finest time of the best rank among the tellings; departure and arrival apart."""
    ranked = sorted(
        (t for t in group.tellings if t.timing.time is not None),
        key=lambda t: (t.timing.rank, coarseness(*_covered(t.timing.time))),
    )
    if ranked:
        event.time = _finest(ranked)
        if event.type in (EventType.VISIT, EventType.MEETING):
            event.time = lasting.whole([t.timing for t in ranked], event.time)
        event.times = list(dict.fromkeys(n for t in group.tellings for n in t.timing.notes if t.timing.rank <= 2))
        inferred = ranked[0].timing.rank
        if event.time is not None and inferred >= 3:
            event.time = event.time.model_copy(update={"approximate": True})
    if event.type is EventType.EXERCISE and event.time is not None:
        ends = [t.timing.time for t in group.tellings if t.timing.time and (t.timing.time.edtf or "").startswith("../")]
        for end in ends[:1]:
            event.time = spanning(event.time, end.model_copy(update={"edtf": (end.edtf or "").removeprefix("../")}))
    for telling in group.tellings:
        clock = next((n for n in telling.timing.notes if n.type is TimeType.TIME), None)
        approximate = clock is not None and clock.approximate
        if telling.departure and event.departure is None:
            event.departure = EventTime(edtf=telling.departure, approximate=approximate)
        if telling.arrival and event.arrival is None:
            event.arrival = EventTime(edtf=telling.arrival, approximate=approximate)
    if (
        event.type is EventType.FLIGHT
        and event.time is not None
        and event.time.edtf
        and "T" in event.time.edtf
        and "/" not in event.time.edtf
    ):
        local = event.time.earliest if event.time.edtf.endswith("Z") else None
        day = (local or event.time.edtf)[:10]
        event.time = event.time.model_copy(update={"edtf": day})


def _finest(ranked: list[Telling]) -> EventTime | None:
    """The time of the best telling, or the clock time that another telling of the same event gives of that day."""
    best = ranked[0].timing.time
    day = best.edtf if best is not None else None
    if best is None or day is None or len(day) != _DAY_LENGTH:
        return best
    for time in (t.timing.time for t in ranked if t.timing.rank <= _OF_ITS_SENTENCE):
        edtf = (time.edtf if time is not None else None) or ""
        if time is not None and time.earliest and time.earliest[:_DAY_LENGTH] == day and "T" in edtf and "/" not in edtf:
            return time
    return best


def _covered(time: EventTime | None) -> tuple[str | None, str | None]:
    return (time.earliest, time.latest) if time is not None else (None, None)


def _attributes(group: Group) -> list[str]:
    out: list[str] = []
    for telling in group.tellings:
        head = telling.mention.predicate.head
        words = [c for c in head.children if c.dep_ in ("amod", "compound")] if is_noun(head) else []
        out += [c.lower_ for c in words if in_class(c, "secrecy") and not in_class(c, "first")]
    return list(dict.fromkeys(out))


def _worth(event: EventNote, frames: Frames) -> bool:
    """An event that names nobody and nothing is no record, nor what private people do among themselves; "the plane was not
    carrying passengers" is no flight."""
    if event.type is EventType.FLIGHT and event.realis is Realis.DENIED and set(event.roles) <= {"passengers"}:
        return False
    if event.type is EventType.AVIATION_INCIDENT and event.realis is Realis.DENIED and event.action == "other":
        # "broke in two but did not catch fire"
        return False
    if event.type is EventType.VISIT and not (event.roles.get("visitor") or event.roles.get("host")):
        # "the 50th anniversary tour of North America"
        return False
    if event.type is EventType.MEETING and event.action == "summit" and event.roles.get("place"):
        # "a summit of the group in Bishkek": held by whom only its context tells
        return True
    sides = [n for role in frames.types[event.type].public for n in event.roles.get(role, [])]
    # "the aircraft hit a hillside": whose and which it was, the article may have told before
    named = any(event.roles.values()) or event.type in (EventType.AVIATION_INCIDENT, EventType.AIR_SERVICE)
    return named and (not sides or any(map(is_public, sides)))


def _novelties(doc: Doc, groups: list[Group], notes: dict[int, EventNote], times: timing.Times) -> None:
    of_mention = {id(t.mention): g for g in groups for t in g.tellings}
    mentions = [t.mention for g in groups for t in g.tellings]
    mentions.sort(key=lambda m: m.predicate.head.i)
    for claim in novelty.claims(doc, mentions):
        event = notes[id(of_mention[id(claim.mention)])]
        if event.novelty is None:
            event.novelty = novelty.novelty(claim)
        if claim.since is not None:
            start, end = claim.since
            inside = [
                m
                for m in mentions
                if start <= m.predicate.head.i < end and of_mention[id(m)] is not of_mention[id(claim.mention)]
            ]
            dated = times.within(start, end)
            if inside and event.since is None:
                event.since = notes[id(of_mention[id(inside[0])])]
                event.novelty = event.novelty.model_copy(update={"scope": claim.scope})
            elif dated and event.novelty.since is None and event.since is None:
                event.novelty = event.novelty.model_copy(update={"since": dated[0].edtf})
    for group in groups:
        if (
            notes[id(group)].novelty is None
            and any(novelty.is_resumption(t.mention) for t in group.tellings)
            and group.type is not EventType.AIR_SERVICE
        ):
            notes[id(group)].novelty = Novelty(kind=NoveltyKind.RESUMPTION)
    novelty.share_with_routes([notes[id(g)] for g in groups])


def _statement(s: statements.Statement, times: timing.Times) -> EventNote:
    event = EventNote(
        type=EventType.STATEMENT,
        trigger=(s.head.idx, s.head.idx + len(s.head)),
        evidence=[s.evidence],
        rule="statement",
        roles={
            k: v
            for k, v in (("speaker", s.speakers), ("affiliation", list(dict.fromkeys(s.affiliations))), ("medium", s.media))
            if v
        },
        quote=s.quote,
        why=s.why,
    )
    found = [
        t
        for t in times.within(s.head.sent.start, s.head.sent.end)
        if any(a == s.head for a in (times.doc[t.token_start], *times.doc[t.token_start].ancestors))
    ]
    own = next((t for t in found if t.type in (TimeType.DATE, TimeType.TIME) and _hangs_on(times.doc, t, s)), None)
    if own is not None:
        event.time, event.times = event_time(own), [own]
    elif times.published is not None:
        event.time = EventTime(edtf=f"{times.published.date().isoformat()}?", approximate=True)
    return event


def _hangs_on(doc: Doc, note: doc_notes.TimeNote, s: statements.Statement) -> bool:
    """Whether a time is that of the reporting verb: neither another verb's nor a noun's ("condemned the 7 July attack")."""
    span = doc[note.token_start : note.token_end]
    token = span.root
    outward = [t for t in span if t.head not in span]
    if all(t.dep_ in _BEFORE_NOUN and is_noun(t.head) for t in outward):
        return False
    for above in token.ancestors:
        if above == s.head:
            return True
        if above.tag_.startswith("VB"):
            return False
    return False


def _keep_entities(doc: Doc, index: Index, events: list[EventNote]) -> None:
    """Nominal entities made on the way stay only where an event uses them; one noun phrase is one entity."""
    for event in events:
        fillers = {(n.name, m.token_start): n for notes in event.roles.values() for n in notes for m in n.mentions}
        for side in ("actor", "recipient"):
            for i, note in enumerate(event.plover[side] if event.plover else ()):
                assert event.plover is not None
                event.plover[side][i] = next((f for m in note.mentions if (f := fillers.get((note.name, m.token_start)))), note)
    used = {id(n) for e in events for notes in e.roles.values() for n in notes}
    used |= {id(n) for e in events if e.plover for side in ("actor", "recipient") for n in e.plover[side]}
    doc._.entities = [*doc_notes.entities(doc), *(n for n in index.created if id(n) in used)]
