"""Disks that fill up and servers that go away, met by real processes: a clear message, and a run that goes on where it was."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pipeline.errors import StoreError
from pipeline.stores import foreign_keys, open_store
from tests import samples
from tests.stores.destinations import KINDS, Destination
from tests.stores.postgres import Server, binaries

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 50_000
PAGES = 40
"""Their records take more than LIMIT bytes in a journal and in a database."""
ROWS = 250
FOREIGN_KEYS = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A PostgreSQL server that may be ended."""
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine")
    server = Server(programs)
    yield server
    server.stop()


def in_another_process(work: object) -> str:
    """Does something in a child, and gives the StoreError that ended it, or an empty string."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            work()  # type: ignore[operator]
        except StoreError as error:
            said = str(error)
        except BaseException as error:  # noqa: BLE001 - told to the parent, which fails
            said = f"not a StoreError: {error!r}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("postgresql", "mariadb")])
def test_a_disk_that_is_full_while_pages_come_in_loses_none_that_was_taken(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    destination = Destination(kind, tmp_path / "out", request)
    outcomes = [samples.outcome(f"a{n}", f"{n}.html", entities=4) for n in range(PAGES)]
    destination.put()
    taken = tmp_path / "taken"

    def fill() -> None:
        size = max(p.stat().st_size for p in destination.folder.rglob("*"))  # an empty database has pages already
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + LIMIT, size + LIMIT))
        store = open_store(destination.name)
        for n, outcome in enumerate(outcomes):
            store.put(outcome)
            taken.write_text(str(n + 1))

    said = in_another_process(fill)
    assert said.startswith("cannot ") and "run again to go on" in said and "\n" not in said, said
    store = open_store(destination.name)
    done = [outcome for outcome in outcomes if store.seen(outcome.source)]
    assert len(done) == int(taken.read_text()) > 0
    for outcome in outcomes[len(done) :]:
        store.put(outcome)
    store.close()
    assert destination.ids() == [f"a{n}" for n in range(PAGES)]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("sqlite", "postgresql", "mariadb")])
def test_a_disk_that_is_full_while_files_are_made_leaves_the_old_ones(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    destination = Destination(kind, tmp_path / "out", request)
    destination.put(samples.outcome("a", "a.html"))
    before = destination.content()

    def fill() -> None:
        store = open_store(destination.name)
        store.put(samples.outcome("b", "b.html", entities=4))
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        store.close()

    said = in_another_process(fill)
    assert said.startswith("cannot write") and "run again to go on" in said and "\n" not in said, said
    assert destination.content() == before
    destination.put()
    assert destination.ids() == ["a", "b"]


def test_the_program_says_that_the_disk_is_full_and_goes_on_from_there(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        rows = samples.rows(tmp_path / "rows.jsonl", ROWS)
        command = ["extract", rows, "--until", "article", "--workers", "1", "--to", disk / "out.jsonl"]
        full = dateline(*command)
        assert full.returncode == 2, full.stderr
        assert "full" in full.stderr or "No space left" in full.stderr, full.stderr
        assert "Traceback" not in full.stderr
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        again = dateline(*command)
        assert again.returncode == 0, again.stderr
        written = int(again.stdout.split(" records written")[0].split()[-1].replace(",", ""))
        assert 0 < written < ROWS, "what was done is passed over"
        assert len((disk / "out.jsonl").read_text(encoding="utf-8").splitlines()) == ROWS
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def dateline(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The program, in a process of its own."""
    command = [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_lost_connection_is_taken_up_again(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database = Destination(kind, tmp_path / "db", request)
    store = open_store(database.name)
    for n in range(12):
        store.put(samples.outcome(f"a{n}", f"{n}.html"))
        if n in (3, 7):
            _kill_connections(database)
        assert store.seen(f"{n}.html") is not None
        if n == 9:
            _kill_connections(database)
    store.close()
    assert sorted(map(str, database.ids())) == sorted(f"a{n}" for n in range(12))


def _kill_connections(database: Destination) -> None:
    if database.kind == "postgresql":
        with psycopg.connect(database.name, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return
    for row in database.rows("SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"):
        database.rows(f"KILL {row[0]}")


@pytest.mark.parametrize("many", [20, 1_000])
def test_a_connection_lost_in_the_middle_of_writing_loses_and_doubles_nothing(
    many: int, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign_keys, "MANY", many)  # with 20 articles foreign keys are taken away and come back, or not
    url = server.database()
    outcomes = [samples.outcome(f"a{n}", f"{n}.html", entities=4) for n in range(400)]
    store = open_store(url)
    with psycopg.connect(url) as connection:
        before = connection.execute(FOREIGN_KEYS).fetchone()
    done = threading.Event()

    def kill_now_and_then() -> None:
        while not done.wait(0.05):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND state = 'active'"
                )

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        for n in range(0, 400, 20):
            store.put_many(outcomes[n : n + 20])
    finally:
        done.set()
        killer.join()
        store.close()
    with psycopg.connect(url) as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM pages), (SELECT count(*) FROM event_roles)"
        ).fetchone()
        keys = connection.execute(FOREIGN_KEYS).fetchone()
    assert counts == (400, 400, 1200)
    assert keys == before


