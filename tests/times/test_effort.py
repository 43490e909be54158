"""No input takes more than linear time: counted in executed lines of our code, never in seconds."""

from __future__ import annotations

import re
import sys
from types import FrameType
from typing import Any

import pytest

from pipeline.times import tag
from pipeline.times.grammar import SHAPES, tokenise
from pipeline.times.reading import _DATE_MODIFIERS
from pipeline.times.rules import RULES

PIECES = [
    "1",
    "1.",
    "1,111,",
    "a-",
    "a'",
    "twenty-",
    "thousand ",
    "one hundred and ",
    "January 3-",
    "10:10 ",
    "at 11 p.m. and at 2 a.m. and ",
    "'80s ",
    "the end of ",
    "early in the late ",
    "May ",
    "on Monday ",
    "two days after the battle ",
    "On 3 March 2021 the battle began. Two days after the battle he left. ",
    "the day after the battle of the day before the battle ",
    "the second anniversary of the war ",
    "24 hours a day ",
    "FY24 Q3 ",
    "Tuesday (Wednesday ",
    "9. Juli ",
    "1801 1902 2003 ",
    "\n\n",
    "((((",
]


def lines(text: str) -> int:
    """How many lines of our code run to tag a text."""
    count = 0

    def step(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if "pipeline" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        tag(text, "2024-07-09")
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_is_at_most_twice_the_work(piece: str) -> None:
    tag(piece, "2024-07-09")  # fills the caches
    small, large = lines(piece * 60), lines(piece * 120)
    assert large <= 2.2 * small + 500


def test_no_pattern_can_run_on() -> None:
    """A pattern over token kinds without `*` or `+` looks at a bounded number of tokens: matching is linear."""
    patterns = [pattern for _, pattern, _ in RULES] + [pattern for pattern, _ in _DATE_MODIFIERS] + list(SHAPES.values())
    assert [pattern for pattern in patterns if re.search(r"[*+]|\{\d*,\}", pattern)] == []


@pytest.mark.parametrize("piece", ["1", "1,111,", "1.1", "a'", "a-", "x1", "'", "FY", "Q1", "2024-", " ", "10:10:", "a.m", "½"])
def test_long_runs_are_cut_into_tokens_without_end_of_patience(piece: str) -> None:
    """The lexer looks at each character a bounded number of times; were it not so, this would take minutes."""
    text = piece * (200_000 // len(piece))
    tokens = tokenise(text)
    assert len(tokens) <= len(text)
