"""What every store in files has in common: a journal of what was done, and files that are only ever replaced whole.

In: outcomes. Out, in places that each store chooses (`Places`):

    records      the records, one a line of JSON, gzipped if its name ends in .gz
    quarantine   the pages that have none, and why; not there when there are none
    pages        what was read: page, fingerprint, and the record's id; a second run reads it to pass pages over
    journal      only while a run is going on: what it has done so far

Each finished page is one line of the journal; when the run ends, the files are written anew beside the old ones and
renamed over them, so a reader never meets half a line. After a crash the next run takes the journal over (a last line cut
in half is dropped). A replaced record keeps its place; new ones follow in input order.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import IO, Any, cast

from pipeline.errors import StoreError
from pipeline.records import Quarantined
from pipeline.stores.base import Outcome, Seen

DAMAGES = (OSError, EOFError, zlib.error)
"""What reading or writing a file, gzipped or not, can raise."""
_ID = re.compile(rb'\{"schema_version":"[^"]*","article":\{"id":"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Places:
    """Where a store keeps its files."""

    records: Path
    pages: Path
    quarantine: Path
    journal: Path


class FileStore:
    """A `Store` in files; what is made of the records when a run ends is the business of subclasses (`_publish`)."""

    def __init__(self, destination: str, places: Places) -> None:
        self.destination = destination
        self._places = places
        self._seen: dict[str, Seen] = {}
        self._left: set[str | None] = set()
        """Ids of records that a page gave before and no longer gives."""
        self._journal: FileIO | None = None
        try:
            places.journal.parent.mkdir(parents=True, exist_ok=True)
            if places.records.is_dir():
                raise StoreError(f"{destination} is a folder", "name a file")
            self._lock_and_load()
        except DAMAGES as error:
            raise self._failed(error) from error

    def seen(self, source: str) -> Seen | None:
        """What is remembered of a page."""
        return self._seen.get(source)

    def seen_many(self, sources: Sequence[str]) -> dict[str, Seen]:
        """What is remembered of several pages."""
        return {source: self._seen[source] for source in sources if source in self._seen}

    def put(self, outcome: Outcome) -> None:
        """Appends one page to the journal."""
        self.put_many((outcome,))

    def put_many(self, outcomes: Sequence[Outcome]) -> None:
        """Appends several pages to the journal."""
        assert self._journal is not None
        lines = b"".join(map(_journal_line, outcomes))
        size = os.fstat(self._journal.fileno()).st_size
        try:
            view = memoryview(lines)
            while view:
                view = view[self._journal.write(view) or 0 :]
        except BaseException as error:
            self._journal.truncate(size)  # disk full, or Ctrl-C in the middle of a line
            if isinstance(error, OSError):
                raise self._failed(error) from error
            raise
        for outcome in outcomes:
            self._remember(outcome.source, outcome.seen)

    def quarantine(self) -> Iterator[Quarantined]:
        """The quarantine as the last finished run left it, then what this run added."""
        for row in _merged_quarantine(self._places.quarantine, self._entries()).values():
            yield Quarantined.model_validate_json(row)

    def close(self) -> None:
        """Merges the journal into the files."""
        if self._journal is None:
            return
        try:
            changed = os.fstat(self._journal.fileno()).st_size > 0
            if changed:
                os.fsync(self._journal.fileno())
                self._merge()
            elif not self._places.records.exists():
                replace_file(self._places.records, iter(()))
            self._publish(changed)
            self._places.journal.unlink()
        except DAMAGES as error:
            raise self._failed(error) from error
        finally:
            self._journal.close()
            self._journal = None

    def _publish(self, changed: bool) -> None:
        """Makes something of the records, before the journal is given up. `changed`: whether they are others than before."""

    def _failed(self, error: Exception) -> StoreError:
        reason = getattr(error, "strerror", None) or str(error)
        return StoreError(f"cannot write {self.destination}: {reason}", "what was done before is kept; run again to go on")

    def _lock_and_load(self) -> None:
        """Takes the journal for this process alone, drops a line cut in half, and reads what earlier runs did."""
        journal = self._places.journal.open("a+b", buffering=0)
        try:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between opening and locking, the run that held it may have ended and taken the file away.
            ours = self._places.journal.exists() and self._places.journal.stat().st_ino == os.fstat(journal.fileno()).st_ino
        except BlockingIOError:
            ours = False
        if not ours:
            journal.close()
            raise StoreError(f"another run is writing {self.destination}", "wait for it, or name another destination")
        self._journal = journal
        journal.truncate(_whole_lines(journal))
        if self._places.records.exists() and self._places.pages.exists():
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
        with open_file(self._places.pages) as file:
            size = json.loads(file.readline())["bytes"]
            rows = [json.loads(line) for line in file]
        if size == self._places.records.stat().st_size:
            there = None
        else:
            with open_file(self._places.records) as file:
                there = {_article_id(line) for line in file}
        for row in rows:
            if there is None or row["article_id"] is None or row["article_id"] in there:
                source = row.pop("source")
                self._seen[source] = Seen(**row)

    def _entries(self) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
        """The journal's entries: page, record line, quarantine line."""
        with self._places.journal.open("rb") as file:
            for line in file:
                head, record, refused = line.rstrip(b"\n").split(b"\t")
                yield json.loads(head), record, refused

    def _merge(self) -> None:
        latest = self._latest_offsets()
        orphans = self._left - {seen.article_id for seen in self._seen.values()}
        size = replace_file(self._places.records, self._records(latest, orphans))
        rows = _merged_quarantine(self._places.quarantine, self._entries())
        if rows:
            replace_file(self._places.quarantine, (row + b"\n" for row in rows.values()))
        else:
            self._places.quarantine.unlink(missing_ok=True)
        replace_file(self._places.pages, self._page_lines(size))

    def _latest_offsets(self) -> dict[str, int]:
        """Where in the journal the last version of each record stands, in the order the articles were first met."""
        latest: dict[str, int] = {}
        offset = 0
        with self._places.journal.open("rb") as file:
            for line in file:
                article_id = json.loads(line[: line.index(b"\t")])["article_id"]
                if article_id is not None:
                    latest[article_id] = offset
                offset += len(line)
        return latest

    def _records(self, latest: dict[str, int], orphans: set[str | None]) -> Iterator[bytes]:
        """The old file's lines with replaced and orphaned records taken care of, then the new ones."""
        with self._places.journal.open("rb") as journal:

            def line_at(offset: int) -> bytes:
                journal.seek(offset)
                return journal.readline().split(b"\t")[1] + b"\n"

            if self._places.records.exists():
                with open_file(self._places.records) as old:
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
            yield json.dumps(_page(source, seen), ensure_ascii=False).encode() + b"\n"


