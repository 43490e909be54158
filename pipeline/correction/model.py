"""What a correction file says, whatever its format, and how it becomes a gold record.

In: entities, times and events as a reader found them, each with the place in its file (`where`, for messages). Out: `Gold`, with
ids in text order (events: as they stand in the file). Raises UsageError for an unknown type, role, action, status or date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from pipeline.correction import beside
from pipeline.correction.dates import event_time, interval
from pipeline.errors import UsageError, did_you_mean
from pipeline.evaluation import Gold
from pipeline.event_types import TypeInfo
from pipeline.records import (
    Article,
    Entity,
    EntityType,
    Event,
    EventTime,
    Links,
    Mention,
    Novelty,
    NoveltyKind,
    Problem,
    Realis,
    Record,
    Span,
    Time,
    TimeModifier,
    TimeType,
    Trigger,
)

REFERENCE = "coreference"
"""The finder of mentions that only refer: a pronoun, "the jet"."""
Place = tuple[int, int]
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(eq=False)
class EntityRow:
    """One entity: where it is named, where it is only referred to, its codes."""

    where: str
    type: str
    name: str
    named: list[Place] = field(default_factory=list)
    referred: list[Place] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    optional: bool = False
    within: list[EntityRow] = field(default_factory=list)
    """Coarser places that are right in its stead."""

    @property
    def places(self) -> list[Place]:
        """All mentions, in text order."""
        return sorted({*self.named, *self.referred})


@dataclass(eq=False)
class TimeRow:
    """One time expression."""

    where: str
    span: Place
    type: str
    value: str
    mod: str | None = None
    quant: str | None = None
    freq: str | None = None


@dataclass(eq=False)
class EventRow:
    """One event."""

    where: str
    type: str
    trigger: Place
    action: str | None = None
    roles: dict[str, list[EntityRow]] = field(default_factory=dict)
    sources: list[EntityRow] = field(default_factory=list)
    date: str | None = None
    departure: str | None = None
    arrival: str | None = None
    realis: str = "actual"
    novelty: str | None = None
    scope: str | None = None
    since: EventRow | None = None
    since_date: str | None = None
    quantities: dict[str, float | str] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    quote: str | None = None
    evidence: list[Place] = field(default_factory=list)
    optional: bool = False


def gold_of(
    stem: str,
    article: Article,
    entities: list[EntityRow],
    times: list[TimeRow],
    events: list[EventRow],
    types: Mapping[str, TypeInfo],
) -> Gold:
    """The gold record of what a correction file says."""
    entities = sorted(entities, key=lambda e: e.places[0][0])
    times = sorted(times, key=lambda t: t.span[0])
    ids: dict[int, str] = {}
    for prefix, rows in (("e", entities), ("t", times), ("v", events)):
        ids |= {id(row): f"{prefix}{n}" for n, row in enumerate(rows, 1)}
    made = [_time(t, ids, article.text) for t in times]
    record = Record(
        article=article,
        entities=tuple(_entity(e, ids, article.text) for e in entities),
        times=tuple(made),
        events=tuple(_event(e, ids, article, made, types) for e in events),
    )
    optional = frozenset([*(ids[id(e)] for e in entities if e.optional), *(ids[id(e)] for e in events if e.optional)])
    return Gold(stem, record, optional, {ids[id(e)]: tuple(ids[id(w)] for w in e.within) for e in entities if e.within})


def rows_of(gold: Gold) -> tuple[dict[str, EntityRow], list[TimeRow], dict[str, EventRow]]:
    """What a writer puts down of a gold record: entities and events by id. Acts of type "contact" have no gold: left out."""
    record = gold.record
    entities = {e.id: _entity_row(e, e.id in gold.optional) for e in record.entities}
    for inner, outer in gold.within.items():
        entities[inner].within = [entities[o] for o in outer]
    times = [
        TimeRow(t.id, (t.start, t.end), t.type.value, t.value, t.mod.value if t.mod else None, t.quant, t.freq)
        for t in record.times
    ]
    events = {e.id: _event_row(e, entities, e.id in gold.optional) for e in record.events if e.type != "contact"}
    for event in record.events:
        since = event.novelty.since_event if event.novelty else None
        if event.id in events and since in events:
            events[event.id].since = events[since]
    return entities, times, events


def is_name(text: str) -> bool:
    """Whether words name something, and do not only refer to it."""
    return any(c.isupper() or c.isdigit() for c in text)


def occurrences(name: str, text: str) -> list[Place]:
    """Where a name stands as whole words, or before a plural's "s"."""
    return [m.span() for m in re.finditer(rf"(?<!\w){re.escape(name)}(?=s?(?!\w))", text)]


def one_of(where: str, what: str, value: str, known: Iterable[str]) -> str:
    """A value that must be one of a list. Raises UsageError with the nearest one."""
    names = list(map(str, known))
    if value not in names:
        raise UsageError(f"{where}: unknown {what} {value!r}", did_you_mean(value, names) if names else "")
    return value


def _choice(where: str, what: str, value: str, choices: type[_Choice]) -> _Choice:
    return choices(one_of(where, what, value, choices))


def _checked(where: str, make: Callable[[], Any]) -> Any:
    """What `make` gives; its ValueError as one line that says where."""
    try:
        return make()
    except ValidationError as error:
        told = error.errors()[0]
        raise UsageError(f"{where}: {'.'.join(map(str, told['loc']))}: {told['msg']}") from error
    except ValueError as error:
        raise UsageError(f"{where}: {error}", "as in 2024-07-09, 2024-06, 2024-07-09T01:12Z or 2023-07/2024-07") from error


