"""Records as plain tables, for stores that are no database: the tables of `tables.py`, the flat views, the quarantine.

In: the records of a store. Out: rows by table, a few hundred articles at a time, so memory stays flat. The views are those of
the SQL stores: each batch is put into a SQLite database in memory, and its views are read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from pipeline.event_types import TypeInfo
from pipeline.records import Quarantined
from pipeline.stores.export import Content
from pipeline.stores.tables import TABLES, Column, Row, rows
from pipeline.stores.views import view_columns, views

ARTICLES_AT_ONCE = 200
_Item = TypeVar("_Item")


def layout(types: Sequence[TypeInfo]) -> dict[str, tuple[Column, ...]]:
    """The columns of every table and view, by name."""
    found = {table.name: table.columns for table in TABLES}
    found |= {info.view: tuple(Column(c.name, c.type) for c in view_columns(info, "sqlite")) for info in types}
    found["quarantine"] = tuple(Column(name, str, i.description) for name, i in Quarantined.model_fields.items())
    return found


def contents(content: Content) -> Iterator[dict[str, list[Row]]]:
    """All rows, a batch of articles at a time, in the order of the records; then the quarantine."""
    database = Views(content.types)
    for lines in batched(content.lines()):
        tables = together([json.loads(line) for line in lines])
        yield tables | database.of(tables)
    for refused in batched(content.refused()):
        yield {"quarantine": [tuple(row.model_dump().values()) for row in refused]}


def batched(items: Iterable[_Item], size: int = ARTICLES_AT_ONCE) -> Iterator[list[_Item]]:
    """The items, several at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def together(records: Sequence[dict[str, Any]]) -> dict[str, list[Row]]:
    """The rows of several records, by table."""
    each = [rows(record) for record in records]
    return {table.name: list(chain.from_iterable(found[table.name] for found in each)) for table in TABLES}


class Views:
    """The flat views of some articles, by way of SQLite."""

    def __init__(self, types: Sequence[TypeInfo]) -> None:
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._queries = {name: f"{select} ORDER BY a.rowid, v.rowid" for name, select in views("sqlite", types).items()}
        for table in TABLES:
            columns = ", ".join(column.name for column in table.columns)
            self._database.execute(f"CREATE TABLE {table.name} ({columns}, PRIMARY KEY ({', '.join(table.key)}))")

    def of(self, tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
        """The rows of every view, by its name."""
        for table in TABLES:
            self._database.execute(f"DELETE FROM {table.name}")
            marks = ", ".join("?" * len(table.columns))
            self._database.executemany(f"INSERT INTO {table.name} VALUES ({marks})", tables[table.name])
        return {name: self._database.execute(query).fetchall() for name, query in self._queries.items()}
