"""Article + Doc -> Record: the only place where the finders' notes become the frozen public types.

In: the article and the Doc that the language pipeline left its notes on. Out: a `Record` with ids e1…, t1…, v1… in text
order. Raises PageError (internal) when a finding does not point at the text it claims: such a record is never written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from spacy.tokens import Doc

from pipeline import annotations as notes
from pipeline.annotations import EntityNote, EventNote, MentionNote, TimeNote
from pipeline.errors import PageError, Reason, Stage
from pipeline.records import Article, Entity, Event, EventTime, Mention, Novelty, Plover, Record, Span, Time, Trigger


def assemble(article: Article, doc: Doc) -> Record:
    """The record of an article, from what the components found in it."""
    entity_notes, time_notes, event_notes = in_text_order(doc)
    ids: dict[int, str] = {}
    for prefix, found in (("e", entity_notes), ("t", time_notes), ("v", event_notes)):
        ids.update({id(note): f"{prefix}{n}" for n, note in enumerate(found, 1)})
    record = Record(
        article=article,
        entities=tuple(_entity(e, ids) for e in entity_notes),
        times=tuple(_time(t, ids) for t in time_notes),
        events=tuple(_event(v, ids, article.text) for v in event_notes),
    )
    check(record)
    return record


def in_text_order(doc: Doc) -> tuple[list[EntityNote], list[TimeNote], list[EventNote]]:
    """The notes on a Doc in the order of their ids: the first entity is e1."""
    return (
        sorted((e for e in notes.entities(doc) if e.mentions), key=_first_mention),
        sorted(notes.times(doc), key=lambda t: (t.start, t.end)),
        sorted(notes.events(doc), key=lambda v: (v.trigger, str(v.type))),
    )


def check(record: Record) -> None:
    """Raises PageError unless every finding covers exactly the text it quotes."""
    text = record.article.text
    quoted: list[Mention | Time | Trigger] = [m for e in record.entities for m in e.mentions]
    quoted += record.times
    quoted += [v.trigger for v in record.events]
    for span in quoted:
        if text[span.start : span.end] != span.text:
            raise _defect(f"{span.text!r} is not what stands at {span.start}:{span.end} ({text[span.start : span.end]!r})")
    for event in record.events:
        for piece in event.evidence:
            if not 0 <= piece.start < piece.end <= len(text):
                raise _defect(f"evidence {piece.start}:{piece.end} of {event.id} lies outside of the text")


def _defect(message: str) -> PageError:
    return PageError(Reason.INTERNAL, message, Stage.ASSEMBLE, "this is a defect of Dateline: please report it with the page")


def _first_mention(note: EntityNote) -> tuple[int, int, str, str]:
    first = min(note.mentions, key=lambda m: (m.start, m.end))
    return first.start, first.end, note.type.value, note.name


def _ids(notes: Iterable[EntityNote], ids: dict[int, str]) -> tuple[str, ...]:
    """The ids of entities, each once, in the order given. An entity that is not on the Doc is a defect."""
    found: dict[str, None] = {}
    for note in notes:
        if id(note) not in ids:
            raise _defect(f"an event refers to {note.name!r}, which is not among the article's entities")
        found[ids[id(note)]] = None
    return tuple(found)


def _entity(note: EntityNote, ids: dict[int, str]) -> Entity:
    return Entity(
        id=ids[id(note)],
        type=note.type,
        name=note.name,
        mentions=tuple(_mention(m) for m in sorted(note.mentions, key=lambda m: (m.start, m.end))),
        links=note.links,
        latitude=note.latitude,
        longitude=note.longitude,
        role=note.role,
        candidates=tuple(note.candidates),
    )


def _mention(note: MentionNote) -> Mention:
    return Mention(start=note.start, end=note.end, text=note.text, finder=note.finder)


def _time(note: TimeNote, ids: dict[int, str]) -> Time:
    return Time(
        id=ids[id(note)],
        start=note.start,
        end=note.end,
        text=note.text,
        type=note.type,
        value=note.value,
        mod=note.mod,
        quant=note.quant,
        freq=note.freq,
        earliest=_instant(note.earliest),
        latest=_instant(note.latest),
        approximate=note.approximate,
        finder=note.finder,
    )


def _instant(moment: datetime | None) -> str | None:
    """ISO 8601, with Z for UTC and no offset where the zone is unknown."""
    if moment is None:
        return None
    if moment.tzinfo is not None and moment.utcoffset() == UTC.utcoffset(None):
        return moment.replace(tzinfo=None).isoformat() + "Z"
    return moment.isoformat()


def _event(note: EventNote, ids: dict[int, str], text: str) -> Event:
    start, end = note.trigger
    return Event(
        id=ids[id(note)],
        type=note.type,
        action=note.action,
        trigger=Trigger(start=start, end=end, text=text[start:end]),
        roles={role: _ids(fillers, ids) for role, fillers in note.roles.items() if fillers},
        time=_event_time(note, ids),
        departure=note.departure,
        arrival=note.arrival,
        realis=note.realis,
        attributed_to=_ids(note.sources, ids),
        novelty=_novelty(note, ids),
        attributes=tuple(note.attributes),
        quantities=note.quantities,
        quote=note.quote,
        evidence=tuple(Span(start=s, end=e) for s, e in sorted(set(note.evidence))),
        summary=note.summary,
        confidence=round(note.confidence, 3),
        problems=tuple(note.problems),
        plover=_plover(note, ids),
        rule=note.rule,
    )


def _event_time(note: EventNote, ids: dict[int, str]) -> EventTime | None:
    if note.time is None:
        return None
    return note.time.model_copy(update={"mentions": tuple(dict.fromkeys(ids[id(t)] for t in note.times if id(t) in ids))})


def _novelty(note: EventNote, ids: dict[int, str]) -> Novelty | None:
    if note.novelty is None or note.since is None:
        return note.novelty
    return note.novelty.model_copy(update={"since_event": ids.get(id(note.since))})


def _plover(note: EventNote, ids: dict[int, str]) -> Plover | None:
    if note.plover is None:
        return None
    return Plover(
        type=note.plover["type"],
        mode=note.plover.get("mode"),
        context=note.plover.get("context"),
        actor=_ids(note.plover.get("actor", ()), ids),
        recipient=_ids(note.plover.get("recipient", ()), ids),
    )
