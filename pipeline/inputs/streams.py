"""Streams that cannot be wound back, such as standard input.

In: a binary stream. Out: the same bytes again after a look at the first ones, unpacked where they are gzipped.
"""

from __future__ import annotations

import gzip
from io import BufferedReader, RawIOBase
from typing import IO

_GZIP_MAGIC = b"\x1f\x8b"


class _Rest(RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head = head
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = len(buffer)
        if self._head:
            part, self._head = self._head[:size], self._head[size:]
        else:
            part = self._file.read1(size) if hasattr(self._file, "read1") else self._file.read(size)
        buffer[: len(part)] = part
        return len(part)


class _Unpacked(RawIOBase):
    """A gzipped stream, in one member or many. Raises OSError where it is cut short, which a reader may take for its end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = gzip.GzipFile(fileobj=file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            part = self._file.read1(len(buffer))
        except EOFError as error:
            raise OSError("the file is cut short") from error
        buffer[: len(part)] = part
        return len(part)


def unread(head: bytes, file: IO[bytes]) -> BufferedReader:
    """The stream as it was before `head` was read from it."""
    return BufferedReader(_Rest(head, file), 1 << 16)


def unpacked(file: IO[bytes]) -> BufferedReader:
    """The bytes of a stream, unpacked where they are gzipped."""
    head = b""
    while len(head) < len(_GZIP_MAGIC) and (part := file.read(len(_GZIP_MAGIC) - len(head))):
        head += part
    whole = unread(head, file)
    return BufferedReader(_Unpacked(whole), 1 << 16) if head == _GZIP_MAGIC else whole
