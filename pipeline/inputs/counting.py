"""How many pages there are, where that can be told without reading them.

In: inputs as the user names them. Out: a number, or None where an input cannot tell: standard input, tar and web archives, and
whatever is selected by something else than a file's name.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

from pipeline.inputs import unlisted
from pipeline.inputs.folders import walk
from pipeline.inputs.kinds import Kind, found_in_folders, holds_html, kind_of
from pipeline.inputs.reading import display
from pipeline.inputs.selection import Selection

_BLOCK = 1 << 20


def count(named: Iterable[str], selection: Selection) -> int | None:
    """About how many pages the inputs hold; None when it cannot be told."""
    total = 0
    for name in named:
        if name == "-" or (name.startswith("@-") and not os.path.lexists(name)):
            return None
        for path in unlisted([name]):
            number = _of_folder(Path(path), selection) if Path(path).is_dir() else _of_file(Path(path), selection)
            if number is None:
                return None
            total += number
    return total


def _of_folder(path: Path, selection: Selection) -> int | None:
    total = 0
    for file in walk(path, found_in_folders):
        if isinstance(file, Path):
            number = _of_file(file, selection)
            if number is None:
                return None
            total += number
        else:
            total += 1
    return total


def _of_file(path: Path, selection: Selection) -> int | None:
    kind = kind_of(path.name)
    if kind in (Kind.HTML, Kind.TEXT):
        return int(selection.wants(display(path)))
    try:
        if kind is Kind.ZIP:
            with zipfile.ZipFile(path) as archive:
                members = (m.filename for m in archive.infolist() if holds_html(m.filename))
                return sum(selection.wants(f"{display(path)}!/{member}") for member in members)
        if selection.match or selection.only is not None:
            return None
        if kind is Kind.ROWS and path.suffix != ".gz":
            return _lines(path)
        if kind is Kind.PARQUET:
            from pyarrow.parquet import read_metadata

            return int(read_metadata(path).num_rows)
    except Exception:  # noqa: BLE001 - a damaged file is named when it is read; here nothing depends on it
        return None
    return None


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
