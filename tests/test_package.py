"""What is installed: the wheel carries the knowledge, and importing the package is cheap."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

import pipeline

ROOT = Path(__file__).resolve().parents[1]


def test_the_wheel_carries_the_knowledge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    name = import_module("hatchling.build").build_wheel(str(tmp_path))
    names = set(zipfile.ZipFile(tmp_path / name).namelist())
    for path in (
        p for p in (ROOT / "models").rglob("*") if p.is_file() and "build" not in p.parts and "__pycache__" not in p.parts
    ):
        assert f"pipeline/_models/{path.relative_to(ROOT / 'models').as_posix()}" in names
    assert any(n.endswith("licenses/LICENSE") for n in names) and any(n.endswith("licenses/THIRD_PARTY.md") for n in names)
    assert not [n for n in names if n.startswith(("tests/", "corpus/"))]


def test_importing_loads_neither_spacy_nor_the_stores() -> None:
    code = "import sys, pipeline; print(sorted({'spacy', 'sqlalchemy', 'trafilatura', 'rich'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_public_names_are_there() -> None:
    assert set(pipeline.__all__) <= set(dir(pipeline))
    assert pipeline.__version__
