"""Parquet files with a column of html or text.

In: the path of a Parquet file. Out: a page per row, named "news.parquet#id", or "news.parquet#R7" (counted from 1) where there is
no id. Only the columns that are needed are read, a few rows at a time. Dates and timestamps become ISO 8601; html may be bytes,
in whatever encoding the page names.

Raises UsageError where pyarrow is not installed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import Reason, UsageError
from pipeline.inputs.reading import display, refused
from pipeline.inputs.rows import FIELDS, Rows
from pipeline.inputs.selection import Older, Selection
from pipeline.page import Page
from pipeline.records import Quarantined

_ROWS_AT_ONCE = 64


def needs_pyarrow(name: str) -> None:
    """Raises UsageError where pyarrow is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError(f"{name}: pyarrow, which reads Parquet, is not installed", 'pip install "dateline[parquet]"') from error


def parquet_rows(path: Path, selection: Selection) -> Iterator[Page | Quarantined | Older]:
    """The pages of one file."""
    name = display(path)
    needs_pyarrow(name)
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    rows = Rows(name, selection)
    try:
        with ParquetFile(path) as file:
            there = file.schema_arrow.names
            theirs = {field: selection.columns.get(field, field) for field in FIELDS}
            if not {theirs["html"], theirs["text"]} & set(there):
                columns = ", ".join(there[:20])
                hint = "say which it is: --column html=NAME or --column text=NAME"
                yield refused(name, Reason.BAD_ROW, f"has neither an html nor a text column, but: {columns}", hint)
                return
            batches = file.iter_batches(_ROWS_AT_ONCE, columns=[c for c in theirs.values() if c in there])
            for number, row in enumerate((row for batch in batches for row in _rows(batch)), 1):
                place = f"R{number}"
                found = rows.refused(place, Reason.BAD_ROW, row) if isinstance(row, str) else rows.page(place, row)
                if found is not None:
                    yield found
    except ArrowException as error:
        yield refused(name, Reason.UNREADABLE, str(error).splitlines()[0])


def _rows(batch: Any) -> Iterator[dict[str, Any] | str]:
    """The rows of a batch; for one that cannot be read, what is wrong with it."""
    for n in range(batch.num_rows):
        try:
            (row,) = batch.slice(n, 1).to_pylist()
        except (ValueError, OverflowError) as error:  # text that is no UTF-8, a time beyond the calendar
            yield f"cannot be read: {error}"
        else:
            yield {column: _plain(value) for column, value in row.items()}


def _plain(value: Any) -> Any:
    """A cell as JSON could hold it."""
    return value.isoformat() if isinstance(value, datetime.date) else value
