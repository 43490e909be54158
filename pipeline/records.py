"""The public types: what one article becomes. The only place where the shape of the output is written down.

In: nothing of ours. Out: frozen pydantic models; `dateline schema` prints their JSON Schema and the stores derive their
columns from them.

Units: offsets are Unicode code points of `Article.text`, end exclusive. Latitudes and longitudes are degrees, WGS 84.
Instants are ISO 8601 strings at the precision that is known ("2024-07-09", "2024-07-09T10:41", "…+09:00", "…Z"); intervals
are half open. `None` means unknown: no field holds "", "unknown" or a guess.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SCHEMA_VERSION = "1"


class BlockKind(StrEnum):
    """What a piece of the article's text is on the page."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CAPTION = "caption"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"


class EntityType(StrEnum):
    """The kinds of things that play a role in events."""

    PERSON = "person"
    ORGANIZATION = "organization"
    GROUP = "group"
    COUNTRY = "country"
    PLACE = "place"
    AIRPORT = "airport"
    AIRCRAFT_TYPE = "aircraft_type"
    AIRCRAFT = "aircraft"
    TREATY = "treaty"
    EQUIPMENT = "equipment"
    EXERCISE = "exercise"
    """A named military exercise: "Cobra Gold", "Zapad-2025"."""


class TimeType(StrEnum):
    """TIMEX3 types."""

    DATE = "DATE"
    TIME = "TIME"
    DURATION = "DURATION"
    SET = "SET"


class TimeModifier(StrEnum):
    """TIMEX3 `mod`: how the value is qualified."""

    APPROX = "APPROX"
    START = "START"
    MID = "MID"
    END = "END"
    BEFORE = "BEFORE"
    AFTER = "AFTER"
    ON_OR_BEFORE = "ON_OR_BEFORE"
    ON_OR_AFTER = "ON_OR_AFTER"
    LESS_THAN = "LESS_THAN"
    MORE_THAN = "MORE_THAN"
    EQUAL_OR_LESS = "EQUAL_OR_LESS"
    EQUAL_OR_MORE = "EQUAL_OR_MORE"


class EventType(StrEnum):
    """The twelve event types."""

    FLIGHT = "flight"
    AVIATION_INCIDENT = "aviation_incident"
    AIR_SERVICE = "air_service"
    ORDER = "order"
    AGREEMENT = "agreement"
    VISIT = "visit"
    MEETING = "meeting"
    STATEMENT = "statement"
    EXERCISE = "exercise"
    DEPLOYMENT = "deployment"
    STRIKE = "strike"
    SANCTION = "sanction"
    CONTACT = "contact"
    """A PLOVER act outside the twelve types (accusation, demand, arrest, aid …): only its `plover` block is meant."""


OWN_TYPE = r"^[a-z][a-z_]{0,39}$"
"""What a user's own event type (docs/add-an-event-type.md) may be called."""
AnyType = Annotated[EventType | Annotated[str, StringConstraints(pattern=OWN_TYPE)], Field(union_mode="left_to_right")]
"""One of our event types, or the name of a user's own."""


class Realis(StrEnum):
    """Whether the text asserts that the event takes place."""

    ACTUAL = "actual"
    PLANNED = "planned"
    POSSIBLE = "possible"
    DENIED = "denied"
    GENERIC = "generic"


class NoveltyKind(StrEnum):
    """In what way the text calls an event new."""

    FIRST = "first"
    LARGEST = "largest"
    NTH = "nth"
    LAST = "last"
    RESUMPTION = "resumption"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_enum_values=False)


class Span(_Model):
    """A stretch of `Article.text`."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Block(Span):
    """A piece of the article in reading order, and where it stands in the page's HTML."""

    kind: BlockKind
    path: str | None = Field(None, description="element path in the page, e.g. /html/body/main/p[3]; None for plain text")


class Image(_Model):
    """A picture of the article."""

    caption: str | None = None
    credit: str | None = None
    url: str | None = None