def test_a_server_that_goes_away_ends_the_program_with_a_message_and_it_goes_on_when_it_is_back(
    own_server: Server, tmp_path: Path
) -> None:
    url = own_server.database()
    rows = samples.rows(tmp_path / "rows.jsonl", ROWS)
    arguments = ["extract", str(rows), "--until", "article", "--workers", "1", "--to", url]
    code = (
        "import sys; import pipeline.stores.sql as sql; sql.RECONNECT_SECONDS = 0.5\n"
        "from pipeline.cli import main; sys.argv[0] = 'dateline'; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while _count(url) < 20:
        assert process.poll() is None, process.communicate()
    own_server.crash()
    _, said = process.communicate()
    assert process.returncode == 2, said
    assert said.startswith("dateline: cannot use postgresql") and "run again to go on" in said
    assert all(line.startswith("dateline: ") for line in said.splitlines()), said
    own_server.start()
    kept = _count(url)
    assert kept >= 20
    again = dateline(*arguments)
    assert again.returncode == 0, again.stderr
    assert f"{ROWS - kept:,} records written, {kept:,} unchanged" in again.stdout
    assert _count(url) == ROWS


def test_a_backend_that_is_killed_costs_the_program_nothing(own_server: Server, tmp_path: Path) -> None:
    url = own_server.database()
    rows = samples.rows(tmp_path / "rows.jsonl", ROWS)
    command = [sys.executable, "-m", "pipeline.cli", "extract", str(rows), "--until", "article", "--workers", "1", "--to", url]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    killed = 0
    for done in (20, 120):
        while _count_when_up(url) < done:
            assert process.poll() is None, process.communicate()
        with psycopg.connect(url) as connection:
            ours = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            pids = [pid for (pid,) in connection.execute(f"SELECT pid FROM pg_stat_activity WHERE {ours}")]
        for pid in pids[:1]:
            os.kill(pid, signal.SIGKILL)  # the server then ends all others, recovers, and takes connections again
            killed += 1
    told, said = process.communicate()
    assert killed == 2
    assert (process.returncode, said) == (0, "")
    assert f"{ROWS:,} records written" in told
    with psycopg.connect(url) as connection:
        tables = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM pages), (SELECT count(DISTINCT id) FROM articles)"
        assert connection.execute(tables).fetchone() == (ROWS, ROWS, ROWS)


def _count_when_up(url: str) -> int:
    """As `_count`, of a server that may be recovering."""
    while True:
        try:
            return _count(url)
        except psycopg.OperationalError:
            time.sleep(0.02)


def _count(url: str) -> int:
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM articles").fetchone()
    except psycopg.errors.UndefinedTable:
        return 0
    assert row is not None
    return int(row[0])


def test_a_server_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    for url in (f"postgresql://dateline@/x?host={tmp_path}", f"mariadb://root@localhost/x?unix_socket={tmp_path}/s"):
        with pytest.raises(StoreError, match="cannot use"):
            open_store(url)
