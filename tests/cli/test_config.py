"""dateline.toml: what it sets holds, the command line wins, and what it says wrongly is named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.cli.commands import ROOT, here, lines


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with inputs that need no worker: they are refused."""
    monkeypatch.chdir(tmp_path)
    for name in ("news/a.html", "news/b.html", "other/c.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def refused(path: Path) -> list[str]:
    """The pages that a run has put aside."""
    return [str(row["source"]) for row in lines(path)]


def test_the_file_in_the_working_folder_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "dateline.toml").write_text(
        'inputs = ["news"]\nto = "out.jsonl"\nmatch = "b.html"\nuntil = "article"\nworkers = 1\n'
    )
    assert here(monkeypatch, "extract") == 1
    assert refused(folder / "out.quarantine.jsonl") == ["news/b.html"]


def test_the_command_line_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "dateline.toml").write_text('inputs = ["news"]\nto = ["out.jsonl"]\nmatch = ["b.html"]\n')
    assert here(monkeypatch, "extract", "other", "--to", "mine.jsonl", "--match", "c.*") == 1
    assert refused(folder / "mine.quarantine.jsonl") == ["other/c.html"]
    assert not (folder / "out.jsonl").exists()


def test_a_file_may_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "dateline.toml").write_text("wrong = 1\n")
    (folder / "night.toml").write_text('to = ["night.jsonl"]\nsince = 2024-07-09\n[column]\nhtml = "body"\n')
    (folder / "rows.jsonl").write_text('{"body": ""}\n{"html": " "}\n')
    assert here(monkeypatch, "extract", "rows.jsonl", "--config", "night.toml") == 1
    assert [row["reason"] for row in lines(folder / "night.quarantine.jsonl")] == ["empty", "bad_row"]


WRONG = {
    "wokers = 2": "dateline.toml: there is no option 'wokers' (did you mean 'workers'?)",
    "force = true": "dateline.toml: there is no option 'force'",
    "workers = 'two'": "dateline.toml: workers: ",
    "workers = 0": "dateline.toml: workers: ",
    "workers = [1, 2]": "dateline.toml: workers is [1, 2], not one value",
    "log-json = 1": "dateline.toml: log-json is 1, not true or false",
    "until = 'middle'": "dateline.toml: until: ",
    "to = {a = 1}": 'dateline.toml: to is {"a": 1}, not one value or a list',
    "[column]\nhtlm = 'body'": "--column 'htlm=body': there is no field 'htlm' (did you mean 'html'?)",
    "until =": "dateline.toml is no TOML: ",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_one_clear_line(
    text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "dateline.toml").write_text(text + "\n")
    assert here(monkeypatch, "extract", "news", "--to", "out.jsonl") == 2
    said = capsys.readouterr().err
    assert WRONG[text] in said
    assert said.count("\n") == 1, said


def test_a_file_that_is_not_there_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "extract", "news", "--to", "out.jsonl", "--config", "no.toml") == 2
    assert "cannot read no.toml: No such file or directory" in capsys.readouterr().err


def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What `dateline config` prints."""
    monkeypatch.setattr("sys.argv", ["dateline", "config"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    return capsys.readouterr().out


def test_what_holds_is_shown_and_can_be_saved(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'inputs = ["news"]\nto = "a \\"b\\".jsonl"\npage-timeout = 5.5\nlog-json = true\nsince = 2024-07-09\n'
    text += '[column]\nhtml = "body"\n'
    (folder / "dateline.toml").write_text(text)
    first = shown(monkeypatch, capsys)
    assert tomllib.loads(first) == {
        "inputs": ["news"],
        "to": ['a "b".jsonl'],
        "page-timeout": 5.5,
        "log-json": True,
        "since": "2024-07-09",
        "column": ["html=body"],
    }
    assert '# until = "events"' in first
    (folder / "dateline.toml").write_text(first)
    assert shown(monkeypatch, capsys) == first


def test_the_documentation_names_every_option(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "docs" / "running.md").read_text(encoding="utf-8"), re.M | re.S)
    (folder / "dateline.toml").write_text(example)
    options = re.findall(r"^(?:# )?([a-z-]+)(?: = | is not set$)", shown(monkeypatch, capsys), re.M)
    assert set(tomllib.loads(example)) == set(options)