class Article(_Model):
    """The text and metadata of one news page."""

    id: str = Field(description="stable: the same article at another path has the same id")
    source: str = Field(description="the input as the user would name it: path, archive member, WARC record")
    url: str | None = None
    site: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = Field((), description="clean personal names")
    organizations: tuple[str, ...] = Field((), description="agencies and desks named as authors")
    published: str | None = None
    modified: str | None = None
    language: str | None = Field(None, description="ISO 639-1")
    section: str | None = None
    keywords: tuple[str, ...] = ()
    dateline_place: str | None = Field(None, description='"ISTANBUL" of "ISTANBUL, March 3 (Reuters) -"')
    dateline_agency: str | None = None
    images: tuple[Image, ...] = ()
    text: str
    blocks: tuple[Block, ...] = ()


class Mention(Span):
    """A place in the text where an entity is meant."""

    text: str
    finder: str | None = Field(None, description="component or rule that found it")


class Links(_Model):
    """Codes of an entity."""

    icao: str | None = Field(None, description="ICAO location indicator or airline designator")
    iata: str | None = None
    icao_type: str | None = Field(None, description="ICAO Doc 8643 type designator")
    iso3166: str | None = Field(None, description="ISO 3166-1 alpha-2, of a country")
    iso3166_3: str | None = Field(None, description="ISO 3166-1 alpha-3, of a country")
    country: str | None = Field(None, description="alpha-2 of the country an entity belongs to")
    country_3: str | None = Field(None, description="alpha-3 of the same, or an international organisation's code")
    geonames: str | None = None
    wikidata: str | None = None


class Candidate(_Model):
    """Another thing that a name may stand for, and how likely the linker held it to be."""

    name: str
    score: float
    links: Links = Links()


class Entity(_Model):
    """One thing or actor named in the article, with all places where it is meant."""

    id: str
    type: EntityType
    name: str
    mentions: tuple[Mention, ...] = Field(min_length=1)
    links: Links = Links()
    latitude: float | None = None
    longitude: float | None = None
    role: str | None = Field(None, description='a person\'s office as the text gives it: "Russian leader"')
    candidates: tuple[Candidate, ...] = ()


class Time(Span):
    """A time expression after TIMEX3."""

    id: str
    text: str
    type: TimeType
    value: str
    mod: TimeModifier | None = None
    quant: str | None = None
    freq: str | None = None
    earliest: str | None = None
    latest: str | None = None
    approximate: bool = False
    finder: str | None = None


class EventTime(_Model):
    """When an event takes place, at the text's own granularity."""

    edtf: str | None = None
    earliest: str | None = None
    latest: str | None = None
    approximate: bool = False
    mentions: tuple[str, ...] = ()


class Trigger(Span):
    """The word or words that name the event."""

    text: str


class Novelty(_Model):
    """In what way the event is new, and what it is counted from."""

    kind: NoveltyKind
    scope: str | None = None
    since_event: str | None = None
    since: str | None = Field(None, description="EDTF of the date it is counted from")


class Problem(_Model):
    """Where the article contradicts itself or the world."""

    code: str
    message: str


class Plover(_Model):
    """The event in the PLOVER event-data ontology."""

    type: str
    mode: str | None = None
    context: str | None = None
    actor: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()


class Event(_Model):
    """One real-world event as the article tells it."""

    id: str
    type: AnyType
    action: str | None = None
    trigger: Trigger
    roles: dict[str, tuple[str, ...]] = {}
    time: EventTime | None = None
    departure: EventTime | None = None
    arrival: EventTime | None = None
    realis: Realis = Realis.ACTUAL
    attributed_to: tuple[str, ...] = ()
    novelty: Novelty | None = None
    attributes: tuple[str, ...] = ()
    quantities: dict[str, float | str] = {}
    quote: str | None = Field(None, description="a statement's words, when they are quoted")
    evidence: tuple[Span, ...] = Field(min_length=1)
    summary: str
    confidence: float = Field(ge=0, le=1)
    problems: tuple[Problem, ...] = ()
    plover: Plover | None = None
    rule: str | None = Field(None, description="the frame rule that found the trigger")


class Record(_Model):
    """All that was found in one article."""

    schema_version: str = SCHEMA_VERSION
    article: Article
    entities: tuple[Entity, ...] = ()
    times: tuple[Time, ...] = ()
    events: tuple[Event, ...] = ()


class Quarantined(_Model):
    """A page that did not become a record, and why."""

    source: str
    reason: str
    stage: str
    message: str
    hint: str = ""
    traceback: str | None = None
