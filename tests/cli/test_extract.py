"""`dateline extract` as a user meets it: real processes, real signals, real files."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import main
from tests import samples

ROOT = Path(__file__).resolve().parents[2]
DATELINE = [sys.executable, "-m", "pipeline.cli"]


def dateline(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs the command and waits for its end."""
    command = [*DATELINE, *(str(a) for a in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def here(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Runs the command in this process, for what needs no worker; returns its exit status."""
    monkeypatch.setattr(sys, "argv", ["dateline", *(str(a) for a in arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with two good pages, and one of each thing that goes wrong."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "good.html").write_text(samples.page("Transport lands at northern base"), encoding="utf-8")
    latin = samples.page("Café at the runway’s end closes").replace('charset="utf-8"', 'charset="us-ascii"')
    (folder / "wrong-charset.html").write_text(latin, encoding="utf-8")
    (folder / "empty.html").touch()
    (folder / "binary.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    (folder / "nothing.html").write_text("<html><body></body></html>")
    os.mkfifo(folder / "pipe.html")
    (folder / "loop").symlink_to(folder)
    return folder


def test_a_folder_with_bad_pages_goes_through_and_a_second_run_changes_nothing(news: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("extract", news, "--to", out / "r.jsonl", "--to", f"sqlite:///{out}/r.sqlite", "--until", "article")
    first = dateline(*arguments, tmp_path / "no-such-folder")
    assert first.returncode == 1, first.stderr
    assert first.stderr == f"dateline: {tmp_path}/no-such-folder: no such file or folder\n"
    assert "2 records written, 0 unchanged, 4 quarantined" in first.stdout
    records = lines(out / "r.jsonl")
    assert [r["article"]["title"] for r in records] == ["Transport lands at northern base", "Café at the runway’s end closes"]  # type: ignore[index]
    refused = {Path(str(row["source"])).stem: row["reason"] for row in lines(out / "r.quarantine.jsonl")}
    assert refused == {"binary": "binary", "empty": "empty", "nothing": "no_article", "pipe": "unreadable"}
    for reason in refused.values():
        assert reason in first.stdout
    connection = sqlite3.connect(out / "r.sqlite")
    rows = connection.execute("SELECT source, reason FROM quarantine").fetchall()
    connection.close()
    assert {Path(source).stem: reason for source, reason in rows} == refused

    before = files(out)
    second = dateline(*arguments)
    assert second.returncode == 1
    assert "0 records written, 2 unchanged, 4 quarantined" in second.stdout
    assert files(out) == before

    (news / "empty.html").write_text(samples.page("Second transport follows a day later"), encoding="utf-8")
    (news / "good.html").write_text(samples.page("Transport lands again at northern base"), encoding="utf-8")
    third = dateline(*arguments)
    assert "2 records written, 1 unchanged, 3 quarantined" in third.stdout
    titles = {r["article"]["title"] for r in lines(out / "r.jsonl")}  # type: ignore[index]
    assert titles == {
        "Transport lands again at northern base",
        "Café at the runway’s end closes",
        "Second transport follows a day later",
    }
    assert "empty" not in {Path(str(row["source"])).stem for row in lines(out / "r.quarantine.jsonl")}


def test_plain_text_is_kept_verbatim_and_later_stages_stay_empty(tmp_path: Path) -> None:
    text = "  The jet left.\nIt was  Monday.\n\n\tNobody   saw it. "
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"id": "x1", "text": text}) + "\n")
    assert dateline("extract", path, "--to", tmp_path / "r.jsonl", "--until", "article").returncode == 0
    (record,) = lines(tmp_path / "r.jsonl")
    assert record["article"]["text"] == text  # type: ignore[index]
    assert record["article"]["source"] == f"{path}#x1"  # type: ignore[index]
    assert (record["entities"], record["times"], record["events"]) == ([], [], [])


def interrupted(command: list[str], journal: Path, number: signal.Signals) -> int:
    """Starts a run, waits until it has done a few pages, and sends it a signal; returns its exit status."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if journal.exists() and journal.read_bytes().count(b"\n") >= 5:
            process.send_signal(number)
            return process.wait()
        time.sleep(0.01)
    process.kill()
    return process.wait()


def test_a_stopped_and_a_killed_run_end_in_the_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    rows = samples.rows(tmp_path / "rows.jsonl", 800)
    plain, broken = tmp_path / "plain", tmp_path / "broken"
    whole = dateline("extract", rows, "--to", plain / "r.jsonl", "--until", "article", "--workers", 1)
    assert whole.returncode == 0
    assert "and 760 more articles" in whole.stdout
    command = [*DATELINE, "extract", str(rows), "--to", str(broken / "r.jsonl"), "--until", "article", "--workers", "2"]
    assert interrupted(command, broken / "r.jsonl.journal", signal.SIGINT) == 130
    stopped = len(lines(broken / "r.jsonl"))
    assert 0 < stopped < 800
    assert interrupted(command, broken / "r.jsonl.journal", signal.SIGKILL) == -signal.SIGKILL
    assert len(lines(broken / "r.jsonl")) == stopped, "a killed run leaves the finished file alone"
    assert dateline(*command[len(DATELINE) :]).returncode == 0
    assert files(broken)["r.jsonl"] == files(plain)["r.jsonl"]
    assert set(files(broken)) == {"r.jsonl", "r.pages.jsonl"}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["no-such-folder", "--to", "{}/r.jsonl"], 2, "no-such-folder: no such file or folder"),
        (["{}", "--to", "{}/r.jsonl"], 3, "no pages found"),
        (["{}", "--to", "{}/r.xyz"], 2, "cannot tell what kind of destination"),
        (["{}", "--to", "/proc/none/r.jsonl"], 2, "cannot write /proc/none/r.jsonl"),
        (["{}", "--to", "sqlite:////proc/none/r.sqlite"], 2, "cannot write sqlite:////proc/none/r.sqlite"),
        (["{}", "--to", "{}/r.jsonl", "--model", "no_such_model"], 2, "there is no spaCy model 'no_such_model'"),
    ],
)
def test_wrong_usage_is_one_clear_line(
    arguments: list[str],
    status: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert here(monkeypatch, "extract", *(a.format(tmp_path) for a in arguments)) == status
    captured = capsys.readouterr()
    assert said in captured.err + captured.out
    assert captured.err.count("\n") <= 1
    assert "Traceback" not in captured.err


def test_one_destination_that_cannot_be_written_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.html").touch()
    assert here(monkeypatch, "extract", tmp_path, "--to", "/proc/none/r.jsonl", "--to", tmp_path / "r.jsonl") == 2
    assert lines(tmp_path / "r.quarantine.jsonl")[0]["reason"] == "empty"
    assert "/proc/none" in capsys.readouterr().err


def test_quarantine_list_shows_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("{not json\n")
    assert here(monkeypatch, "extract", rows, "--to", tmp_path / "r.jsonl") == 1
    capsys.readouterr()
    here(monkeypatch, "quarantine", "list", tmp_path / "r.jsonl")
    shown = capsys.readouterr().out
    assert "bad_row" in shown and "each line holds one" in shown


def test_retry_reads_what_is_in_the_quarantine_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("{not json\n")
    shown = []
    for option in ([], [], ["--retry"]):
        here(monkeypatch, "extract", rows, "--to", tmp_path / "r.jsonl", *option)
        shown.append("is no JSON" in capsys.readouterr().out)
    assert shown == [True, False, True]


def test_schema_is_the_record_s(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    here(monkeypatch, "schema")
    schema = json.loads(capsys.readouterr().out)
    assert set(schema["properties"]) == {"schema_version", "article", "entities", "times", "events"}
