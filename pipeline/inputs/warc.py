"""Web archives (WARC, ISO 28500), as crawlers write them.

In: a stream of a WARC file, gzipped or not. Out: a page per html response that was answered with 200, named as web archives do:
"crawl.warc.gz!/20240709104100/https://x.example/a" (when it was captured, UTC, and its URL). The charset comes from the HTTP
header; chunked bodies and those packed with gzip, deflate or brotli are unpacked. Requests, pictures, redirects, error pages and
revisits are no pages and are passed over.

warcio reads the records, but is told nothing of gzip: through `gzip`, an archive that was compressed as a whole is read too, and
one that is cut short is noticed.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from pipeline.errors import Reason
from pipeline.inputs.packing import PackingError, unpack
from pipeline.inputs.reading import MAX_BYTES, Names, clean, page_of, refused
from pipeline.inputs.selection import Older, Selection
from pipeline.inputs.streams import unpacked
from pipeline.page import Page
from pipeline.records import Quarantined

logging.getLogger("warcio").addHandler(logging.NullHandler())  # else it speaks on standard error of URLs it has mended
_HTML = ("text/html", "application/xhtml+xml")
_HEAD_BYTES = 1_000_000
"""Of the HTTP headers before a body; servers allow a hundredth of it."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)


def warc_pages(container: str, file: IO[bytes], selection: Selection) -> Iterator[Page | Quarantined | Older]:
    """The pages of one archive. What is damaged beyond one record ends it, and is named."""
    names = Names()
    try:
        for record in _Records(_Piecemeal(unpacked(file)), no_record_parse=True):
            if record.format != "warc":
                raise ArchiveLoadFailed(
                    "is no WARC file"
                )  # any line of five words counts as the head of an ARC file, its forerunner
            if record.rec_type != "response":
                continue
            url = clean(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
            captured = record.rec_headers.get_header("WARC-Date") or ""
            found = _page(record, f"{container}!/{re.sub('[^0-9]', '', captured)[:14]}/{url}", url, names, selection)
            if isinstance(found, Page) and selection.is_older(captured):
                yield Older(found.source)  # it cannot have been published after it was captured
            elif found is not None:
                yield found
    except (ArchiveLoadFailed, OSError, zlib.error) as error:
        yield refused(container, Reason.UNREADABLE, str(error).strip().splitlines()[0])


def _page(record: Any, name: str, url: str, names: Names, selection: Selection) -> Page | Quarantined | None:
    """The page of a response; None for one that holds none, or none that is wanted."""
    block = _all(record.raw_stream, MAX_BYTES + _HEAD_BYTES)
    try:
        record.raw_stream = BytesIO(block)
        record.http_headers = StatusAndHeadersParser(["HTTP/"], verify=False).parse(record.raw_stream)
    except (EOFError, StatusAndHeadersParserException):
        return None  # the answer to no HTTP request: DNS, FTP
    kind = record.http_headers.get_header("Content-Type") or ""
    if record.http_headers.get_statuscode() != "200" or kind.partition(";")[0].strip().lower() not in _HTML:
        return None
    source = names(name)
    if not selection.wants(source):
        return None
    if record.length is None:
        return refused(source, Reason.UNREADABLE, "does not say how long it is")
    if len(block) < min(record.length, MAX_BYTES + _HEAD_BYTES):
        return refused(source, Reason.UNREADABLE, f"is cut short: {len(block):,} of {record.length:,} bytes are there")
    try:
        body = unpack(_unchunked(record), record.http_headers.get_header("Content-Encoding") or "")
    except PackingError as error:
        return refused(source, Reason.UNREADABLE, str(error))
    charset = _CHARSET.search(kind)
    return page_of(source, body, charset=charset[1] if charset else None, url=url or None)


def _all(stream: Any, limit: int) -> bytes:
    """What a stream gives, up to a number of bytes; a reader of warcio may give less at a time than it is asked for."""
    parts = []
    while limit > 0 and (part := stream.read(limit)):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _unchunked(record: Any) -> bytes:
    """The body as it was before it was cut into chunks for the way."""
    if (record.http_headers.get_header("Transfer-Encoding") or "").strip().lower() != "chunked":
        body: bytes = record.raw_stream.read()
        return body
    return _all(ChunkedDataReader(record.raw_stream), MAX_BYTES + 1)


class _Records(ArchiveIterator):  # type: ignore[misc]
    INC_RECORD = ""  # else it prints a warning of its own on standard error


class _Piecemeal:
    """A stream that gives what it has rather than fill the size asked for: what stands before a damage is not lost with it."""

    def __init__(self, file: BufferedReader) -> None:
        self.read = file.read1
