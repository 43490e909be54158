"""`dateline who` says what a name may stand for, with its code and why."""

from __future__ import annotations

import sys

import pytest

from pipeline.cli import main


def who(name: str, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "argv", ["dateline", "who", name])
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(main())
    return ended.value.code


def test_a_name_is_told_with_code_and_reason(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert not who("Ilyushin-76", monkeypatch)
    shown = capsys.readouterr().out
    assert "Ilyushin Il-76" in shown and "IL76" in shown and "the name alone says so" in shown


def test_other_places_of_a_name_are_told_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    who("Tripoli", monkeypatch)
    shown = capsys.readouterr().out
    assert "LY" in shown and "LB" in shown


def test_an_unknown_name_ends_with_a_status_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert who("Qwxyz", monkeypatch) == 3
    assert "Qwxyz" in "".join(capsys.readouterr())
