"""SQL databases: tables derived from the records, one flat view per event type, all rows of an article in one transaction.

In: outcomes. Out: rows (see `tables.py`), views (`views.py`), and two tables of our own: `pages`, what was read and with which
fingerprint, and `quarantine`, the pages that have no record and why.

An article's rows are deleted and inserted in one transaction, so they are never doubled and never half there. Two runs on one
database take turns, transaction by transaction: SQLite by BEGIN IMMEDIATE on a write-ahead log, PostgreSQL and MySQL by a
lock of ours. A connection that is lost is taken up again for RECONNECT_SECONDS: a page is replaced whole or not at all, so
trying again doubles nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from pipeline.errors import StoreError
from pipeline.event_types import TypeInfo
from pipeline.records import Quarantined
from pipeline.stores.base import Outcome, Seen
from pipeline.stores.batches import Batch, chunks
from pipeline.stores.engines import engine, one_writer, shown
from pipeline.stores.foreign_keys import checked_together
from pipeline.stores.schema import metadata, prepare
from pipeline.stores.tables import TABLES, Row

RECONNECT_SECONDS = 30.0
"""How long a lost connection is tried again: a server that restarts after a crash is back within seconds."""
_AT_ONCE = 250
"""Pages and articles that are named in one statement; every database takes as many parameters."""
_COPIED_FROM = 20
"""From so many pages on, PostgreSQL gets rows by COPY."""
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_Answer = TypeVar("_Answer")


class SqlStore:
    """A `Store` in a SQL database.

    Args:
        own: a user's own event types; the database remembers them, so that their views stay.
    """

    def __init__(self, destination: str, own: Mapping[str, TypeInfo] | None = None) -> None:
        self.destination = shown(destination)
        self._engine = engine(destination)
        self._dialect = self._engine.dialect
        self._metadata = metadata()
        self._tables = self._metadata.tables
        self._mark = "?" if self._dialect.paramstyle == "qmark" else "%s"
        self._inserts = {name: self._insert(name) for name in (*(t.name for t in TABLES), "pages", "quarantine")}
        with self._failing():
            self._connect()
            with one_writer(self._writer) as connection:
                prepare(connection, self._metadata, own or {}, self.destination)
        pages, articles, refused = (self._tables[name] for name in ("pages", "articles", "quarantine"))
        self._seen = (
            sa.select(pages.c.source, pages.c.fingerprint, pages.c.article_id, refused.c.reason, pages.c.older)
            .join(refused, refused.c.source == pages.c.source, isouter=True)
            .join(articles, articles.c.id == pages.c.article_id, isouter=True)
            .where(pages.c.source.in_(sa.bindparam("sources", expanding=True)))
            .where(sa.or_(refused.c.reason.is_not(None), articles.c.id.is_not(None), pages.c.older.is_not(None)))
        )

    def seen(self, source: str) -> Seen | None:
        """What is remembered of a page."""
        return self.seen_many((source,)).get(source)

    def seen_many(self, sources: Sequence[str]) -> dict[str, Seen]:
        """What is remembered of several pages."""
        by_text = {self._text(source): source for source in sources}
        found: dict[str, Seen] = {}
        for some in chunks(sources, _AT_ONCE):
            keys = {"sources": [self._text(source) for source in some]}
            rows = self._lasting(lambda keys=keys: self._reader.execute(self._seen, keys).all())  # type: ignore[misc]
            found |= {by_text[row[0]]: Seen(*row[1:]) for row in rows if row[0] in by_text}
        return found

    def put(self, outcome: Outcome) -> None:
        """Writes one page in one transaction."""
        self.put_many((outcome,))

    def put_many(self, outcomes: Sequence[Outcome]) -> None:
        """Writes several pages in one transaction."""

        def write() -> None:
            with one_writer(self._writer) as connection, self._cursor(connection, len(outcomes)) as cursor:
                self._replace(cursor, Batch(outcomes, self._text))

        self._lasting(write)

    def quarantine(self) -> Iterator[Quarantined]:
        """The pages that have no record."""
        table = self._tables["quarantine"]
        found = self._lasting(lambda: self._reader.execute(table.select().order_by(table.c.source)).mappings().all())
        for row in found:
            yield Quarantined(**{name: row[name] for name in Quarantined.model_fields})

    def close(self) -> None:
        """Ends the connections; everything was lasting before."""
        with self._failing():
            self._reader.close()
            self._writer.close()
            self._engine.dispose()

    def _replace(self, cursor: Any, batch: Batch) -> None:
        """Takes out what the pages gave before, then writes what they give.

        On the driver's own cursor: SQLAlchemy's way to it costs as much as the statements themselves.
        """
        wanted = self._take_out(cursor, batch)
        with self._checking(cursor, len(batch.articles)), closing(batch.rows(wanted)) as contents:
            for content in contents:
                for table in TABLES:
                    self._load(cursor, table.name, content[table.name])
        self._load(cursor, "pages", [(source, p.fingerprint, p.article_id, p.older) for source, p in batch.pages.items()])
        self._load(cursor, "quarantine", list(batch.refused.values()))

    def _take_out(self, cursor: Any, batch: Batch) -> set[str | None]:
        """Takes out what the pages gave before, and the articles' rows wherever they came from.

        Gives the ids of the articles that are to be there.
        """
        before: set[str | None] = {*batch.articles, *batch.left}
        for sources in chunks(list(batch.pages), _AT_ONCE):
            self._run(cursor, "SELECT article_id FROM pages WHERE source IN", sources)
            before.update(row[0] for row in cursor.fetchall())
            self._run(cursor, "DELETE FROM pages WHERE source IN", sources)
        before.discard(None)
        needed = {seen.article_id for seen in batch.pages.values()}
        for orphans in chunks(list(before - needed), _AT_ONCE):
            self._run(cursor, "SELECT article_id FROM pages WHERE article_id IN", orphans)
            needed.update(row[0] for row in cursor.fetchall())
        for gone in chunks([article for article in before if article in batch.articles or article not in needed], _AT_ONCE):
            self._run(cursor, "DELETE FROM articles WHERE id IN", gone)
            # An article taken out with the sqlite3 program leaves its rows behind: there foreign keys are off.
            for table in TABLES[:0:-1] if self._dialect.name == "sqlite" else ():
                self._run(cursor, f"DELETE FROM {table.name} WHERE article_id IN", gone)
        return needed

    def _checking(self, cursor: Any, articles: int) -> AbstractContextManager[None]:
        """How foreign keys are checked while so many articles are written."""
        if self._dialect.name == "postgresql":
            return checked_together(cursor, articles, self._driver_error)
        return nullcontext()

    def _run(self, cursor: Any, statement: str, values: Sequence[Any]) -> None:
        cursor.execute(f"{statement} ({', '.join([self._mark] * len(values))})", tuple(values))

    @contextmanager
    def _cursor(self, connection: sa.Connection, pages: int) -> Iterator[Any]:
        """The driver's cursor; for a few pages in PostgreSQL, with statements sent together and not one by one.

        That leaves 5 ways to the server and back of 24, which is what counts where it is not on this machine. COPY, which takes
        half as long for many rows, cannot be sent so.
        """
        raw: Any = connection.connection.driver_connection
        with ExitStack() as stack:
            if self._dialect.name == "postgresql" and pages < _COPIED_FROM:
                stack.enter_context(raw.pipeline())
            yield stack.enter_context(closing(raw.cursor()))

    def _load(self, cursor: Any, table: str, found: list[Row]) -> None:
        """Inserts rows by the driver's quickest way."""
        if not found:
            return
        if self._dialect.name != "postgresql":
            cursor.executemany(self._inserts[table], found)
        elif cursor.connection.pgconn.pipeline_status:
            names = self._tables[table].columns.keys()
            rows = [{k: v for k, v in zip(names, row, strict=True) if v is not None} for row in found]
            cursor.execute(self._inserts[table], (_as_json(rows),), prepare=True)
        else:
            with cursor.copy(f"COPY {table} ({', '.join(self._tables[table].columns.keys())}) FROM STDIN") as copy:
                for row in found:
                    copy.write_row(row)

    def _insert(self, table: str) -> str:
        """The statement for rows: one parameter a cell, in PostgreSQL one for all rows together, as JSON."""
        columns = self._tables[table].columns
        listed = ", ".join(map(self._dialect.identifier_preparer.quote, columns.keys()))
        if self._dialect.name != "postgresql":
            return f"INSERT INTO {table} ({listed}) VALUES ({', '.join([self._mark] * len(columns))})"
        is_json = {name for name, column in columns.items() if isinstance(column.type, sa.JSON)}
        kinds = ", ".join(f"{n} {'text' if n in is_json else c.type.compile(self._dialect)}" for n, c in columns.items())
        cells = ", ".join(f"{name}::jsonb" if name in is_json else name for name, _ in columns.items())
        return f"INSERT INTO {table} ({listed}) SELECT {cells} FROM json_to_recordset(%s::json) AS r ({kinds})"

    def _text(self, value: str) -> str:
        """U+0000, which only SQLite can hold, is one replacement character elsewhere, so that offsets stay."""
        return value if self._dialect.name == "sqlite" else value.replace("\x00", "\ufffd")

    def _connect(self) -> None:
        self._reader = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._writer = self._engine.connect()

    def _lasting(self, work: Callable[[], _Answer]) -> _Answer:
        """Does something that may be done twice, and once more on a new connection when the old one was lost."""
        deadline: float | None = None
        with self._failing():
            while True:
                try:
                    if deadline is not None:
                        self._connect()
                    return work()
                except (SQLAlchemyError, self._driver_error) as error:
                    if deadline is None:
                        if not self._is_lost(error):
                            raise
                        deadline = time.monotonic() + RECONNECT_SECONDS
                        self._reader.invalidate()
                        self._writer.invalidate()
                        self._engine.dispose()
                    elif time.monotonic() > deadline:
                        raise
                    time.sleep(0.2)

    def _is_lost(self, error: Exception) -> bool:
        """Whether an error means that the server, or the way to it, has gone."""
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return True
        original = error.orig if isinstance(error, DBAPIError) else error
        ways = [c.connection.dbapi_connection for c in (self._reader, self._writer) if not (c.closed or c.invalidated)]
        return any(self._dialect.is_disconnect(original, way, None) for way in ways)  # type: ignore[arg-type]

    @property
    def _driver_error(self) -> type[Exception]:
        found: type[Exception] = self._dialect.loaded_dbapi.Error
        return found

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Turns what the database refuses into one line that says so."""
        try:
            yield
        except (SQLAlchemyError, self._driver_error) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            hint = "what was written before is kept; run again to go on"
            raise StoreError(f"cannot use {self.destination}: {reason}", hint) from error
