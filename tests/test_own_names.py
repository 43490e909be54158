"""A user's own names reach the records, from the command line and from Python; a wrong file is said at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline

TEXT = "Britain ordered 20 missiles under the Heron programme on Monday."


def dateline(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    path = tmp_path / "pages.jsonl"
    path.write_text(json.dumps({"id": "a", "text": TEXT, "published": "2024-07-09"}) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.csv"
    path.write_text("name,type,aliases,country\nProject Heron,equipment,Heron programme,GB\n", encoding="utf-8")
    return path


def test_own_names_from_the_command_line(pages: Path, names: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = dateline("extract", str(pages), "--to", str(out), "--gazetteer", str(names), "--workers", "1")
    assert done.returncode == 0, done.stderr
    found = {e["name"]: e for e in json.loads(out.read_text(encoding="utf-8"))["entities"]}
    assert found["Project Heron"]["links"]["country"] == "GB"
    # Other names are another program: the page is read again.
    names.write_text("name,type,aliases,country\nProject Heron,equipment,Heron programme,US\n", encoding="utf-8")
    dateline("extract", str(pages), "--to", str(out), "--gazetteer", str(names), "--workers", "1")
    found = {e["name"]: e for e in json.loads(out.read_text(encoding="utf-8"))["entities"]}
    assert found["Project Heron"]["links"]["country"] == "US"


def test_own_names_from_python(names: Path) -> None:
    nlp = pipeline.load(gazetteers=[names])
    record = pipeline.extract(pipeline.Page(source="a", text=TEXT, published="2024-07-09"), nlp)
    assert "Project Heron" in {e.name for e in record.entities}


def test_a_wrong_file_is_one_line_and_status_2(pages: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("nome,type\nx,person\n", encoding="utf-8")
    done = dateline("extract", str(pages), "--to", str(tmp_path / "out.jsonl"), "--gazetteer", str(wrong))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "lacks the columns" in done.stderr
    assert not (tmp_path / "out.jsonl").exists()
