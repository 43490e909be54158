"""The command as a user runs it, and what it leaves behind."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main

ROOT = Path(__file__).resolve().parents[2]
DATELINE = [sys.executable, "-m", "pipeline.cli"]


def dateline(*arguments: object, cwd: Path = ROOT, given: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Runs the command with some standard input, and waits for its end."""
    command = [*DATELINE, *(str(a) for a in arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False, input=given)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def here(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Runs the command in this process, for what needs no worker; returns its exit status."""
    monkeypatch.setattr(sys, "argv", ["dateline", *(str(a) for a in arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def titles(path: Path) -> list[str]:
    """The titles of the records in a JSON Lines file."""
    return [row["article"]["title"] for row in lines(path)]


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a SQLite file, whatever their order."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in sorted(tables)}
    finally:
        connection.close()
