"""`dateline extract` and `dateline quarantine`: pages into stores, and the pages that did not get there."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from pipeline.batch import Again, Tally, run
from pipeline.cli.frames import check_frames
from pipeline.cli.report import INTERRUPTED, NOTHING, QUARANTINED, USAGE, Report, out, say, watched
from pipeline.errors import DatelineError, StoreError, UsageError
from pipeline.event_types import TypeInfo, own_types
from pipeline.stores import Store, open_store
from pipeline.worker import Task

quarantine = typer.Typer(help="The pages that have no record, and why.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command(epilog=_EXAMPLES)(extract)
    app.add_typer(quarantine, name="quarantine")


class Until(StrEnum):
    """The stages at which `extract` can stop."""

    ARTICLE = "article"
    TIMES = "times"
    EVENTS = "events"


_EXAMPLES = (
    "Examples:\n\n  dateline extract news/ --to out.jsonl\n\n"
    "  dateline extract news/ more.jsonl --to out.jsonl --to sqlite:///out.sqlite\n\n"
    "  dateline extract news/ --to texts.jsonl --until article"
)


def extract(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="Html files, folders, .zip or .tar.gz of them, or JSONL of {id, html or text, …}."),
    ],
    to: Annotated[
        list[str], typer.Option("--to", metavar="DEST", help="out.jsonl or sqlite:///out.sqlite; may be given more than once.")
    ],
    until: Annotated[Until, typer.Option(help="Stop after this stage; later lists stay empty.")] = Until.EVENTS,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Another spaCy model, by package name or path.")] = None,
    gazetteer: Annotated[
        list[str] | None, typer.Option(metavar="CSV", help="Your own names with their codes; may be given more than once.")
    ] = None,
    frames: Annotated[
        list[str] | None, typer.Option(metavar="FOLDER", help="Your own frame files: rules and event types; may be repeated.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, metavar="N", help="Processes at work; all cores when not given.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Read unchanged pages again too.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Read unchanged pages again that are in the quarantine.")] = False,
    page_timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Longer than this, and a page is quarantined.")
    ] = 60.0,
    page_memory: Annotated[
        int, typer.Option(min=100, metavar="MB", help="More memory than this, and a page is quarantined.")
    ] = 2500,
) -> None:
    """Extract records from pages, and write them to files and databases.

    Pages that were read before and have not changed are passed over. Exit status: 0 all done, 1 some pages are in the
    quarantine, 2 wrong usage, 3 no pages found.
    """
    again = Again.ALL if force else Again.QUARANTINED if retry else Again.CHANGED
    task = Task(until.value, model, page_timeout, page_memory, tuple(gazetteer or ()), tuple(frames or ()))
    _check_model(model)
    _check_gazetteers(task.gazetteers)
    check_frames(task.frames)
    stores, failed = _open_all(to, own_types(map(Path, task.frames)))
    tally = Tally()
    report = Report()
    try:
        for outcome in watched(run(inputs, stores, task, workers or _cores(), tally, again), tally):
            report.add(outcome)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # closing takes a moment, and must not be broken off
        _close_all(stores)
        say(f"stopped after {tally.done:,} records; they are kept, and the same command goes on from there")
        raise SystemExit(INTERRUPTED) from None
    except DatelineError as error:
        failed = True
        say(str(error))
    failed = _close_all(stores) or failed
    for name in tally.missing:
        say(f"{name}: no such file or folder")
    if tally.pages or not failed:
        report.show(tally, [s.destination for s in stores])
    raise SystemExit(_status(tally, failed))


def _check_model(name: str | None) -> None:
    """Says at once that a model is not there; finding out by loading spaCy takes seconds."""
    if name is not None and not Path(name).exists() and not (name.isidentifier() and find_spec(name)):
        raise UsageError(f"there is no spaCy model {name!r}", "install it, or give the path of its folder")


def _check_gazetteers(names: tuple[str, ...]) -> None:
    """Reads a user's files once before any page is, so that a wrong line is said at once and not by each worker."""
    if names:
        from pipeline.entities.own_names import OwnNames

        for name in names:
            OwnNames(Path(name))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _status(tally: Tally, failed: bool) -> int:
    if failed or (tally.missing and not tally.pages):
        return USAGE
    if not tally.pages:
        return NOTHING
    return QUARANTINED if tally.quarantined or tally.missing else 0


def _open_all(destinations: Sequence[str], types: Mapping[str, TypeInfo]) -> tuple[list[Store], bool]:
    """The stores that can be opened; a line for each that cannot. Raises UsageError when none is left."""
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


@quarantine.command("list", epilog="Example:\n\n  dateline quarantine list sqlite:///out.sqlite")
def quarantine_list(
    destination: Annotated[str, typer.Argument(metavar="DEST", help="A destination of an earlier run.")],
    traceback: Annotated[bool, typer.Option("--traceback", help="Show the stack of crashed pages too.")] = False,
) -> None:
    """List the pages that were put aside, and why."""
    console = out()
    store = open_store(destination)
    try:
        table = Table("page", "stage", "reason", "why", "what to do")
        for row in store.quarantine():
            table.add_row(Text(row.source), row.stage, row.reason, Text(row.message), Text(row.hint))
            if traceback and row.traceback:
                table.add_row("", "", "", Text(row.traceback), "")
    finally:
        store.close()
    console.print(table if table.row_count else "the quarantine is empty")
