"""Pages that come as rows of a table: JSON Lines, and what it shares with Parquet.

In: rows {"html" or "text", "id"?, "title"?, "published"?, "url"?, "site"?}. Out: a page per row, named "rows.jsonl#id", or by its
place ("rows.jsonl#L7", counted from 1) where it has no id. A row that is none is refused, the others go on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from pipeline.errors import Reason
from pipeline.inputs.reading import MAX_BYTES, Names, clean, refused
from pipeline.inputs.selection import Older, Selection
from pipeline.page import Page
from pipeline.records import Quarantined

FIELDS = ("html", "text", "id", "title", "published", "url", "site")
_NAMED = FIELDS[2:]
_SHAPE = 'a row is {"html" or "text", "id"?, "title"?, "published"?, "url"?}; name other columns with --column html=NAME'


class Rows:
    """Turns the rows of one container into pages."""

    def __init__(self, container: str, selection: Selection) -> None:
        self._container = container
        self._selection = selection
        self._names = Names()

    def page(self, place: str, row: Any) -> Page | Quarantined | Older | None:
        """The page of one row; None when it is not wanted.

        Args:
            place: what tells the row apart within its container where it has no id: "L7".
            row: what was read.
        """
        if not isinstance(row, dict):
            return self.refused(place, Reason.BAD_ROW, "is no JSON object", _SHAPE)
        ours = {field: row.get(self._selection.columns.get(field, field)) for field in FIELDS}
        problem = _malformed(ours)
        if problem:
            return self.refused(place, Reason.BAD_ROW, problem, _SHAPE)
        given = place if ours["id"] in (None, "") else clean(str(ours["id"]))
        source = self._names(f"{self._container}#{given}")
        if not self._selection.wants(source):
            return None
        if self._selection.is_older(ours["published"]):
            return Older(source)
        return _page(source, ours)

    def refused(self, place: str, reason: Reason, message: str, hint: str = "") -> Quarantined | None:
        """A row that is no page; None when it is not wanted."""
        source = self._names(f"{self._container}#{place}")
        return refused(source, reason, message, hint) if self._selection.wants(source) else None


def _page(source: str, row: Mapping[str, Any]) -> Page | Quarantined:
    fields: dict[str, Any] = {key: clean(str(row[key])) for key in _NAMED if row[key] not in (None, "")}
    if row["html"]:
        html, charset = (row["html"], None) if isinstance(row["html"], bytes) else (clean(row["html"]).encode(), "utf-8")
        if len(html) > MAX_BYTES:
            return refused(source, Reason.TOO_LARGE, f"has more than {MAX_BYTES:,} bytes")
        return Page(source=source, html=html, charset=charset, **fields)
    if not (row["text"] or "").strip():
        return refused(source, Reason.EMPTY, "the row's text is empty")
    return Page(source=source, text=clean(row["text"]), **fields)


def _malformed(row: Mapping[str, Any]) -> str | None:
    """What is wrong with a row, or None."""
    if row["html"] is None and row["text"] is None:
        return "has neither html nor text"
    for key, value in row.items():
        fits = isinstance(value, str) or (key == "id" and isinstance(value, int)) or (key == "html" and isinstance(value, bytes))
        if value is not None and not fits:
            return f"{key} is {type(value).__name__}, not text"
    return None


def json_lines(
    file: IO[bytes], rows: Rows, place: Callable[[int, bytes], str] = lambda number, _: f"L{number}"
) -> Iterator[Page | Quarantined | Older]:
    """One page a line; `place` names a line, by its number from 1 or its bytes. Blank lines are passed over."""
    number = 0
    while line := file.readline(MAX_BYTES + 1):
        number += 1
        found: Page | Quarantined | Older | None = None
        if len(line) > MAX_BYTES:
            found = rows.refused(place(number, line), Reason.TOO_LARGE, f"the row has more than {MAX_BYTES:,} bytes")
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_BYTES)
        elif line.strip():
            found = _parsed(place(number, line), line, rows)
        if found is not None:
            yield found


def _parsed(place: str, line: bytes, rows: Rows) -> Page | Quarantined | Older | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return rows.refused(place, Reason.BAD_ROW, f"is no JSON: {error}", "each line holds one JSON object")
    return rows.page(place, row)
