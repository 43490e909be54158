"""What the user names on the command line -> pages, in an order that never changes.

In: paths of html files, folders and JSONL files. Out: `Page`, or `Quarantined` for what cannot be read; the rest goes on.

    file.html, file.html.gz   one page (any other named file is taken for html; gzip is recognised by its magic)
    folder                    every .html, .htm, .xhtml (and .gz of these) below it, sorted by name; symlinks are followed once
    dump.zip, dump.tar.gz     the html files in an archive, as "dump.zip!/a.html", in the order of their names (tar: as they come)
    rows.jsonl, rows.jsonl.gz one page a line: {"html" or "text", "id"?, "title"?, "published"?, "url"?, "site"?}

Only regular files are opened: a FIFO or a device would hang. A page or row larger than MAX_BYTES is refused.
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import Reason, Stage
from pipeline.page import Page
from pipeline.records import Quarantined

MAX_BYTES = 20_000_000
"""Of one page. Real articles stay under 2 MB, pages with inlined pictures under 10 (docs/running.md)."""
HTML_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
ROW_SUFFIXES = (".jsonl", ".ndjson")
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_GZIP_MAGIC = b"\x1f\x8b"
_BINARY_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"\x7fELF": "a program",
    b"RIFF": "a media file",
    b"SQLite format 3": "a SQLite database",
    b"\xd0\xcf\x11\xe0": "an old office document",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEXT_FIELDS = ("id", "title", "published", "url", "site")


@dataclass(frozen=True, slots=True)
class Missing:
    """An input that is not there at all."""

    source: str


Found = Page | Quarantined | Missing


def pages(inputs: Iterable[str]) -> Iterator[Found]:
    """Every page of the inputs, in their order; what cannot be read comes as `Quarantined`, what is not there as `Missing`."""
    for name in inputs:
        path = Path(name)
        if path.is_dir():
            for found in _walk(path):
                if isinstance(found, Quarantined):
                    yield found
                else:
                    yield from _file(found)
        elif not os.path.lexists(path):
            yield Missing(display(path))
        else:
            yield from _file(path)


def display(path: Path) -> str:
    """A path as text that can be stored: bytes that are no UTF-8 are shown as \\xNN."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _walk(top: Path) -> Iterator[Path | Quarantined]:
    """The html files below a folder, sorted by name at each level. A folder met again (a symlink loop) is passed over."""
    met: set[tuple[int, int]] = set()
    waiting = [top]
    while waiting:
        path = waiting.pop()
        if not path.is_dir():
            if _bare_name(path).endswith(HTML_SUFFIXES):
                yield path
            continue
        try:
            state = path.stat()
            if (state.st_dev, state.st_ino) not in met:
                met.add((state.st_dev, state.st_ino))
                waiting += sorted(path.iterdir(), key=lambda p: p.name, reverse=True)
        except OSError as error:
            yield _refused(display(path), Reason.UNREADABLE, error.strerror or str(error))


def _bare_name(path: Path) -> str:
    return path.name.lower().removesuffix(".gz")


def _file(path: Path) -> Iterator[Found]:
    """The pages of one file."""
    try:
        refusal = _irregular(path)
        if refusal:
            yield _refused(display(path), Reason.UNREADABLE, refusal)
        elif _bare_name(path).endswith(ROW_SUFFIXES):
            yield from _rows(path)
        elif path.name.lower().endswith(".zip"):
            yield from _zipped(path)
        elif path.name.lower().endswith(TAR_SUFFIXES):
            yield from _tarred(path)
        else:
            with path.open("rb") as file:
                yield page_of(display(path), file.read(MAX_BYTES + 1))
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError) as error:
        yield _refused(display(path), Reason.UNREADABLE, getattr(error, "strerror", None) or str(error))


def _zipped(path: Path) -> Iterator[Page | Quarantined]:
    """The html files in a ZIP archive; a damaged or locked one is refused, the others go on."""
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda m: m.filename):
            if member.is_dir() or not _bare_name(Path(member.filename)).endswith(HTML_SUFFIXES):
                continue
            source = _clean(f"{display(path)}!/{member.filename}")
            try:
                with archive.open(member) as file:
                    data = file.read(MAX_BYTES + 1)
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
                yield _refused(source, Reason.UNREADABLE, str(error))  # damaged, locked by a password, packed in a rare way
            else:
                yield page_of(source, data)


