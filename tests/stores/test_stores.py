"""One contract for all stores: what goes in comes out once, whole, and follows its page."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.records import Quarantined, Record
from pipeline.stores import Outcome, open_store
from tests import samples
from tests.stores.postgres import Server, binaries

ROOT = Path(__file__).resolve().parents[2]
REFUSED = Quarantined(source="news/a.html", reason="empty", stage="input", message="is empty")
QUARANTINED = Outcome("news/a.html", "f2", quarantined=REFUSED)


def _rows(where: Path | str, query: str) -> list[tuple[object, ...]]:
    """What a query gives, from the SQLite file in a folder or from a PostgreSQL database."""
    if isinstance(where, str) and where.startswith("postgresql:"):
        with psycopg.connect(where) as server:
            return server.execute(query.encode()).fetchall()
    connection = sqlite3.connect(Path(where) / "out.sqlite")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server."""
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine")
    server = Server(programs)
    yield server
    server.stop()


@pytest.fixture(params=["jsonl", "sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def destination(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if kind == "postgresql":
        url: str = request.getfixturevalue("server").database()
        return url
    return f"{tmp_path}/out.jsonl" if kind == "jsonl" else f"sqlite:///{tmp_path}/out.sqlite"


def put(destination: str, *outcomes: Outcome) -> None:
    store = open_store(destination)
    for outcome in outcomes:
        store.put(outcome)
    store.close()


def ids(destination: str) -> list[object]:
    """The ids of the articles in a destination, in the order they were written."""
    if destination.endswith(".jsonl"):
        return [json.loads(line)["article"]["id"] for line in Path(destination).open(encoding="utf-8")]
    if destination.startswith("sqlite"):
        return [
            row[0] for row in _rows(Path(destination.removeprefix("sqlite:///")).parent, "SELECT id FROM articles ORDER BY rowid")
        ]
    return [row[0] for row in _rows(destination, "SELECT id FROM articles ORDER BY ctid")]


def test_keeps_records_in_the_order_given(destination: str) -> None:
    put(destination, samples.outcome("b", "b.html"), samples.outcome("a", "a.html"))
    assert ids(destination) == ["b", "a"]


def test_remembers_pages_between_runs(destination: str) -> None:
    put(destination, samples.outcome("a", "a.html", "f1"), QUARANTINED)
    store = open_store(destination)
    known, refused, other = store.seen("a.html"), store.seen("news/a.html"), store.seen("b.html")
    store.close()
    assert known is not None and (known.fingerprint, known.article_id, known.reason) == ("f1", "a", None)
    assert refused is not None and (refused.fingerprint, refused.article_id, refused.reason) == ("f2", None, "empty")
    assert other is None


def test_a_changed_page_replaces_its_record(destination: str) -> None:
    put(destination, samples.outcome("a", "a.html", "f1", entities=4), samples.outcome("b", "b.html"))
    put(destination, samples.outcome("a2", "a.html", "f2", entities=2))
    assert sorted(ids(destination)) == ["a2", "b"]


def test_the_same_article_from_two_pages_is_one_record(destination: str) -> None:
    put(destination, samples.outcome("a", "a.html"), samples.outcome("a", "copy-of-a.html"))
    assert ids(destination) == ["a"]
    put(destination, samples.outcome("other", "copy-of-a.html", "f2"))  # a.html still holds the article
    assert sorted(ids(destination)) == ["a", "other"]


def test_a_page_is_a_record_or_in_the_quarantine(destination: str) -> None:
    put(destination, samples.outcome("a", "news/a.html"))
    put(destination, QUARANTINED)
    store = open_store(destination)
    assert list(store.quarantine()) == [REFUSED]
    store.close()
    assert ids(destination) == []
    put(destination, samples.outcome("a", "news/a.html", "f3"))
    store = open_store(destination)
    assert list(store.quarantine()) == []
    store.close()
    assert ids(destination) == ["a"]


def test_a_record_taken_out_by_hand_counts_as_never_read(destination: str) -> None:
    put(destination, samples.outcome("a", "a.html"), samples.outcome("b", "b.html"))
    if destination.endswith(".jsonl"):
        path = Path(destination)
        path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[1], encoding="utf-8")
    elif destination.startswith("sqlite"):
        connection = sqlite3.connect(destination.removeprefix("sqlite:///"))
        connection.execute("DELETE FROM articles WHERE id = 'a'")
        connection.commit()
        connection.close()
    else:
        with psycopg.connect(destination) as server:
            server.execute("DELETE FROM articles WHERE id = 'a'")
    store = open_store(destination)
    assert store.seen("a.html") is None
    assert store.seen("b.html") is not None
    store.close()


def test_a_run_without_news_leaves_the_bytes_alone(destination: str, tmp_path: Path) -> None:
    put(destination, samples.outcome())
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}
    put(destination)
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()} == before


