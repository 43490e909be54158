"""One flat view per event type, to be queried without a join.

In: the event types with their roles (ours, and a user's own), and the SQL dialect. Out: `SELECT` statements over the tables
of `tables.py`, by the view's name (flights, visits …).

    role                    the names of its fillers, parted by "; "
    role_icao, _lat, _lon   of the first filler that has them, where the role takes airports
    role_country            ISO 3166-1 alpha-2, where the role takes countries
    aircraft_type, icao_type   the role `aircraft`; other roles that take aircraft types have role_icao_type
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.event_types import Role, TypeInfo
from pipeline.records import EntityType, EventType

_LIST = {
    # One string of all names, in the order of the fillers.
    "sqlite": "(SELECT group_concat(name, '; ') FROM (SELECT {value} AS name {source} ORDER BY {order}))",
    "postgresql": "(SELECT string_agg({value}, '; ' ORDER BY {order}) {source})",
    "mysql": "(SELECT group_concat({value} ORDER BY {order} SEPARATOR '; ') {source})",
}
_LIST["mariadb"] = _LIST["mysql"]
_FILLERS = (
    "FROM event_roles r JOIN entities e ON e.article_id = r.article_id AND e.id = r.entity_id "
    "WHERE r.article_id = v.article_id AND r.event_id = v.id AND r.role = '{role}'"
)
_SOURCES = (
    "FROM event_sources r JOIN entities e ON e.article_id = r.article_id AND e.id = r.entity_id "
    "WHERE r.article_id = v.article_id AND r.event_id = v.id"
)


_HEAD = (("article_id", "article_id"), ("id", "event_id"), ("action", "action"))
_TIME = (
    ("time_edtf", "date"),
    ("time_earliest", "date_earliest"),
    ("time_latest", "date_latest"),
    ("realis", "realis"),
    ("novelty_kind", "novelty"),
    ("novelty_scope", "novelty_since"),
    ("novelty_since_event", "novelty_since_event"),
    ("novelty_since", "novelty_since_date"),
)
_REST = ("attributes", "quantities", "quote", "summary", "plover_type", "plover_mode")
_ARTICLE = (("url", "url"), ("published", "published"), ("title", "title"), ("source", "page"))


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One column of a view: the SQL that gives it, its name, and the Python type of its values."""

    sql: str
    name: str
    type: type = str


def views(dialect: str, types: Iterable[TypeInfo]) -> dict[str, str]:
    """The `SELECT` of each view, by its name."""
    return {info.view: _select(info, dialect) for info in types}


def quoted(name: str, dialect: str) -> str:
    """A name as the dialect quotes it: a role or view of a user's may be called like a word of SQL."""
    mark = "`" if dialect in ("mysql", "mariadb") else '"'
    return f"{mark}{name}{mark}"


def view_columns(info: TypeInfo, dialect: str) -> tuple[ViewColumn, ...]:
    """The columns of the view of an event type, in order."""
    return tuple(_columns(info, dialect))


def _select(info: TypeInfo, dialect: str) -> str:
    listed = ",\n  ".join(f"{c.sql} AS {quoted(c.name, dialect)}" for c in view_columns(info, dialect))
    return f"SELECT\n  {listed}\nFROM events v JOIN articles a ON a.id = v.article_id\nWHERE v.type = '{info.type}'"


def _columns(info: TypeInfo, dialect: str) -> Iterator[ViewColumn]:
    yield from (ViewColumn(f"v.{sql}", name) for sql, name in _HEAD)
    for role in info.roles.values():
        yield from _role_columns(role, dialect)
    if info.type is EventType.FLIGHT:
        yield ViewColumn("v.departure_edtf", "departed")
        yield ViewColumn("v.arrival_edtf", "arrived")
    yield from (ViewColumn(f"v.{sql}", name) for sql, name in _TIME)
    yield ViewColumn(_list("e.name", _SOURCES, dialect), "sources")
    yield from (ViewColumn(f"v.{name}", name) for name in _REST)
    yield ViewColumn("v.confidence", "confidence", float)
    yield from (ViewColumn(f"a.{sql}", name) for sql, name in _ARTICLE)


def _role_columns(role: Role, dialect: str) -> Iterator[ViewColumn]:
    name, types = role.name, role.types
    fillers = _FILLERS.format(role=name)
    names = _list("e.name", fillers, dialect)
    if types == {EntityType.AIRCRAFT_TYPE}:
        yield ViewColumn(names, "aircraft_type")
        yield ViewColumn(_first("e.icao_type", fillers), "icao_type")
        return
    yield ViewColumn(names, name)
    if EntityType.AIRPORT in types:
        yield ViewColumn(_first("e.icao", fillers), f"{name}_icao")
        yield ViewColumn(_first("e.latitude", fillers), f"{name}_lat", float)
        yield ViewColumn(_first("e.longitude", fillers), f"{name}_lon", float)
    if EntityType.AIRCRAFT_TYPE in types:
        yield ViewColumn(_first("e.icao_type", fillers), f"{name}_icao_type")
    if EntityType.COUNTRY in types:
        yield ViewColumn(_first("COALESCE(e.iso3166, e.country)", fillers), f"{name}_country")


def _list(value: str, source: str, dialect: str) -> str:
    return _LIST[dialect].format(value=value, source=source, order="r.position")


def _first(value: str, source: str) -> str:
    return f"(SELECT {value} {source} AND {value} IS NOT NULL ORDER BY r.position LIMIT 1)"
