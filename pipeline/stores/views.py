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


def views(dialect: str, types: Iterable[TypeInfo]) -> dict[str, str]:
    """The `SELECT` of each view, by its name."""
    return {info.view: _select(info, dialect) for info in types}


def quoted(name: str, dialect: str) -> str:
    """A name as the dialect quotes it: a role or view of a user's may be called like a word of SQL."""
    mark = "`" if dialect in ("mysql", "mariadb") else '"'
    return f"{mark}{name}{mark}"


def _select(info: TypeInfo, dialect: str) -> str:
    columns = ["v.article_id", "v.id AS event_id", "v.action"]
    for role in info.roles.values():
        columns += _role_columns(role, dialect)
    if info.type is EventType.FLIGHT:
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
    return f"SELECT\n  {listed}\nFROM events v JOIN articles a ON a.id = v.article_id\nWHERE v.type = '{info.type}'"


def _role_columns(role: Role, dialect: str) -> Iterator[str]:
    name, types = role.name, role.types
    fillers = _FILLERS.format(role=name)
    if types == {EntityType.AIRCRAFT_TYPE}:
        yield f"{_list('e.name', fillers, dialect)} AS aircraft_type"
        yield f"{_first('e.icao_type', fillers)} AS icao_type"
        return
    yield f"{_list('e.name', fillers, dialect)} AS {quoted(name, dialect)}"
    if EntityType.AIRPORT in types:
        yield f"{_first('e.icao', fillers)} AS {name}_icao"
        yield f"{_first('e.latitude', fillers)} AS {name}_lat"
        yield f"{_first('e.longitude', fillers)} AS {name}_lon"
    if EntityType.AIRCRAFT_TYPE in types:
        yield f"{_first('e.icao_type', fillers)} AS {name}_icao_type"
    if EntityType.COUNTRY in types:
        yield f"{_first('COALESCE(e.iso3166, e.country)', fillers)} AS {name}_country"


def _list(value: str, source: str, dialect: str) -> str:
    return _LIST[dialect].format(value=value, source=source, order="r.position")


def _first(value: str, source: str) -> str:
    return f"(SELECT {value} {source} AND {value} IS NOT NULL ORDER BY r.position LIMIT 1)"
