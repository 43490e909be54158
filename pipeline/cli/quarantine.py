"""`dateline quarantine`: the pages that did not get into a destination, why, and another try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from pipeline.batch import Again, Job
from pipeline.cli import options
from pipeline.cli.log import log_as_json, say
from pipeline.cli.report import out
from pipeline.cli.running import Shown, go
from pipeline.errors import Reason, UsageError, did_you_mean
from pipeline.inputs import Selection, container_of
from pipeline.records import Quarantined
from pipeline.stores import open_store

quarantine = typer.Typer(help="The pages that have no record, and why.", no_args_is_help=True)

_Destination = Annotated[str, typer.Argument(metavar="DEST", help="A destination of an earlier run.")]
_Reasons = Annotated[
    list[str] | None, typer.Option("--reason", metavar="CODE", help="Only pages that are there for this reason; may be repeated.")
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(quarantine, name="quarantine")


@quarantine.command(
    "list",
    epilog="Examples:\n\n  dateline quarantine list sqlite:///out.sqlite\n\n"
    "  dateline quarantine list out.jsonl --reason internal --traceback",
)
def list_pages(
    destination: _Destination,
    reason: _Reasons = None,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show where the program was, for pages that broke it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, tracebacks included.")] = False,
) -> None:
    """List the pages that were put aside, and why."""
    rows = _rows(destination, reason)
    if as_json:
        for row in rows:
            print(row.model_dump_json(exclude_none=True))  # noqa: T201
        return
    console = out()
    table = Table("page", "stage", "reason", "why", "what to do")
    for row in rows:
        table.add_row(Text(row.source), row.stage, row.reason, Text(row.message), Text(row.hint))
    console.print(table if rows else "the quarantine is empty")
    for row in rows if traceback else ():
        if row.traceback:
            console.print(Text(f"\n{row.source}", style="bold"))
            console.print(Text(row.traceback), soft_wrap=True)


@quarantine.command("retry", epilog="Example:\n\n  dateline quarantine retry out.jsonl --reason timeout --page-timeout 300")
def retry(
    destination: _Destination,
    reason: _Reasons = None,
    config: options.Config = None,
    until: options.Until = options.UntilStage.EVENTS,
    column: options.Column = None,
    model: options.Model = None,
    gazetteer: options.Gazetteer = None,
    frames: options.Frames = None,
    workers: options.Workers = None,
    page_timeout: options.PageTimeout = 60.0,
    page_memory: options.PageMemory = 2500,
    report: options.ReportFile = None,
    log_json: options.LogJson = False,
) -> None:
    """Read the pages of the quarantine again, from where they were read before, and nothing else.

    Give the options of the first run (--until, --model, --gazetteer, --frames), or have them in dateline.toml. Exit status as of
    extract.
    """
    log_as_json(log_json)
    sources = [row.source for row in _rows(destination, reason)]
    if not sources:
        out().print("the quarantine is empty: nothing to try again")
        return
    containers, lost = _containers(sources)
    for source in lost:
        say(f"{source}: cannot be found again", "missing", "warning", source=source)
    if not containers:
        raise UsageError("none of the pages can be found again", "run this in the folder where `dateline extract` was run")
    selection = Selection(only=frozenset(sources), columns=options.columns_of(column))
    job = Job(containers, workers or options.cores(), Again.QUARANTINED, selection)
    task = options.task_of(until, model, gazetteer, frames, page_timeout, page_memory)
    go(job, task, [destination], Shown(report, log_json))


def _rows(destination: str, reasons: Sequence[str] | None) -> list[Quarantined]:
    """The quarantine of a destination that is there, for these reasons."""
    for code in reasons or ():
        if code not in list(Reason):
            raise UsageError(f"there is no reason {code!r}", did_you_mean(code, Reason))
    path = Path(destination.removeprefix("sqlite:///"))
    if ("://" not in destination or destination.startswith("sqlite:///")) and not path.exists():
        raise UsageError(f"{destination}: there is no such destination", "name one that `dateline extract` has written")
    store = open_store(destination)
    try:
        return [row for row in store.quarantine() if not reasons or row.reason in reasons]
    finally:
        store.close()


def _containers(sources: Iterable[str]) -> tuple[list[str], list[str]]:
    """The files that hold the pages, each once; and the pages whose file is not there, such as those of standard input."""
    found: dict[str, None] = {}
    lost = []
    for source in sources:
        container = container_of(source)
        if container is None:
            lost.append(source)
        else:
            found[container] = None
    return list(found), lost
