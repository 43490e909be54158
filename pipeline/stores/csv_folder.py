"""CSV: a folder with one file per table and per flat view.

In: the records of a store. Out: articles.csv, events.csv …, flights.csv, visits.csv …, quarantine.csv: UTF-8, a header line,
"\n" at the end of lines, quotes where needed; an empty cell is an unknown value, and lists are JSON.
"""

from __future__ import annotations

import csv
from contextlib import ExitStack
from pathlib import Path

from pipeline.stores.export import Content
from pipeline.stores.tables import Cell
from pipeline.stores.tabular import contents, layout


class CsvFolder:
    """The `Format` of a folder of CSV files."""

    folder = True
    suffix = ".csv"

    def write(self, folder: Path, name: str, content: Content) -> None:
        """One file per table and view, empty ones too, so that what reads them always finds them."""
        with ExitStack() as stack:
            writers = {}
            for table, columns in layout(content.types).items():
                file = stack.enter_context((folder / f"{table}.csv").open("w", encoding="utf-8", newline=""))
                writers[table] = csv.writer(file, lineterminator="\n")
                writers[table].writerow([column.name for column in columns])
            for tables in contents(content):
                for table, rows in tables.items():
                    writers[table].writerows([_cell(cell) for cell in row] for row in rows)


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    # What reads CSV in C takes U+0000 for the end.
    return cell.replace("\x00", "\ufffd") if isinstance(cell, str) and "\x00" in cell else cell
