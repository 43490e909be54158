"""Reads brat standoff that a person corrected; `brat.py` says what stands where.

In: `<name>.ann`, its text beside it. Out: a gold record. Raises UsageError with file and line for what is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.correction import beside
from pipeline.correction.brat import CHOICES, ESCAPES, FLAGS, NOTES, QUANTITY, label
from pipeline.correction.model import EntityRow, EventRow, Place, TimeRow, gold_of, one_of
from pipeline.errors import UsageError
from pipeline.evaluation import Gold
from pipeline.event_types import TypeInfo
from pipeline.records import Article, EntityType, Links, TimeType

_BACK = {escape[1]: plain for plain, escape in ESCAPES.items()}


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda m: _BACK.get(m[1], m[0]), value)


@dataclass(slots=True)
class _Mark:
    """A text-bound annotation, or an event, with what hangs on it."""

    name: str
    where: str
    type: str
    span: Place = (0, 0)
    arguments: list[tuple[str, str]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    label: str | None = None
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """The notes as they stand, each with its place; read when it is known what they hang on."""


class _File:
    """The lines of one .ann file."""

    def __init__(self, path: Path, article: Article) -> None:
        self.marks: dict[str, _Mark] = {}
        self.equal: list[tuple[str, list[str]]] = []
        self.within: list[tuple[str, str, str]] = []
        self._text = article.text
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except UnicodeDecodeError as error:
            raise UsageError(f"{path} is not UTF-8", "save it as UTF-8") from error
        rows = [(f"{path}, line {n}", line) for n, line in enumerate(lines, 1) if line.strip()]
        # What hangs on something may stand before it.
        for kinds in ("TE", "*RNAM#"):
            for where, line in rows:
                if line[0] in kinds:
                    self._take(where, line)
                elif line[0] not in "TE*RNAM#":
                    raise UsageError(f"{where}: {line[:40]!r} is no line of brat standoff")

    def mark(self, where: str, name: str) -> _Mark:
        """What an id stands for."""
        if name not in self.marks:
            raise UsageError(f"{where}: there is no {name} in this file")
        return self.marks[name]

    def _take(self, where: str, line: str) -> None:
        name, _, rest = line.partition("\t")
        content, _, tail = rest.partition("\t")
        words = content.split()
        if not words or (line[0] in "RNAM#" and len(words) < 2):
            raise UsageError(f"{where}: {line[:40]!r} is not complete")
        match line[0]:
            case "T":
                self.marks[name] = self._span(where, name, content, tail)
            case "E":
                pairs = [(role, target) for role, _, target in (word.partition(":") for word in words)]
                self.marks[name] = _Mark(name, where, pairs[0][0], arguments=pairs)
            case "*":
                self.equal.append((where, words[1:]))
            case "R":
                ends = dict(word.partition(":")[::2] for word in words[1:])
                if words[0] != "Within" or set(ends) != {"Arg1", "Arg2"}:
                    raise UsageError(f"{where}: {content!r} is no relation that is known", "Within Arg1:T1 Arg2:T2")
                self.within.append((where, ends["Arg1"], ends["Arg2"]))
            case "N":
                code, colon, value = words[2].partition(":") if len(words) > 2 else ("", "", "")
                if not colon or not value:
                    raise UsageError(f"{where}: {content!r} names no code", "Reference T1 icao:ZKPY")
                mark = self.mark(where, words[1])
                mark.codes[one_of(where, "code", code, Links.model_fields)] = value
                mark.label = tail.strip() or None
            case "A" | "M":
                self._attribute(where, words)
            case _:
                self.mark(where, words[1]).remarks.append((where, tail))

    def _span(self, where: str, name: str, content: str, words: str) -> _Mark:
        kind, _, offsets = content.partition(" ")
        numbers = re.findall(r"\d+", offsets)
        if len(numbers) < 2 or len(numbers) % 2 or not re.fullmatch(r"[\d; ]+", offsets):
            raise UsageError(f"{where}: {content!r} has no offsets", "T1\tperson 0 5\twords")
        start, end = int(numbers[0]), int(numbers[-1])
        found = self._text[start:end]
        if not 0 <= start < end <= len(self._text) or " ".join(found.split()) != " ".join(words.split()):
            raise UsageError(
                f"{where}: {words!r} is not what stands at {start}:{end} ({found!r})", "the .txt file must not change"
            )
        return _Mark(name, where, kind, (start, end))

    def _attribute(self, where: str, words: list[str]) -> None:
        attribute = one_of(where, "attribute", words[0], [*CHOICES, "Action", *FLAGS])
        value = words[2] if len(words) > 2 else ""
        if attribute in CHOICES:
            one_of(where, attribute, value, CHOICES[attribute])
        elif attribute == "Action" and not value:
            raise UsageError(f"{where}: Action without a value")
        self.mark(where, words[1]).attributes[attribute] = value


def read(path: Path, types: Mapping[str, TypeInfo]) -> Gold:
    """The gold record of a corrected .ann file."""
    article = beside.read(path)
    file = _File(path, article)
    for mark in file.marks.values():
        known = (*EntityType, *TimeType, *(label(t) for t in types if t != "contact"))
        one_of(mark.where, "type", mark.type, known)
    entities = _entities(file, article.text)
    times = [_time(m) for m in file.marks.values() if m.type in set(TimeType)]
    events = _events(file, entities, types)
    rows = list({id(row): row for row in entities.values()}.values())
    return gold_of(path.stem, article, rows, times, events, types)


def _notes(mark: _Mark, kind: str) -> dict[str, str]:
    """The notes on a mark by key."""
    found: dict[str, str] = {}
    for where, told in mark.remarks:
        for part in told.split("|"):
            key, equals, value = part.partition("=")
            key = key.strip()
            if not equals:
                continue
            if not (kind == "event" and key.startswith(QUANTITY)):
                one_of(where, f"key of a note on {'an' if kind[0] == 'e' else 'a'} {kind}", key, NOTES[kind])
            found[key] = _unescaped(value.strip())
    return found


def _time(mark: _Mark) -> TimeRow:
    notes = _notes(mark, "time")
    value = notes.get("value")
    if not value:
        raise UsageError(f"{mark.where}: the time has no value", "give it a note: value=2024-07-09")
    return TimeRow(mark.where, mark.span, mark.type, value, mark.attributes.get("Mod"), notes.get("quant"), notes.get("freq"))


def _entities(file: _File, text: str) -> dict[str, EntityRow]:
    """The entity of each mention. A mention without anything on it belongs to an entity that is named with the same words."""
    marks = {m.name: m for m in file.marks.values() if m.type in set(EntityType)}
    clusters: dict[str, list[_Mark]] = {name: [mark] for name, mark in marks.items()}
    for where, names in file.equal:
        members = [file.mark(where, name) for name in names]
        if any(m.name not in marks or m.type != members[0].type for m in members):
            raise UsageError(f"{where}: Equiv of {', '.join(m.type for m in members)}", "mentions of one entity have one type")
        joined = list({m.name: m for member in members for m in clusters[member.name]}.values())
        for member in joined:
            clusters[member.name] = joined
    for name, cluster in _bare(clusters):
        words = text[slice(*marks[name].span)]
        same = next(
            (
                c
                for c in clusters.values()
                if c is not cluster and c[0].type == marks[name].type
                and any("Refers" not in m.attributes and text[slice(*m.span)] == words for m in c)
            ),
            None,
        )  # fmt: skip
        if same is not None:
            same.append(marks[name])
            clusters[name] = same
    rows = {id(cluster): _entity(cluster, text) for cluster in clusters.values()}
    found = {name: rows[id(cluster)] for name, cluster in clusters.items()}
    for where, inner, outer in file.within:
        for name in (inner, outer):
            if name not in found:
                raise UsageError(f"{where}: {name} is no place")
        found[inner].within.append(found[outer])
    return found


def _bare(clusters: Mapping[str, list[_Mark]]) -> Iterator[tuple[str, list[_Mark]]]:
    for name, cluster in list(clusters.items()):
        mark = cluster[0]
        if len(cluster) == 1 and not mark.codes and not mark.remarks and "Refers" not in mark.attributes:
            yield name, cluster


def _entity(cluster: list[_Mark], text: str) -> EntityRow:
    marks = sorted(cluster, key=lambda m: m.span)
    named = [m.span for m in marks if "Refers" not in m.attributes]
    referred = [m.span for m in marks if "Refers" in m.attributes]
    notes: dict[str, str] = {}
    codes: dict[str, str] = {}
    for mark in marks:
        notes = _notes(mark, "entity") | notes
        codes = mark.codes | codes
    label = next((m.label for m in marks if m.label), None)
    longest = max((text[slice(*span)] for span in named or referred), key=len)
    optional = any("Optional" in m.attributes for m in marks)
    name = notes.get("name") or label or longest
    return EntityRow(marks[0].where, marks[0].type, name, named, referred, codes, optional)


def _events(file: _File, entities: Mapping[str, EntityRow], types: Mapping[str, TypeInfo]) -> list[EventRow]:
    marks = [m for m in file.marks.values() if m.arguments]
    rows: dict[str, EventRow] = {}
    for mark in marks:
        trigger = file.mark(mark.where, mark.arguments[0][1])
        if trigger.type != mark.type:
            raise UsageError(f"{mark.where}: {trigger.name} is no trigger of type {mark.type}", f"it is of type {trigger.type}")
        rows[mark.name] = _event(mark, trigger.span, _notes(mark, "event"))
    triggers = {m.arguments[0][1] for m in marks}
    for mark in file.marks.values():
        if mark.type.lower() in types and mark.type[0].isupper() and not mark.arguments and mark.name not in triggers:
            raise UsageError(f"{mark.where}: {mark.name} is the trigger of no event")
    for mark in marks:
        for argument, target in mark.arguments[1:]:
            role = argument.rstrip("0123456789")
            if role == "Since":
                if target not in rows:
                    raise UsageError(f"{mark.where}: Since names {target}, which is no event")
                rows[mark.name].since = rows[target]
            elif target not in entities:
                raise UsageError(f"{mark.where}: {argument} names {target}, which is no entity of this file")
            elif role == "Source":
                rows[mark.name].sources.append(entities[target])
            else:
                rows[mark.name].roles.setdefault(role, []).append(entities[target])
    return list(rows.values())


def _event(mark: _Mark, trigger: Place, notes: Mapping[str, str]) -> EventRow:
    row = EventRow(mark.where, mark.type.lower(), trigger, mark.attributes.get("Action"))
    row.realis = mark.attributes.get("Realis", row.realis)
    row.novelty = mark.attributes.get("Novelty")
    row.optional = "Optional" in mark.attributes
    for key in ("date", "departure", "arrival", "scope", "since_date", "quote"):
        setattr(row, key, notes.get(key) or None)
    row.attributes, row.problems = (_listed(notes.get(key)) for key in ("attributes", "problems"))
    row.quantities = {k.removeprefix(QUANTITY): _number(v) for k, v in notes.items() if k.startswith(QUANTITY)}
    for place in _listed(notes.get("evidence")):
        if not re.fullmatch(r"\d+:\d+", place):
            raise UsageError(f"{mark.where}: evidence {place!r} is no pair of offsets", "evidence=190:420")
        start, _, end = place.partition(":")
        row.evidence.append((int(start), int(end)))
    return row


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(v.strip() for v in (value or "").split(",") if v.strip())


def _number(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value
