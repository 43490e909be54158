"""Connections to databases: what each kind needs so that several runs may use one at once.

In: a URL, as the user gives it. Out: a SQLAlchemy engine, and transactions in which nobody else writes.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from pipeline.errors import StoreError, UsageError

BUSY_SECONDS = 60
"""How long a run waits for another one that is writing the same database."""
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_EXTRAS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
"""The extra of our package that brings the driver."""
_NOBODY = logging.NullHandler()
_LOCK = 0x646174656C696E65
"""The number of our advisory lock in PostgreSQL: "dateline" in ASCII."""


def shown(destination: str) -> str:
    """A URL as it may be printed: without its password."""
    return re.sub(r"(://[^/?#:@]*):[^/?#]*@", r"\1:***@", destination)


def engine(destination: str) -> sa.Engine:
    """The engine for a URL. Raises UsageError for one that means nothing here, StoreError for a file that cannot be there."""
    scheme, _, rest = destination.partition("://")
    try:
        url = sa.make_url(f"{_DRIVERS.get(scheme, scheme)}://{rest}")
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        found = sa.create_engine(url, json_serializer=lambda value: json.dumps(value, ensure_ascii=False))
    except (ArgumentError, NoSuchModuleError, ValueError) as error:  # ValueError: a port that is no number
        raise UsageError(f"{shown(destination)!r} is no database URL that is known here", "use sqlite:///out.sqlite") from error
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get(url.get_backend_name())
        remedy = f'pip install "dateline[{extra}]"' if extra else f"pip install {error.name}"
        raise UsageError(f"{shown(destination)!r} needs the driver {error.name!r}", remedy) from error
    except OSError as error:
        raise StoreError(f"cannot write {shown(destination)}: {error.strerror}") from error
    if found.dialect.name == "sqlite":
        _make_safe(found)
    # Where nobody listens to its log, psycopg warns on standard error of what it raises as well.
    logging.getLogger("psycopg").addHandler(_NOBODY)
    return found


@contextmanager
def one_writer(connection: sa.Connection) -> Iterator[sa.Connection]:
    """A transaction that waits until no other run of ours writes; SQLite's own lock does it there (see `_make_safe`)."""
    name = connection.dialect.name
    if name in ("mysql", "mariadb"):
        with _named_lock(connection), connection.begin():
            yield connection
        return
    with connection.begin():
        if name == "postgresql":
            connection.exec_driver_sql(
                f"SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true), pg_advisory_xact_lock({_LOCK})"
            )
        yield connection


@contextmanager
def _named_lock(connection: sa.Connection) -> Iterator[None]:
    """MySQL's lock: held by the connection, not by the transaction, and by its name for the whole server."""
    url = connection.engine.url
    name = f"dateline.{url.database}"[:64]
    with connection.begin():
        got = connection.scalar(sa.text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": BUSY_SECONDS})
    if got != 1:
        raise StoreError(f"another run has been writing {url.render_as_string()} for {BUSY_SECONDS} seconds")
    try:
        yield
    finally:
        if not connection.invalidated:
            with suppress(DBAPIError), connection.begin():  # a connection that is gone holds no lock
                connection.execute(sa.text("DO RELEASE_LOCK(:name)"), {"name": name})


def _make_safe(on: sa.Engine) -> None:
    """SQLite as a database that several runs may use at once."""

    @sa.event.listens_for(on, "connect")
    def connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(on, "begin")
    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switches a file to the write-ahead log.

    While another connection is writing a file that has no such log yet, SQLite refuses the switch at once, without heeding
    busy_timeout: it holds a read lock by then, and waiting for a writer that waits for readers would never end.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
