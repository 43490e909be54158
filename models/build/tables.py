"""Reads and writes the gazetteers' tables, and says what a rebuild changed.

In and out: TSV with one header line, UTF-8, "\\n"; lines that start with "#" are comments. A name that ends in ".gz" is
compressed with a fixed time stamp, so that the same rows give the same bytes.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

GAZETTEERS = Path(__file__).resolve().parents[1] / "gazetteers"


def read(name: str) -> list[dict[str, str]]:
    """The rows of a table; [] when there is none yet."""
    path = GAZETTEERS / name
    if not path.exists():
        return []
    text = gzip.decompress(path.read_bytes()).decode() if name.endswith(".gz") else path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:]]


def write(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]], *key: str) -> None:
    """Writes a table and prints how it differs from the one it replaces, row by row of the columns `key`."""
    before = {"/".join(row[column] for column in key): row for row in read(name)}
    made = [{column: _cell(row[column]) for column in columns} for row in rows]
    text = "\t".join(columns) + "\n" + "".join("\t".join(row.values()) + "\n" for row in made)
    data = text.encode()
    (GAZETTEERS / name).write_bytes(gzip.compress(data, 9, mtime=0) if name.endswith(".gz") else data)
    after = {"/".join(row[column] for column in key): row for row in made}
    added, gone = after.keys() - before.keys(), before.keys() - after.keys()
    changed = [k for k in after.keys() & before.keys() if after[k] != before[k]]
    print(f"{name}: {len(made):,} rows; {len(added):,} added, {len(gone):,} gone, {len(changed):,} changed")
    for label, keys in (("added", added), ("gone", gone), ("changed", changed)):
        if keys and before:
            print(f"  {label}: {', '.join(sorted(keys)[:10])}{' …' if len(keys) > 10 else ''}")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if "\t" in text or "\n" in text:
        raise ValueError(f"a cell holds a tab or a line break: {text!r}")
    return text
