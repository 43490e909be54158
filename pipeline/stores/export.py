"""Stores whose files are made anew from all records when a run ends: CSV, Parquet, GeoJSON, FollowTheMoney, JSON-LD, DocBin.

In: outcomes, and a `Format` that turns records into files. Out: the format's files, and beside them what the next run needs:

    out.geojson            out/*.csv            the files of the format
    out.geojson.dateline/  out/.dateline/       records.jsonl.gz, pages.jsonl, quarantine.jsonl, files.json, and the journal

The new files are written in full in a folder of their own and then renamed over the old ones, so a reader never meets half a
file. They depend on the records alone: the same records give the same bytes. If the files are not what the last run wrote
(one was taken away, another Dateline wrote them), they are made anew even when no record has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pipeline import records
from pipeline.errors import StoreError
from pipeline.event_types import TypeInfo, from_json, ours, to_json
from pipeline.records import Quarantined, Record
from pipeline.stores.files import FileStore, Places, open_file, replace_file


@dataclass(frozen=True, slots=True)
class Content:
    """All that a store holds, to be read as often as a format needs: `lines` are the records, one a line of JSON."""

    records_file: Path
    quarantine_file: Path
    types: tuple[TypeInfo, ...]
    """The event types: ours, then the user's own."""

    def lines(self) -> Iterator[bytes]:
        """The records as they stand in the file."""
        with open_file(self.records_file) as file:
            yield from file

    def records(self) -> Iterator[Record]:
        """The records as types."""
        for line in self.lines():
            yield Record.model_validate_json(line)

    def refused(self) -> Iterator[Quarantined]:
        """The quarantine."""
        if self.quarantine_file.exists():
            with open_file(self.quarantine_file) as file:
                for line in file:
                    yield Quarantined.model_validate_json(line)


class Format(Protocol):
    """Turns records into files."""

    folder: bool
    """Whether a destination is a folder with several files, not one file."""
    suffix: str
    """Of its files."""

    def write(self, folder: Path, name: str, content: Content) -> None:
        """Writes its files into an empty folder. `name` is the destination's own name; for one file it is the file's."""
        ...


class ExportStore(FileStore):
    """A `Store` that keeps records beside the files it makes of them.

    Args:
        own: a user's own event types; they are remembered, so that later runs without them write the same.
    """

    def __init__(self, destination: str, path: Path, form: Format, own: Mapping[str, TypeInfo] | None = None) -> None:
        self._format, self._path = form, path
        self._folder = path if form.folder else path.parent
        self._state = path / ".dateline" if form.folder else path.with_name(f"{path.name}.dateline")
        self._manifest_file = self._state / "files.json"
        self.destination = destination
        self._check()
        self._manifest: dict[str, Any] = {}
        if self._manifest_file.exists():
            self._manifest = json.loads(self._manifest_file.read_bytes())
        self._own = from_json(self._manifest.get("types", "{}")) | dict(own or {})
        places = Places(
            records=self._state / "records.jsonl.gz",
            pages=self._state / "pages.jsonl",
            quarantine=self._state / "quarantine.jsonl",
            journal=self._state / "journal",
        )
        super().__init__(destination, places)

    def _check(self) -> None:
        """Raises StoreError when the destination is of another kind, or holds files that somebody else wrote."""
        hint = "name another destination"
        if self._path.exists() and self._path.is_dir() != self._format.folder:
            what, wanted = ("a file", "folder") if self._format.folder else ("a folder", "file")
            raise StoreError(f"{self.destination}: {self._path} is {what}", f"name a {wanted}")
        if self._manifest_file.exists():
            return
        found = sorted(self._path.glob(f"*{self._format.suffix}")) if self._format.folder else [self._path]
        if found and found[0].exists():
            raise StoreError(f"{found[0]} is there already and is not Dateline's", hint)

    def _publish(self, changed: bool) -> None:
        if not changed and not self._is_stale():
            return
        writing = self._state / "writing"
        shutil.rmtree(writing, ignore_errors=True)  # a run that was killed may have left it
        writing.mkdir()
        try:
            content = Content(self._places.records, self._places.quarantine, (*ours().values(), *self._own.values()))
            self._format.write(writing, self._path.name, content)
            self._move(sorted(writing.iterdir()))
        finally:
            shutil.rmtree(writing, ignore_errors=True)

    def _move(self, written: list[Path]) -> None:
        """Puts finished files in the place of the old ones, and takes away old ones that are no longer made."""
        for path in written:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        before = self._manifest.get("files", {})
        self._manifest = {
            "about": "files that Dateline made, with their bytes; it makes them anew when they are no longer like this",
            "by": made_by(),
            "types": to_json(self._own),
            "files": {path.name: path.stat().st_size for path in written},
        }
        # Before the files: after a crash in between, the sizes do not fit, and the next run does it again.
        replace_file(self._manifest_file, iter([json.dumps(self._manifest, ensure_ascii=False, indent=1).encode()]))
        for path in written:
            path.replace(self._folder / path.name)
        for name in before.keys() - self._manifest["files"].keys():
            (self._folder / name).unlink(missing_ok=True)

    def _is_stale(self) -> bool:
        if (self._manifest.get("by"), self._manifest.get("types")) != (made_by(), to_json(self._own)):
            return True
        paths = {self._folder / name: size for name, size in self._manifest["files"].items()}
        return any(not path.exists() or path.stat().st_size != size for path, size in paths.items())


@cache
def made_by() -> str:
    """A hash of the code that decides what the files look like."""
    digest = hashlib.sha256()
    for path in [*sorted(Path(__file__).parent.glob("*.py")), Path(records.__file__)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
