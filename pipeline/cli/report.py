"""What a run has come to: the tables at its end, and the same as JSON.

In: a run's outcomes and its tally. Out: text on standard output, and where it is asked for, a JSON file:

    {"dateline": "0.1.0", "inputs": […], "destinations": […], "started": "2026-11-29T10:53:05Z", "seconds": 12.3,
     "exit_status": 1, "stopped": null, "limited": false, "pages_per_second": 2.7,
     "pages": {"written", "unchanged", "older", "quarantined", "missing"},
     "events": {"flight": 3, …}, "entities": {"person": 9, …}, "quarantine": {"empty": 1, …},
     "slowest": [{"source", "seconds"}, …], "missing": ["…"]}

`pages_per_second` is of the pages that were worked on; `events` and `entities` are those written by this run.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline import __version__
from pipeline.batch import Job, Tally
from pipeline.cli.log import log, say
from pipeline.errors import UsageError
from pipeline.records import EventType
from pipeline.stores import Outcome

QUARANTINED, USAGE, NOTHING, INTERRUPTED = 1, 2, 3, 130
LISTED = 40
"""Articles and quarantined pages that the closing table lists; a longer list is not read."""
_SLOW_SECONDS = 5.0
"""A page that takes less is not worth a line at the end of a run."""


def out(width: int = 120) -> Console:
    """Standard output; tables are so many columns wide where there is no terminal to tell."""
    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else width)


class Report:
    """What is shown of a run when it ends.

    Args:
        job: what was asked for.
        path: where the JSON goes; "-" for standard output, in place of the text. Raises UsageError when it cannot be written.
    """

    def __init__(self, job: Job, path: str | None) -> None:
        self._job = job
        self._path = path
        self._articles: list[tuple[str, list[str]]] = []
        self._refused: list[tuple[str, str, str]] = []
        self._records = self._quarantined = 0
        self._seconds = 0.0
        self.start(())
        if path not in (None, "-"):
            self._write("")  # what cannot be written is better said before the run than after it

    def start(self, destinations: Sequence[str]) -> None:
        """Starts the clock. `destinations`: those that could be opened, as they may be printed: without passwords."""
        self._destinations = destinations
        self._started = datetime.now(UTC)
        self._begun = time.monotonic()

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

    def end(self, tally: Tally, status: int, stopped: str | None) -> None:
        """Writes the JSON, and logs it. `stopped` says why the run did not come to its end, if so."""
        self._seconds = time.monotonic() - self._begun
        content = self._content(tally, status, stopped)
        log("end", **content)
        if self._path is not None:
            self._write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    def _write(self, text: str) -> None:
        assert self._path is not None
        if self._path == "-":
            sys.stdout.write(text)
            return
        try:
            Path(self._path).write_text(text, encoding="utf-8")
        except OSError as error:
            problem = UsageError(f"cannot write the report {self._path}: {error.strerror}")
            if not text:
                raise problem from error
            say(str(problem))

    def _content(self, tally: Tally, status: int, stopped: str | None) -> dict[str, Any]:
        pages = {"written": tally.done, "unchanged": tally.unchanged, "older": tally.older, "quarantined": tally.quarantined}
        return {
            "dateline": __version__,
            "inputs": list(self._job.named),
            "destinations": list(self._destinations),
            "started": self._started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "seconds": round(self._seconds, 3),
            "exit_status": status,
            "stopped": stopped,
            "limited": tally.limited,
            "pages": pages | {"missing": len(tally.missing)},
            "pages_per_second": round(self._rate(tally), 2),
            "events": _counts(tally, "event"),
            "entities": _counts(tally, "entity"),
            "quarantine": dict(tally.reasons.most_common()),
            "slowest": [{"source": source, "seconds": round(seconds, 3)} for seconds, source in tally.slowest],
            "missing": tally.missing,
        }

    def _rate(self, tally: Tally) -> float:
        return tally.worked / self._seconds if self._seconds else 0.0

    def show(self, tally: Tally) -> None:
        """Prints the table, the quarantine, the counts, and what to do next."""
        if self._path == "-":
            return
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
        for line in self._summary(tally):
            console.print(Text(line), soft_wrap=True)

    def _summary(self, tally: Tally) -> list[str]:
        """The closing lines."""
        lines = []
        for title, counts in (
            ("events", _counts(tally, "event")),
            ("entities", _counts(tally, "entity")),
            ("quarantine", dict(tally.reasons.most_common())),
        ):
            if counts:
                lines.append(f"{title}: {_listed(counts)}")
        slow = [(seconds, source) for seconds, source in tally.slowest if seconds >= _SLOW_SECONDS]
        if slow:
            lines.append("slowest: " + "; ".join(f"{seconds:.1f} s {source}" for seconds, source in slow))
        older = f", {tally.older:,} older" if tally.older else ""
        took = f" in {self._seconds:,.1f} s ({self._rate(tally):,.1f} pages/s)" if tally.worked else ""
        counts_line = (
            f"{tally.done:,} records written, {tally.unchanged:,} unchanged{older}, {tally.quarantined:,} quarantined{took}"
        )
        return [*lines, counts_line, _next_step(tally, self._destinations)]


def _counts(tally: Tally, kind: str) -> dict[str, int]:
    """Of events or of entities: how many there are of each type, the most frequent first, then by name."""
    found = {name: number for (of, name), number in tally.counts.items() if of == kind}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items())


def _next_step(tally: Tally, destinations: Sequence[str]) -> str:
    """The line that names the next command."""
    if not tally.pages:
        return "no pages found: name html files, folders that hold some, or archives and tables of pages by their names"
    if tally.limited:
        return "next: the same command goes on with the pages after these"
    for destination in destinations:
        if destination.startswith("sqlite:///"):
            return f'next: sqlite3 {destination.removeprefix("sqlite:///")} "SELECT summary FROM flights"'
    if tally.quarantined:
        return f"next: dateline quarantine list {destinations[0]}"
    lines = next((d for d in destinations if d.endswith(".jsonl")), None)
    return f"next: head -1 {lines} | python3 -m json.tool" if lines else f"written to {', '.join(destinations)}"
