"""What the finders leave on a spaCy Doc for those that come after them.

In: nothing. Out: `EntityNote`, `TimeNote` and `EventNote`, kept in `doc._.entities`, `doc._.times` and `doc._.events`, and
the article itself in `doc._.article`. Finders and events share these types and never import each other. Assembly turns
them into the frozen public types of `records`.

Spans are (start, end) character offsets of `doc.text`; tokens are spaCy token indices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from spacy.tokens import Doc, Span

from pipeline.records import (
    Article,
    Candidate,
    EntityType,
    EventTime,
    EventType,
    Links,
    Novelty,
    Problem,
    Realis,
    TimeModifier,
    TimeType,
)


@dataclass(slots=True)
class MentionNote:
    """One place in the text: characters, tokens, who found it, and how it refers."""

    start: int
    end: int
    token_start: int
    token_end: int
    text: str
    finder: str
    form: str = "name"
    """"name", "nominal" ("the jet", "the Russian leader") or "pronoun"."""

    @classmethod
    def of(cls, span: Span, finder: str, form: str = "name") -> MentionNote:
        """The mention that a spaCy span covers."""
        return cls(span.start_char, span.end_char, span.start, span.end, span.text, finder, form)


@dataclass(slots=True, eq=False)
class EntityNote:
    """One entity of the article (after linking and coreference) with all its mentions, in text order."""

    type: EntityType
    name: str
    mentions: list[MentionNote]
    links: Links = field(default_factory=Links)
    latitude: float | None = None
    longitude: float | None = None
    role: str | None = None
    kind: str | None = None
    """Finer than `type`: "government", "air_force", "airline", "agency", "tracker", "ministry", "city", "sea", "drone" …"""
    candidates: list[Candidate] = field(default_factory=list)
    treaty: dict[str, Any] | None = None
    """Of a known treaty: its row (kind, parties, signed, in_force, ended)."""
    parent: EntityNote | None = None
    """What it belongs to: an airport's city, a person's organisation or state, a government's country."""


@dataclass(slots=True, eq=False)
class TimeNote:
    """One time expression, normalised and anchored."""

    start: int
    end: int
    token_start: int
    token_end: int
    text: str
    type: TimeType
    value: str
    finder: str
    mod: TimeModifier | None = None
    quant: str | None = None
    freq: str | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    approximate: bool = False
    edtf: str | None = None
    """The value as EDTF where it denotes a calendar date, time or interval; None for durations, sets and vague references."""
    relative: bool = False
    """Resolved from an anchor ("Tuesday", "last month"), not given in full."""
    problem: Problem | None = None
    """A weekday that does not fit its date."""
    steps: tuple[str, int] | None = None
    """How far it leads from the event told right behind it, as unit and count: ("D", 2) in "two days after the crash"."""
    until: TimeNote | None = None
    """The expression that ends the range which this one starts: "3" and "5 March" in "from 3 to 5 March"."""


@dataclass(slots=True)
class ToldNote:
    """How one telling of an event was read, in words; only made for `dateline explain`."""

    trigger: tuple[int, int]
    sentence: tuple[int, int]
    rule: str
    action: str | None
    parse: list[str]
    """The trigger, then its arguments."""
    holds: list[str]
    """What the rule asks for, and the words that satisfy it."""
    fills: list[tuple[str, str, str]]
    """Role, filler, and the words it was read at."""
    time: str | None
    why_time: str
    realis: str
    why_realis: str
    sources: list[str]
    why: list[str]


@dataclass(slots=True, eq=False)
class EventNote:
    """One event (after merging), its fillers by role, and where everything was read."""

    type: EventType | str
    """A string only for a user's own type."""
    trigger: tuple[int, int]
    evidence: list[tuple[int, int]]
    rule: str
    action: str | None = None
    roles: dict[str, list[EntityNote]] = field(default_factory=dict)
    time: EventTime | None = None
    times: list[TimeNote] = field(default_factory=list)
    departure: EventTime | None = None
    arrival: EventTime | None = None
    realis: Realis = Realis.ACTUAL
    sources: list[EntityNote] = field(default_factory=list)
    novelty: Novelty | None = None
    since: EventNote | None = None
    attributes: list[str] = field(default_factory=list)
    quantities: dict[str, float | str] = field(default_factory=dict)
    quote: str | None = None
    plover: dict[str, Any] | None = None
    """type, mode, context, and the entities of `actor` and `recipient`."""
    confidence: float = 0.5
    problems: list[Problem] = field(default_factory=list)
    summary: str = ""
    why: list[str] = field(default_factory=list)
    """For `dateline explain`: each choice in words."""
    told: list[ToldNote] = field(default_factory=list)

    def implies(
        self, type: EventType, action: str | None, roles: dict[str, list[EntityNote]], rule: str, why: str, new: bool = False
    ) -> EventNote:
        """Another event that its words tell of as well: of the same time, status and sources, with lists of its own; `new`:
        as new as this one."""
        return EventNote(
            type=type,
            trigger=self.trigger,
            evidence=list(self.evidence),
            rule=rule,
            action=action,
            roles=roles,
            time=self.time,
            times=list(self.times),
            realis=self.realis,
            sources=list(self.sources),
            novelty=self.novelty if new else None,
            since=self.since if new else None,
            why=[why],
            told=list(self.told),
        )


def register() -> None:
    """Declares the extensions on Doc; safe to call more than once."""
    article: Article | None = None
    for name, default in (("article", article), ("entities", None), ("times", None), ("events", None)):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=default)


register()


def dateline_place(doc: Doc, found: list[EntityNote]) -> EntityNote | None:
    """Where the article is told from: of the entities found, the place that its dateline names."""
    told = article(doc)
    if told is None or told.dateline_place is None:
        return None
    wanted = told.dateline_place.split(",")[0].strip().casefold()
    named = [n for n in found if any(m.text.casefold() == wanted for m in n.mentions)]
    finest = (EntityType.AIRPORT, EntityType.PLACE, EntityType.COUNTRY)
    return next((n for kind in finest for n in named if n.type is kind), None)


def entities(doc: Doc) -> list[EntityNote]:
    """The entities found so far, in the order of their first mention; [] before the entity components ran."""
    return doc._.entities if doc._.entities is not None else []


def times(doc: Doc) -> list[TimeNote]:
    """The time expressions found so far, in text order."""
    return doc._.times if doc._.times is not None else []


def events(doc: Doc) -> list[EventNote]:
    """The events found so far."""
    return doc._.events if doc._.events is not None else []


def article(doc: Doc) -> Article | None:
    """The article whose text the Doc holds."""
    found: Article | None = doc._.article
    return found
