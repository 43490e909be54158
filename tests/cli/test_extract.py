"""`dateline extract` as a user meets it: real processes, real signals, real files."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests import samples
from tests.cli.commands import content, dateline, files, here, lines, titles


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
    assert titles(out / "r.jsonl") == ["Transport lands at northern base", "Café at the runway’s end closes"]
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
    assert set(titles(out / "r.jsonl")) == {
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
    assert record["article"]["text"] == text
    assert record["article"]["source"] == f"{path}#x1"
    assert (record["entities"], record["times"], record["events"]) == ([], [], [])


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["no-such-folder", "--to", "{}/r.jsonl"], 2, "no-such-folder: no such file or folder"),
        (["{}", "--to", "{}/r.jsonl"], 3, "no pages found"),
        (["{}", "--to", "{}/r.xyz"], 2, "cannot tell what kind of destination"),
        (["{}", "--to", "/proc/none/r.jsonl"], 2, "cannot write /proc/none/r.jsonl"),
        (["{}", "--to", "sqlite:////proc/none/r.sqlite"], 2, "cannot write sqlite:////proc/none/r.sqlite"),
        (["{}", "--to", "{}/r.jsonl", "--model", "no_such_model"], 2, "there is no spaCy model 'no_such_model'"),
        (["--to", "{}/r.jsonl"], 2, "nothing to read"),
        (["--from-list", "no-such-list", "--to", "{}/r.jsonl"], 2, "cannot read the list no-such-list"),
        (["{}", "--to", "{}/r.jsonl", "--since", "yesterday"], 2, "--since 'yesterday' is no date (write 2024-07-09"),
        (["{}", "--to", "{}/r.jsonl", "--since", "2024-02-30"], 2, "no day of the calendar"),
        (["{}", "--to", "{}/r.jsonl", "--column", "htlm=body"], 2, "did you mean 'html'?"),
        (["{}", "--to", "{}/r.jsonl", "--column", "body"], 2, "write --column html=NAME"),
        (["{}", "--to", "{}/r.jsonl", "--report", "/proc/none/r.json"], 2, "cannot write the report /proc/none/r.json"),
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


def pages(folder: Path, *names: str) -> Path:
    """A folder with a page for each name, titled by it."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(samples.page(f"Transport {name} lands at base"), encoding="utf-8")
    return folder


def test_only_so_many_pages_are_worked_on_and_the_next_run_takes_the_next_ones(tmp_path: Path) -> None:
    news = pages(tmp_path / "news", "a.html", "b.html", "c.html", "old/x.html", "old/y.html")
    (news / "d.html").touch()
    out = tmp_path / "r.jsonl"
    command = ("extract", news, "--to", out, "--until", "article", "--match", "news/?.html", "--limit", 2)
    first, second, third = dateline(*command), dateline(*command), dateline(*command)
    assert "2 records written, 0 unchanged, 0 quarantined" in first.stdout
    assert "the same command goes on" in first.stdout
    assert "1 records written, 2 unchanged, 1 quarantined" in second.stdout
    assert "the same command goes on" not in second.stdout
    assert "0 records written, 3 unchanged, 1 quarantined" in third.stdout
    assert [t.split()[1] for t in titles(out)] == ["a.html", "b.html", "c.html"]


def test_since_leaves_out_what_was_published_before(tmp_path: Path) -> None:
    news = pages(tmp_path / "news", "a.html", "b.html", "undated.html")
    for name, date in (("a.html", "2024-06-30T23:00:00Z"), ("undated.html", "")):
        html = (news / name).read_text().replace("2024-07-09T10:41:00Z", date)
        (news / name).write_text(html)
    (tmp_path / "rows.jsonl").write_text('{"text": "The jet left on Monday.", "published": "2023-01-01"}\n')
    out = tmp_path / "r.jsonl"
    command = ("extract", news, tmp_path / "rows.jsonl", "--to", out, "--until", "article")
    done = dateline(*command, "--since", "2024-07")
    assert done.returncode == 0, done.stderr
    assert "2 records written, 0 unchanged, 2 older, 0 quarantined" in done.stdout
    assert [t.split()[1] for t in titles(out)] == ["b.html", "undated.html"]
    assert "2 records written, 2 unchanged, 0 quarantined" in dateline(*command).stdout, "they were not taken for read"


def test_pages_found_too_old_are_read_once_and_again_for_an_earlier_day(tmp_path: Path) -> None:
    news = pages(tmp_path / "news", "a.html", "b.html", "c.html")
    to = ("--to", tmp_path / "r.jsonl", "--to", f"sqlite:///{tmp_path}/r.sqlite", "--until", "article")

    def publish(name: str, before: str, day: str) -> None:
        (news / name).write_text((news / name).read_text().replace(before, day))

    def run(*options: str) -> tuple[list[str], int]:
        """The pages that were worked on, and how many were older."""
        done = dateline("extract", news, *to, *options, "--report", tmp_path / "report.json")
        assert done.returncode == 0, done.stderr
        report = json.loads((tmp_path / "report.json").read_text())
        return sorted(Path(page["source"]).name for page in report["slowest"]), report["pages"]["older"]

    publish("a.html", "2024-07-09T10:41:00Z", "2024-06-30")
    publish("b.html", "2024-07-09T10:41:00Z", "2024-05-02")
    assert run("--since", "2024-07") == (["a.html", "b.html", "c.html"], 2)
    assert run("--since", "2024-07") == ([], 2), "their age is remembered"
    publish("a.html", "2024-06-30", "2024-06-29")
    assert run("--since", "2024-07") == (["a.html"], 2), "it has changed"
    assert run("--since", "2024-06") == (["a.html"], 1)
    assert run("--since", "2024-06") == ([], 1)
    publish("a.html", "2024-06-29", "2024-01-29")
    assert run("--since", "2024-06") == (["a.html"], 2)
    assert sorted(t.split()[1] for t in titles(tmp_path / "r.jsonl")) == ["a.html", "c.html"], "no record goes for its age"
    assert run() == (["a.html", "b.html"], 0)
    assert len(content(tmp_path / "r.sqlite")["articles"]) == len(titles(tmp_path / "r.jsonl")) == 3


def test_pages_may_be_piped_in_and_named_in_a_list(tmp_path: Path) -> None:
    news = pages(tmp_path / "news", "a.html", "b.html")
    first = dateline("extract", "-", "--to", "r.jsonl", "--until", "article", cwd=tmp_path, given=(news / "a.html").read_bytes())
    second = dateline("extract", "-", "--to", "r.jsonl", "--until", "article", cwd=tmp_path, given=(news / "b.html").read_bytes())
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert [t.split()[1] for t in titles(tmp_path / "r.jsonl")] == ["a.html", "b.html"]
    arguments = ("extract", "--from-list", "-", "--to", "s.jsonl", "--until", "article")
    listed = dateline(*arguments, cwd=tmp_path, given=b"news/b.html\nnews/gone.html\n")
    assert (listed.returncode, listed.stderr) == (1, "dateline: news/gone.html: no such file or folder\n")
    assert [row["article"]["source"] for row in lines(tmp_path / "s.jsonl")] == ["news/b.html"]
