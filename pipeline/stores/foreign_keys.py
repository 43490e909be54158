"""Foreign keys of PostgreSQL that are checked once for many rows, and not row by row.

Row by row the checks are more than half of what the server does when it loads. So a transaction that brings many articles,
measured by what is there, takes the foreign keys away, loads, and adds them again, which checks all rows by one join a key.
It is one transaction: nobody ever sees a table without them, and after a crash they are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.stores.tables import TABLES

MANY = 1_000
"""Articles that are worth it."""
_TIMES_THERE = 2
"""Adding a key checks the rows that were there, too; at three times as many as come in it would take as long as row by row."""
_NAMES = [table.name for table in TABLES]


@contextmanager
def checked_together(cursor: Any, articles: int, refusal: type[Exception]) -> Iterator[None]:
    """Within this context rows may come in any order; at its end all are checked.

    Where somebody else is using the tables, or they belong to another user of the database, all stays as it is and rows are
    checked one by one.

    Args:
        cursor: of psycopg, in a transaction.
        articles: how many are about to come.
        refusal: what the driver raises.
    """
    keys = _taken_away(cursor, refusal) if _are_many(cursor, articles) else []
    yield
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _are_many(cursor: Any, articles: int) -> bool:
    if articles < MANY:
        return False
    most = _TIMES_THERE * articles
    cursor.execute("SELECT count(*) FROM (SELECT 1 FROM articles LIMIT %s) AS first", (most + 1,))
    return int(cursor.fetchone()[0]) <= most


def _taken_away(cursor: Any, refusal: type[Exception]) -> list[tuple[str, str, str]]:
    """The keys that were taken away: table, name, definition, quoted as SQL needs them."""
    cursor.execute("SAVEPOINT with_foreign_keys")
    try:
        # At once or not at all: who waits for a reader that waits for us waits for ever.
        cursor.execute(f"LOCK TABLE {', '.join(_NAMES)} IN ACCESS EXCLUSIVE MODE NOWAIT")
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY oid",
            (_NAMES,),
        )
        keys: list[tuple[str, str, str]] = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    except refusal:
        cursor.execute("ROLLBACK TO SAVEPOINT with_foreign_keys")
        return []
    cursor.execute("RELEASE SAVEPOINT with_foreign_keys")
    return keys
