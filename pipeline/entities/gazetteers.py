"""Reads the tables in models/gazetteers.

In: a table's name. Out: its rows as dictionaries of column → text, "" where a cell is empty. Raises KnowledgeError for a
table that is missing or whose rows do not fit its header.
"""

from __future__ import annotations

import gzip
from functools import cache

from pipeline.errors import KnowledgeError
from pipeline.resources import model_path

Row = dict[str, str]


@cache
def rows(name: str) -> list[Row]:
    """All rows of models/gazetteers/`name`: TSV, one header line, comment lines start with "#"."""
    data = model_path(f"gazetteers/{name}").read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    if not lines:
        raise KnowledgeError(f"models/gazetteers/{name} has no header line")
    header = lines[0].split("\t")
    width = len(header)
    made = []
    for line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != width:
            raise KnowledgeError(f"models/gazetteers/{name}: {len(cells)} cells instead of {width} in {line[:80]!r}")
        made.append(dict(zip(header, cells, strict=True)))
    return made


def listed(cell: str) -> list[str]:
    """The items of a cell that holds a list."""
    return [item for item in cell.split("|") if item]


def number(cell: str) -> float | None:
    """A cell's number, None when it is empty."""
    return float(cell) if cell else None
