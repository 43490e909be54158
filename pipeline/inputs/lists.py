"""List files: inputs that are named in a file, `@list.txt`, rather than on the command line.

In: the path of a list, or "-" for standard input. Out: the names in it, one a line; parted by NUL where there is one (`find
-print0`). A relative name is taken from the working folder, as on the command line. Blank lines are passed over.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import UsageError

MARK = "@"


def listed(path: str) -> Iterator[str]:
    """The names in a list. Raises UsageError when it cannot be read."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the list {path}: {error.strerror}") from error
    lines = data.split(b"\0") if b"\0" in data else data.splitlines()
    for line in lines:
        if line.strip():
            yield os.fsdecode(line)
