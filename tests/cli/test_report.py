"""What a run tells: the report as JSON, the log as JSON, and the line of progress on a terminal and nowhere else."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipeline.batch import Tally
from pipeline.cli.progress import Rate, describe
from pipeline.inputs import Selection
from pipeline.inputs.counting import count
from tests import samples
from tests.cli.commands import DATELINE, ROOT, dateline, here, lines


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Two good pages, and two that are none."""
    folder = tmp_path / "news"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.html").write_text(samples.page(f"Transport {name} lands at base"), encoding="utf-8")
    (folder / "empty.html").touch()
    (folder / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


def test_the_report_counts_what_was_done(news: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    rows = tmp_path / "rows.jsonl"
    text = "A Russian Il-62M flew from Moscow to Pyongyang on Tuesday. The transport landed in Minsk on 3 July 2024."
    rows.write_text(json.dumps({"id": "a", "text": text, "published": "2024-07-09"}) + "\n")
    command = ("extract", rows, news / "empty.html", "gone.html", "--to", tmp_path / "r.jsonl", "--report", report)
    done = dateline(*command)
    found = json.loads(report.read_text(encoding="utf-8"))
    (record,) = lines(tmp_path / "r.jsonl")
    assert done.returncode == found["exit_status"] == 1
    assert found["pages"] == {"written": 1, "unchanged": 0, "older": 0, "quarantined": 1, "missing": 1}
    assert found["events"] == Counter(event["type"] for event in record["events"]) and found["events"]["flight"] >= 1
    assert found["entities"] == Counter(entity["type"] for entity in record["entities"])
    assert (found["quarantine"], found["missing"], found["stopped"]) == ({"empty": 1}, ["gone.html"], None)
    assert found["slowest"][0]["source"] == f"{rows}#a" and found["slowest"][0]["seconds"] > 0
    assert found["seconds"] > 0 and found["pages_per_second"] > 0
    assert f"events: {found['events']['flight']} flight" in done.stdout
    assert "quarantine: 1 empty" in done.stdout


def test_the_report_may_go_to_standard_output(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("extract", news, "--match", "[ep]*.html", "--to", tmp_path / "r.jsonl", "--report", "-")
    assert here(monkeypatch, *command) == 1
    assert json.loads(capsys.readouterr().out)["quarantine"] == {"empty": 1, "binary": 1}


def test_a_run_that_cannot_go_on_says_so_in_its_report(news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report.json"
    (tmp_path / "rows.parquet").touch()
    (tmp_path / "list.txt").write_text(f"{news}/empty.html\n{tmp_path}/rows.parquet\n")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert here(monkeypatch, "extract", f"@{tmp_path}/list.txt", "--to", tmp_path / "r.jsonl", "--report", report) == 2
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (found["exit_status"], "dateline[parquet]" in found["stopped"]) == (2, True)


def test_what_would_end_a_run_is_said_before_it(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rows.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for wrong, said in ((tmp_path / "rows.parquet", "dateline[parquet]"), ("@no-such-list", "cannot read the list")):
        assert here(monkeypatch, "extract", news, wrong, "--to", tmp_path / "r.jsonl") == 2
        assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("r.*")), "nothing was begun"


def test_the_log_may_be_json(news: Path, tmp_path: Path) -> None:
    command = ("extract", news, "gone.html", "--to", tmp_path / "r.jsonl", "--to", "/proc/none/r.jsonl", "--until", "article")
    done = dateline(*command, "--log-json")
    rows = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(row["level"], row["event"]) for row in rows] == [
        ("error", "error"),
        ("info", "start"),
        ("info", "record"),
        ("info", "record"),
        ("warning", "quarantined"),
        ("warning", "quarantined"),
        ("warning", "missing"),
        ("info", "end"),
    ]
    assert "cannot write /proc/none/r.jsonl" in rows[0]["message"]
    assert (rows[4]["source"], rows[4]["reason"]) == (f"{news}/empty.html", "empty")
    assert rows[-1]["pages"]["written"] == 2
    assert all(row["time"].endswith("Z") for row in rows)


def test_progress_is_shown_on_a_terminal_and_nowhere_else(news: Path, tmp_path: Path) -> None:
    rows = samples.rows(tmp_path / "rows.jsonl", 100)
    command = [*DATELINE, "extract", str(rows), str(news), "--to", str(tmp_path / "r.jsonl"), "--until", "article"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    drawn = b""
    try:
        while part := os.read(ours, 65536):
            drawn += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    shown = process.communicate()[0].decode()
    assert "102 records written" in shown and "pages/s" not in shown.partition("102 records")[0], "results are results"
    assert b"pages/s" in drawn and b"/104" in drawn and b"quarantined" in drawn
    assert dateline(*command[len(DATELINE) :], "--force").stderr == ""


def test_time_left_follows_from_the_rate_of_late() -> None:
    rate = Rate()
    tally = Tally(done=100, unchanged=1_000)
    tally.reasons["empty"] = 3
    for second in range(100):
        rate.note(second, 1_000 if second < 60 else 1_000 + 2 * (second - 60))
    assert rate.per_second == pytest.approx(2.0, abs=0.1)
    assert describe(tally, rate, 1_223).startswith("2.0 pages/s · 0:01:00 left · 1,000 unchanged · 3 quarantined")
    assert "left" not in describe(tally, rate, None)


def test_pages_are_counted_where_that_can_be_done_without_reading_them(news: Path, tmp_path: Path) -> None:
    rows = samples.rows(tmp_path / "rows.jsonl", 7)
    everything = Selection()
    assert count([str(news), str(rows)], everything) == 11
    assert count([str(news)], Selection(match=("a.html",))) == 1
    assert count([str(rows)], Selection(match=("*#row1",))) is None
    assert count([str(news), "-"], everything) is None
    (tmp_path / "list.txt").write_text(f"{news}\n{rows}\n")
    assert count([f"@{tmp_path}/list.txt"], everything) == 11
