"""Commands that look at one page: it may be named as records name it."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.cli import main
from tests import samples
from tests.cli.commands import here


def test_a_page_is_found_by_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("dump #1.zip", "w") as archive:
        archive.writestr("a.html", samples.page("Transport lands on 3 July 2024"))
        archive.writestr("b.html", samples.page("Transport leaves on 4 July 2024"))
    Path("rows.jsonl").write_text('{"id": "x", "text": "It left in May."}\n{"id": "y", "text": "It came back in June 2023."}\n')

    def times(page: str) -> str:
        monkeypatch.setattr(sys, "argv", ["dateline", "times", page])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
        return capsys.readouterr().out

    assert "2024-07-04" in times("dump #1.zip!/b.html")
    assert "2024-07-03" in times("dump #1.zip"), "the first page of a container"
    assert "2023-06" in times("rows.jsonl#y")
    assert here(monkeypatch, "times", "rows.jsonl#z") == 2
    assert "rows.jsonl#z holds no page" in capsys.readouterr().err
