"""The command `dateline`: the only place that reads arguments, prints, and draws progress.

In: the command line. Out: standard output for results, standard error for progress (only on a terminal) and for one clear
line per problem. One file per group of commands:

    extract.py      extract
    options.py      the options it shares with others
    running.py      a run, from open stores to the exit status
    quarantine.py   quarantine list, quarantine retry
    config.py       config, and the file dateline.toml
    frames.py       frames
    annotate.py     annotate
    look.py         schema, times, explain, who, eval
    progress.py     the line of progress
    report.py       the closing tables, and the report as JSON
    log.py          what is said on standard error

Exit status: 0 all done, 1 some pages are in the quarantine or an input is not there (eval: a figure fell below its floor),
2 wrong usage or a destination that cannot be written, 3 nothing found, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated, NoReturn

import typer

from pipeline import __version__
from pipeline.cli import annotate, config, extract, frames, look, quarantine
from pipeline.cli.log import log_as_json, say
from pipeline.cli.report import USAGE
from pipeline.errors import DatelineError

app = typer.Typer(
    name="dateline",
    help="Folders of news-article HTML in; structured, checkable event records out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
extract.add_to(app)
quarantine.add_to(app)
config.add_to(app)
look.add_to(app)
frames.add_to(app)
annotate.add_to(app)


def main() -> None:
    """The console script."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    log_as_json(False)
    try:
        app()
    except DatelineError as error:
        say(str(error))
        raise SystemExit(USAGE) from error
    except BrokenPipeError:
        # `dateline … | head`: the reader has gone; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as_interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"dateline {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Folders of news-article HTML in; structured, checkable event records out."""
