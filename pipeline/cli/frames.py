"""`dateline frames`: a user's own frame files, read and tried out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pipeline.cli.log import say
from pipeline.cli.report import QUARANTINED, out

frames = typer.Typer(help="Your own frame files: rules and event types.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(frames, name="frames")


def check_frames(folders: Sequence[str]) -> None:
    """Reads a user's frame files once before any page is, so that a wrong one is said at once and not by each worker."""
    if folders:
        from pipeline.events.frames import Frames

        Frames(tuple(map(Path, folders)))


@frames.command("check", epilog="Example:\n\n  dateline frames check my-frames/")
def check(
    folders: Annotated[list[str], typer.Argument(metavar="FOLDER", help="Folders of frame files.")],
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Another spaCy model, by package name or path.")] = None,
) -> None:
    """Read frame files and run their examples and counter-examples. Exit status 1 when a sentence gives something else."""
    check_frames(folders)
    import pipeline
    from pipeline import frame_check
    from pipeline.events.frame_files import load_own

    nlp = pipeline.load(model, frames=folders)
    rules = load_own(map(Path, folders), frame_check.frames_of(nlp).types)
    console = out()
    sentences = faults = 0
    for verdict in frame_check.check(nlp, rules):
        sentences += 1
        if verdict.fault:
            faults += 1
            kind = "counter-example" if verdict.counter else "example"
            console.print(Text(f"{verdict.rule.id}: the {kind} {verdict.text!r} {verdict.fault}"))
            for read in verdict.read or ("none of the rule's verbs, nouns and adjectives, as far as the parser sees",):
                console.print(Text(f"  read as: {read}"))
        elif verdict.note:
            console.print(Text(f"{verdict.rule.id}: {verdict.text!r} holds, {verdict.note}"))
    console.print(f"{_many(len(rules), 'rule')}, {_many(sentences, 'sentence')}: {faults or 'none'} not as the file says")
    bare = [rule.id for rule in rules if not rule.examples]
    if bare:
        say(f"without an example: {', '.join(bare)} (a rule that no sentence tries out is easily wrong)")
    if faults:
        raise SystemExit(QUARANTINED)


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
