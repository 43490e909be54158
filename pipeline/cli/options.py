"""The options of `extract`, many of which other commands share, and what is checked of them before any page is read.

In: what the user gave. Out: a `Task`. Raises UsageError for a model, a file of names or a date that is none, KnowledgeError for
a frame file that is wrong.
"""

from __future__ import annotations

import os
import re
from datetime import date
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.config import use_config
from pipeline.cli.frames import check_frames
from pipeline.errors import UsageError, did_you_mean
from pipeline.inputs.rows import FIELDS
from pipeline.worker import Task


class UntilStage(StrEnum):
    """The stages at which `extract` can stop."""

    ARTICLE = "article"
    TIMES = "times"
    EVENTS = "events"


Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT",
        help="Html files, folders, .zip or .tar.gz of them, WARC, JSONL or Parquet with html or text, - for standard input, "
        "@FILE for a list of inputs.",
    ),
]
FromList = Annotated[
    list[str] | None, typer.Option(metavar="FILE", help="Read inputs from a file too, one a line; - for standard input.")
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        is_eager=True,
        callback=use_config,
        help="Options are also read from this file; else from dateline.toml in the working folder, if it is there.",
    ),
]
To = Annotated[
    list[str],
    typer.Option(
        "--to",
        metavar="DEST",
        help="out.jsonl(.gz), csv:folder/, parquet:folder/, out.geojson, out.ftm.json, out.jsonld, out.spacy, or a database as "
        "sqlite:///out.sqlite; may be given more than once.",
    ),
]
Until = Annotated[UntilStage, typer.Option(help="Stop after this stage; later lists stay empty.")]
Match = Annotated[
    list[str] | None, typer.Option(metavar="GLOB", help="Only pages whose name fits, such as '2024/*'; may be repeated.")
]
Since = Annotated[
    str | None, typer.Option(metavar="DATE", help="Only articles published on this day or later, or without a date.")
]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Work on N pages at most; unchanged ones do not count.")]
Column = Annotated[list[str] | None, typer.Option(metavar="FIELD=NAME", help="What JSONL and Parquet call a field: html=body.")]
Model = Annotated[str | None, typer.Option(metavar="NAME", help="Another spaCy model, by package name or path.")]
Gazetteer = Annotated[
    list[str] | None, typer.Option(metavar="CSV", help="Your own names with their codes; may be given more than once.")
]
Frames = Annotated[
    list[str] | None, typer.Option(metavar="FOLDER", help="Your own frame files: rules and event types; may be repeated.")
]
Workers = Annotated[int | None, typer.Option(min=1, metavar="N", help="Processes at work; all cores when not given.")]
Force = Annotated[bool, typer.Option("--force", help="Read unchanged pages again too.")]
Retry = Annotated[bool, typer.Option("--retry", help="Read unchanged pages again that are in the quarantine.")]
PageTimeout = Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Longer than this, and a page is quarantined.")]
PageMemory = Annotated[int, typer.Option(min=100, metavar="MB", help="More memory than this, and a page is quarantined.")]
ReportFile = Annotated[
    str | None,
    typer.Option("--report", metavar="FILE", help="Write the end report as JSON; - for standard output instead of text."),
]
LogJson = Annotated[bool, typer.Option("--log-json", help="Log to standard error, one JSON object a line.")]


def task_of(
    until: UntilStage,
    model: str | None,
    gazetteer: list[str] | None,
    frames: list[str] | None,
    page_timeout: float,
    page_memory: int,
    since: str | None = None,
) -> Task:
    """The task that the options ask for, with everything it names checked."""
    _check_model(model)
    task = Task(until.value, model, page_timeout, page_memory, tuple(gazetteer or ()), tuple(frames or ()), since)
    _check_gazetteers(task.gazetteers)
    check_frames(task.frames)
    return task


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def day(value: str | None) -> str | None:
    """A day as YYYY-MM-DD from a year, a month or a day."""
    if value is None:
        return None
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
        raise UsageError(f"--since {value!r} is no date", "write 2024-07-09, 2024-07 or 2024")
    try:
        return date.fromisoformat((value + "-01-01")[:10]).isoformat()
    except ValueError as error:
        raise UsageError(f"--since {value!r} is no day of the calendar") from error


def columns_of(given: list[str] | None) -> dict[str, str]:
    """What rows call our fields, from pairs like "html=body"."""
    columns = {}
    for pair in given or ():
        ours, equals, theirs = pair.partition("=")
        if not equals or not theirs:
            raise UsageError(f"--column {pair!r} is no pair", "write --column html=NAME")
        if ours not in FIELDS:
            raise UsageError(f"--column {pair!r}: there is no field {ours!r}", did_you_mean(ours, FIELDS))
        columns[ours] = theirs
    return columns


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
