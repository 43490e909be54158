"""One page from bytes or text, and the names that pages go by.

In: the bytes of one page and where they came from. Out: `Page`, or `Quarantined` for what is no page. Sizes in bytes.
"""

from __future__ import annotations

import lzma
import os
import re
import tarfile
import zipfile
import zlib
from collections import Counter
from pathlib import Path

from pipeline.errors import Reason, Stage
from pipeline.page import Page
from pipeline.records import Quarantined

MAX_BYTES = 20_000_000
"""Of one page. Real articles stay under 2 MB, pages with inlined pictures under 10 (docs/running.md)."""
_GZIP_MAGIC = b"\x1f\x8b"
_BINARY_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"PAR1": "a Parquet file",
    b"\x7fELF": "a program",
    b"RIFF": "a media file",
    b"SQLite format 3": "a SQLite database",
    b"\xd0\xcf\x11\xe0": "an old office document",
}
_WELL_SAID = (OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError)
_SURROGATE = re.compile("[\ud800-\udfff]")


def page_of(source: str, data: bytes, charset: str | None = None, url: str | None = None) -> Page | Quarantined:
    """One html page from its bytes, unpacked where it was saved compressed."""
    content = _content(source, data)
    if isinstance(content, Quarantined):
        return content
    for magic, name in _BINARY_MAGIC.items():
        if content.startswith(magic):
            return refused(source, Reason.BINARY, f"is {name}, not html")
    return Page(source=source, html=content, charset=charset, url=url)


def text_of(source: str, data: bytes) -> Page | Quarantined:
    """One page of plain text, UTF-8 or else windows-1252, from its bytes."""
    content = _content(source, data)
    if isinstance(content, Quarantined):
        return content
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return Page(source=source, text=text)


def _content(source: str, data: bytes) -> bytes | Quarantined:
    if data.startswith(_GZIP_MAGIC):
        unpacked = _gunzip(data)
        if unpacked is None:
            return refused(source, Reason.BINARY, "is a damaged gzip file")
        data = unpacked
    if len(data) > MAX_BYTES:
        return refused(source, Reason.TOO_LARGE, f"has more than {MAX_BYTES:,} bytes")
    return data if data.strip() else refused(source, Reason.EMPTY, "is empty")


def _gunzip(data: bytes) -> bytes | None:
    """At most MAX_BYTES + 1 unpacked bytes (a gzip bomb stops there); None for a damaged file."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        return stream.decompress(data, MAX_BYTES + 1)
    except zlib.error:
        return None


def refused(source: str, reason: Reason, message: str, hint: str = "") -> Quarantined:
    """What cannot be read, with the reason."""
    return Quarantined(source=source, reason=reason, stage=Stage.INPUT, message=message, hint=hint)


def what(error: Exception) -> str:
    """What went wrong, in one line; where the words are not meant for a reader, with the kind of error."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    said = " ".join(str(error).split())
    return said if isinstance(error, _WELL_SAID) and said else f"is damaged ({type(error).__name__}: {said})"


def display(path: Path) -> str:
    """A path as text that can be stored: bytes that are no UTF-8 are shown as \\xNN."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def clean(text: str) -> str:
    """Lone surrogates cannot be stored anywhere; one replacement character for each keeps the offsets."""
    return _SURROGATE.sub("\ufffd", text)


class Names:
    """Keeps apart the pages of one container that have the same name: the second `rows.jsonl#a` is `rows.jsonl#a~2`.

    Else the one would count as a changed version of the other, and each run would write both again.
    """

    def __init__(self) -> None:
        self._met: Counter[int] = Counter()

    def __call__(self, source: str) -> str:
        """The name to use for the next page that is called so."""
        key = hash(source)  # a number is a tenth of the size of a URL, and there may be a million
        self._met[key] += 1
        return source if self._met[key] == 1 else f"{source}~{self._met[key]}"
