"""What the program says on standard error: one line per matter, as text, or with --log-json as one JSON object.

    {"time": "2026-11-29T10:53:05.120Z", "level": "error", "event": "missing", "message": "…", "source": "news/"}

Levels: info (what is going on; not said as text), warning (a page or an input is put aside), error (a run cannot go on).
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

_SAID_AS_JSON = [False]


def log_as_json(wanted: bool) -> None:
    """Chooses the form of every later line."""
    _SAID_AS_JSON[0] = wanted


def say(message: str, event: str = "error", level: str = "error", **fields: object) -> None:
    """One line on standard error."""
    if _SAID_AS_JSON[0]:
        log(event, level, message=message, **fields)
    else:
        print(f"dateline: {message}", file=sys.stderr)  # noqa: T201 - this is where the program speaks


def log(event: str, level: str = "info", **fields: object) -> None:
    """One JSON object on standard error; nothing where the log is text."""
    if _SAID_AS_JSON[0]:
        time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"time": time, "level": level, "event": event, **fields}, ensure_ascii=False)
        print(line, file=sys.stderr, flush=True)  # noqa: T201
