"""`dateline explain` says why: the rule, the parse, each filler's words, the time, the status, the parts of the confidence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from spacy.language import Language

import pipeline
from pipeline.cli import main
from pipeline.frame_check import events_of

TEXT = """Transport lands in Harare

HARARE, July 9 - An Il-76 of the Russian Air Force landed in Harare on Tuesday. The jet had left Chkalovsky in the morning.

Zimbabwe and Russia signed an agreement on Monday, the foreign ministry said. Mali may withdraw its troops from Niger.

British warplanes attacked a depot near Hodeidah. "We had no choice," Prime Minister Keir Starmer said.
"""


@pytest.fixture
def run(nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(pipeline, "load", lambda *_, **__: nlp)  # loaded once for all tests

    def explain(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["dateline", "explain", str(path), "--published", "2024-07-09", *arguments])
        with pytest.raises(SystemExit):
            main()
        return capsys.readouterr().out

    yield explain
    events_of(nlp).explains = False


@pytest.fixture
def shown(run: object) -> dict[str, str]:
    """The explanation of each event, by the first word of its summary."""
    assert callable(run)
    parts = run().split("\nv")[1:]
    return {part.split("  ")[1].split(",")[0]: part for part in parts}


def rows(part: str) -> dict[str, str]:
    """The rows of an explanation, wrapped lines joined, by label; of several the first."""
    found: dict[str, str] = {}
    label = ""
    for line in part.splitlines()[1:]:
        name, value = line[:14].strip(), line[14:].strip()
        if not line.strip():
            continue
        if name:
            label = name if name not in found else ""
            found.setdefault(label, "")
        found[label] = f"{found.get(label, '')} {value}".strip()
    return found


def test_every_line_fits_and_every_part_of_the_record_has_a_reason(shown: dict[str, str]) -> None:
    assert {"flight", "agreement signed", "possible deployment", "strike", "statement"} <= set(shown)
    for part in shown.values():
        assert max(map(len, part.splitlines())) <= 100
        for label, value in rows(part).items():
            if label not in ("", "source", "evidence", "quote", "plover", "told", "parse", "rule", "holds", "fills"):
                assert ": " in value or label.startswith("telling") or label in ("because", "novelty"), (label, value)


def test_a_flight_told_twice(shown: dict[str, str]) -> None:
    flight = rows(shown["flight"])
    assert flight["destination"].startswith("Harare: 'Harare' in prep:in of telling")
    assert flight["aircraft"].startswith("Ilyushin Il-76: 'Il-76' in subj of telling")
    assert flight["origin"] == "Chkalovskiy Air Base: 'Chkalovsky' in obj of telling 3"
    assert flight["time"].startswith("2024-07-09: ")
    assert "[landed] in Harare on Tuesday" in " ".join(shown["flight"].split())
    assert "verb 'landed'" in shown["flight"].replace("\n              ", " ")
    assert "prep:in 'Harare'" in shown["flight"].replace("\n              ", " ")


def test_a_status_names_its_word(shown: dict[str, str]) -> None:
    assert rows(shown["possible deployment"])["status"] == "possible: modal 'may'"


def test_a_condition_names_what_satisfied_it(shown: dict[str, str]) -> None:
    assert rows(shown["agreement signed"])["holds"] == "obj 'agreement' is treaty"


def test_a_confidence_is_the_sum_of_its_parts(shown: dict[str, str]) -> None:
    from math import exp

    for part in shown.values():
        value, _, parts = rows(part)["confidence"].partition(": ")
        total = sum(float(piece.rsplit(" ", 1)[1]) for piece in parts.removesuffix(", in logits").split(", "))
        assert abs(float(value) - min(0.98, 1 / (1 + exp(-total)))) < 0.02


def test_one_event_alone(run: object) -> None:
    assert callable(run)
    shown = run("--event", "v2")
    assert shown.lstrip().startswith("v2  ")
    assert "entity" not in shown and "\nv1  " not in shown
