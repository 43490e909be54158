"""What databases have beyond the contract: whole rows, views, keys, older files, other people's tables, several writers."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from pipeline.errors import DatelineError, StoreError
from pipeline.stores import Outcome, open_store
from tests import samples
from tests.cli.commands import dateline
from tests.stores.destinations import Destination
from tests.stores.mariadb import MariaDb
from tests.stores.postgres import Server
from tests.stores.test_contract import QUARANTINED

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("articles", "entities", "mentions", "times", "events", "event_roles", "event_sources", "problems")


@pytest.fixture
def lite(tmp_path: Path, request: pytest.FixtureRequest) -> Destination:
    """An empty SQLite file."""
    return Destination("sqlite", tmp_path / "lite", request)


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Destination:
    """An empty database of each kind."""
    return Destination(request.param, tmp_path / "db", request)


def columns(database: Destination, table: str) -> set[object]:
    """The columns of a table."""
    if database.kind == "sqlite":
        return {row[1] for row in database.rows(f"PRAGMA table_info({table})")}
    return {row[0] for row in database.rows(_catalog("column_name", "columns", f"table_name = '{table}'", database))}


def test_rows_hold_the_whole_record(lite: Destination) -> None:
    lite.put(samples.outcome(entities=4))
    record = samples.record(entities=4)
    count = {name: lite.rows(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES}
    assert count == dict(zip(TABLES, (1, 4, 4, 1, 1, 3, 1, 1), strict=True))
    text, trigger = lite.rows("SELECT text, trigger_text FROM articles JOIN events ON article_id = articles.id")[0]
    assert (text, trigger) == (record.article.text, "landed")
    assert lite.rows("SELECT code FROM problems") == [("arrival_before_departure",)]
    assert lite.rows("SELECT attributes, quantities FROM events") == [('["unannounced"]', '{"killed": 0.0}')]
    assert lite.rows("SELECT entity_id FROM event_sources") == [("e4",)]
    assert lite.rows("SELECT blocks FROM articles")[0][0] == (
        '[{"start": 0, "end": 9, "kind": "title"}, {"start": 11, "end": 80, "kind": "paragraph"}]'
    )
    assert lite.rows("PRAGMA foreign_key_check") == []


def test_flights_view_needs_no_join(database: Destination) -> None:
    database.put(samples.outcome(entities=4))
    query = (
        "SELECT operator, aircraft_type, icao_type, tail_number, origin, origin_icao, origin_lat, origin_lon, destination, "
        "destination_icao, destination_lat, departed, arrived, date, date_earliest, date_latest, realis, novelty, novelty_since, "
        "summary, url, published, sources FROM flights"
    )
    assert database.rows(query) == [
        (
            *("Air Force", "Ilyushin Il-62M", "IL62", None, None, None, None, None),
            *("Sunan International Airport", "ZKPY", 39.224, None, "2024-07-09T01:12Z"),
            *("2024-07-09", "2024-07-09T00:00:00", "2024-07-10T00:00:00", "actual", "first", "since the treaty"),
            *("flight, ?→Sunan, 9 July 2024, first since treaty", None, "2024-07-09", "trackers"),
        )
    ]


def test_every_event_type_has_a_view(lite: Destination) -> None:
    lite.put()
    views = {str(name) for (name,) in lite.rows("SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert views >= {"flights", "aviation_incidents", "agreements", "visits", "meetings", "statements", "sanctions", "strikes"}
    for view in views:
        assert lite.rows(f"SELECT * FROM {view}") == []


def test_servers_hold_the_same_as_sqlite(database: Destination, lite: Destination) -> None:
    for destination in (database, lite):
        destination.put(samples.outcome("a", "a.html", entities=4), samples.outcome("b", "b.html"), QUARANTINED)
    for query in (
        "SELECT operator, aircraft_type, icao_type, destination, destination_lon, sources, summary, confidence FROM flights",
        "SELECT entity_id, start_offset, text FROM mentions ORDER BY article_id, entity_id",
        "SELECT source, reason FROM quarantine",
        "SELECT role, entity_id FROM event_roles ORDER BY article_id, role",
        *re.findall(r"^```sql\n(.*?);?\n```", (ROOT / "docs" / "database.md").read_text(encoding="utf-8"), re.M | re.S),
    ):
        assert sorted(database.rows(query), key=repr) == sorted(lite.rows(query), key=repr)


def test_tables_have_keys_foreign_keys_and_indices(database: Destination) -> None:
    database.put(samples.outcome(entities=4))
    if database.kind == "sqlite":
        ddl = {str(name): str(sql) for name, sql in database.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")}
        assert "FOREIGN KEY(article_id, entity_id) REFERENCES entities (article_id, id) ON DELETE CASCADE" in ddl["mentions"]
        assert "/* places in the text where an entity is meant */" in ddl["mentions"]
        assert "/* ICAO Doc 8643 type designator */" in ddl["entities"]
        assert "events_by_type_time_earliest" in ddl
        return
    foreign = "constraint_type = 'FOREIGN KEY' AND table_name = 'event_roles'"
    assert database.rows(_catalog("count(*)", "table_constraints", foreign, database)) == [(2,)]
    database.rows("DELETE FROM articles WHERE id = 'a1'") if database.kind == "mariadb" else open_store(database.name).put(
        Outcome("news/a.html", "f9", quarantined=QUARANTINED.quarantined)
    )
    assert [database.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES] == [0] * len(TABLES)


def test_postgresql_explains_its_columns_and_views(server: Server) -> None:
    url = server.database()
    open_store(url).close()
    with psycopg.connect(url) as connection:
        of_column = "SELECT col_description('entities'::regclass, attnum) FROM pg_attribute WHERE attname = 'icao_type' LIMIT 1"
        assert connection.execute(of_column).fetchone() == ("ICAO Doc 8643 type designator",)
        (text,) = connection.execute("SELECT obj_description('flights'::regclass)").fetchone() or ("",)
        assert "no join" in text


def test_postgresql_takes_text_that_it_cannot_hold(server: Server) -> None:
    url = server.database()
    record = samples.record("a", "a.html")
    article = record.article.model_copy(update={"text": record.article.text.replace("\n", "\x00")})
    store = open_store(url)
    store.put(Outcome("a.html", "f", "a", record.model_copy(update={"article": article}).model_dump_json(exclude_none=True)))
    store.close()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT length(text) FROM articles").fetchall() == [(len(article.text),)]
        assert connection.execute("SELECT quantities ->> 'killed' FROM events").fetchall() == [("0.0",)]


def test_mariadb_tells_small_letters_from_capitals(maria: MariaDb) -> None:
    url = maria.database()
    store = open_store(url)
    store.put(samples.outcome("a", "News/A.html"))
    store.put(samples.outcome("A", "news/a.html"))
    assert store.seen("news/A.html") is None
    store.close()
    assert maria.run("SELECT count(*) FROM articles", url.split("/")[3].split("?")[0]) == [(2,)]


def test_an_older_database_gets_what_it_lacks_and_keeps_what_it_has(database: Destination) -> None:
    database.put(samples.outcome("a", "a.html", entities=4))
    views = "SELECT name FROM sqlite_master WHERE type = 'view'"
    if database.kind != "sqlite":
        views = _catalog("table_name", "views", "table_name <> ''", database)
    statements = [f"DROP VIEW {view}" for (view,) in database.rows(views)]
    statements += [f"UPDATE dateline SET value = 'older' WHERE {_key(database)} = 'views'"]
    statements += ["ALTER TABLE events DROP COLUMN quote", "DROP TABLE problems", "DROP TABLE quarantine"]
    statements += [_drop_index(database)]
    run(database, statements)
    database.put(samples.outcome("b", "b.html", entities=4), QUARANTINED)
    assert "quote" in columns(database, "events")
    assert database.rows("SELECT count(*), count(quote) FROM events") == [(2, 0)], "the old article is still there"
    assert database.rows("SELECT article_id FROM problems") == [("b",)]
    assert database.rows("SELECT reason FROM quarantine") == [("empty",)]
    assert len(database.rows("SELECT quote, summary FROM flights")) == 2
    with pytest.raises((sqlite3.Error, psycopg.Error, Exception), match=r"(?i)exist|duplicate"):
        run(database, ["CREATE INDEX events_by_type_time_earliest ON events (type)"])


def _catalog(what: str, view: str, where: str, database: Destination) -> str:
    schema = "'public'" if database.kind == "postgresql" else "database()"
    return f"SELECT {what} FROM information_schema.{view} WHERE table_schema = {schema} AND {where}"


def _key(database: Destination) -> str:
    return "`key`" if database.kind == "mariadb" else '"key"'


def _drop_index(database: Destination) -> str:
    return "DROP INDEX events_by_type_time_earliest" + (" ON events" if database.kind == "mariadb" else "")


def run(database: Destination, statements: list[str]) -> None:
    """Changes a database by hand."""
    if database.kind == "postgresql":
        with psycopg.connect(database.name, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
        return
    for statement in statements:
        database.rows(statement)


def test_somebody_elses_tables_are_left_alone(database: Destination) -> None:
    run(database, ["CREATE TABLE articles (mine INT)"])
    with pytest.raises(StoreError, match="not Dateline's"):
        open_store(database.name)
    assert columns(database, "articles") == {"mine"} and not columns(database, "events")


def test_rows_left_behind_by_a_hand_without_foreign_keys_do_not_stop_a_run(lite: Destination) -> None:
    lite.put(samples.outcome("a", "a.html", entities=4))
    lite.take_out("a")
    assert lite.rows("SELECT count(*) FROM entities") == [(4,)]
    lite.put(samples.outcome("a", "a.html", "f2", entities=2))
    assert lite.rows("SELECT id FROM entities") == [("e1",), ("e2",)]
    assert lite.rows("PRAGMA foreign_key_check") == []


def test_two_runs_on_one_sqlite_file_wait_for_each_other(lite: Destination) -> None:
    script = (
        "import sys; from pipeline.stores import open_store; from tests import samples\n"
        "store = open_store(sys.argv[1])\n"
        "for n in range(50):\n"
        "    store.put(samples.outcome(f'{sys.argv[2]}{n}', f'{sys.argv[2]}{n}.html'))\n"
        "store.close()\n"
    )
    command = [sys.executable, "-c", script, lite.name]
    both = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    assert lite.rows("SELECT count(*) FROM articles") == [(100,)]


def test_sqlite_waits_for_a_run_that_writes_a_file_without_a_log(lite: Destination, tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/first.sqlite").close()  # the libraries are loaded before the clock runs
    other = sqlite3.connect(lite.folder / "out.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # as a run that creates its tables does, before the file has its write-ahead log
    other.execute("CREATE TABLE mine (a)")
    timer = threading.Timer(0.3, lambda: (other.execute("COMMIT"), other.close()))
    timer.start()
    lite.put(samples.outcome())
    timer.join()
    assert lite.rows("PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_two_runs_may_write_the_same_article_at_the_same_time(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database = Destination(kind, tmp_path / "db", request)
    errors: list[Exception] = []

    def write(name: str) -> None:
        try:
            store = open_store(database.name)  # both create the tables, too
            for n in range(20):
                store.put(samples.outcome(f"a{n % 3}", f"{name}{n}.html", entities=2 + n % 3))
            store.close()
        except Exception as error:  # noqa: BLE001 - told by the assertion
            errors.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(map(str, database.ids())) == ["a0", "a1", "a2"]
    assert database.rows("SELECT count(*) FROM pages") == [(60,)]


@pytest.mark.parametrize("url", ["postgresql://me:se:cr@t@localhost:1/x", "nosuchdb://me:secret@h/x", "mysql://me:secret@h:x/x"])
def test_a_password_is_never_printed(url: str) -> None:
    with pytest.raises(DatelineError) as error:
        open_store(url)
    assert "me:***@" in str(error.value)
    assert "secret" not in str(error.value) and "cr@t" not in str(error.value)


def test_a_run_prints_no_password_and_names_no_destination_that_was_refused(server: Server, tmp_path: Path) -> None:
    url = server.database().replace("dateline@", "dateline:se:cret@")
    (tmp_path / "empty.html").touch()
    report = tmp_path / "report.json"
    to = ("--to", "out.xyz", "--to", url, "--report", report)
    done = dateline("extract", "empty.html", *to, cwd=tmp_path)
    logged = dateline("extract", "empty.html", *to, "--log-json", cwd=tmp_path)
    assert (done.returncode, logged.returncode) == (2, 2), "one destination was refused"
    shown = url.replace("se:cret", "***")
    assert f"next: dateline quarantine list {shown}" in done.stdout
    assert json.loads(report.read_text())["destinations"] == [shown]
    assert "cret" not in done.stdout + done.stderr + logged.stdout + logged.stderr + report.read_text()
