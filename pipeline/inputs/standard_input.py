"""Standard input, named "-": one html page, JSON Lines, or a WARC file, each of them gzipped or not; told apart by how it begins.

In: a binary stream. Out: pages. An html page, or a row without an id, is named by a hash of its content ("-#3f1c09a2b4d7"): what
is piped in next is another page, and must not count as a changed version of this one.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import IO

from pipeline.errors import Reason
from pipeline.inputs.reading import MAX_BYTES, page_of, refused, what
from pipeline.inputs.rows import Rows, json_lines
from pipeline.inputs.selection import Older, Selection
from pipeline.inputs.streams import unpacked, unread
from pipeline.page import Page
from pipeline.records import Quarantined

NAME = "-"


def piped(stream: IO[bytes], selection: Selection) -> Iterator[Page | Quarantined | Older]:
    """The pages that are piped in."""
    try:
        yield from _pages(unpacked(stream), selection)
    except (OSError, zlib.error) as error:
        yield refused(NAME, Reason.UNREADABLE, what(error))


def _pages(file: IO[bytes], selection: Selection) -> Iterator[Page | Quarantined | Older]:
    first = b""
    while not first.strip() and (line := file.readline(MAX_BYTES + 1)):
        first = line
    if first.startswith(b"WARC/"):
        from pipeline.inputs.warc import warc_pages

        yield from warc_pages(NAME, unread(first, file), selection)
    elif _is_row(first):
        yield from json_lines(unread(first, file), Rows(NAME, selection), lambda _, line: _digest(line))
    else:
        data = first + file.read(MAX_BYTES + 1)
        found = page_of(f"{NAME}#{_digest(data)}" if data else NAME, data)
        if selection.wants(found.source):
            yield found


def _is_row(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