def _page(source: str, seen: Seen) -> dict[str, str | None]:
    """What is remembered of a page, as a row; few pages are older than asked for."""
    row = {"source": source, **asdict(seen)}
    if seen.older is None:
        del row["older"]
    return row


def _journal_line(outcome: Outcome) -> bytes:
    """One page for the journal: what is remembered of it, the record or nothing, the quarantine's row or nothing."""
    row = _page(outcome.source, outcome.seen)
    refused = outcome.quarantined.model_dump_json(exclude_none=True) if outcome.quarantined else ""
    # Tabs part the three pieces: JSON holds none outside of strings, and writes them as \t within.
    return f"{json.dumps(row, ensure_ascii=False)}\t{outcome.line or ''}\t{refused}\n".encode()


def _article_id(line: bytes) -> str | None:
    """The id of a record's line; None for a line that we did not write."""
    match = _ID.match(line)
    return json.loads(b'"' + match[1] + b'"') if match else None


def _merged_quarantine(path: Path, entries: Iterator[tuple[dict[str, Any], bytes, bytes]]) -> dict[str, bytes]:
    """Quarantine lines by page: those of the file, less the pages that have since become records, and the new ones."""
    rows: dict[str, bytes] = {}
    if path.exists():
        with open_file(path) as file:
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


def open_file(path: Path) -> IO[bytes]:
    """Opens a file for reading lines, unpacking it when its name ends in .gz."""
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def replace_file(path: Path, lines: Iterator[bytes]) -> int:
    """Writes a file beside the old one, then renames it over it; returns its size in bytes."""
    temporary = path.with_name(f".{path.name}.writing")
    try:
        with temporary.open("wb") as file:
            if path.suffix == ".gz":
                # Neither name nor time go in, so that the same records are the same bytes.
                with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                    packed.writelines(lines)
            else:
                file.writelines(lines)
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return size