def test_kill_9_leaves_whole_records_and_the_next_run_goes_on(destination: str) -> None:
    script = (
        "import sys; from pipeline.stores import open_store; from tests import samples\n"
        "store = open_store(sys.argv[1])\n"
        "for n in range(100_000):\n"
        "    store.put(samples.outcome(f'a{n}', f'{n}.html')); print(n, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, destination], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    reported = 0
    while reported < 20:
        reported = int(process.stdout.readline())
    process.kill()
    reported = max(reported, *(int(line) for line in process.stdout.read().split("\n")[:-1] or [reported]))
    process.wait()
    store = open_store(destination)
    assert store.seen(f"{reported}.html") is not None, "what was reported done is kept"
    store.put(samples.outcome("last", "last.html"))
    store.close()
    found = ids(destination)
    assert len(found) == len(set(found))
    assert set(found) >= {f"a{n}" for n in range(reported + 1)} | {"last"}


@pytest.mark.parametrize("name", ["no-such-kind.xyz", "nosuchdb://x/y"])
def test_an_unknown_kind_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        open_store(name)


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "{}/file/out.jsonl", "sqlite:///{}/file/out.sqlite"])
def test_what_cannot_be_written_is_one_clear_error(form: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "out.jsonl").mkdir()
    with pytest.raises(StoreError, match=r"cannot|is a folder"):
        open_store(form.format(tmp_path / "out.jsonl" if form == "{}" else tmp_path))


def test_jsonl_is_for_one_run_at_a_time(tmp_path: Path) -> None:
    first = open_store(f"{tmp_path}/out.jsonl")
    with pytest.raises(StoreError, match="another run"):
        open_store(f"{tmp_path}/out.jsonl")
    first.close()


def test_jsonl_drops_a_line_that_was_cut_in_half(tmp_path: Path) -> None:
    store = open_store(f"{tmp_path}/out.jsonl")
    store.put(samples.outcome("a", "a.html"))
    store.put(samples.outcome("b", "b.html"))
    journal = tmp_path / "out.jsonl.journal"
    whole = journal.read_bytes()
    del store  # as a crash would: never closed
    journal.write_bytes(whole[:-40])
    put(f"{tmp_path}/out.jsonl")
    assert ids(f"{tmp_path}/out.jsonl") == ["a"]
    assert not journal.exists()


