"""Parquet: a folder with one file per table and per flat view, as `pyarrow.dataset`, DuckDB or pandas read them.

In: the records of a store. Out: articles.parquet, events.parquet …, flights.parquet …, quarantine.parquet, compressed with
zstd; lists are JSON in strings, and the comments of columns are in the metadata of their fields. Needs the extra `parquet`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.stores.export import Content
from pipeline.stores.tables import Column, Row
from pipeline.stores.tabular import contents, layout

ROWS_AT_ONCE = 5_000
"""Rows of a row group; with texts of 10 kB, 50 MB are in memory."""


class ParquetFolder:
    """The `Format` of a folder of Parquet files. Raises UsageError where pyarrow is not installed."""

    folder = True
    suffix = ".parquet"

    def __init__(self) -> None:
        try:
            import pyarrow.parquet  # noqa: F401 - said before the run, not after it
        except ModuleNotFoundError as error:
            raise UsageError("Parquet needs pyarrow, which is not installed", 'pip install "dateline[parquet]"') from error

    def write(self, folder: Path, name: str, content: Content) -> None:
        """One file per table and view, empty ones too, so that what reads them always finds them."""
        files = {table: _File(folder / f"{table}.parquet", columns) for table, columns in layout(content.types).items()}
        try:
            for tables in contents(content):
                for table, rows in tables.items():
                    files[table].add(rows)
        finally:
            for file in files.values():
                file.close()


class _File:
    def __init__(self, path: Path, columns: tuple[Column, ...]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), list: pa.string()}
        self._schema = pa.schema(
            [pa.field(c.name, kinds[c.type], metadata={"comment": c.comment} if c.comment else None) for c in columns]
        )
        self._writer: Any = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def add(self, rows: list[Row]) -> None:
        self._rows += rows
        while len(self._rows) >= ROWS_AT_ONCE:
            self._flush(self._rows[:ROWS_AT_ONCE])
            del self._rows[:ROWS_AT_ONCE]

    def close(self) -> None:
        if self._rows:
            self._flush(self._rows)
        self._writer.close()

    def _flush(self, rows: list[Row]) -> None:
        import pyarrow as pa

        columns = [pa.array(values, type=field.type) for values, field in zip(zip(*rows, strict=True), self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
