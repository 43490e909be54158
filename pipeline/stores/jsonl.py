"""JSON Lines: one record a line, in the order of the inputs.

In: outcomes. Out: for `out.jsonl`

    out.jsonl              the records
    out.quarantine.jsonl   the pages that have none, and why; not there when there are none
    out.pages.jsonl        what was read: page, fingerprint, and the record's id; a second run reads it to pass pages over
    out.jsonl.journal      only while a run is going on: what it has done so far

Each finished page is one line of the journal; when the run ends, the three files are written anew beside the old ones and
renamed over them, so a reader never meets half a line. After a crash the next run takes the journal over (a last line cut
in half is dropped). A replaced record keeps its place; new ones follow in input order.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from io import FileIO
from pathlib import Path
from typing import IO, Any

from pipeline.errors import StoreError
from pipeline.records import Quarantined
from pipeline.stores.base import Outcome, Seen

_ID = re.compile(rb'\{"schema_version":"[^"]*","article":\{"id":"((?:[^"\\]|\\.)*)"')


class JsonlStore:
    """A `Store` that writes JSON Lines."""

    def __init__(self, destination: str) -> None:
        self.destination = destination
        self._path = Path(destination)
        stem = self._path.with_name(self._path.name.removesuffix(".jsonl"))
        self._pages = stem.with_name(stem.name + ".pages.jsonl")
        self._quarantine = stem.with_name(stem.name + ".quarantine.jsonl")
        self._journal_path = self._path.with_name(self._path.name + ".journal")
        self._seen: dict[str, Seen] = {}
        self._left: set[str | None] = set()
        """Ids of records that a page gave before and no longer gives."""
        self._journal: FileIO | None = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.is_dir():
                raise StoreError(f"{destination} is a folder", "name a file")
            self._lock_and_load()
        except OSError as error:
            raise self._failed(error) from error

    def seen(self, source: str) -> Seen | None:
        """What is remembered of a page."""
        return self._seen.get(source)

    def put(self, outcome: Outcome) -> None:
        """Appends one page to the journal."""
        assert self._journal is not None
        row = {"source": outcome.source, **asdict(outcome.seen)}
        refused = outcome.quarantined.model_dump_json(exclude_none=True) if outcome.quarantined else ""
        # Tabs part the three pieces: JSON holds none outside of strings, and writes them as \t within.
        line = f"{json.dumps(row, ensure_ascii=False)}\t{outcome.line or ''}\t{refused}\n".encode()
        size = os.fstat(self._journal.fileno()).st_size
        try:
            view = memoryview(line)
            while view:
                view = view[self._journal.write(view) or 0 :]
        except BaseException as error:
            self._journal.truncate(size)  # disk full, or Ctrl-C in the middle of the line
            if isinstance(error, OSError):
                raise self._failed(error) from error
            raise
        self._remember(outcome.source, outcome.seen)

    def put_many(self, outcomes: Sequence[Outcome]) -> None:
        """Appends several pages to the journal."""
        for outcome in outcomes:
            self.put(outcome)

    def quarantine(self) -> Iterator[Quarantined]:
        """The quarantine as the last finished run left it, then what this run added."""
        for row in _merged_quarantine(self._quarantine, self._entries()).values():
            yield Quarantined.model_validate_json(row)

    def close(self) -> None:
        """Merges the journal into the three files."""
        if self._journal is None:
            return
        try:
            if os.fstat(self._journal.fileno()).st_size:
                os.fsync(self._journal.fileno())
                self._merge()
            elif not self._path.exists():
                _replace(self._path, iter(()))
            self._journal_path.unlink()
        except OSError as error:
            raise self._failed(error) from error
        finally:
            self._journal.close()
            self._journal = None

    def _failed(self, error: OSError) -> StoreError:
        reason = error.strerror or str(error)
        return StoreError(f"cannot write {self.destination}: {reason}", "what was done before is kept; run again to go on")

    def _lock_and_load(self) -> None:
        """Takes the journal for this process alone, drops a line cut in half, and reads what earlier runs did."""
        journal = self._journal_path.open("a+b", buffering=0)
        try:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between opening and locking, the run that held it may have ended and taken the file away.
            ours = self._journal_path.exists() and self._journal_path.stat().st_ino == os.fstat(journal.fileno()).st_ino
        except BlockingIOError:
            ours = False
        if not ours:
            journal.close()
            raise StoreError(f"another run is writing {self.destination}", "wait for it, or name another destination")
        self._journal = journal
        journal.truncate(_whole_lines(journal))
        if self._path.exists() and self._pages.exists():
            self._load_pages()
        for row, _, _ in self._entries():
            self._remember(row.pop("source"), Seen(**row))

    def _remember(self, source: str, seen: Seen) -> None:
        before = self._seen.get(source)
        if before is not None and before.article_id != seen.article_id:
            self._left.add(before.article_id)
        self._seen[source] = seen

    def _load_pages(self) -> None:
        """Reads the pages file; a page whose record was taken out of the output by hand counts as never read."""
        with self._pages.open("rb") as file:
            size = json.loads(file.readline())["bytes"]
            rows = [json.loads(line) for line in file]
        if size == self._path.stat().st_size:
            there = None
        else:
            with self._path.open("rb") as file:
                there = {_article_id(line) for line in file}
        for row in rows:
            if there is None or row["article_id"] is None or row["article_id"] in there:
                source = row.pop("source")
                self._seen[source] = Seen(**row)

    def _entries(self) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
        """The journal's entries: page, record line, quarantine line."""
        with self._journal_path.open("rb") as file:
            for line in file:
                head, record, refused = line.rstrip(b"\n").split(b"\t")
                yield json.loads(head), record, refused

    def _merge(self) -> None:
        latest = self._latest_offsets()
        orphans = self._left - {seen.article_id for seen in self._seen.values()}
        size = _replace(self._path, self._records(latest, orphans))
        rows = _merged_quarantine(self._quarantine, self._entries())
        if rows:
            _replace(self._quarantine, (row + b"\n" for row in rows.values()))
        else:
            self._quarantine.unlink(missing_ok=True)
        _replace(self._pages, self._page_lines(size))

    def _latest_offsets(self) -> dict[str, int]:
        """Where in the journal the last version of each record stands, in the order the articles were first met."""
        latest: dict[str, int] = {}
        offset = 0
        with self._journal_path.open("rb") as file:
            for line in file:
                article_id = json.loads(line[: line.index(b"\t")])["article_id"]
                if article_id is not None:
                    latest[article_id] = offset
                offset += len(line)
        return latest

    def _records(self, latest: dict[str, int], orphans: set[str | None]) -> Iterator[bytes]:
        """The old file's lines with replaced and orphaned records taken care of, then the new ones."""
        with self._journal_path.open("rb") as journal:

            def line_at(offset: int) -> bytes:
                journal.seek(offset)
                return journal.readline().split(b"\t")[1] + b"\n"

            if self._path.exists():
                with self._path.open("rb") as old:
                    for line in old:
                        article_id = _article_id(line)
                        if article_id in latest:
                            yield line_at(latest.pop(article_id))
                        elif article_id is None or article_id not in orphans:
                            yield line
            for article_id, offset in latest.items():
                if article_id not in orphans:
                    yield line_at(offset)

    def _page_lines(self, size: int) -> Iterator[bytes]:
        yield json.dumps({"bytes": size, "about": "what dateline has read; it passes these pages over"}).encode() + b"\n"
        for source, seen in self._seen.items():
            yield json.dumps({"source": source, **asdict(seen)}, ensure_ascii=False).encode() + b"\n"


def _article_id(line: bytes) -> str | None:
    """The id of a record's line; None for a line that we did not write."""
    match = _ID.match(line)
    return json.loads(b'"' + match[1] + b'"') if match else None


def _merged_quarantine(path: Path, entries: Iterator[tuple[dict[str, Any], bytes, bytes]]) -> dict[str, bytes]:
    """Quarantine lines by page: those of the file, less the pages that have since become records, and the new ones."""
    rows: dict[str, bytes] = {}
    if path.exists():
        with path.open("rb") as file:
            rows = {json.loads(line)["source"]: line.rstrip(b"\n") for line in file if line.strip()}
    for page, _, refused in entries:
        if refused:
            rows[page["source"]] = refused
        else:
            rows.pop(page["source"], None)
    return rows


def _whole_lines(file: IO[bytes]) -> int:
    """The length of a file up to its last line break."""
    file.seek(0)
    length = 0
    for line in file:
        if line.endswith(b"\n"):
            length += len(line)
    return length


def _replace(path: Path, lines: Iterator[bytes]) -> int:
    """Writes a file beside the old one, then renames it over it; returns its size."""
    temporary = path.with_name(f".{path.name}.writing")
    try:
        with temporary.open("wb") as file:
            file.writelines(lines)
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return size
