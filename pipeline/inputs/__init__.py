"""What the user names on the command line -> pages, in an order that never changes.

In: names of files and folders. Out: `Page`, or `Quarantined` for what cannot be read; the rest goes on.

    a.html, a.html.gz      one page (any other named file is taken for html; gzip is recognised by its magic)   reading.py
    a.txt                  one page of plain text                                                               reading.py
    folder                 every html and WARC file below it, sorted by name; symlinks are followed once        folders.py
    dump.zip, dump.tar.gz  the html files in an archive, as "dump.zip!/a.html"                                  archives.py
    rows.jsonl(.gz)        a page a line, as "rows.jsonl#id"                                                    rows.py
    rows.parquet           a page a row, as "rows.parquet#id"                                                   parquet.py
    crawl.warc(.gz)        the html responses, as "crawl.warc!/20240709104100/https://…"                        warc.py
    -                      standard input: html, JSON Lines or WARC                                             standard_input.py
    @list.txt              the inputs that it names                                                             lists.py

Only regular files are opened: a FIFO or a device would hang. A page or row larger than MAX_BYTES is refused.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import DatelineError, Reason
from pipeline.inputs import lists, standard_input
from pipeline.inputs.archives import tarred, zipped
from pipeline.inputs.folders import walk
from pipeline.inputs.kinds import Kind, found_in_folders, kind_of
from pipeline.inputs.reading import MAX_BYTES, display, page_of, refused, text_of, what
from pipeline.inputs.rows import Rows, json_lines
from pipeline.inputs.selection import EVERYTHING, Found, Missing, Older, Selection, Whole, containers
from pipeline.inputs.streams import unpacked
from pipeline.records import Quarantined

__all__ = [
    "EVERYTHING",
    "MAX_BYTES",
    "Found",
    "Missing",
    "Older",
    "Selection",
    "Whole",
    "check",
    "container_of",
    "page_of",
    "pages",
]


def pages(named: Iterable[str], selection: Selection = EVERYTHING) -> Iterator[Found]:
    """Every wanted page of the inputs, in order; what cannot be read comes as `Quarantined`, what is not there as `Missing`.

    Raises UsageError for a list that cannot be read, and for Parquet where pyarrow is not installed.
    """
    done: set[Path] = set()
    for name in unlisted(named):
        if name == standard_input.NAME:
            yield from standard_input.piped(sys.stdin.buffer, selection)
            continue
        path = Path(name)
        if done.isdisjoint((path, *path.parents)):  # else it was read with the folder that holds it
            done.add(path)
            yield from _named(path, selection)


def check(named: Iterable[str]) -> None:
    """Says before a run what would end it: raises UsageError for a list that cannot be read, and Parquet without pyarrow."""
    for name in named:
        if name.startswith(lists.MARK) and name != f"{lists.MARK}-" and not os.path.lexists(name):
            next(lists.listed(name.removeprefix(lists.MARK)), None)
        elif kind_of(name) is Kind.PARQUET and Path(name).is_file():
            from pipeline.inputs.parquet import needs_pyarrow

            needs_pyarrow(name)


def unlisted(named: Iterable[str]) -> Iterator[str]:
    """The names, with those in lists in place of the lists."""
    for name in named:
        if name.startswith(lists.MARK) and not os.path.lexists(name):
            yield from lists.listed(name.removeprefix(lists.MARK))
        else:
            yield name


def _named(path: Path, selection: Selection) -> Iterator[Found]:
    if path.is_dir():
        for found in walk(path, found_in_folders):
            if isinstance(found, Quarantined):
                yield found
            else:
                yield from _file(found, selection)
    elif not os.path.lexists(path):
        yield Missing(display(path))
    else:
        yield from _file(path, selection)


def _file(path: Path, selection: Selection) -> Iterator[Found]:
    """The pages of one file, then `Whole` if it may have several and was not refused itself."""
    source = display(path)
    whole = kind_of(path.name) not in (Kind.HTML, Kind.TEXT)
    try:
        refusal = _irregular(path)
        if refusal:
            whole = False
            yield refused(source, Reason.UNREADABLE, refusal)
        else:
            for found in _opened(path, selection):
                whole = whole and found.source != source
                yield found
    except DatelineError:
        raise
    except Exception as error:  # noqa: BLE001 - the libraries that read archives raise anything at all on damaged ones
        whole = False
        yield refused(source, Reason.UNREADABLE, what(error))
    if whole:
        yield Whole(source)


def _opened(path: Path, selection: Selection) -> Iterator[Found]:
    kind, source = kind_of(path.name), display(path)
    if kind is Kind.ROWS:
        with path.open("rb") as file:
            yield from json_lines(unpacked(file), Rows(source, selection))
    elif kind is Kind.WARC:
        from pipeline.inputs.warc import warc_pages

        with path.open("rb") as file:
            yield from warc_pages(source, file, selection)
    elif kind is Kind.PARQUET:
        from pipeline.inputs.parquet import parquet_rows

        yield from parquet_rows(path, selection)
    elif kind is Kind.ZIP:
        yield from zipped(path, selection)
    elif kind is Kind.TAR:
        yield from tarred(path, selection)
    elif selection.wants(source):
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        yield text_of(source, data) if kind is Kind.TEXT else page_of(source, data)


def container_of(source: str) -> str | None:
    """The file that a page came from, by the page's name; None when it is not there.

    Files may have # and ! in their own names, so it is the longest beginning that is a file.
    """
    return next((name for name in (source, *containers(source)) if os.path.lexists(name)), None)


def _irregular(path: Path) -> str | None:
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return None
    kind = "a FIFO" if stat.S_ISFIFO(mode) else "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a socket"
    return f"is {kind}, not a regular file"
