"""A worker is a real process: it answers, is killed, and is replaced."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.article import extract_article
from pipeline.assemble import assemble
from pipeline.language import analyse, forgetting
from pipeline.page import Page
from pipeline.worker import PAGES_PER_CLEARING, Task, Worker
from tests import samples

ROOT = Path(__file__).resolve().parents[1]
GOOD = Page("good.html", html=samples.page("Transport lands at northern base").encode())
LARGE = Page("large.html", html=samples.page("Transport lands at northern base", 5_000).encode())


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(Task(until="article", page_seconds=30))
    yield worker
    worker.close()


def test_a_process_that_is_killed_from_outside_costs_no_page(worker: Worker) -> None:
    first = worker(GOOD)
    assert first.quarantined is None and first.line is not None and first.article_id in first.line
    refused = worker(Page("poor.html", html=b"<html><body></body></html>"))
    assert refused.quarantined is not None and (refused.quarantined.source, refused.line) == ("poor.html", None)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    again = worker(GOOD)
    assert (again.quarantined, again.line) == (None, first.line), "a new process gives the same bytes"


def test_pages_before_leave_no_trace_in_those_that_follow() -> None:
    page = Page("a.html", html=(ROOT / "corpus" / "articles" / "moscow-pyongyang-il62.html").read_bytes())
    worker = Worker(Task())
    try:
        first = worker(page)
        for n in range(2 * PAGES_PER_CLEARING):
            worker(Page(f"{n}.txt", text=f"Colonel Qurv{n}sen flew an Il-62M to Pyongyang{n} in July.", published="2024-07-09"))
        again = worker(page)
    finally:
        worker.close()
    assert first.line is not None and '"flight"' in first.line
    assert again.line == first.line


def test_words_are_forgotten_with_their_page(nlp: Language) -> None:
    article = extract_article(Page("a.txt", text="Colonel Qurvsen flew to Vladimirogradsk."))
    with forgetting(nlp):
        record = assemble(article, analyse(nlp, article))
        assert "Vladimirogradsk" in nlp.vocab.strings
    assert "Vladimirogradsk" not in nlp.vocab.strings
    assert "Vladimirogradsk" in record.model_dump_json()


class Doomed(Worker):
    """A worker whose processes die in the middle of a page."""

    deaths = 0

    def _send(self, message: object) -> None:
        super()._send(message)
        if message is LARGE and self.pid is not None:
            self.deaths += 1
            os.kill(self.pid, signal.SIGKILL)


def test_a_page_that_kills_two_processes_is_put_aside() -> None:
    worker = Doomed(Task(until="article", page_seconds=30))
    try:
        answer = worker(LARGE)
        assert worker(GOOD).line is not None, "the next page gets a new process"
    finally:
        worker.close()
    assert answer.quarantined is not None and worker.deaths == 2
    assert (answer.quarantined.reason, answer.quarantined.source) == ("crashed", "large.html")
    assert "SIGKILL" in answer.quarantined.message


def test_what_was_published_before_the_day_asked_for_is_neither_record_nor_refused() -> None:
    worker = Worker(Task(until="article", page_seconds=30, since="2024-07-10"))
    try:
        older = worker(GOOD)  # says 9 July
        undated = worker(Page("note.txt", text="The transport left the northern base before dawn, officials of both sides said."))
    finally:
        worker.close()
    assert (older.line, older.quarantined) == (None, None)
    assert older.older is not None and older.older.startswith("2024-07-09")
    assert undated.line is not None


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
