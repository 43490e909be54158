"""`dateline annotate`: records as files that a person corrects, and back as gold to score with."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pipeline import correction, event_types
from pipeline.cli.log import say
from pipeline.cli.report import USAGE, out

annotate = typer.Typer(help="Correct records by hand, in an editor or an annotation tool.", no_args_is_help=True)

Frames = Annotated[list[str] | None, typer.Option(metavar="FOLDER", help="Your own frame files, for your own event types.")]


class Format(StrEnum):
    """What a correction file looks like."""

    GUIDE = "guide"
    BRAT = "brat"


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(annotate, name="annotate")


_EXAMPLES = (
    "Examples:\n\n  dateline annotate write out.jsonl --to fix/\n\n  dateline annotate write out.jsonl --to fix/ --format brat"
)


@annotate.command("write", epilog=_EXAMPLES)
def write(
    records: Annotated[Path, typer.Argument(metavar="RECORDS", help="out.jsonl of a run, or a folder of gold records.")],
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the correction files go; none is overwritten.")],
    form: Annotated[
        Format, typer.Option("--format", help="guide: JSON by names. brat: standoff for annotation tools.")
    ] = Format.GUIDE,
    frames: Frames = None,
) -> None:
    """Write a correction file for each article, its text beside it."""
    types = event_types.load(map(Path, frames or ()))
    number = correction.write(correction.load_records(records), to, form.value, types)
    console = out()
    console.print(Text(f"{number:,} article{'' if number == 1 else 's'} in {to}"))
    console.print(Text(f"next: correct them, then dateline annotate read {to} --to gold/"))


@annotate.command("read", epilog="Example:\n\n  dateline annotate read fix/ --to gold/")
def read(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Corrected files, of either format.")],
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the gold records go.")],
    frames: Frames = None,
) -> None:
    """Read corrected files as gold records. Where one is not understood, nothing is written, and the exit status is 2."""
    golds, problems = correction.read(folder, event_types.load(map(Path, frames or ())))
    for problem in problems:
        say(str(problem))
    if problems:
        raise SystemExit(USAGE)
    correction.save(golds, to)
    events = sum(len(g.record.events) for g in golds)
    console = out()
    console.print(Text(f"{len(golds):,} gold records with {events:,} events in {to}"))
    console.print(Text(f"next: dateline eval out.jsonl --gold {to}"))
