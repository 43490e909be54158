"""The tables of `tables.py` as SQLAlchemy knows them, and how a database gets them.

In: a connection. Out: tables with keys, foreign keys, indices and comments, and one view per event type. What an older
Dateline wrote is only added to: tables, columns and indices that it lacks; nothing is ever dropped but the views.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn, CreateTable, SetColumnComment

from pipeline.errors import StoreError
from pipeline.event_types import TypeInfo, from_json, ours, to_json
from pipeline.records import Quarantined
from pipeline.stores.tables import TABLES, Table
from pipeline.stores.views import quoted, views

# MySQL indexes at most 3,072 bytes, four a character: keys of up to four columns get 255 characters each, a page's name 700.
_MYSQL = ("mysql", "mariadb")
_KEY_TEXT = sa.Text().with_variant(sa.String(255), *_MYSQL)
_PAGE_TEXT = sa.Text().with_variant(sa.String(700), *_MYSQL)
_LONG_TEXT = sa.Text().with_variant(sa.Text(2**32 - 1), *_MYSQL)
_INDEXED_CHARACTERS = 100
"""So much of a column that is no key does MySQL index."""
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_TYPES: dict[type, sa.types.TypeEngine[Any]] = {
    str: _LONG_TEXT,
    int: sa.Integer(),
    float: sa.Float().with_variant(sa.Double(), *_MYSQL),
    bool: sa.Boolean(),
    list: _JSON,
}
_OURS = "dateline"
# Names that differ in case only are two pages, and two entities.
_OPTIONS: dict[str, Any] = {
    f"{name}_{key}": value for name in _MYSQL for key, value in (("charset", "utf8mb4"), ("collate", "utf8mb4_bin"))
}


def metadata() -> sa.MetaData:
    """The tables of a record, and three of our own: `pages`, `quarantine`, `dateline`."""
    found = sa.MetaData()
    for table in TABLES:
        _table(found, table.name, *_columns(table), *_constraints(table), comment=table.comment)
    _table(
        found,
        "pages",
        sa.Column("source", _PAGE_TEXT, primary_key=True, comment="the page, as the user would name it"),
        sa.Column("fingerprint", sa.Text, nullable=False, comment="of the page's content and of the program that read it"),
        sa.Column("article_id", _KEY_TEXT, index=True, comment="none: the page is in the quarantine, or older"),
        sa.Column("older", sa.Text, comment="when it was published: before the day that a run asked for, so it was not read"),
        comment="what Dateline has read: it passes these pages over",
    )
    _table(
        found,
        "quarantine",
        sa.Column("source", _PAGE_TEXT, sa.ForeignKey("pages.source", ondelete="CASCADE"), primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=not info.is_required(), comment=info.description)
            for name, info in Quarantined.model_fields.items()
            if name != "source"
        ),
        comment="pages that have no record, and why",
    )
    _table(
        found,
        "dateline",
        sa.Column("key", _KEY_TEXT, primary_key=True),
        sa.Column("value", _LONG_TEXT),
        comment="what Dateline remembers of its views",
    )
    return found


def prepare(connection: sa.Connection, found: sa.MetaData, own: Mapping[str, TypeInfo], name: str) -> None:
    """Creates what is not there, adds what an older database lacks, and renews views that have changed.

    Args:
        own: a user's own event types; the database remembers them, so that their views stay.
        name: the database, as an error names it.

    Raises StoreError when a name we need belongs to somebody else.
    """
    inspector = sa.inspect(connection)
    there, seen = set(inspector.get_table_names()), set(inspector.get_view_names())
    if "dateline" not in there:
        _refuse(name, (there & set(found.tables)) | (seen & {t.view for t in ours().values()}))
        # First of all: where creating a table cannot be taken back, this tells the next run that the rest is ours.
        found.tables["dateline"].create(connection)
    found.create_all(connection)
    for table in sorted(there & set(found.tables)):
        _add_columns(connection, found.tables[table], {c["name"] for c in inspector.get_columns(table)})
        _add_indices(connection, found.tables[table], {str(i["name"]) for i in inspector.get_indexes(table)})
    remembered = _recall(connection, found, "types")
    known = from_json(remembered) if remembered else {}
    _refuse(name, {t.view for kind, t in own.items() if kind not in known} & (there | seen))
    _renew_views(connection, found, known | dict(own))


def _table(found: sa.MetaData, name: str, *items: sa.schema.SchemaItem, comment: str) -> None:
    sa.Table(name, found, *items, comment=comment, info={_OURS: True}, **_OPTIONS)


def _columns(table: Table) -> Iterator[sa.Column[Any]]:
    keys = set(table.key).union(*(c for _, c in table.parents))
    for column in table.columns:
        kind = _KEY_TEXT if column.name in keys and column.type is str else _TYPES[column.type]
        yield sa.Column(
            column.name, kind, primary_key=column.name in table.key, nullable=not column.required, comment=column.comment
        )


def _constraints(table: Table) -> Iterator[sa.schema.SchemaItem]:
    keys = set(table.key).union(*(c for _, c in table.parents))
    for parent, columns in table.parents:
        key = next(t.key for t in TABLES if t.name == parent)
        yield sa.ForeignKeyConstraint(columns, [f"{parent}.{k}" for k in key], ondelete="CASCADE")
    for columns in table.indices:
        lengths = {c: _INDEXED_CHARACTERS for c in columns if c not in keys}
        options: dict[str, Any] = {f"{name}_length": lengths for name in _MYSQL}
        if len(columns) == 1:  # a code, which most rows do not have
            there = sa.column(columns[0]).is_not(None)
            options |= {"sqlite_where": there, "postgresql_where": there}
        yield sa.Index(f"{table.name}_by_{'_'.join(columns)}", *columns, **options)


def _refuse(name: str, taken: set[str]) -> None:
    if taken:
        hint = "name another database, or another schema of this one"
        raise StoreError(f"{name} already has a table {min(taken)!r} that is not Dateline's", hint)


def _add_columns(connection: sa.Connection, table: sa.Table, there: set[str]) -> None:
    dialect = connection.dialect
    for column in table.columns:
        if column.name not in there:
            name, kind = dialect.identifier_preparer.quote(column.name), column.type.compile(dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}")
            if dialect.supports_comments and not dialect.inline_comments and column.comment:
                connection.execute(SetColumnComment(column))


def _add_indices(connection: sa.Connection, table: sa.Table, there: set[str]) -> None:
    for index in sorted(table.indexes, key=lambda i: str(i.name)):
        if index.name not in there:
            index.create(connection)


def _renew_views(connection: sa.Connection, found: sa.MetaData, own: Mapping[str, TypeInfo]) -> None:
    dialect = connection.dialect.name
    types = [*ours().values(), *own.values()]
    wanted = views(dialect, types)
    fingerprint = hashlib.sha256(json.dumps(wanted).encode()).hexdigest()
    if _recall(connection, found, "views") == fingerprint:
        return
    for info in types:
        view = quoted(info.view, dialect)
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view}")
        connection.exec_driver_sql(f"CREATE VIEW {view} AS {wanted[info.view]}")
        if dialect == "postgresql":
            comment = f"events of type {info.type}, one a row, with their roles, codes and article: no join needed"
            connection.exec_driver_sql(f"COMMENT ON VIEW {view} IS '{comment}'")
    _remember(connection, found, "types", to_json(own))
    _remember(connection, found, "views", fingerprint)


def _recall(connection: sa.Connection, found: sa.MetaData, key: str) -> str | None:
    own = found.tables["dateline"]
    value: str | None = connection.scalar(sa.select(own.c.value).where(own.c.key == key))
    return value


def _remember(connection: sa.Connection, found: sa.MetaData, key: str, value: str) -> None:
    own = found.tables["dateline"]
    connection.execute(own.delete().where(own.c.key == key))
    connection.execute(own.insert(), {"key": key, "value": value})


# SQLite has no comments of its own, but keeps the text of CREATE TABLE, where `.schema` and Datasette show them.


@compiles(CreateColumn, "sqlite")
def _column_with_comment(element: CreateColumn, compiler: Any, **options: Any) -> str:
    text: str = compiler.visit_create_column(element, **options)
    column = element.element
    ours_too = column.table is not None and column.table.info.get(_OURS)
    return f"{text} /* {column.comment} */" if ours_too and column.comment and text else text


@compiles(CreateTable, "sqlite")
def _table_with_comment(element: CreateTable, compiler: Any, **options: Any) -> str:
    text: str = compiler.visit_create_table(element, **options)
    table = element.element
    return text.replace("(", f"( /* {table.comment} */", 1) if table.info.get(_OURS) and table.comment else text
