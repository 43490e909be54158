"""The files of a folder, nested folders too, in an order that never changes.

In: a folder. Out: paths of the files that hold pages, sorted by name at each level; a folder that cannot be read is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from os import DirEntry, scandir
from pathlib import Path

from pipeline.errors import Reason
from pipeline.inputs.reading import display, refused
from pipeline.records import Quarantined


def walk(top: Path, holds_pages: Callable[[str], bool]) -> Iterator[Path | Quarantined]:
    """The files below a folder whose names are asked for. A folder met again (a symlink loop) is passed over."""
    met: set[tuple[int, int]] = set()
    waiting: list[tuple[Path, bool]] = [(top, True)]
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            state = path.stat()
            if (state.st_dev, state.st_ino) in met:
                continue
            met.add((state.st_dev, state.st_ino))
            with scandir(path) as entries:
                listed = [(entry.name, _is_folder(entry)) for entry in entries]
        except OSError as error:
            yield refused(display(path), Reason.UNREADABLE, error.strerror or str(error))
            continue
        listed.sort(reverse=True)
        waiting += [(path / name, folder) for name, folder in listed if folder or holds_pages(name)]


def _is_folder(entry: DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False
