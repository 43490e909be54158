"""`dateline quarantine`: what was put aside is shown with its reason, and tried again."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import Reason, Stage
from pipeline.records import Quarantined
from pipeline.stores import Outcome, open_store
from tests import samples
from tests.cli.commands import dateline, here


def defect(path: Path) -> None:
    """A destination with a page that broke the program."""
    store = open_store(str(path))
    row = Quarantined(
        source="news/odd.html",
        reason=Reason.INTERNAL,
        stage=Stage.EVENTS,
        message="KeyError: 'x'",
        hint="report it",
        traceback='Traceback …\n  File "pipeline/events/frames.py", line 7',
    )
    store.put(Outcome("news/odd.html", "f", quarantined=row))
    store.put(
        Outcome("news/empty.html", "f", quarantined=row.model_copy(update={"source": "news/empty.html", "reason": "empty"}))
    )
    store.close()


def test_it_lists_what_to_do_and_on_request_where_the_program_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.jsonl"
    defect(path)

    def shown(*options: str) -> str:
        here(monkeypatch, "quarantine", "list", path, *options)
        return capsys.readouterr().out

    assert all(
        words in shown() for words in ("news/odd.html", "internal", "events", "KeyError: 'x'", "report it", "news/empty.html")
    )
    assert "frames.py" not in shown()
    assert 'File "pipeline/events/frames.py", line 7' in shown("--traceback")
    assert "empty.html" not in shown("--reason", "internal")
    rows = [json.loads(line) for line in shown("--json").splitlines()]
    assert [(row["reason"], "traceback" in row) for row in rows] == [("internal", True), ("empty", True)]
    assert "the quarantine is empty" in shown("--reason", "timeout")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "{}/no.jsonl"], "there is no such destination"),
        (["list", "sqlite:///{}/no.sqlite"], "there is no such destination"),
        (["list", "{}/r.jsonl", "--reason", "timeuot"], "did you mean 'timeout'?"),
        (["retry", "{}/r.jsonl"], "none of the pages can be found again"),
    ],
)
def test_wrong_usage_is_one_clear_line(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    defect(tmp_path / "r.jsonl")
    assert here(monkeypatch, "quarantine", *(a.format(tmp_path) for a in arguments)) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "no.jsonl").exists() and not (tmp_path / "no.sqlite").exists(), "looking leaves no files behind"


@pytest.mark.parametrize("form", ["{}/r.jsonl", "sqlite:///{}/r.sqlite"])
def test_retry_reads_only_what_was_put_aside(tmp_path: Path, form: str) -> None:
    pages = {name: samples.page(f"Transport {name} lands at base") for name in ("a", "b#1", "c", "new")}
    (tmp_path / "news").mkdir()
    for name in ("a", "b#1", "new"):
        (tmp_path / "news" / f"{name}.html").write_text(pages[name], encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "dump.zip", "w") as archive:
        archive.writestr("c.html", pages["c"])
        archive.writestr("d.html", pages["new"])
    (tmp_path / "rows.jsonl").write_text('{"id": "e", "text": "The jet left."}\n{"id": "f", "text": "The jet landed."}\n')
    store = open_store(form.format(tmp_path))
    for source in ("news/a.html", "news/b#1.html", "dump.zip!/c.html", "rows.jsonl#e", "rows.jsonl#f", "-#0123456789ab"):
        reason = "empty" if source.endswith("#f") else "timeout"
        row = Quarantined(source=source, reason=reason, stage="events", message="took more than 60 seconds")
        store.put(Outcome(source, "f", quarantined=row))
    store.close()

    done = dateline("quarantine", "retry", form.format(tmp_path), "--reason", "timeout", "--until", "article", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "4 records written, 0 unchanged, 0 quarantined" in done.stdout
    assert done.stderr == "dateline: -#0123456789ab: cannot be found again\n"
    store = open_store(form.format(tmp_path))
    left = {row.source for row in store.quarantine()}
    seen = {source for source in ("news/a.html", "news/b#1.html", "dump.zip!/c.html", "rows.jsonl#e") if store.seen(source)}
    store.close()
    assert left == {"rows.jsonl#f", "-#0123456789ab"}
    assert len(seen) == 4


@pytest.mark.parametrize("form", ["{}/r.jsonl", "sqlite:///{}/r.sqlite"])
@pytest.mark.parametrize("command", ["extract", "retry"])
def test_what_was_mended_leaves_the_quarantine(tmp_path: Path, form: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def left() -> set[str]:
        store = open_store(form.format(tmp_path))
        try:
            return {row.source for row in store.quarantine()}
        finally:
            store.close()

    monkeypatch.chdir(tmp_path)
    archive, rows = Path("dump.zip"), Path("rows.jsonl")
    archive.write_bytes(b"no archive yet")
    rows.write_text('{"text": ""}\n{no JSON\n{no JSON either\n')
    extract = ("extract", "dump.zip", "rows.jsonl", "--to", form.format(tmp_path), "--until", "article")
    assert here(monkeypatch, *extract) == 1
    assert left() == {"dump.zip", "rows.jsonl#L1", "rows.jsonl#L2", "rows.jsonl#L3"}
    assert here(monkeypatch, *extract, "--match", "nothing") in (1, 3)
    assert len(left()) == 4, "what was not looked at stays"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.html", "")
    rows.write_text('{"text": ""}\n{"id": "x", "text": ""}\n')
    again = extract if command == "extract" else ("quarantine", "retry", form.format(tmp_path), "--until", "article")
    assert here(monkeypatch, *again) == 1
    assert left() == {"dump.zip!/a.html", "rows.jsonl#L1"} | ({"rows.jsonl#x"} if command == "extract" else set())


def test_there_may_be_nothing_to_retry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_store(str(tmp_path / "r.jsonl")).close()
    monkeypatch.setattr("sys.argv", ["dateline", "quarantine", "retry", str(tmp_path / "r.jsonl")])
    from pipeline.cli import main

    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert "nothing to try again" in capsys.readouterr().out
