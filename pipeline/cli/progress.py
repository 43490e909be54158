"""The line of progress, on a terminal only: pages done, pages a second, time left, and how many were put aside.

In: the outcomes of a run and its tally. Out: the same outcomes. How many pages there are is found out meanwhile, where that
can be told without reading them; until then, and where it cannot, no time left is shown.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Generator, Iterator
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from pipeline.batch import Job, Tally
from pipeline.inputs.counting import count
from pipeline.stores import Outcome

_REFRESH_SECONDS = 0.25
_RECENT_SECONDS = 30.0
"""What the rate is taken from: long enough to be steady, short enough to tell unchanged pages from new ones soon."""


def watched(outcomes: Iterator[Outcome], job: Job, tally: Tally, quiet: bool = False) -> Generator[Outcome, None, None]:
    """The same outcomes, with a line of progress on a terminal unless it is to be quiet."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield from outcomes
        return
    ended = threading.Event()
    drawing = threading.Thread(target=_draw, args=(console, job, tally, ended), daemon=True)
    drawing.start()
    try:
        yield from outcomes
    finally:
        ended.set()
        drawing.join()


def _draw(console: Console, job: Job, tally: Tally, ended: threading.Event) -> None:
    rate = Rate()
    columns = (SpinnerColumn(), BarColumn(20), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        line = progress.add_task("starting", total=None)
        # Counting a large folder takes seconds; the run does not wait for it.
        threading.Thread(target=lambda: progress.update(line, total=_total(job)), daemon=True).start()
        while not ended.wait(_REFRESH_SECONDS):
            rate.note(time.monotonic(), tally.pages)
            total = progress.tasks[0].total
            progress.update(line, completed=tally.pages, description=describe(tally, rate, total))


def _total(job: Job) -> int | None:
    return None if job.limit is not None else count(job.named, job.selection)


class Rate:
    """Pages a second, from the counts of the last half minute."""

    def __init__(self) -> None:
        self._noted: deque[tuple[float, int]] = deque()

    def note(self, now: float, pages: int) -> None:
        """Takes in how many pages there are at a time, in seconds of any clock."""
        self._noted.append((now, pages))
        while now - self._noted[0][0] > _RECENT_SECONDS:
            self._noted.popleft()

    @property
    def per_second(self) -> float:
        """Pages a second; 0 when nothing is known yet."""
        (begun, before), (now, after) = self._noted[0], self._noted[-1]
        return (after - before) / (now - begun) if now > begun else 0.0


def describe(tally: Tally, rate: Rate, total: float | None) -> str:
    """The words beside the bar."""
    parts = [f"{rate.per_second:,.1f} pages/s"]
    if total is not None and rate.per_second and total >= tally.pages:
        left = timedelta(seconds=round((total - tally.pages) / rate.per_second))
        parts.append(f"{left} left")
    parts += [f"{tally.unchanged:,} unchanged"] if tally.unchanged else []
    parts.append(f"{tally.quarantined:,} quarantined")
    return " · ".join(parts)
