"""Where records go. `open_store` takes a destination as the user names it and gives a `Store`.

    out.jsonl, out.jsonl.gz     JSON Lines, one record a line                            jsonl.py
    csv:folder/                 a CSV file per table and per flat view                   csv_folder.py
    parquet:folder/             the same as Parquet; out.parquet is a folder too         parquet.py
    out.geojson                 events on a map, flights as great circles                geojson.py
    out.ftm.json                FollowTheMoney entities                                  ftm.py
    out.jsonld                  schema.org                                               jsonld.py
    out.spacy, spacy:folder/    spaCy's DocBin                                           docbin.py
    sqlite:///out.sqlite        tables and one flat view per event type                  sql.py
    postgresql://… mysql://…    the same on a server                                     sql.py

`kind:path` (jsonl, csv, parquet, geojson, ftm, jsonld, spacy) names the kind where the path does not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.event_types import TypeInfo
from pipeline.stores.base import Outcome, Seen, Store

__all__ = ["KINDS", "Outcome", "Seen", "Store", "open_store"]

_Own = Mapping[str, TypeInfo] | None


def open_store(destination: str, own_types: Mapping[str, TypeInfo] | None = None) -> Store:
    """Opens a destination, creating it when it is not there.

    Args:
        own_types: a user's own event types, by name; tables with flat views give each a view.

    Raises UsageError for a form that is not known, StoreError when it cannot be opened or written.
    """
    if "://" in destination:
        from pipeline.stores.sql import SqlStore

        return SqlStore(destination, own_types)
    kind, colon, path = destination.partition(":")
    if not (colon and kind in KINDS):
        kind, path = _kind(destination), destination
    if not path:
        raise UsageError(f"{destination!r} names no file or folder", f"use {kind}:path")
    return KINDS[kind](destination, Path(path), own_types)


def _kind(destination: str) -> str:
    """What the end of a name says."""
    name = destination.rstrip("/")
    if name.endswith(".csv"):
        raise UsageError(f"{destination!r}: CSV is a folder with a file per table", f"use csv:{name.removesuffix('.csv')}/")
    for ending, kind in _ENDINGS.items():
        if name.endswith(ending):
            return kind
    hint = "use out.jsonl, csv:folder/ or sqlite:///out.sqlite; docs/stores.md lists them all"
    raise UsageError(f"cannot tell what kind of destination {destination!r} is", hint)


# What a store needs is loaded when it is opened: no run needs all of them.


def _jsonl(destination: str, path: Path, own: _Own) -> Store:
    from pipeline.stores.jsonl import JsonlStore

    return JsonlStore(destination, path)


def _csv(destination: str, path: Path, own: _Own) -> Store:
    from pipeline.stores.csv_folder import CsvFolder
    from pipeline.stores.export import ExportStore

    return ExportStore(destination, path, CsvFolder(), own)


def _parquet(destination: str, path: Path, own: _Own) -> Store:
    from pipeline.stores.export import ExportStore
    from pipeline.stores.parquet import ParquetFolder

    return ExportStore(destination, path, ParquetFolder(), own)


def _geojson(destination: str, path: Path, own: _Own) -> Store:
    from pipeline.stores.export import ExportStore
    from pipeline.stores.geojson import GeoJson

    return ExportStore(destination, path, GeoJson(), own)


def _ftm(destination: str, path: Path, own: _Own) -> Store:
    from pipeline.stores.export import ExportStore
    from pipeline.stores.ftm import FollowTheMoney

    return ExportStore(destination, path, FollowTheMoney(), own)


def _jsonld(destination: str, path: Path, own: _Own) -> Store:
    from pipeline.stores.export import ExportStore
    from pipeline.stores.jsonld import JsonLd

    return ExportStore(destination, path, JsonLd(), own)


def _spacy(destination: str, path: Path, own: _Own) -> Store:
    from pipeline.stores.docbin import DocBinFile, DocBinFolder
    from pipeline.stores.export import ExportStore

    return ExportStore(destination, path, DocBinFile() if path.suffix == ".spacy" else DocBinFolder(), own)


KINDS: Mapping[str, Callable[[str, Path, _Own], Store]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
    "geojson": _geojson,
    "ftm": _ftm,
    "jsonld": _jsonld,
    "spacy": _spacy,
}
"""The kinds of files, by the word that may stand before a path."""
_ENDINGS = {
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".parquet": "parquet",
    ".geojson": "geojson",
    ".ftm.json": "ftm",
    ".jsonld": "jsonld",
    ".spacy": "spacy",
}