def _tarred(path: Path) -> Iterator[Page | Quarantined]:
    """The html files in a tar archive, read in one pass."""
    with tarfile.open(path, "r|*") as archive:
        for member in archive:
            if not member.isfile() or not _bare_name(Path(member.name)).endswith(HTML_SUFFIXES):
                continue
            file = archive.extractfile(member)
            if file is not None:
                yield page_of(_clean(f"{display(path)}!/{member.name}"), file.read(MAX_BYTES + 1))


def _irregular(path: Path) -> str | None:
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return None
    kind = "a FIFO" if stat.S_ISFIFO(mode) else "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a socket"
    return f"is {kind}, not a regular file"


def page_of(source: str, data: bytes) -> Page | Quarantined:
    """One html page from its bytes, unpacked where it was saved compressed."""
    if data.startswith(_GZIP_MAGIC):
        unpacked = _gunzip(data)
        if unpacked is None:
            return _refused(source, Reason.BINARY, "is a damaged gzip file")
        data = unpacked
    if len(data) > MAX_BYTES:
        return _refused(source, Reason.TOO_LARGE, f"has more than {MAX_BYTES:,} bytes")
    if not data.strip():
        return _refused(source, Reason.EMPTY, "is empty")
    for magic, name in _BINARY_MAGIC.items():
        if data.startswith(magic):
            return _refused(source, Reason.BINARY, f"is {name}, not html")
    return Page(source=source, html=data)


def _gunzip(data: bytes) -> bytes | None:
    """At most MAX_BYTES + 1 unpacked bytes (a gzip bomb stops there); None for a damaged file."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        return stream.decompress(data, MAX_BYTES + 1)
    except zlib.error:
        return None


def _refused(source: str, reason: Reason, message: str, hint: str = "") -> Quarantined:
    return Quarantined(source=source, reason=reason, stage=Stage.INPUT, message=message, hint=hint)


def _rows(path: Path) -> Iterator[Page | Quarantined]:
    """One page a line. Blank lines are passed over; line numbers count from 1."""
    name = display(path)
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_BYTES + 1):
            number += 1
            if len(line) > MAX_BYTES:
                yield _refused(f"{name}#L{number}", Reason.TOO_LARGE, f"the row has more than {MAX_BYTES:,} bytes")
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_BYTES)
            elif line.strip():
                yield _row(name, number, line)


def _row(name: str, number: int, line: bytes) -> Page | Quarantined:
    source = f"{name}#L{number}"
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _refused(source, Reason.BAD_ROW, f"is no JSON: {error}", "each line holds one JSON object")
    problem = _malformed(row)
    if problem:
        return _refused(source, Reason.BAD_ROW, problem, 'a row is {"html" or "text", "id"?, "title"?, "published"?, "url"?}')
    if row.get("id") is not None:
        source = f"{name}#{_clean(str(row['id']))}"
    fields: dict[str, Any] = {key: _clean(str(row[key])) for key in _TEXT_FIELDS if row.get(key) not in (None, "")}
    if row.get("html"):
        return Page(source=source, html=_clean(row["html"]).encode(), charset="utf-8", **fields)
    if not (row.get("text") or "").strip():
        return _refused(source, Reason.EMPTY, "the row's text is empty")
    return Page(source=source, text=_clean(row["text"]), **fields)


def _malformed(row: Any) -> str | None:
    """What is wrong with a row, or None."""
    if not isinstance(row, dict):
        return "is no JSON object"
    if row.get("html") is None and row.get("text") is None:
        return "has neither html nor text"
    for key in ("html", "text", *_TEXT_FIELDS):
        value = row.get(key)
        if value is not None and not isinstance(value, str) and not (key == "id" and isinstance(value, int)):
            return f"{key} is {type(value).__name__}, not text"
    return None


def _clean(text: str) -> str:
    """Lone surrogates cannot be stored anywhere; one replacement character for each keeps the offsets."""
    return _SURROGATE.sub("\ufffd", text)
