"""Which tellings are one event, and what an event takes from the sentences around it: the cases of tellings.toml,
and of its neighbours."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipeline.annotations import EventNote
from pipeline.records import EventType, Problem
from tests.events.test_frames import names, read

FOLDER = Path(__file__).parent
CASES = [
    c
    for name in (
        "tellings",
        "dates",
        "journeys",
        "itinerary",
        "public",
        "acts",
        "press",
        "arms",
        "diplomacy",
        "air",
        "flights",
        "whereabouts",
        "novelty",
        "visits",
        "services",
        "talks",
    )
    for c in tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["case"]
]


@pytest.mark.parametrize("case", CASES, ids=[c["what"] for c in CASES])
def test_tellings(nlp: Language, case: dict[str, Any]) -> None:
    found = [e for e in read(nlp, case["text"], case.get("title"), case.get("dateline")) if e.type == case["type"]]
    assert len(found) == len(case["events"]), [e.summary for e in found]
    for event, wanted in zip(found, case["events"], strict=True):
        for key, value in wanted.items():
            if key == "date":
                assert (event.time.edtf if event.time is not None else "") == value
            elif key in ("departure", "arrival"):
                assert getattr(event, key).edtf == value
            elif key == "realis":
                assert event.realis == value
            elif key == "action":
                assert event.action == value
            elif key == "novelty":
                assert (event.novelty.kind if event.novelty is not None else "") == value
            elif key == "quantities":
                assert event.quantities == value
            elif key == "only":
                assert {role: len(event.roles.get(role, [])) for role in value} == value
            else:
                assert value in names(event, key)


def test_what_contradicts_a_flight_does_not_contradict_the_visit_that_it_implies() -> None:
    flight = EventNote(type=EventType.FLIGHT, trigger=(0, 4), evidence=[(0, 40)], rule="flight.fly")
    visit = flight.implies(EventType.VISIT, None, {}, "visit.by_air", "is flown abroad")
    flight.problems.append(Problem(code="too_fast", message="10,000 km in an hour"))
    flight.evidence.append((41, 80))
    assert (visit.problems, visit.evidence) == ([], [(0, 40)])