def test_jsonl_keeps_lines_it_did_not_write(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text('{"mine": 1}\n')
    put(f"{tmp_path}/out.jsonl", samples.outcome())
    assert (tmp_path / "out.jsonl").read_text().startswith('{"mine": 1}\n{"schema_version"')


def test_postgresql_holds_the_same_as_sqlite(server: Server, tmp_path: Path) -> None:
    url = server.database()
    put(url, samples.outcome("a", "a.html", entities=4), QUARANTINED)
    put(f"sqlite:///{tmp_path}/out.sqlite", samples.outcome("a", "a.html", entities=4), QUARANTINED)
    for query in (
        "SELECT operator, aircraft_type, icao_type, destination, destination_lat, sources, summary FROM flights",
        "SELECT entity_id, start_offset, text FROM mentions ORDER BY entity_id",
        "SELECT source, reason FROM quarantine",
        "SELECT role, entity_id FROM event_roles ORDER BY role",
    ):
        assert _rows(url, query) == _rows(tmp_path, query)
    assert _rows(url, "SELECT quantities ->> 'killed' FROM events") == [("0.0",)]


def test_postgresql_takes_text_that_it_cannot_hold(server: Server) -> None:
    url = server.database()
    record = samples.record("a", "a.html")
    article = record.article.model_copy(update={"text": record.article.text.replace("\n", "\x00")})
    put(url, Outcome("a.html", "f", "a", record.model_copy(update={"article": article}).model_dump_json(exclude_none=True)))
    assert _rows(url, "SELECT length(text) FROM articles") == [(len(article.text),)]


def test_sql_rows_hold_the_whole_record(tmp_path: Path) -> None:
    put(f"sqlite:///{tmp_path}/out.sqlite", samples.outcome(entities=4))
    record = samples.record(entities=4)
    count = {
        name: _rows(tmp_path, f"SELECT count(*) FROM {name}")[0][0] for name in ("entities", "mentions", "times", "event_roles")
    }
    assert count == {"entities": 4, "mentions": 4, "times": 1, "event_roles": 3}
    text, trigger = _rows(tmp_path, "SELECT text, trigger_text FROM articles JOIN events ON article_id = articles.id")[0][:2]
    assert (text, trigger) == (record.article.text, "landed")
    assert _rows(tmp_path, "SELECT code FROM problems") == [("arrival_before_departure",)]
    assert _rows(tmp_path, "SELECT attributes, quantities FROM events") == [('["unannounced"]', '{"killed": 0.0}')]
    assert _rows(tmp_path, "SELECT entity_id FROM event_sources") == [("e4",)]
    assert _rows(tmp_path, "PRAGMA foreign_key_check") == []


def test_flights_view_needs_no_join(tmp_path: Path) -> None:
    put(f"sqlite:///{tmp_path}/out.sqlite", samples.outcome(entities=4))
    query = (
        "SELECT operator, aircraft_type, icao_type, tail_number, origin, origin_icao, origin_lat, origin_lon, destination, "
        "destination_icao, destination_lat, departed, arrived, date, date_earliest, date_latest, realis, novelty, novelty_since, "
        "summary, url, published, sources FROM flights"
    )
    assert _rows(tmp_path, query) == [
        (
            *("Air Force", "Ilyushin Il-62M", "IL62", None, None, None, None, None),
            *("Sunan International Airport", "ZKPY", 39.224, None, "2024-07-09T01:12Z"),
            *("2024-07-09", "2024-07-09T00:00:00", "2024-07-10T00:00:00", "actual", "first", "since the treaty"),
            *("flight, ?→Sunan, 9 July 2024, first since treaty", None, "2024-07-09", "trackers"),
        )
    ]


def test_every_event_type_has_a_view(tmp_path: Path) -> None:
    put(f"sqlite:///{tmp_path}/out.sqlite")
    views = {name for (name,) in _rows(tmp_path, "SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert views >= {"flights", "aviation_incidents", "agreements", "visits", "meetings", "statements", "sanctions", "strikes"}
    for view in views:
        assert _rows(tmp_path, f"SELECT * FROM {view}") == []


def test_a_replaced_article_leaves_no_orphans(tmp_path: Path) -> None:
    put(f"sqlite:///{tmp_path}/out.sqlite", samples.outcome("a", "a.html", "f1", entities=4))
    put(f"sqlite:///{tmp_path}/out.sqlite", samples.outcome("a", "a.html", "f2", entities=2))
    assert _rows(tmp_path, "SELECT id FROM entities") == [("e1",), ("e2",)]
    assert _rows(tmp_path, "SELECT count(*) FROM mentions") == [(2,)]
    assert _rows(tmp_path, "SELECT role FROM event_roles ORDER BY role") == [("aircraft",), ("operator",)]


def test_an_older_database_gets_the_columns_it_lacks(tmp_path: Path) -> None:
    put(f"sqlite:///{tmp_path}/out.sqlite", samples.outcome("a", "a.html"))
    connection = sqlite3.connect(tmp_path / "out.sqlite")
    for view in [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]:
        connection.execute(f"DROP VIEW {view}")
    connection.execute("UPDATE dateline SET value = 'older' WHERE key = 'views'")
    connection.execute("ALTER TABLE events DROP COLUMN quote")
    connection.commit()
    connection.close()
    put(f"sqlite:///{tmp_path}/out.sqlite", samples.outcome("b", "b.html"))
    assert _rows(tmp_path, "SELECT count(*), count(quote) FROM events") == [(2, 0)]


def test_somebody_elses_tables_are_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "out.sqlite")
    connection.execute("CREATE TABLE articles (mine TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="not Dateline's"):
        open_store(f"sqlite:///{tmp_path}/out.sqlite")


def test_two_runs_on_one_sqlite_file_wait_for_each_other(tmp_path: Path) -> None:
    script = (
        "import sys; from pipeline.stores import open_store; from tests import samples\n"
        "store = open_store(sys.argv[1])\n"
        "for n in range(50):\n"
        "    store.put(samples.outcome(f'{sys.argv[2]}{n}', f'{sys.argv[2]}{n}.html'))\n"
        "store.close()\n"
    )
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path}/out.sqlite"]
    both = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    assert _rows(tmp_path, "SELECT count(*) FROM articles") == [(100,)]


def test_records_round_trip(tmp_path: Path) -> None:
    put(f"{tmp_path}/out.jsonl", samples.outcome(entities=4))
    line = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert Record.model_validate_json(line) == samples.record(entities=4)


def test_sqlite_waits_for_a_run_that_writes_a_file_without_a_log(tmp_path: Path) -> None:
    put(f"sqlite:///{tmp_path}/first.sqlite")  # the libraries are loaded before the clock runs
    other = sqlite3.connect(tmp_path / "out.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # as a run that creates its tables does, before the file has its write-ahead log
    other.execute("CREATE TABLE mine (a)")
    timer = threading.Timer(0.3, lambda: (other.execute("COMMIT"), other.close()))
    timer.start()
    put(f"sqlite:///{tmp_path}/out.sqlite", samples.outcome())
    timer.join()
    assert _rows(tmp_path, "PRAGMA journal_mode") == [("wal",)]
