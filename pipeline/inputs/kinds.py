"""What kind of input a file is, by its name.

In: a file's name. Out: its `Kind`. Any name that says nothing is taken for html when it is named itself.
"""

from __future__ import annotations

from enum import Enum, auto

_HTML = (".html", ".htm", ".xhtml", ".shtml")
_TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


class Kind(Enum):
    """How a file holds pages."""

    HTML = auto()
    TEXT = auto()
    ROWS = auto()
    PARQUET = auto()
    WARC = auto()
    ZIP = auto()
    TAR = auto()


_BY_SUFFIX = {
    ".txt": Kind.TEXT,
    ".jsonl": Kind.ROWS,
    ".ndjson": Kind.ROWS,
    ".parquet": Kind.PARQUET,
    ".pq": Kind.PARQUET,
    ".warc": Kind.WARC,
    ".zip": Kind.ZIP,
}


def kind_of(name: str) -> Kind:
    """The kind of a file that was named."""
    lower = name.lower()
    if lower.endswith(_TAR):
        return Kind.TAR
    return next((kind for suffix, kind in _BY_SUFFIX.items() if _bare(lower).endswith(suffix)), Kind.HTML)


def holds_html(name: str) -> bool:
    """Whether a file is a page of html for sure."""
    return _bare(name.lower()).endswith(_HTML)


def found_in_folders(name: str) -> bool:
    """Whether a file is read where only its folder was named. Tables and archives may be anything, even our own output."""
    return holds_html(name) or kind_of(name) is Kind.WARC


def _bare(name: str) -> str:
    return name.removesuffix(".gz")
