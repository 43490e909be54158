"""Destinations of every kind, and what they hold, read by other means than ours.

In: a kind. Out: `Destination`: its name for `open_store`, the ids of its articles, and all that it holds in a form that can be
compared.
"""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pipeline.stores import Outcome, open_store
from pipeline.stores.tables import TABLES

_FILES = {
    "jsonl": "out.jsonl",
    "jsonl.gz": "out.jsonl.gz",
    "csv": "csv:out/",
    "parquet": "out.parquet",
    "geojson": "out.geojson",
    "ftm": "out.ftm.json",
    "jsonld": "out.jsonld",
    "spacy": "out.spacy",
}
KINDS = (*_FILES, "sqlite", "postgresql", "mariadb")
_DIALECT_TABLES = (*(t.name for t in TABLES), "pages", "quarantine")


class Destination:
    """One destination of a kind."""

    def __init__(self, kind: str, folder: Path, request: pytest.FixtureRequest) -> None:
        self.kind = kind
        self.in_files = kind in _FILES
        folder.mkdir()
        self.folder = folder
        if kind == "postgresql":
            self.name: str = request.getfixturevalue("server").database()
        elif kind == "mariadb":
            self._maria = request.getfixturevalue("maria")
            self.name = self._maria.database()
        elif kind == "sqlite":
            self.name = f"sqlite:///{folder}/out.sqlite"
        else:
            prefix, _, name = _FILES[kind].rpartition(":")
            self.path = folder / name
            self.name = f"{prefix}:{self.path}" if prefix else str(self.path)

    def put(self, *outcomes: Outcome) -> None:
        """A run that is given some pages."""
        put(self.name, *outcomes)

    def ids(self) -> list[object]:
        """The ids of the articles, in the order they were written; of GeoJSON and FollowTheMoney, those of the events."""
        if self.in_files:
            return list(dict.fromkeys(_READERS[self.kind](self.path)))
        order = {"sqlite": "rowid", "postgresql": "ctid", "mariadb": "id"}[self.kind]
        return [row[0] for row in self.rows(f"SELECT id FROM articles ORDER BY {order}")]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query gives, of the kinds that are databases."""
        if self.kind == "postgresql":
            with psycopg.connect(self.name) as server:
                return server.execute(query.encode()).fetchall()
        if self.kind == "mariadb":
            rows: list[tuple[object, ...]] = self._maria.run(query, self.name.split("/")[3].split("?")[0])
            return rows
        connection = sqlite3.connect(self.folder / "out.sqlite", isolation_level=None)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def content(self) -> object:
        """All that it holds: the bytes of files, the rows of tables."""
        if self.in_files:
            paths = [p for p in sorted(self.folder.rglob("*")) if p.is_file()]
            return {
                str(p.relative_to(self.folder)): p.read_bytes()
                for p in paths
                if ".dateline" not in str(p) and p.suffix != ".journal"
            }
        return {table: sorted(self.rows(f"SELECT * FROM {table}"), key=repr) for table in _DIALECT_TABLES}

    def take_out(self, article_id: str) -> None:
        """Takes an article out by hand, or, where all articles are in one file, the file."""
        if self.kind == "jsonl":
            lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
            self.path.write_text("".join(line for line in lines if f'"id":"{article_id}"' not in line), encoding="utf-8")
        elif self.kind == "csv":
            (self.path / "articles.csv").unlink()
        elif self.kind == "parquet":
            (self.path / "articles.parquet").unlink()
        elif self.in_files:
            self.path.unlink()
        elif self.kind == "sqlite":
            connection = sqlite3.connect(self.folder / "out.sqlite")
            connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            connection.commit()
            connection.close()
        elif self.kind == "postgresql":
            with psycopg.connect(self.name) as server:
                server.execute("DELETE FROM articles WHERE id = %s", (article_id,))
        else:
            self.rows(f"DELETE FROM articles WHERE id = '{article_id}'")


def put(destination: str, *outcomes: Outcome) -> None:
    """A run that is given some pages."""
    store = open_store(destination)
    for outcome in outcomes:
        store.put(outcome)
    store.close()


def _json_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def _parquet(path: Path) -> list[Any]:
    import pyarrow.parquet as pq

    ids: list[Any] = pq.read_table(path / "articles.parquet")["id"].to_pylist()
    return ids


def _spacy(path: Path) -> list[Any]:
    import spacy
    from spacy.tokens import DocBin

    docs = DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)
    return [doc.user_data["dateline"]["article"]["id"] for doc in docs]


def _csv(path: Path) -> list[Any]:
    with (path / "articles.csv").open(encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


_READERS = {
    "jsonl": lambda path: [row["article"]["id"] for row in _json_lines(path)],
    "jsonl.gz": lambda path: [json.loads(line)["article"]["id"] for line in gzip.decompress(path.read_bytes()).splitlines()],
    "csv": _csv,
    "parquet": _parquet,
    "geojson": lambda path: [f["properties"]["article_id"] for f in json.loads(path.read_bytes())["features"]],
    "ftm": lambda path: [i.partition("#")[0] for row in _json_lines(path) for i in row["properties"].get("recordId", ())],
    "jsonld": lambda path: [n["identifier"] for n in json.loads(path.read_bytes())["@graph"] if n["@type"] == "NewsArticle"],
    "spacy": _spacy,
}
