"""What a run shows: a line of progress while it goes on, and a table when it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.batch import Tally
from pipeline.records import EventType
from pipeline.stores import Outcome

QUARANTINED, USAGE, NOTHING, INTERRUPTED = 1, 2, 3, 130
LISTED = 40
"""Articles and quarantined pages that the closing table lists; a longer list is not read."""


def say(line: str) -> None:
    """One line on standard error."""
    print(f"dateline: {line}", file=sys.stderr)  # noqa: T201 - this is where the program speaks


def out() -> Console:
    """Standard output; tables are 120 columns wide where there is no terminal to tell."""
    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else 120)


def watched(outcomes: Iterator[Outcome], tally: Tally) -> Iterator[Outcome]:
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


class Report:
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
        console = out()
        if self._articles:
            table = Table("article", "events", title_justify="left", show_lines=False, expand=False)
            for title, lines in self._articles:
                table.add_row(Text(title), Text("\n".join(lines) or "–"))
            console.print(table)
            if self._records > len(self._articles):
                console.print(f"… and {self._records - len(self._articles):,} more articles")
        if self._refused:
            table = Table("not extracted", "reason", "why")
            for source, reason, message in self._refused:
                table.add_row(Text(source), reason, Text(message))
            console.print(table)
            if self._quarantined > len(self._refused):
                console.print(f"… and {self._quarantined - len(self._refused):,} more")
        console.print(f"{tally.done:,} records written, {tally.unchanged:,} unchanged, {tally.quarantined:,} quarantined")
        console.print(Text(_next_step(tally, destinations)))


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
