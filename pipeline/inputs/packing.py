"""HTTP bodies as they were before the server packed them (Content-Encoding, RFC 9110).

In: the bytes of a body and what its header says of them. Out: the unpacked bytes, at most MAX_BYTES + 1 (a bomb stops there).
Many crawlers store a body unpacked and keep the header: one that begins like markup is taken as it is.

warcio could do this too, but takes a damaged body for an unpacked one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

import brotli

from pipeline.inputs.reading import MAX_BYTES

_MARKUP = re.compile(rb"\s*(\xef\xbb\xbf)?\s*<")


class PackingError(Exception):
    """A body that cannot be unpacked; the message says why."""


def unpack(body: bytes, encoding: str) -> bytes:
    """Undoes each packing that the header names, the last one first. Raises PackingError."""
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name == "identity":
            continue
        if name.removeprefix("x-") not in _UNPACKERS:
            raise PackingError(f"is packed as {name!r}, which is not known here")
        if _MARKUP.match(body):
            break
        try:
            body = _UNPACKERS[name.removeprefix("x-")](body)
        except (zlib.error, brotli.error) as error:
            raise PackingError(f"is damaged within its packing ({name}): {error}") from error
    return body


def _gzip(body: bytes) -> bytes:
    return _inflated(body, 16 + zlib.MAX_WBITS)


def _deflate(body: bytes) -> bytes:
    try:
        return _inflated(body, zlib.MAX_WBITS)
    except zlib.error:
        return _inflated(body, -zlib.MAX_WBITS)  # without the head that the standard asks for, as some servers send it


def _inflated(body: bytes, bits: int) -> bytes:
    stream = zlib.decompressobj(bits)
    unpacked = stream.decompress(body, MAX_BYTES + 1)
    if not stream.eof and len(unpacked) <= MAX_BYTES:
        raise zlib.error("it is cut short")
    return unpacked


def _brotli(body: bytes) -> bytes:
    stream = brotli.Decompressor()
    unpacked: bytes = stream.process(body, output_buffer_limit=MAX_BYTES + 1)
    if not stream.is_finished() and len(unpacked) <= MAX_BYTES:
        raise brotli.error("it is cut short")
    return unpacked


_UNPACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": _gzip, "deflate": _deflate, "br": _brotli}
