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


def parquet_rows(path: Path, selection: Selection) -> Iterator[Page | Quarantined | Older]:
    """The pages of one file."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{display(path)}: pyarrow, which reads Parquet, is not installed", 'pip install "dateline[parquet]"'
        ) from error
    name = display(path)
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
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=[c for c in theirs.values() if c in there]):
                for row in batch.to_pylist():
                    number += 1
                    found = rows.page(f"R{number}", {column: _plain(value) for column, value in row.items()})
                    if found is not None:
                        yield found
    except ArrowException as error:
        yield refused(name, Reason.UNREADABLE, str(error).splitlines()[0])


def _plain(value: Any) -> Any:
    """A cell as JSON could hold it."""
    return value.isoformat() if isinstance(value, datetime.date) else value
