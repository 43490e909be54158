"""The command `dateline`: the only place that reads arguments, prints, and draws progress.

In: the command line. Out: standard output for results, standard error for progress (only on a terminal) and for one clear
line per problem. Exit status: 0 all done, 1 some pages are in the quarantine or an input is not there, 2 wrong usage or a
destination that cannot be written, 3 nothing found, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, NoReturn, Protocol

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline import __version__
from pipeline.batch import Tally, run
from pipeline.errors import DatelineError, StoreError, UsageError
from pipeline.records import EventType, Record
from pipeline.stores import Outcome, Store, open_store
from pipeline.worker import Task

QUARANTINED, USAGE, NOTHING, INTERRUPTED = 1, 2, 3, 130
LISTED = 40
"""Articles and quarantined pages that the closing table lists; a longer list is not read."""

app = typer.Typer(
    name="dateline",
    help="Folders of news-article HTML in; structured, checkable event records out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Until(StrEnum):
    """The stages at which `extract` can stop."""

    ARTICLE = "article"
    TIMES = "times"
    EVENTS = "events"


def main() -> None:
    """The console script."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        app()
    except DatelineError as error:
        _fail(error)
    except BrokenPipeError:
        # `dateline … | head`: the reader has gone; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as_interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    """One line on standard error."""
    print(f"dateline: {line}", file=sys.stderr)  # noqa: T201 - this is where the program speaks


def _fail(error: DatelineError) -> NoReturn:
    _say(str(error))
    raise SystemExit(USAGE)


def _out() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def _show_version(wanted: bool) -> None:
    if wanted:
        _out().print(f"dateline {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Folders of news-article HTML in; structured, checkable event records out."""


@app.command(
    epilog="Examples:\n\n  dateline extract news/ --to out.jsonl\n\n"
    "  dateline extract news/ more.jsonl --to out.jsonl --to sqlite:///out.sqlite\n\n"
    "  dateline extract news/ --to texts.jsonl --until article"
)
def extract(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Html files, folders of them, or JSONL of {id, html or text, …}.")
    ],
    to: Annotated[
        list[str], typer.Option("--to", metavar="DEST", help="out.jsonl or sqlite:///out.sqlite; may be given more than once.")
    ],
    until: Annotated[Until, typer.Option(help="Stop after this stage; later lists stay empty.")] = Until.EVENTS,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Another spaCy model, by package name or path.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, metavar="N", help="Processes at work; all cores when not given.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Read unchanged pages again too.")] = False,
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
    task = Task(until.value, model, page_timeout, page_memory)
    stores, failed = _open_all(to)
    tally = Tally()
    report = _Report()
    try:
        for outcome in _watched(run(inputs, stores, task, workers or _cores(), tally, force), tally):
            report.add(outcome)
    except KeyboardInterrupt:
        _close_all(stores)
        _say(f"stopped after {tally.done:,} records; they are kept, and the same command goes on from there")
        raise SystemExit(INTERRUPTED) from None
    except DatelineError as error:
        failed = True
        _say(str(error))
    failed = _close_all(stores) or failed
    for name in tally.missing:
        _say(f"{name}: no such file or folder")
    if tally.pages or not failed:
        report.show(tally, [s.destination for s in stores])
    raise SystemExit(_status(tally, failed))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _status(tally: Tally, failed: bool) -> int:
    if failed or (tally.missing and not tally.pages):
        return USAGE
    if not tally.pages:
        return NOTHING
    return QUARANTINED if tally.quarantined or tally.missing else 0


def _open_all(destinations: Sequence[str]) -> tuple[list[Store], bool]:
    """The stores that can be opened; a line for each that cannot. Raises UsageError when none is left."""
    stores: list[Store] = []
    problems: list[DatelineError] = []
    for destination in dict.fromkeys(destinations):
        try:
            stores.append(open_store(destination))
        except (StoreError, UsageError) as error:
            problems.append(error)
    if not stores:
        raise problems[0]
    for problem in problems:
        _say(str(problem))
    return stores, bool(problems)


def _close_all(stores: Sequence[Store]) -> bool:
    """Closes every store; True when one could not keep what it was given."""
    failed = False
    for store in stores:
        try:
            store.close()
        except StoreError as error:
            _say(str(error))
            failed = True
    return failed


