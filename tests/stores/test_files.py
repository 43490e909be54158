"""What stores in files have beyond the contract: journals, other people's files, files that were taken away."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.event_types import from_json
from pipeline.records import Record
from pipeline.stores import open_store
from tests import samples
from tests.stores.destinations import put


def ids(path: Path) -> list[str]:
    """The ids of the articles in a JSON Lines file."""
    return [json.loads(line)["article"]["id"] for line in path.open(encoding="utf-8")]


def test_a_line_of_json_is_the_whole_record(tmp_path: Path) -> None:
    put(f"{tmp_path}/out.jsonl", samples.outcome(entities=4))
    line = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert Record.model_validate_json(line) == samples.record(entities=4)
    put(f"{tmp_path}/out.jsonl.gz", samples.outcome(entities=4))
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()).decode() == line


def test_gzipped_and_plain_files_of_one_name_do_not_mix(tmp_path: Path) -> None:
    put(f"{tmp_path}/out.jsonl", samples.outcome("a", "a.html"))
    put(f"{tmp_path}/out.jsonl.gz", samples.outcome("b", "b.html"))
    store = open_store(f"{tmp_path}/out.jsonl")
    assert store.seen("a.html") is not None and store.seen("b.html") is None
    store.close()


def test_a_line_that_was_cut_in_half_is_dropped(tmp_path: Path) -> None:
    store = open_store(f"{tmp_path}/out.jsonl")
    store.put(samples.outcome("a", "a.html"))
    store.put(samples.outcome("b", "b.html"))
    journal = tmp_path / "out.jsonl.journal"
    whole = journal.read_bytes()
    del store  # as a crash would: never closed
    journal.write_bytes(whole[:-40])
    put(f"{tmp_path}/out.jsonl")
    assert ids(tmp_path / "out.jsonl") == ["a"]
    assert not journal.exists()


def test_lines_of_somebody_else_are_kept(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text('{"mine": 1}\n')
    put(f"{tmp_path}/out.jsonl", samples.outcome())
    assert (tmp_path / "out.jsonl").read_text().startswith('{"mine": 1}\n{"schema_version"')


@pytest.mark.parametrize(("destination", "file"), [("{}/out.geojson", "out.geojson"), ("csv:{}/t", "t/notes.csv")])
def test_files_of_somebody_else_are_never_written_over(destination: str, file: str, tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / file).write_text("mine")
    with pytest.raises(StoreError, match="not Dateline's"):
        open_store(destination.format(tmp_path))
    assert (tmp_path / file).read_text() == "mine"


def test_a_damaged_gzip_file_is_one_clear_error(tmp_path: Path) -> None:
    put(f"{tmp_path}/out.jsonl.gz", samples.outcome("a", "a.html"))
    path = tmp_path / "out.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(StoreError, match="cannot write"):
        put(str(path), samples.outcome("b", "b.html"))


@pytest.mark.parametrize("moment", ["merged", "written", "moved"])
def test_a_crash_while_files_are_made_is_made_good_by_the_next_run(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = f"csv:{tmp_path}/out"
    put(destination, samples.outcome("a", "a.html"))
    child = os.fork()
    if child == 0:
        dies_at = {"merged": "_publish", "written": "_move"}.get(moment)
        if dies_at:
            monkeypatch.setattr(f"pipeline.stores.export.ExportStore.{dies_at}", lambda *_: os.kill(os.getpid(), 9))
        else:
            real, moved = Path.replace, []

            def replace(path: Path, target: Path) -> Path:
                moved.append(path)
                if path.suffix == ".csv" and sum(p.suffix == ".csv" for p in moved) > 3:
                    os.kill(os.getpid(), 9)
                return real(path, target)

            monkeypatch.setattr(Path, "replace", replace)
        put(destination, samples.outcome("b", "b.html", entities=4))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 9, "it was killed"
    put(destination)
    put(f"csv:{tmp_path}/fresh", samples.outcome("a", "a.html"), samples.outcome("b", "b.html", entities=4))
    for path in (tmp_path / "fresh").glob("*.csv"):
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes(), path.name
    assert not (tmp_path / "out" / ".dateline" / "writing").exists()


def test_a_user_s_own_event_types_stay_when_a_later_run_does_not_name_them(tmp_path: Path) -> None:
    own = from_json('{"protest": {"label": "protest", "view": "protests", "roles": {"actor": ["group"], "place": ["place"]}}}')
    open_store(f"csv:{tmp_path}/out", own).close()
    assert (tmp_path / "out" / "protests.csv").read_text().startswith("article_id,event_id,action,actor,place,")
    put(f"csv:{tmp_path}/out", samples.outcome())
    assert (tmp_path / "out" / "protests.csv").exists()


def test_a_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(UsageError, match=r"dateline\[parquet\]"):
        open_store(f"{tmp_path}/out.parquet")
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(UsageError, match=r"dateline\[mysql\]"):
        open_store("mysql://root@localhost/x")


@pytest.mark.parametrize("name", ["out.jsonl", "out.geojson", "out.spacy"])
def test_opening_a_store_loads_only_what_it_needs(name: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pipeline.stores import open_store; store = open_store(sys.argv[1])\n"
        "print(*[name for name in ('spacy', 'sqlalchemy', 'pyarrow', 'psycopg', 'numpy') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, f"{tmp_path}/{name}"]
    shown = subprocess.run(command, cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == []
