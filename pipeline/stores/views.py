"""One flat view per event type, to be queried without a join.

In: the roles in models/frames/event_types.toml, and the SQL dialect. Out: `SELECT` statements over the tables of `tables.py`, by
the view's name (flights, visits …).

    role                    the names of its fillers, parted by "; "
    role_icao, _lat, _lon   of the first filler that has them, where the role takes airports
    role_country            ISO 3166-1 alpha-2, where the role takes countries
    aircraft_type, icao_type   the role `aircraft`; other roles that take aircraft types have role_icao_type
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.records import EventType
from pipeline.resources import model_path

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


@cache
def event_types() -> dict[str, dict[str, Any]]:
    """The event types and their roles, as models/frames/event_types.toml says."""
    path = model_path("frames/event_types.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{path} is no TOML: {error}") from error


def views(dialect: str) -> dict[str, str]:
    """The `SELECT` of each view, by its name."""
    known = event_types()
    return {f"{kind.value}s": _select(kind, known.get(kind.value, {}).get("roles", {}), dialect) for kind in EventType}


def _select(kind: EventType, roles: dict[str, dict[str, Any]], dialect: str) -> str:
    columns = ["v.article_id", "v.id AS event_id", "v.action"]
    for role, rule in roles.items():
        columns += _role_columns(role, set(rule["types"]), dialect)
    if kind is EventType.FLIGHT:
        columns += ["v.departure_edtf AS departed", "v.arrival_edtf AS arrived"]
    columns += ["v.time_edtf AS date", "v.time_earliest AS date_earliest", "v.time_latest AS date_latest", "v.realis"]
    columns += [
        "v.novelty_kind AS novelty",
        "v.novelty_scope AS novelty_since",
        "v.novelty_since_event",
        "v.novelty_since AS novelty_since_date",
    ]
    columns += [f"{_list('e.name', _SOURCES, dialect)} AS sources", "v.attributes", "v.quantities", "v.quote", "v.summary"]
    columns += ["v.plover_type", "v.plover_mode", "v.confidence", "a.url", "a.published", "a.title", "a.source AS page"]
    listed = ",\n  ".join(columns)
    return f"SELECT\n  {listed}\nFROM events v JOIN articles a ON a.id = v.article_id\nWHERE v.type = '{kind.value}'"


def _role_columns(role: str, types: set[str], dialect: str) -> Iterator[str]:
    fillers = _FILLERS.format(role=role)
    if types == {"aircraft_type"}:
        yield f"{_list('e.name', fillers, dialect)} AS aircraft_type"
        yield f"{_first('e.icao_type', fillers)} AS icao_type"
        return
    yield f"{_list('e.name', fillers, dialect)} AS {role}"
    if "airport" in types:
        yield f"{_first('e.icao', fillers)} AS {role}_icao"
        yield f"{_first('e.latitude', fillers)} AS {role}_lat"
        yield f"{_first('e.longitude', fillers)} AS {role}_lon"
    if "aircraft_type" in types:
        yield f"{_first('e.icao_type', fillers)} AS {role}_icao_type"
    if "country" in types:
        yield f"{_first('COALESCE(e.iso3166, e.country)', fillers)} AS {role}_country"


def _list(value: str, source: str, dialect: str) -> str:
    return _LIST[dialect].format(value=value, source=source, order="r.position")


def _first(value: str, source: str) -> str:
    return f"(SELECT {value} {source} AND {value} IS NOT NULL ORDER BY r.position LIMIT 1)"
