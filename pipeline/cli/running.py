"""A run, from open stores to its exit status: what `extract` and `quarantine retry` have in common.

In: what to read, what to do with it, and where it goes. Out: records in the stores, the report, and the exit status.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pipeline.batch import Job, Tally, program, run
from pipeline.cli.log import log, say
from pipeline.cli.progress import watched
from pipeline.cli.report import INTERRUPTED, LISTED, NOTHING, QUARANTINED, USAGE, Report
from pipeline.errors import DatelineError, StoreError, UsageError
from pipeline.event_types import own_types
from pipeline.stores import Outcome, Store, open_store
from pipeline.worker import Task


@dataclass(frozen=True, slots=True)
class Shown:
    """How a run shows itself: the file of the JSON report, and whether the log is JSON."""

    report: str | None = None
    log_json: bool = False


def go(job: Job, task: Task, destinations: Sequence[str], shown: Shown) -> NoReturn:
    """Runs, reports, and exits."""
    report = Report(job, shown.report)
    stores, failed = _open_all(destinations, task)
    tally = Tally()
    opened = [store.destination for store in stores]
    report.start(opened)
    log("start", inputs=list(job.named), destinations=opened, workers=job.workers, program=program(task))
    stopped = None
    try:
        with closing(watched(run(job, stores, task, tally), job, tally, shown.log_json)) as outcomes:
            for outcome in outcomes:
                report.add(outcome)
                _log(outcome)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # closing takes a moment, and must not be broken off
        stopped = "interrupted"
    except DatelineError as error:
        failed, stopped = True, str(error)
        say(str(error))
    failed = _close_all(stores) or failed
    for name in tally.missing[:LISTED]:
        say(f"{name}: no such file or folder", "missing", "warning", source=name)
    if len(tally.missing) > LISTED:
        say(f"… and {len(tally.missing) - LISTED:,} more that are not there", "missing", "warning")
    status = INTERRUPTED if stopped == "interrupted" else _status(tally, failed)
    report.end(tally, status, stopped)
    if status == INTERRUPTED:
        say(f"stopped after {tally.done:,} records; they are kept, and the same command goes on from there", "stopped", "warning")
    elif tally.pages or not failed:
        report.show(tally)
    raise SystemExit(status)


def _log(outcome: Outcome) -> None:
    source, seconds, refused = outcome.source, round(outcome.seconds, 3), outcome.quarantined
    if refused is None:
        log("record", source=source, seconds=seconds, article_id=outcome.article_id)
    else:
        why = {"reason": refused.reason, "stage": refused.stage, "message": refused.message}
        log("quarantined", "warning", source=source, seconds=seconds, **why)


def _status(tally: Tally, failed: bool) -> int:
    if failed or (tally.missing and not tally.pages):
        return USAGE
    if not tally.pages:
        return NOTHING
    return QUARANTINED if tally.quarantined or tally.missing else 0


def _open_all(destinations: Sequence[str], task: Task) -> tuple[list[Store], bool]:
    """The stores that can be opened; a line for each that cannot. Raises UsageError when none is left."""
    types = own_types(map(Path, task.frames))
    stores: list[Store] = []
    problems: list[DatelineError] = []
    for destination in dict.fromkeys(destinations):
        try:
            stores.append(open_store(destination, types))
        except (StoreError, UsageError) as error:
            problems.append(error)
    if not stores:
        raise problems[0]
    for problem in problems:
        say(str(problem))
    return stores, bool(problems)


def _close_all(stores: Sequence[Store]) -> bool:
    """Closes every store; True when one could not keep what it was given."""
    failed = False
    for store in stores:
        try:
            store.close()
        except StoreError as error:
            say(str(error))
            failed = True
    return failed
