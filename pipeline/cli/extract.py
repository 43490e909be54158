"""`dateline extract`: pages into stores."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.batch import Again, Job
from pipeline.cli import options
from pipeline.cli.log import log_as_json
from pipeline.cli.running import Shown, go
from pipeline.errors import UsageError
from pipeline.inputs import Selection, check

_EXAMPLES = (
    "Examples:\n\n  dateline extract news/ --to out.jsonl\n\n"
    "  dateline extract crawl.warc.gz more.parquet --to out.jsonl --to sqlite:///out.sqlite\n\n"
    "  dateline extract news/ --to texts.jsonl --until article --match '2024/*' --limit 100\n\n"
    "  find news -name '*.html' -newer stamp | dateline extract --from-list - --to out.jsonl"
)


def add_to(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command(epilog=_EXAMPLES)(extract)


def extract(
    to: options.To,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="Html files, folders, .zip or .tar.gz of them, WARC, JSONL or Parquet with html or text, - for standard input, "
            "@FILE for a list of inputs.",
        ),
    ] = None,
    from_list: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="Read inputs from a file too, one a line; - for standard input.")
    ] = None,
    config: options.Config = None,
    until: options.Until = options.UntilStage.EVENTS,
    match: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Only pages whose name fits, such as '2024/*'; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only articles published on this day or later, or without a date.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Work on N pages at most; unchanged ones do not count.")
    ] = None,
    column: options.Column = None,
    model: options.Model = None,
    gazetteer: options.Gazetteer = None,
    frames: options.Frames = None,
    workers: options.Workers = None,
    force: Annotated[bool, typer.Option("--force", help="Read unchanged pages again too.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Read unchanged pages again that are in the quarantine.")] = False,
    page_timeout: options.PageTimeout = 60.0,
    page_memory: options.PageMemory = 2500,
    report: options.ReportFile = None,
    log_json: options.LogJson = False,
) -> None:
    """Extract records from pages, and write them to files and databases.

    Pages that were read before and have not changed are passed over. Exit status: 0 all done, 1 some pages are in the
    quarantine, 2 wrong usage, 3 no pages found.
    """
    log_as_json(log_json)
    named = [*(inputs or ()), *(f"@{name}" for name in from_list or ())]
    if not named:
        raise UsageError("nothing to read", "name html files, folders or other inputs: dateline extract --help")
    check(named)
    day = options.day(since)
    job = Job(
        named,
        workers or options.cores(),
        Again.ALL if force else Again.QUARANTINED if retry else Again.CHANGED,
        Selection(tuple(match or ()), day, columns=options.columns_of(column)),
        limit,
    )
    task = options.task_of(until, model, gazetteer, frames, page_timeout, page_memory, day)
    go(job, task, to, Shown(report, log_json))
