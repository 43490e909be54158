"""Reads the guide's JSON that a person corrected, in which things were changed, removed or added.

In: `<name>.json`, its text beside it. Out: a gold record. Raises UsageError with file and line for words that are not in the
text, an unknown key, type, role, action, status or date.

Places in the text ("at", "mentions", "refers", "evidence") and "ref" need not be written by a person: a name stands for all its
occurrences, an anchor for its first one, and an entity is known by any of its names. A "note" is a remark, and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.correction import beside, located
from pipeline.correction.guide import CODE_KEYS, IDS, QUANTITIES, group_of
from pipeline.correction.located import Located
from pipeline.correction.model import EntityRow, EventRow, Place, TimeRow, gold_of, is_name, occurrences, one_of
from pipeline.errors import UsageError, did_you_mean
from pipeline.evaluation import Gold
from pipeline.event_types import TypeInfo
from pipeline.records import Article, EntityType, Links

_FILE_KEYS = ("id", "published", "entities", "times", "events", "note")
_ENTITY_KEYS = ("names", "name", "icao", "id", "links", "mentions", "refers", "within", "ref", "optional", "note")
_TIME_KEYS = ("text", "at", "type", "value", "mod", "quant", "freq")
_FILLER_KEYS = ("names", "id", "country", "ref", "note")
_EVENT_KEYS = (
    "ref", "type", "action", "anchor", "at", "roles", "date", "departure", "arrival", "realis", "source", "novelty", "killed",
    "injured", "quantity", "value", "quantities", "attributes", "problems", "quote", "evidence", "optional", "note",
)  # fmt: skip
_NOVELTY_KEYS = ("kind", "scope", "since", "since_date")


def read(path: Path, types: Mapping[str, TypeInfo]) -> Gold:
    """The gold record of a corrected .json file."""
    return _Reader(path, types).gold()


class _Reader:
    """Reads one file: its entities first, then times and events, which may add entities that are not listed."""

    def __init__(self, path: Path, types: Mapping[str, TypeInfo]) -> None:
        self._path = path
        self._types = types
        self._article: Article = beside.read(path)
        self._text = self._article.text
        self._content = located.read(path)
        self._entities: list[EntityRow] = []
        self._refs: dict[str, EntityRow] = {}
        self._names: dict[int, list[str]] = {}
        self._numbers: dict[int, int] = {}

    def gold(self) -> Gold:
        """The whole file."""
        content = self._content
        self._check(content, _FILE_KEYS)
        groups = self._object(content, "entities")
        known = {group_of(kind): kind for kind in EntityType}
        listed: list[tuple[Located, EntityRow]] = []
        for group in groups:
            one_of(self._where(groups), "kind of entities", group, known)
            listed += [(row, self._entity(row, known[group])) for row in self._rows(groups, group)]
        for row, entity in listed:
            self._within(row, entity)
        self._entities.sort(key=lambda e: self._numbers.get(id(e), len(self._numbers)))
        times = [self._time(row) for row in self._rows(content, "times")]
        rows = self._rows(content, "events")
        events = [self._event(row) for row in rows]
        named = {row["ref"]: event for row, event in zip(rows, events, strict=True) if "ref" in row}
        for row, event in zip(rows, events, strict=True):
            since = (row.get("novelty") or {}).get("since")
            if since is not None:
                event.since = named[one_of(self._where(row), "event that novelty counts from", str(since), named)]
        if published := content.get("published"):
            self._article = self._article.model_copy(update={"published": str(published)})
        return gold_of(self._path.stem, self._article, self._entities, times, events, self._types)

    # entities

    def _entity(self, row: Located, kind: EntityType) -> EntityRow:
        where = self._where(row)
        self._check(row, _ENTITY_KEYS)
        names = self._names_of(row)
        entity = EntityRow(where, kind.value, str(row.get("name") or names[0]), optional=bool(row.get("optional")))
        entity.links = {code: str(v) for code, v in self._object(row, "links").items() if v is not None}
        for code in entity.links:
            one_of(where, "code", code, Links.model_fields)
        key, link = CODE_KEYS.get(kind, ("id", IDS.get(kind, "")))
        if row.get(key) is not None:
            if not link:
                raise UsageError(f"{where}: a {kind} has no {key!r}", 'other codes stand in "links"')
            entity.links[link] = str(row[key])
        entity.referred = self._places(row, "refers")
        # A form that a person struck out is no longer a name of this one.
        given = self._places(row, "mentions")
        entity.named = [p for p in given if self._text[slice(*p)] in names or not is_name(self._text[slice(*p)])]
        said = {self._text[slice(*p)] for p in (*entity.named, *entity.referred)}
        for name in names:
            if name not in said:
                entity.named += [p for p in occurrences(name, self._text) if p not in entity.named]
        entity.named.sort()
        if not entity.places:
            raise self._nowhere(where, names)
        self._add(entity, names)
        if "ref" in row:
            self._refs[str(row["ref"])] = entity
            if re.fullmatch(r"e\d+", str(row["ref"])):
                self._numbers[id(entity)] = int(row["ref"][1:])
        return entity

    def _within(self, row: Located, entity: EntityRow) -> None:
        """The coarser places that are right in an entity's stead, by "ref" or name."""
        where = self._where(row)
        for told in self._list(row, "within"):
            outer = self._refs.get(str(told)) or next((e for e in self._entities if told in self._names[id(e)]), None)
            if outer is None:
                raise UsageError(f"{where}: within {told!r}, which is no entity of this file")
            entity.within.append(outer)

    def _add(self, entity: EntityRow, names: list[str]) -> None:
        self._entities.append(entity)
        self._names[id(entity)] = [*names, entity.name]

    def _filler(self, row: Any, where: str, accepted: Iterable[EntityType]) -> EntityRow:
        """The entity that a filler names; one that is not listed is added."""
        if isinstance(row, str):
            row = Located(names=[row])
            line = None
        else:
            line = self._where(row) if isinstance(row, Located) else None
        where = line or where
        if not isinstance(row, Located):
            raise UsageError(f"{where}: {row!r} is no filler", '{"names": ["Moscow", "Russia"], "id": "RU"}')
        self._check(row, _FILLER_KEYS)
        names = self._names_of(row, where)
        kinds = set(accepted)
        entity = self._known(names, row, kinds)
        if entity is None:
            entity = self._new(where, names, row, kinds)
        for name in names:
            # A filler that was written by us repeats its entity's names, of which a person may have struck one out there.
            if name not in self._names[id(entity)] and "ref" not in row:
                self._alias(entity, name)
        return entity

    def _known(self, names: list[str], row: Located, kinds: set[EntityType]) -> EntityRow | None:
        marked = self._refs.get(str(row.get("ref")))
        if marked is not None and set(names) & set(self._names[id(marked)]):
            return marked
        for fits in (True, False):  # first those that may play the role
            for name in names[:1] if fits else names:
                found = [e for e in self._entities if name in self._names[id(e)] and (EntityType(e.type) in kinds) is fits]
                if found:
                    return next((e for e in found if row.get("id") in e.links.values()), found[0])
        return None

    def _new(self, where: str, names: list[str], row: Located, kinds: set[EntityType]) -> EntityRow:
        """An entity that only a role names. Its type is the one that its code or the role says."""
        code = row.get("id")
        kind = next((k for k in IDS if k in kinds and code is not None and _looks_like(k, str(code))), None)
        if kind is None and is_name(names[0][:1]):
            order = (EntityType.PERSON, EntityType.ORGANIZATION, EntityType.PLACE, EntityType.TREATY)
            kind = next((k for k in order if k in kinds), None)
        if kind is None:
            kind = next((k for k in (EntityType.GROUP, EntityType.EQUIPMENT) if k in kinds), None) or min(kinds)
        entity = EntityRow(where, kind.value, names[0])
        if code is not None and kind in IDS:
            entity.links[IDS[kind]] = str(code)
        if row.get("country"):
            entity.links["country"] = str(row["country"])
        entity.named = sorted({p for name in names for p in occurrences(name, self._text)})
        if not entity.named:
            raise self._nowhere(where, names)
        self._add(entity, names)
        return entity

    def _alias(self, entity: EntityRow, name: str) -> None:
        """Another name of a filler: a coarser place that is listed, or one more form of its own name."""
        if any(name in self._names[id(outer)] for outer in entity.within):
            return
        outer = next((e for e in self._entities if e is not entity and name in self._names[id(e)]), None)
        if outer is not None:
            entity.within.append(outer)
            return
        entity.named = sorted({*entity.named, *occurrences(name, self._text)})
        self._names[id(entity)].append(name)

    # times and events

    def _time(self, row: Located) -> TimeRow:
        where = self._where(row)
        self._check(row, _TIME_KEYS)
        value, kind = self._string(row, "value"), self._string(row, "type")
        return TimeRow(where, self._anchor(row, "text"), kind, value, row.get("mod"), row.get("quant"), row.get("freq"))

    def _event(self, row: Located) -> EventRow:
        where = self._where(row)
        self._check(row, _EVENT_KEYS)
        info = self._types[one_of(where, "event type", self._string(row, "type"), [t for t in self._types if t != "contact"])]
        event = EventRow(where, str(info.type), self._anchor(row, "anchor"), row.get("action"))
        roles = self._object(row, "roles")
        for role in roles:
            accepted = info.roles[one_of(where, f"role of {info.type}", role, info.roles)].types
            event.roles[role] = [self._filler(f, where, accepted) for f in self._list(roles, role)]
        sources = (EntityType.ORGANIZATION, EntityType.PERSON, EntityType.COUNTRY, EntityType.GROUP)
        event.sources = [self._filler(f, where, sources) for f in self._list(row, "source")]
        for key in ("date", "departure", "arrival", "quote"):
            if row.get(key) is not None:
                setattr(event, key, self._string(row, key))
        event.realis = self._string(row, "realis") if "realis" in row else event.realis
        novelty = self._object(row, "novelty")
        if novelty:
            self._check(novelty, _NOVELTY_KEYS)
            event.novelty, event.scope, event.since_date = (
                self._string(novelty, "kind"),
                novelty.get("scope"),
                novelty.get("since_date"),
            )
        numbers = self._object(row, "quantities") | {k: row[k] for k in QUANTITIES if row.get(k) is not None}
        event.quantities = {k: float(v) if isinstance(v, int | float) else str(v) for k, v in numbers.items()}
        event.attributes = tuple(map(str, self._list(row, "attributes")))
        event.problems = tuple(map(str, self._list(row, "problems")))
        event.evidence = self._places(row, "evidence")
        event.optional = bool(row.get("optional"))
        return event

    # what stands where

    def _where(self, row: Located) -> str:
        return f"{self._path}, line {row.line}"

    def _check(self, row: Located, known: Iterable[str]) -> None:
        for key in row:
            if key not in known:
                raise UsageError(f"{self._where(row)}: unknown key {key!r}", did_you_mean(key, known))

    def _object(self, row: Located, key: str) -> Located:
        value = row.get(key)
        if value is None:
            return Located()
        if not isinstance(value, Located):
            raise UsageError(f"{self._where(row)}: {key!r} is no object", 'write {"…": …}')
        return value

    def _list(self, row: Located, key: str) -> list[Any]:
        value = row.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise UsageError(f"{self._where(row)}: {key!r} is no list", "write […]")
        return value

    def _rows(self, row: Located, key: str) -> list[Located]:
        rows = self._list(row, key)
        if not all(isinstance(r, Located) for r in rows):
            raise UsageError(f"{self._where(row)}: {key!r} holds something else than objects", 'write {"…": …}')
        return rows

    def _string(self, row: Located, key: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value:
            raise UsageError(f"{self._where(row)}: {key!r} is {'not text' if value else 'missing'}")
        return value

    def _names_of(self, row: Located, where: str | None = None) -> list[str]:
        names = self._list(row, "names")
        if not names or not all(isinstance(n, str) and n.strip() for n in names):
            raise UsageError(f"{where or self._where(row)}: no names", '"names": ["Ił-62M"]')
        return names

    def _places(self, row: Located, key: str) -> list[Place]:
        found = []
        for told in self._list(row, key):
            start, _, end = str(told).partition(":")
            if not (start.isdigit() and end.isdigit() and int(start) < int(end) <= len(self._text)):
                raise UsageError(f"{self._where(row)}: {key} {told!r} is no place in the text", '"190:420"')
            found.append((int(start), int(end)))
        return found

    def _nowhere(self, where: str, names: list[str]) -> UsageError:
        told = " nor ".join(map(repr, names))
        return UsageError(f"{where}: {told} does not stand in {self._path.stem}.txt", "copy names as the text has them")

    def _anchor(self, row: Located, key: str) -> Place:
        """Where an anchor's words stand: at its "at" if they do, else at their first place."""
        words, at = self._string(row, key), row.get("at")
        if isinstance(at, int) and self._text[at : at + len(words)] == words:
            return at, at + len(words)
        start = self._text.find(words)
        if start < 0:
            hint = "copy the words as the text has them"
            raise UsageError(f"{self._where(row)}: {key} {words!r} does not stand in {self._path.stem}.txt", hint)
        return start, start + len(words)


def _looks_like(kind: EntityType, code: str) -> bool:
    return len(code) == 2 if kind is EntityType.COUNTRY else len(code) in (3, 4)
