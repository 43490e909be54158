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
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from pipeline.errors import StoreError
from pipeline.event_types import TypeInfo
from pipeline.records import Quarantined
from pipeline.stores.base import Outcome, Seen
from pipeline.stores.engines import engine, one_writer, shown
from pipeline.stores.schema import metadata, prepare
from pipeline.stores.tables import TABLES, Row, rows

RECONNECT_SECONDS = 30.0
"""How long a lost connection is tried again: a server that restarts after a crash is back within seconds."""
_AT_ONCE = 250
"""Pages that are looked up in one statement, and whose rows are in memory at once; every database takes as many parameters."""
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
            sa.select(pages.c.source, pages.c.fingerprint, pages.c.article_id, refused.c.reason)
            .join(refused, refused.c.source == pages.c.source, isouter=True)
            .join(articles, articles.c.id == pages.c.article_id, isouter=True)
            .where(pages.c.source.in_(sa.bindparam("sources", expanding=True)))
            .where(sa.or_(refused.c.reason.is_not(None), articles.c.id.is_not(None)))
        )

    def seen(self, source: str) -> Seen | None:
        """What is remembered of a page."""
        return self.seen_many((source,)).get(source)

    def seen_many(self, sources: Sequence[str]) -> dict[str, Seen]:
        """What is remembered of several pages."""
        by_text = {self._text(source): source for source in sources}
        found: dict[str, Seen] = {}
        for n in range(0, len(sources), _AT_ONCE):
            keys = {"sources": [self._text(source) for source in sources[n : n + _AT_ONCE]]}
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
                for batch in _batches(outcomes, self._text):
                    self._replace(cursor, batch)

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

    def _replace(self, cursor: Any, batch: _Batch) -> None:
        """Takes out what the pages gave before, and the articles' rows wherever they came from; then writes what they give.

        On the driver's own cursor: SQLAlchemy's way to it costs as much as the statements themselves.
        """
        sources = list(batch.pages)
        self._run(cursor, "SELECT article_id FROM pages WHERE source IN", sources)
        before = {*batch.content, *batch.left, *(row[0] for row in cursor.fetchall())} - {None}
        self._run(cursor, "DELETE FROM pages WHERE source IN", sources)
        needed = {seen.article_id for seen in batch.pages.values()}
        if orphans := list(before - needed):
            self._run(cursor, "SELECT article_id FROM pages WHERE article_id IN", orphans)
            needed |= {row[0] for row in cursor.fetchall()}
        if gone := [article for article in before if article in batch.content or article not in needed]:
            self._run(cursor, "DELETE FROM articles WHERE id IN", gone)
            # An article taken out with the sqlite3 program leaves its rows behind: there foreign keys are off.
            for table in TABLES[:0:-1] if self._dialect.name == "sqlite" else ():
                self._run(cursor, f"DELETE FROM {table.name} WHERE article_id IN", gone)
        for table in TABLES:
            found = [row for article, content in batch.content.items() if article in needed for row in content[table.name]]
            self._load(cursor, table.name, found)
        self._load(cursor, "pages", [(source, p.fingerprint, p.article_id) for source, p in batch.pages.items()])
        self._load(cursor, "quarantine", list(batch.refused.values()))

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


def _batches(outcomes: Sequence[Outcome], text: Callable[[str], str]) -> Iterator[_Batch]:
    """The outcomes in batches; the next one is made ready while the database is busy with the last."""
    if len(outcomes) <= _AT_ONCE:
        yield _Batch(outcomes, text)
        return
    with ThreadPoolExecutor(1) as helper:
        waiting: deque[Future[_Batch]] = deque()
        for n in range(0, len(outcomes), _AT_ONCE):
            waiting.append(helper.submit(_Batch, outcomes[n : n + _AT_ONCE], text))
            if len(waiting) > 1:
                yield waiting.popleft().result()
        yield waiting.popleft().result()


class _Batch:
    """What some outcomes, taken in their order, leave behind.

    `pages`: the last word on each page. `content`: the rows of each article as it was last given, in the order of that.
    `left`: articles that a page gave and then no longer gave. `refused`: the quarantine's rows.
    """

    def __init__(self, outcomes: Sequence[Outcome], text: Callable[[str], str]) -> None:
        self.pages: dict[str, Seen] = {}
        self.content: dict[str, dict[str, list[Row]]] = {}
        self.left: set[str | None] = set()
        self.refused: dict[str, Row] = {}
        for outcome in outcomes:
            source = text(outcome.source)
            if source in self.pages:
                self.left.add(self.pages.pop(source).article_id)
                self.refused.pop(source, None)
            self.pages[source] = outcome.seen
            if outcome.line is not None:
                content = rows(outcome.content)
                if "\\u0000" in outcome.line:
                    content = {name: [_each(row, text) for row in table] for name, table in content.items()}
                article = str(outcome.article_id)
                self.content.pop(article, None)
                self.content[article] = content
            if outcome.quarantined is not None:
                self.refused[source] = _each(tuple(outcome.quarantined.model_dump().values()), text)


def _each(row: Row, text: Callable[[str], str]) -> Row:
    return tuple(text(cell) if isinstance(cell, str) else cell for cell in row)
