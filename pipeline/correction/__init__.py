"""Correction files: records that a person corrects, read back as gold to score with.

In: records (or gold records), and the name of a format. Out: a folder with a few files per article; read back: `Gold`. Raises
UsageError with file and line for a corrected file that cannot be understood. What each format looks like: docs/annotate.md.

    model.py      what both formats say, and its way to and from a gold record
    beside.py     the files beside the annotations: the text, and what is known of the article
    guide.py, guide_reading.py   JSON in the shape of the annotation guide, by names   (format "guide")
    brat.py, brat_reading.py     brat standoff, for annotation tools                   (format "brat")
    dates.py      what a person may write as a date
    located.py    JSON that knows its lines
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.correction import beside, brat, brat_reading, guide, guide_reading
from pipeline.errors import UsageError
from pipeline.evaluation import IN_ROLES_ONLY, NOTES, Gold, Half, load_gold, stem_of
from pipeline.event_types import TypeInfo
from pipeline.records import Record

FORMATS = ("guide", "brat")


def load_records(path: Path) -> list[Gold]:
    """The records of a JSON Lines file, or the gold records of a folder with their notes."""
    if path.is_dir():
        return load_gold(path)
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            lines = [(n, line) for n, line in enumerate(file, 1) if line.strip()]  # not splitlines: a text may hold U+2028
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "name a JSON Lines file of records") from error
    records = []
    for number, line in lines:
        try:
            records.append(Record.model_validate_json(line))
        except ValidationError as error:
            told = error.errors()[0]
            where = ".".join(map(str, told["loc"])) or "the line"
            hint = "records are made with `dateline extract … --to out.jsonl`"
            raise UsageError(f"{path}, line {number} is no record: {where}: {told['msg']}", hint) from error
    if not records:
        raise UsageError(f"{path} holds no records")
    return [Gold(stem, _without_bystanders(record)) for stem, record in _named(records)]


def _without_bystanders(record: Record) -> Record:
    """A record without the groups and things that play no role: gold names them only where they fill one."""
    used = {i for e in record.events for ids in (*e.roles.values(), e.attributed_to) for i in ids}
    kept = tuple(e for e in record.entities if e.type not in IN_ROLES_ONLY or e.id in used)
    return record.model_copy(update={"entities": kept})


def write(records: Iterable[Gold], folder: Path, form: str, types: Mapping[str, TypeInfo]) -> int:
    """Writes one correction file per article, with its text beside it; returns their number.

    Raises UsageError rather than overwrite one: a person's work may be in it.
    """
    records = list(records)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for record in records:
            path = folder / f"{record.stem}.{'ann' if form == 'brat' else 'json'}"
            if path.exists():
                raise UsageError(f"{path} is there already", "name another folder; corrected files are never overwritten")
        for record in records:
            beside.write(folder, record)
            text = brat.write(record, types) if form == "brat" else guide.write(record)
            (folder / f"{record.stem}.{'ann' if form == 'brat' else 'json'}").write_text(text, encoding="utf-8")
        if form == "brat":
            for name, content in brat.configuration(types).items():
                (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}") from error
    return len(records)


def read(folder: Path, types: Mapping[str, TypeInfo]) -> tuple[list[Gold], list[UsageError]]:
    """The corrected files of a folder, in either format, by name; and of each file that is not understood, the first problem."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    files = sorted(p for p in folder.iterdir() if p.suffix == ".ann" or (p.suffix == ".json" and not beside.is_beside(p)))
    if not files:
        raise UsageError(f"{folder} holds no correction files", "make some with `dateline annotate write`")
    golds, problems = [], []
    for path in files:
        try:
            gold = (brat_reading.read if path.suffix == ".ann" else guide_reading.read)(path, types)
            golds.append(replace(gold, half=beside.half(path)))
        except UsageError as error:
            problems.append(error)
    return golds, problems


def save(golds: Iterable[Gold], folder: Path) -> None:
    """Writes gold records and their notes, as `dateline eval --gold` reads them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for gold in golds:
            content = gold.record.model_dump(mode="json", exclude_defaults=True)
            _dump(folder / f"{gold.stem}.json", content | {"schema_version": gold.record.schema_version})
            notes = {"optional": sorted(gold.optional), "within": {k: list(v) for k, v in gold.within.items()}}
            _dump(folder / f"{gold.stem}{NOTES}", notes | ({"heldout": True} if gold.half is Half.HELDOUT else {}))
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}") from error


def _dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _named(records: list[Record]) -> Iterable[tuple[str, Record]]:
    """Each record with a name for its files: the page's, with the article's id where two pages are called the same."""
    stems = [stem_of(r.article.source) or r.article.id for r in records]
    for stem, record in zip(stems, records, strict=True):
        clean = "".join(c if c.isalnum() or c in "._-" else "-" for c in stem)
        yield clean if stems.count(stem) == 1 else f"{clean}-{record.article.id[:8]}", record
