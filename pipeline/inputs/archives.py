"""The html files in ZIP and tar archives.

In: the path of an archive. Out: a page per member, named "dump.zip!/news/a.html"; a damaged member is refused, the others go on.
Nothing is unpacked to disk, and links within an archive are not followed. ZIP: in the order of the names; tar: as they come.
"""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import Reason
from pipeline.inputs.kinds import holds_html
from pipeline.inputs.reading import MAX_BYTES, Names, clean, display, page_of, refused, what
from pipeline.inputs.selection import Selection
from pipeline.page import Page
from pipeline.records import Quarantined


def zipped(path: Path, selection: Selection) -> Iterator[Page | Quarantined]:
    """The html files in a ZIP archive."""
    names = Names()
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda m: m.filename):
            if member.is_dir() or not holds_html(member.filename):
                continue
            source = names(clean(f"{display(path)}!/{member.filename}"))
            if not selection.wants(source):
                continue
            try:
                with archive.open(member) as file:
                    data = file.read(MAX_BYTES + 1)
            except Exception as error:  # noqa: BLE001 - damaged, locked by a password, packed in a rare way: each is told otherwise
                yield refused(source, Reason.UNREADABLE, what(error))
            else:
                yield page_of(source, data)


def tarred(path: Path, selection: Selection) -> Iterator[Page | Quarantined]:
    """The html files in a tar archive, read in one pass."""
    names = Names()
    with tarfile.open(path, "r|*") as archive:
        for member in archive:
            if not member.isfile() or not holds_html(member.name):
                continue
            source = names(clean(f"{display(path)}!/{member.name}"))
            file = archive.extractfile(member) if selection.wants(source) else None
            if file is not None:
                yield page_of(source, file.read(MAX_BYTES + 1))