# --- to gold -------------------------------------------------------------------------------------------------------------


def _entity(row: EntityRow, ids: Mapping[int, str], text: str) -> Entity:
    mentions = []
    for start, end in row.places:
        finder = REFERENCE if (start, end) not in row.named else None
        mentions.append(Mention(start=start, end=end, text=text[start:end], finder=finder))
    kind = _choice(row.where, "entity type", row.type, EntityType)
    for code in row.links:
        one_of(row.where, "code", code, Links.model_fields)
    links = Links.model_validate(row.links)
    return Entity(id=ids[id(row)], type=kind, name=row.name, mentions=tuple(mentions), links=links)


def _time(row: TimeRow, ids: Mapping[int, str], text: str) -> Time:
    start, end = row.span
    kind = _choice(row.where, "time type", row.type, TimeType)
    earliest = latest = None
    if kind in (TimeType.DATE, TimeType.TIME):
        try:
            earliest, latest = interval(row.value)
        except ValueError:
            earliest = latest = None  # TIMEX3 has values that are no dates: PAST_REF, 2024-Q2
    mod = None if row.mod is None else _choice(row.where, "modifier", row.mod, TimeModifier)
    return Time(
        id=ids[id(row)], start=start, end=end, text=text[start:end], type=kind, value=row.value, mod=mod,
        quant=row.quant, freq=row.freq,
        earliest=earliest, latest=latest, approximate=mod is TimeModifier.APPROX,
    )  # fmt: skip


def _event(row: EventRow, ids: Mapping[int, str], article: Article, times: list[Time], types: Mapping[str, TypeInfo]) -> Event:
    info = types[one_of(row.where, "event type", row.type, [t for t in types if t != "contact"])]
    if row.action is not None:
        one_of(row.where, f"action of {row.type}", row.action, info.actions)
    for role in row.roles:
        # Which entities may play it is for the extraction; a person may know better.
        one_of(row.where, f"role of {row.type}", role, info.roles)
    start, end = row.trigger
    evidence = sorted(row.evidence) or [beside.sentence(article, row.trigger)]
    return Event(
        id=ids[id(row)],
        type=info.type,
        action=row.action,
        trigger=Trigger(start=start, end=end, text=article.text[start:end]),
        roles={role: tuple(dict.fromkeys(ids[id(f)] for f in fillers)) for role, fillers in row.roles.items() if fillers},
        time=_event_time(row, row.date, evidence, times),
        departure=_event_time(row, row.departure, evidence, times),
        arrival=_event_time(row, row.arrival, evidence, times),
        realis=_choice(row.where, "realis", row.realis, Realis),
        attributed_to=tuple(dict.fromkeys(ids[id(s)] for s in row.sources)),
        novelty=_novelty(row, ids),
        attributes=row.attributes,
        quantities=row.quantities,
        quote=row.quote,
        evidence=tuple(Span(start=s, end=e) for s, e in evidence),
        summary=_summary(row),
        confidence=1.0,
        problems=tuple(Problem(code=code, message="stated so in the article") for code in row.problems),
    )


def _event_time(row: EventRow, edtf: str | None, evidence: list[Place], times: list[Time]) -> EventTime | None:
    if edtf is None:
        return None
    bare = edtf.rstrip("?~%")
    said = tuple(t.id for t in times if t.value == bare and any(s <= t.start < e for s, e in evidence))
    time: EventTime = _checked(row.where, lambda: event_time(edtf, said))
    return time


def _novelty(row: EventRow, ids: Mapping[int, str]) -> Novelty | None:
    if row.novelty is None:
        return None
    kind = _choice(row.where, "novelty", row.novelty, NoveltyKind)
    since = ids[id(row.since)] if row.since is not None else None
    return Novelty(kind=kind, scope=row.scope, since_event=since, since=row.since_date)


def _summary(row: EventRow) -> str:
    names = [", ".join(f.name for f in fillers) for fillers in row.roles.values() if fillers]
    return ", ".join(part for part in (row.type, " · ".join(names), row.date, row.novelty) if part)


# --- from gold -----------------------------------------------------------------------------------------------------------


def _entity_row(entity: Entity, optional: bool) -> EntityRow:
    row = EntityRow(entity.id, entity.type.value, entity.name, optional=optional)
    row.links = entity.links.model_dump(exclude_none=True)
    for mention in entity.mentions:
        (row.referred if mention.finder == REFERENCE else row.named).append((mention.start, mention.end))
    return row


def _event_row(event: Event, entities: Mapping[str, EntityRow], optional: bool) -> EventRow:
    def edtf(time: EventTime | None) -> str | None:
        return time.edtf if time is not None else None

    novelty = event.novelty
    return EventRow(
        event.id,
        str(event.type),
        (event.trigger.start, event.trigger.end),
        event.action,
        {role: [entities[i] for i in ids] for role, ids in event.roles.items()},
        [entities[i] for i in event.attributed_to],
        edtf(event.time),
        edtf(event.departure),
        edtf(event.arrival),
        event.realis.value,
        novelty.kind.value if novelty else None,
        novelty.scope if novelty else None,
        None,
        novelty.since if novelty else None,
        dict(event.quantities),
        event.attributes,
        tuple(p.code for p in event.problems),
        event.quote,
        [(s.start, s.end) for s in event.evidence],
        optional,
    )