def _watched(outcomes: Iterator[Outcome], tally: Tally) -> Iterator[Outcome]:
    """The same outcomes, with a line of progress on a terminal."""
    with _progress() as advance:
        for outcome in outcomes:
            advance(tally, outcome.source)
            yield outcome


class _Advance(Protocol):
    def __call__(self, tally: Tally, source: str) -> None: ...


@contextmanager
def _progress() -> Iterator[_Advance]:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        line = progress.add_task("starting", total=None)

        def advance(tally: Tally, source: str) -> None:
            counts = f"{tally.done:,} records, {tally.unchanged:,} unchanged, {tally.quarantined:,} quarantined"
            progress.update(line, description=f"{counts} · {Text(source[-60:]).plain}")

        yield advance


class _Report:
    """What the closing table shows of a run."""

    def __init__(self) -> None:
        self._articles: list[tuple[str, list[str]]] = []
        self._refused: list[tuple[str, str, str]] = []
        self._records = self._quarantined = self._events = 0

    def add(self, outcome: Outcome) -> None:
        """Takes in one page."""
        if outcome.quarantined is not None:
            self._quarantined += 1
            if len(self._refused) < LISTED:
                refused = outcome.quarantined
                self._refused.append((refused.source, refused.reason, refused.message))
            return
        self._records += 1
        if len(self._articles) < LISTED:
            record = outcome.record
            lines = [event.summary for event in record.events if event.type is not EventType.CONTACT]
            self._articles.append((record.article.title or record.article.source, lines))

    def show(self, tally: Tally, destinations: Sequence[str]) -> None:
        """Prints the table, the quarantine, the counts, and what to do next."""
        out = _out()
        if self._articles:
            table = Table("article", "events", title_justify="left", show_lines=False, expand=False)
            for title, lines in self._articles:
                table.add_row(Text(title), Text("\n".join(lines) or "–"))
            out.print(table)
            if self._records > len(self._articles):
                out.print(f"… and {self._records - len(self._articles):,} more articles")
        if self._refused:
            table = Table("not extracted", "reason", "why")
            for source, reason, message in self._refused:
                table.add_row(Text(source), reason, Text(message))
            out.print(table)
            if self._quarantined > len(self._refused):
                out.print(f"… and {self._quarantined - len(self._refused):,} more")
        out.print(f"{tally.done:,} records written, {tally.unchanged:,} pages unchanged, {tally.quarantined:,} in the quarantine")
        out.print(Text(_next_step(tally, destinations)))


def _next_step(tally: Tally, destinations: Sequence[str]) -> str:
    """The line that names the next command."""
    if not tally.pages:
        return "no pages found: name html files, folders that hold some, or JSONL files"
    for destination in destinations:
        if destination.startswith("sqlite:///"):
            return f'next: sqlite3 {destination.removeprefix("sqlite:///")} "SELECT summary FROM flights"'
    return (
        f"next: dateline quarantine list {destinations[0]}"
        if tally.quarantined
        else f"next: head -1 {destinations[0]} | python3 -m json.tool"
    )


@app.command()
def schema() -> None:
    """Print the JSON Schema of a record."""
    print(json.dumps(Record.model_json_schema(), indent=2, ensure_ascii=False))  # noqa: T201


quarantine = typer.Typer(help="The pages that have no record, and why.", no_args_is_help=True)
app.add_typer(quarantine, name="quarantine")


@quarantine.command("list", epilog="Example:\n\n  dateline quarantine list sqlite:///out.sqlite")
def quarantine_list(
    destination: Annotated[str, typer.Argument(metavar="DEST", help="A destination of an earlier run.")],
    traceback: Annotated[bool, typer.Option("--traceback", help="Show the stack of crashed pages too.")] = False,
) -> None:
    """List the pages that were put aside, and why."""
    out = _out()
    store = open_store(destination)
    try:
        table = Table("page", "stage", "reason", "why", "what to do")
        for row in store.quarantine():
            table.add_row(Text(row.source), row.stage, row.reason, Text(row.message), Text(row.hint))
            if traceback and row.traceback:
                table.add_row("", "", "", Text(row.traceback), "")
    finally:
        store.close()
    out.print(table if table.row_count else "the quarantine is empty")


if __name__ == "__main__":
    main()
