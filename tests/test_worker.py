"""A worker is a real process: it answers, is killed, and is replaced."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from pipeline.page import Page
from pipeline.worker import Task, Worker
from tests import samples

GOOD = Page("good.html", html=samples.page("Transport lands at northern base").encode())
LARGE = Page("large.html", html=samples.page("Transport lands at northern base", 5_000).encode())


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(Task(until="article", page_seconds=30))
    yield worker
    worker.close()


def test_a_process_that_dies_takes_one_page_with_it(worker: Worker) -> None:
    first = worker(GOOD)
    assert first.quarantined is None and first.line is not None and first.article_id in first.line
    refused = worker(Page("poor.html", html=b"<html><body></body></html>"))
    assert refused.quarantined is not None and (refused.quarantined.source, refused.line) == ("poor.html", None)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    crashed = worker(GOOD)
    assert crashed.quarantined is not None
    assert (crashed.quarantined.reason, crashed.quarantined.message) == ("crashed", "the worker process died (signal SIGKILL)")
    again = worker(GOOD)
    assert again.line == first.line, "a new process gives the same bytes"


@pytest.mark.parametrize(
    ("task", "reason"),
    [(Task(until="article", page_seconds=0.01), "timeout"), (Task(until="article", page_megabytes=1), "memory")],
)
def test_a_page_beyond_the_limits_is_put_aside(task: Task, reason: str) -> None:
    worker = Worker(task)
    try:
        answer = worker(LARGE)
    finally:
        worker.close()
    assert answer.quarantined is not None and answer.quarantined.reason == reason
    assert answer.quarantined.hint.startswith("allow more")
    assert answer.quarantined.traceback is not None, "the stack tells where it was"
