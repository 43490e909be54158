"""SQL databases: tables derived from the records, one flat view per event type, one transaction per article.

In: outcomes. Out: rows (see `tables.py`), views (`views.py`), and two tables of our own: `pages`, what was read and with which
fingerprint, and `quarantine`, the pages that have no record and why.

An article's rows are deleted and inserted in one transaction, so they are never doubled and never half there. A database that
an older Dateline wrote gets the columns it lacks; nothing is ever dropped but the views. SQLite: write-ahead log, foreign
keys on, BEGIN IMMEDIATE, so that two runs on one file wait for each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from pipeline.errors import StoreError, UsageError
from pipeline.event_types import TypeInfo, from_json, ours, to_json
from pipeline.records import Quarantined
from pipeline.stores.base import Outcome, Seen
from pipeline.stores.tables import TABLES, Table, rows
from pipeline.stores.views import quoted, views

BUSY_SECONDS = 60
"""How long a run waits for another one that is writing the same SQLite file."""
_KEY_TEXT = sa.Text().with_variant(sa.String(255), "mysql", "mariadb")
_LONG_TEXT = sa.Text().with_variant(sa.Text(2**32 - 1), "mysql", "mariadb")
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_TYPES: dict[type, sa.types.TypeEngine[Any]] = {
    str: _LONG_TEXT,
    int: sa.Integer(),
    float: sa.Float(),
    bool: sa.Boolean(),
    list: _JSON,
}


def _metadata() -> sa.MetaData:
    metadata = sa.MetaData()
    for table in TABLES:
        sa.Table(table.name, metadata, *_columns(table), *_constraints(table), comment=table.comment)
    sa.Table(
        "pages",
        metadata,
        sa.Column("source", _KEY_TEXT, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("article_id", _KEY_TEXT, index=True, comment="none: the page is in the quarantine"),
        comment="what Dateline has read: it passes these pages over",
    )
    sa.Table(
        "quarantine",
        metadata,
        sa.Column("source", _KEY_TEXT, sa.ForeignKey("pages.source", ondelete="CASCADE"), primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=not info.is_required())
            for name, info in Quarantined.model_fields.items()
            if name != "source"
        ),
        comment="pages that have no record, and why",
    )
    sa.Table("dateline", metadata, sa.Column("key", _KEY_TEXT, primary_key=True), sa.Column("value", sa.Text))
    return metadata


def _columns(table: Table) -> Iterator[sa.Column[Any]]:
    indexed = set(table.key).union(*(c for _, c in table.parents), *table.indices)
    for column in table.columns:
        kind = _KEY_TEXT if column.name in indexed and column.type is str else _TYPES[column.type]
        yield sa.Column(
            column.name, kind, primary_key=column.name in table.key, nullable=not column.required, comment=column.comment
        )


def _constraints(table: Table) -> Iterator[sa.schema.SchemaItem]:
    for parent, columns in table.parents:
        key = next(t.key for t in TABLES if t.name == parent)
        yield sa.ForeignKeyConstraint(columns, [f"{parent}.{k}" for k in key], ondelete="CASCADE")
    for columns in table.indices:
        yield sa.Index(f"{table.name}_by_{'_'.join(columns)}", *columns)


class SqlStore:
    """A `Store` in a SQL database.

    Args:
        own: a user's own event types; the database remembers them, so that their views stay.
    """

    def __init__(self, destination: str, own: Mapping[str, TypeInfo] | None = None) -> None:
        self.destination = destination
        self._own = dict(own or {})
        self._engine = _engine(destination)
        self._dialect = self._engine.dialect.name
        self._metadata = _metadata()
        self._tables = self._metadata.tables
        with self._failing():
            with self._engine.begin() as connection:
                self._prepare(connection)
            self._reader = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        pages, articles, refused = (self._tables[name] for name in ("pages", "articles", "quarantine"))
        self._seen = (
            sa.select(pages.c.fingerprint, pages.c.article_id, refused.c.reason)
            .join(refused, refused.c.source == pages.c.source, isouter=True)
            .join(articles, articles.c.id == pages.c.article_id, isouter=True)
            .where(pages.c.source == sa.bindparam("source"))
            .where(sa.or_(refused.c.reason.is_not(None), articles.c.id.is_not(None)))
        )

    def seen(self, source: str) -> Seen | None:
        """What is remembered of a page."""
        with self._failing():
            row = self._reader.execute(self._seen, {"source": source}).first()
        return Seen(*row) if row else None

    def put(self, outcome: Outcome) -> None:
        """Writes one page in one transaction."""
        content = rows(outcome.record) if outcome.line is not None else {}
        if self._dialect != "sqlite":
            content = {name: [_without_nul(row) for row in table] for name, table in content.items()}
        with self._failing(), self._engine.begin() as connection:
            self._forget(connection, outcome)
            for name, table in content.items():
                if table:
                    connection.execute(self._tables[name].insert(), table)
            seen = outcome.seen
            page = {"source": outcome.source, "fingerprint": seen.fingerprint, "article_id": seen.article_id}
            connection.execute(self._tables["pages"].insert(), page)
            if outcome.quarantined is not None:
                connection.execute(self._tables["quarantine"].insert(), outcome.quarantined.model_dump())

    def quarantine(self) -> Iterator[Quarantined]:
        """The pages that have no record."""
        table = self._tables["quarantine"]
        with self._failing():
            for row in self._reader.execute(table.select().order_by(table.c.source)).mappings():
                yield Quarantined(**row)

    def close(self) -> None:
        """Ends the connections; everything was lasting before."""
        with self._failing():
            self._reader.close()
            self._engine.dispose()

    def _forget(self, connection: sa.Connection, outcome: Outcome) -> None:
        """Takes out what the page gave before, and the article's rows wherever they came from."""
        pages, articles = self._tables["pages"], self._tables["articles"]
        before = connection.scalar(sa.select(pages.c.article_id).where(pages.c.source == outcome.source))
        connection.execute(pages.delete().where(pages.c.source == outcome.source))
        gone = {outcome.article_id}
        if (
            before is not None
            and connection.scalar(sa.select(pages.c.source).where(pages.c.article_id == before).limit(1)) is None
        ):
            gone.add(before)
        connection.execute(articles.delete().where(articles.c.id.in_([g for g in gone if g is not None])))

    def _prepare(self, connection: sa.Connection) -> None:
        """Creates what is not there, adds the columns that an older file lacks, and renews views that have changed."""
        inspector = sa.inspect(connection)
        there = set(inspector.get_table_names())
        if "dateline" not in there:
            self._refuse(sorted(there & set(self._tables)))
            self._refuse(sorted(set(inspector.get_view_names()) & {t.view for t in ours().values()}))
        self._metadata.create_all(connection)
        for name in there & set(self._tables):
            self._add_columns(connection, name, {c["name"] for c in inspector.get_columns(name)})
        known = self._known_types(connection)
        new = {t.view for name, t in self._own.items() if name not in known}
        self._refuse(sorted(new & {*there, *inspector.get_view_names()}))
        self._own = known | self._own
        self._renew_views(connection)

    def _refuse(self, taken: list[str]) -> None:
        """Raises StoreError when names we need belong to somebody else."""
        if taken:
            hint = "name another database" if self._dialect == "sqlite" else "name another database or schema"
            raise StoreError(f"{self.destination} already has a table {taken[0]!r} that is not Dateline's", hint)

    def _known_types(self, connection: sa.Connection) -> dict[str, TypeInfo]:
        """The users' own event types of earlier runs."""
        own = self._tables["dateline"]
        found = connection.scalar(sa.select(own.c.value).where(own.c.key == "types"))
        return from_json(found) if found else {}

    def _remember(self, connection: sa.Connection, key: str, value: str) -> None:
        own = self._tables["dateline"]
        connection.execute(own.delete().where(own.c.key == key))
        connection.execute(own.insert(), {"key": key, "value": value})

    def _add_columns(self, connection: sa.Connection, name: str, there: set[str]) -> None:
        for column in self._tables[name].columns:
            if column.name not in there:
                quote = self._engine.dialect.identifier_preparer.quote
                kind = column.type.compile(self._engine.dialect)
                connection.execute(sa.text(f"ALTER TABLE {quote(name)} ADD COLUMN {quote(column.name)} {kind}"))

    def _renew_views(self, connection: sa.Connection) -> None:
        wanted = views(self._dialect, [*ours().values(), *self._own.values()])
        fingerprint = hashlib.sha256(json.dumps(wanted).encode()).hexdigest()
        own = self._tables["dateline"]
        if connection.scalar(sa.select(own.c.value).where(own.c.key == "views")) == fingerprint:
            return
        for name, select in wanted.items():
            view = quoted(name, self._dialect)
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view}")
            connection.exec_driver_sql(f"CREATE VIEW {view} AS {select}")
        self._remember(connection, "types", to_json(self._own))
        self._remember(connection, "views", fingerprint)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Turns what the database refuses into one line that says so."""
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            hint = "what was written before is kept; run again to go on"
            raise StoreError(f"cannot use {self._engine.url.render_as_string()}: {reason}", hint) from error


def _without_nul(row: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL cannot hold U+0000; one replacement character for each keeps the offsets."""
    return {k: v.replace("\x00", "\ufffd") if isinstance(v, str) else v for k, v in row.items()}


def _engine(destination: str) -> sa.Engine:
    """The engine for a URL. Raises UsageError for one that means nothing here."""
    if destination.startswith(("postgres://", "postgresql://")):
        destination = "postgresql+psycopg://" + destination.split("://", 1)[1]
    try:
        url = sa.make_url(destination)
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, json_serializer=lambda value: json.dumps(value, ensure_ascii=False))
    except (ArgumentError, NoSuchModuleError) as error:
        raise UsageError(f"{destination!r} is no database URL that is known here", "use sqlite:///out.sqlite") from error
    except ModuleNotFoundError as error:
        raise UsageError(f"{destination!r} needs the driver {error.name!r}", f"pip install {error.name}") from error
    except OSError as error:
        raise StoreError(f"cannot write {destination}: {error.strerror}") from error
    if engine.dialect.name == "sqlite":
        _make_safe(engine)
    return engine


def _make_safe(engine: sa.Engine) -> None:
    """SQLite as a database that several runs may use at once."""

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
