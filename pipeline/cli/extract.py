"""`dateline extract`: pages into stores."""

from __future__ import annotations

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
    inputs: options.Inputs = None,
    from_list: options.FromList = None,
    config: options.Config = None,
    until: options.Until = options.UntilStage.EVENTS,
    match: options.Match = None,
    since: options.Since = None,
    limit: options.Limit = None,
    column: options.Column = None,
    model: options.Model = None,
    gazetteer: options.Gazetteer = None,
    frames: options.Frames = None,
    workers: options.Workers = None,
    force: options.Force = False,
    retry: options.Retry = False,
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
