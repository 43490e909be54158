"""The documentation is run: its Python, its SQL, its records, and the options its commands name."""

from __future__ import annotations

import re
import shlex
import sqlite3
import sys
from pathlib import Path

import pytest
from spacy.language import Language

import pipeline
from pipeline.cli import main
from pipeline.records import Event
from pipeline.stores import Outcome, open_store

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str, *paths: Path) -> list[str]:
    """The code blocks of a language in some pages."""
    return [b for path in paths for b in re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)]


def commands() -> list[str]:
    """Every `dateline …` line of the documentation, without comments."""
    found = [line.partition("  #")[0].strip() for block in blocks("bash", *PAGES) for line in block.splitlines()]
    return sorted({line for line in found if line.startswith("dateline ")})


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, nlp: Language) -> Path:
    """One article of the corpus in a database."""
    path = tmp_path_factory.mktemp("docs") / "out.sqlite"
    page = ROOT / "corpus" / "articles" / "flights-resume.html"
    record = pipeline.extract(pipeline.Page(source=page.name, html=page.read_bytes()), nlp)
    store = open_store(f"sqlite:///{path}")
    store.put(Outcome(page.name, "f", record.article.id, record.model_dump_json(exclude_none=True)))
    store.close()
    return path


@pytest.mark.parametrize("query", blocks("sql", *PAGES))
def test_queries_run(query: str, database: Path) -> None:
    connection = sqlite3.connect(database)
    try:
        rows = connection.execute(query).fetchall()
    finally:
        connection.close()
    if query in blocks("sql", ROOT / "README.md"):
        assert rows, "the article tells of a flight"


def test_the_python_example_runs(nlp: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(pipeline, "load", lambda: nlp)  # loaded once for all tests
    (example,) = blocks("python", ROOT / "README.md")
    exec(compile(example, "README.md", "exec"), {})
    assert "flight" in capsys.readouterr().out


def test_the_event_shown_is_an_event() -> None:
    for shown in blocks("json", ROOT / "README.md"):
        Event.model_validate_json(shown)


@pytest.mark.parametrize("command", commands())
def test_commands_and_options_exist(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command)
    path = words[1:3] if words[1] in ("quarantine", "frames", "annotate") else words[1:2]
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["dateline", *path, "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    shown = capsys.readouterr().out
    for option in (word for word in words if word.startswith("--")):
        assert option in shown


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_make_targets_named_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z]+)", " ".join(blocks("bash", *PAGES))):
        assert re.search(rf"^{target}:", makefile, re.M), target
