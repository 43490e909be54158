"""Gold records and floors, read from their files.

In: a folder of `<stem>.json` and `<stem>.notes.json`, a TOML file of floors. Out: `Gold`, limits by figure name.
Raises UsageError when there is no gold or a file is malformed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from pipeline.errors import UsageError
from pipeline.records import Record

NOTES = ".notes.json"


class Half(StrEnum):
    """The gold falls in two: what rules are written from, and what is only measured on."""

    SEEN = "seen"
    HELDOUT = "heldout"


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold record and what its notes add.

    Args:
        stem: file name without extension, which ties it to `article.source`.
        optional: ids of events and entities that a careful annotator could leave out.
        within: entity id → ids of the coarser places that are right in its stead (airport → its city, its country).
        half: `heldout` articles are measured on, and their differences never listed.
    """

    stem: str
    record: Record
    optional: frozenset[str] = frozenset()
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    half: Half = Half.SEEN


def load_gold(folder: Path, half: Half | None = None) -> list[Gold]:
    """The gold records of a folder, by stem: of one half, or all."""
    paths = sorted(p for p in folder.glob("*.json") if not p.name.endswith(NOTES)) if folder.is_dir() else []
    if not paths:
        raise UsageError(f"{folder} holds no gold records", "name a folder of <article>.json files with --gold")
    gold = [g for g in map(_load_one, paths) if half in (None, g.half)]
    if not gold:
        raise UsageError(f"{folder} holds no gold records of the half {half}", "the notes of an article say which half it is in")
    return gold


def _load_one(path: Path) -> Gold:
    notes_path = path.with_name(path.stem + NOTES)
    try:
        record = Record.model_validate_json(path.read_bytes())
        notes = json.loads(notes_path.read_bytes()) if notes_path.exists() else {}
    except (ValidationError, json.JSONDecodeError) as error:
        raise UsageError(f"{path} is not a gold record: {error}", "see corpus/README.md") from error
    within = {key: tuple(ids) for key, ids in notes.get("within", {}).items()}
    half = Half.HELDOUT if notes.get("heldout") else Half.SEEN
    return Gold(path.stem, record, frozenset(notes.get("optional", ())), within, half)


def load_floors(path: Path) -> dict[str, float]:
    """The pinned limits: tables `[floors]` (may not fall) and `[ceilings]` (may not rise)."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read the floors in {path}: {error}") from error
    return {name: float(value) for table in ("floors", "ceilings") for name, value in tables.get(table, {}).items()}


def stem_of(source: str) -> str:
    """What ties a record to its gold: "corpus/articles/a.html" and "dump.zip!/a.html.gz" are both "a"."""
    name = PurePosixPath(source.replace("\\", "/")).name.rsplit("#", 1)[-1]
    return re.sub(r"\.(?:x?html?|jsonl?|txt)(?:\.gz)?$", "", name)
