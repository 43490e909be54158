"""Many articles at once in PostgreSQL: the foreign keys go while rows come in, and hold before and after."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.errors import StoreError
from pipeline.stores import Outcome, foreign_keys, open_store
from tests import samples
from tests.stores.postgres import Server

KEYS = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2"
MANY = 24


@pytest.fixture
def url(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new database, to which two dozen articles are many, and which notes what is taken away from its tables."""
    monkeypatch.setattr(foreign_keys, "MANY", MANY)
    url = server.database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE taken (what text)")
        connection.execute(
            "CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO taken "
            "SELECT object_identity FROM pg_event_trigger_dropped_objects() WHERE object_type = 'table constraint'; END $$"
        )
        connection.execute("CREATE EVENT TRIGGER note ON sql_drop EXECUTE FUNCTION note()")
    return url


def outcomes(first: int, number: int, **options: int) -> list[Outcome]:
    return [samples.outcome(f"a{n}", f"{n}.html", **options) for n in range(first, first + number)]


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def dropped(url: str) -> int:
    """How many foreign keys have been taken away so far, in transactions that lasted."""
    return len(ask(url, "SELECT what FROM taken"))


def test_they_are_taken_away_for_many_articles_and_come_back_as_they_were(url: str) -> None:
    store = open_store(url)
    before = ask(url, KEYS)
    assert len(before) >= 10
    store.put_many(outcomes(0, MANY - 1))
    assert dropped(url) == 0, "these were few"
    store.put_many(outcomes(0, MANY, entities=4))  # most of them again
    assert dropped(url) > 0
    store.close()
    assert ask(url, KEYS) == before
    assert ask(url, "SELECT count(*) FROM articles") == [(MANY,)]
    assert ask(url, "SELECT count(*) FROM entities") == [(4 * MANY,)], "what was replaced has left nothing behind"


def test_they_stay_where_many_more_articles_are_there(url: str) -> None:
    store = open_store(url)
    for n in range(4):
        store.put_many(outcomes(n * (MANY - 1), MANY - 1))
    store.put_many(outcomes(100, MANY))
    store.close()
    assert dropped(url) == 0


def test_they_stay_while_somebody_reads(url: str) -> None:
    store = open_store(url)
    with psycopg.connect(url) as reader:
        reader.execute("SELECT * FROM flights")  # and its transaction goes on
        store.put_many(outcomes(0, MANY))
    store.close()
    assert dropped(url) == 0
    assert ask(url, "SELECT count(*) FROM articles") == [(MANY,)]


def test_a_row_without_its_parent_is_refused_with_all_that_came_with_it(url: str) -> None:
    store = open_store(url)
    before = ask(url, KEYS)
    wrong = samples.outcome("wrong", "wrong.html", entities=4)
    assert wrong.line is not None
    wrong = Outcome(
        wrong.source, wrong.fingerprint, wrong.article_id, wrong.line.replace('"operator":["e2"]', '"operator":["e9"]')
    )
    with pytest.raises(StoreError, match="foreign key"):
        store.put_many([*outcomes(0, MANY), wrong])
    store.put_many(outcomes(0, MANY))
    store.close()
    assert ask(url, KEYS) == before
    assert ask(url, "SELECT count(*) FROM articles") == [(MANY,)]


def test_many_at_once_are_as_one_by_one(url: str, server: Server) -> None:
    many = [
        *outcomes(0, MANY, entities=4),
        samples.outcome("a3", "copy.html", "f2", entities=2),
        samples.outcome("b", "5.html", "f2"),  # a5 is on no page any more
    ]
    store = open_store(url)
    store.put_many(many)
    store.close()
    other = server.database()
    store = open_store(other)
    for outcome in many:
        store.put(outcome)
    store.close()
    for table in ("articles", "entities", "mentions", "times", "events", "event_roles", "event_sources", "problems", "pages"):
        assert sorted(ask(url, f"SELECT * FROM {table}"), key=repr) == sorted(ask(other, f"SELECT * FROM {table}"), key=repr)
