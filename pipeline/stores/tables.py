"""The tables a record falls into, derived from the types in `records.py`.

In: a Record. Out: rows by table. Every store of tables (SQL, CSV, Parquet) takes its columns and rows from here.

    articles       one row an article                              key: id
    entities       one row an entity                               key: article_id, id
    mentions       one row a mention of an entity                  key: article_id, entity_id, position
    times          one row a time expression                       key: article_id, id
    events         one row an event                                key: article_id, id
    event_roles    one row a filler of a role of an event          key: article_id, event_id, role, position
    event_sources  one row a source that an event is attributed to key: article_id, event_id, position
    problems       one row a contradiction found in an event       key: article_id, event_id, position

A field of a nested type becomes columns with the field's name in front (`time.edtf` -> `time_edtf`); `links` go without;
lists that have no table of their own are kept as JSON. `start` and `end` are called `start_offset` and `end_offset`, as END
is a word of SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from pipeline.records import Article, Entity, Event, Mention, Problem, Record, Time

Row = dict[str, Any]
_RENAMED = {"start": "start_offset", "end": "end_offset"}
_UNPREFIXED = ("links",)
_AS_THEY_ARE = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the Python type of its values (`list` for JSON), and what it holds."""

    name: str
    type: type
    comment: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `parent` names the table and the columns here that hold its key."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    parents: tuple[tuple[str, tuple[str, ...]], ...] = ()
    indices: tuple[tuple[str, ...], ...] = field(default=())


@cache
def _plan(model: type[BaseModel], without: tuple[str, ...] = ()) -> tuple[tuple[Column, tuple[str, ...]], ...]:
    """The columns of a model, nested models taken apart, each with the attributes that lead to its value."""
    return tuple(_planned(model, without, "", ()))


def _planned(
    model: type[BaseModel], without: tuple[str, ...], prefix: str, path: tuple[str, ...]
) -> Iterator[tuple[Column, tuple[str, ...]]]:
    for name, info in model.model_fields.items():
        if name in without:
            continue
        inner = _without_none(info.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            for column, below in _planned(inner, without, "" if name in _UNPREFIXED else f"{prefix}{name}_", (*path, name)):
                # A field of something that may be absent may be absent too.
                yield column if inner is info.annotation else replace(column, required=False), below
        else:
            column_name = prefix + name if prefix else _RENAMED.get(name, name)
            yield Column(column_name, _plain(inner), info.description, info.is_required()), (*path, name)


def _columns(model: type[BaseModel], without: tuple[str, ...] = ()) -> tuple[Column, ...]:
    return tuple(column for column, _ in _plan(model, without))


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        return rest[0] if len(rest) == 1 else annotation
    return annotation


def _plain(annotation: Any) -> type:
    """str, int, float or bool; list for all that is kept as JSON."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return str
    if get_origin(annotation) in (Union, UnionType, Annotated):
        kinds = {_plain(a) for a in get_args(annotation) if isinstance(a, type) or get_origin(a) is not None}
        return kinds.pop() if len(kinds) == 1 else list
    return annotation if annotation in (str, int, float, bool) else list


def _key(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, int if name == "position" else str, required=True) for name in names)


TABLES: tuple[Table, ...] = (
    Table("articles", "the text and metadata of one news page", _columns(Article), ("id",)),
    Table(
        "entities",
        "things and actors named in an article",
        (*_key("article_id"), *_columns(Entity, ("mentions",))),
        ("article_id", "id"),
        (("articles", ("article_id",)),),
        (("type", "name"), ("icao_type",), ("icao",)),
    ),
    Table(
        "mentions",
        "places in the text where an entity is meant",
        (*_key("article_id", "entity_id", "position"), *_columns(Mention)),
        ("article_id", "entity_id", "position"),
        (("entities", ("article_id", "entity_id")),),
    ),
    Table(
        "times",
        "time expressions after TIMEX3",
        (*_key("article_id"), *_columns(Time)),
        ("article_id", "id"),
        (("articles", ("article_id",)),),
    ),
    Table(
        "events",
        "events as the article tells them",
        (*_key("article_id"), *_columns(Event, ("roles", "attributed_to", "problems"))),
        ("article_id", "id"),
        (("articles", ("article_id",)),),
        (("type", "time_earliest"),),
    ),
    Table(
        "event_roles",
        "which entities fill which role of an event",
        _key("article_id", "event_id", "role", "position", "entity_id"),
        ("article_id", "event_id", "role", "position"),
        (("events", ("article_id", "event_id")), ("entities", ("article_id", "entity_id"))),
        (("article_id", "entity_id"),),
    ),
    Table(
        "event_sources",
        "the entities that an event is attributed to",
        _key("article_id", "event_id", "position", "entity_id"),
        ("article_id", "event_id", "position"),
        (("events", ("article_id", "event_id")), ("entities", ("article_id", "entity_id"))),
        (("article_id", "entity_id"),),
    ),
    Table(
        "problems",
        "where an article contradicts itself or the world",
        (*_key("article_id", "event_id", "position"), *_columns(Problem)),
        ("article_id", "event_id", "position"),
        (("events", ("article_id", "event_id")),),
    ),
)


def rows(record: Record) -> dict[str, list[Row]]:
    """The rows of one record, by table; tables without rows are there too."""
    article = {"article_id": record.article.id}
    found: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    found["articles"].append(_row(record.article))
    for entity in record.entities:
        found["entities"].append(article | _row(entity, ("mentions",)))
        key = article | {"entity_id": entity.id}
        found["mentions"] += [key | {"position": n} | _row(m) for n, m in enumerate(entity.mentions)]
    found["times"] += [article | _row(time) for time in record.times]
    for event in record.events:
        found["events"].append(article | _row(event, ("roles", "attributed_to", "problems")))
        key = article | {"event_id": event.id}
        for role, fillers in event.roles.items():
            found["event_roles"] += [key | {"role": role, "position": n, "entity_id": e} for n, e in enumerate(fillers)]
        found["event_sources"] += [key | {"position": n, "entity_id": e} for n, e in enumerate(event.attributed_to)]
        found["problems"] += [key | {"position": n} | _row(p) for n, p in enumerate(event.problems)]
    return found


def _row(model: BaseModel, without: tuple[str, ...] = ()) -> Row:
    """The row of a model that `_columns` describes; what is absent is None."""
    row = {}
    for column, path in _plan(type(model), without):
        value: Any = model
        for name in path:
            value = getattr(value, name)
            if value is None:
                break
        row[column.name] = value if value is None or type(value) in _AS_THEY_ARE else _cell(value)
    return row


def _cell(value: Any) -> Any:
    """A value as a table can hold it: plain lists and mappings for JSON columns, None for empty ones."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [v.model_dump(mode="json", exclude_none=True) if isinstance(v, BaseModel) else v for v in value] or None
    if isinstance(value, dict):
        return value or None
    return value
