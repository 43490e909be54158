"""JSON Lines: one record a line, in the order of the inputs; `out.jsonl.gz` is the same, gzipped.

In: outcomes. Out: for `out.jsonl`

    out.jsonl              the records
    out.quarantine.jsonl   the pages that have none, and why; not there when there are none
    out.pages.jsonl        what was read; a second run reads it to pass pages over
    out.jsonl.journal      only while a run is going on (see `files.py`)

For `out.jsonl.gz` all but the journal are gzipped.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.stores.files import FileStore, Places

SUFFIXES = (".jsonl", ".jsonl.gz")


class JsonlStore(FileStore):
    """A `Store` that writes JSON Lines."""

    def __init__(self, destination: str, path: Path) -> None:
        suffix = ".jsonl.gz" if path.name.endswith(".jsonl.gz") else ".jsonl"
        stem = path.name.removesuffix(suffix)
        places = Places(
            records=path,
            pages=path.with_name(f"{stem}.pages{suffix}"),
            quarantine=path.with_name(f"{stem}.quarantine{suffix}"),
            journal=path.with_name(f"{path.name}.journal"),
        )
        super().__init__(destination, places)
