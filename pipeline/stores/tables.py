"""The tables a record falls into, derived from the types in `records.py`.

In: a record, as its JSON values. Out: rows by table. Every store of tables (SQL, CSV, Parquet) takes its columns and rows
from here.

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

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.records import Article, Entity, Event, Mention, Problem, Time

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]
"""The cells of one row, in the order of the table's columns."""
_RENAMED = {"start": "start_offset", "end": "end_offset"}
_UNPREFIXED = ("links",)
_as_json = json.JSONEncoder(ensure_ascii=False).encode


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


@dataclass(frozen=True, slots=True)
class _Step:
    """One field of a model on its way into a row: a column, or the columns of the model that it holds."""

    field: str
    columns: tuple[Column, ...]
    steps: tuple[_Step, ...] | None = None
    as_json: bool = False


def _plan(model: type[BaseModel], without: tuple[str, ...] = (), prefix: str = "") -> tuple[_Step, ...]:
    """How the fields of a model become columns, nested models taken apart."""
    return tuple(_step(name, info, prefix) for name, info in model.model_fields.items() if name not in without)


def _step(name: str, info: FieldInfo, prefix: str) -> _Step:
    inner = _without_none(info.annotation)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        steps = _plan(inner, (), "" if name in _UNPREFIXED else f"{prefix}{name}_")
        columns = tuple(column for step in steps for column in step.columns)
        if inner is not info.annotation:  # a field of something that may be absent may be absent too
            columns = tuple(replace(column, required=False) for column in columns)
        return _Step(name, columns, steps)
    column_name = prefix + name if prefix else _RENAMED.get(name, name)
    kind = _plain(inner)
    return _Step(name, (Column(column_name, kind, info.description, info.is_required()),), as_json=kind is list)


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


_PLANS: dict[str, tuple[_Step, ...]] = {
    "articles": _plan(Article),
    "entities": _plan(Entity, ("mentions",)),
    "mentions": _plan(Mention),
    "times": _plan(Time),
    "events": _plan(Event, ("roles", "attributed_to", "problems")),
    "problems": _plan(Problem),
}
"""By table, the columns that come from a model; lists left out have tables of their own."""


def _columns(table: str) -> tuple[Column, ...]:
    return tuple(column for step in _PLANS[table] for column in step.columns)


def _key(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, int if name == "position" else str, required=True) for name in names)


TABLES: tuple[Table, ...] = (
    Table("articles", "the text and metadata of one news page", _columns("articles"), ("id",)),
    Table(
        "entities",
        "things and actors named in an article",
        (*_key("article_id"), *_columns("entities")),
        ("article_id", "id"),
        (("articles", ("article_id",)),),
        (("type", "name"), ("icao_type",), ("icao",)),
    ),
    Table(
        "mentions",
        "places in the text where an entity is meant",
        (*_key("article_id", "entity_id", "position"), *_columns("mentions")),
        ("article_id", "entity_id", "position"),
        (("entities", ("article_id", "entity_id")),),
    ),
    Table(
        "times",
        "time expressions after TIMEX3",
        (*_key("article_id"), *_columns("times")),
        ("article_id", "id"),
        (("articles", ("article_id",)),),
    ),
    Table(
        "events",
        "events as the article tells them",
        (*_key("article_id"), *_columns("events")),
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
        (*_key("article_id", "event_id", "position"), *_columns("problems")),
        ("article_id", "event_id", "position"),
        (("events", ("article_id", "event_id")),),
    ),
)


def rows(content: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The rows of one record, given as its JSON values, by table; tables without rows are there too.

    Plain values and not a `Record`, as taking the models apart costs three times as much.
    """
    found: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    article_id = content["article"]["id"]
    found["articles"].append(tuple(_row(_PLANS["articles"], content["article"])))
    for entity in content.get("entities", ()):
        found["entities"].append((article_id, *_row(_PLANS["entities"], entity)))
        key = (article_id, entity["id"])
        found["mentions"] += [(*key, n, *_row(_PLANS["mentions"], m)) for n, m in enumerate(entity["mentions"])]
    found["times"] += [(article_id, *_row(_PLANS["times"], time)) for time in content.get("times", ())]
    for event in content.get("events", ()):
        found["events"].append((article_id, *_row(_PLANS["events"], event)))
        key = (article_id, event["id"])
        for role, fillers in event.get("roles", {}).items():
            found["event_roles"] += [(*key, role, n, filler) for n, filler in enumerate(fillers)]
        found["event_sources"] += [(*key, n, source) for n, source in enumerate(event.get("attributed_to", ()))]
        found["problems"] += [(*key, n, *_row(_PLANS["problems"], p)) for n, p in enumerate(event.get("problems", ()))]
    return found


def _row(steps: tuple[_Step, ...], values: Mapping[str, Any]) -> list[Cell]:
    """The cells of a model: JSON columns as text; what is absent, and a list or mapping without content, is None."""
    cells: list[Cell] = []
    for step in steps:
        value = values.get(step.field)
        if step.steps is not None:
            cells += [None] * len(step.columns) if value is None else _row(step.steps, value)
        elif step.as_json:
            cells.append(_as_json(value) if value else None)
        else:
            cells.append(value)
    return cells
