"""Reads frame files: models/frames/*.toml, and those in a user's own folders.

In: a TOML file (its language is described in docs/add-an-event-type.md) and the event types. Out: `Rule`s, checked. Raises
KnowledgeError, in one line with file, line and rule, for what is not understood: an unknown key, role, slot, class or type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pipeline.errors import KnowledgeError, did_you_mean
from pipeline.event_types import FILE as TYPES_FILE
from pipeline.event_types import PLOVER, TypeInfo, check_keys, read_toml, strings
from pipeline.events.fillers import lexicon
from pipeline.records import EntityType, EventType, Realis
from pipeline.resources import model_path

VEHICLE = "vehicle"
OWNED = "of:"
"""Before a role or a condition: whose the thing is."""
Condition = tuple[frozenset[str], tuple[str, ...]]


@dataclass(slots=True)
class Rule:
    """One way in which the language reports an event."""

    id: str
    type: EventType | str
    action: str | None
    verbs: tuple[str, ...]
    nouns: tuple[str, ...]
    adjectives: tuple[str, ...]
    light: frozenset[str]
    slots: list[tuple[frozenset[str], tuple[str, ...]]]
    when: list[Condition]
    unless: list[Condition]
    require: tuple[str, ...]
    actions_by_verb: dict[str, str]
    actions_by_mod: dict[str, str]
    realis: str | None
    priority: int
    verbless: bool
    """Its trigger is the head of a note without a verb ("A400M from Subang, 50 rescuers"), whatever noun that is."""
    other: bool
    """What it tells is another event than the one told before ("followed")."""
    more: bool
    """It tells more of the event of its type that was told last ("claimed responsibility"), and no event of its own."""
    undated: bool
    """The time of its clause is not the event's ("the wreckage was found the next morning")."""
    route: str | None
    """"reversed": goes where the flight before came from; "stop": its "via" is a place on the ground."""
    examples: list[dict[str, Any]] = field(default_factory=list)
    counter: list[str] = field(default_factory=list)
    plover: dict[str, str] | None = None


# A rule's row has the keys of `Rule`; its type is the file's.
_RULE_KEYS = [f.name for f in fields(Rule) if f.name != "type"]
_FILE_KEYS = ("type", "classes", "rules")
_EXAMPLE_KEYS = ("text", "roles", "action")
_PLOVER_KEYS = ("type", "mode", "reach", "future", "modal")
_SLOTS = ("self", "holder", "subj", "obj", "iobj", "attr", "adv", "prt", "comp", "mod", "poss", "appos", "oprd", "freight")
_OUTER = ("light", "rel", "comp", "outer")
"""What may stand before a slot: the verb over a noun, a noun's relative clause, the clause that completes the trigger."""
_WORDED = ("prep", "sub", "shared", "inner", "purpose")
"""Slots with a word of the text in them: prep:at."""
_ROUTES = ("reversed", "stop")
_WORDS_OF = ("sentence", "document", "subject", "reason", "beset")
_BARE = ("vehicle_near", "abroad", "not_at_home")
_REQUIREMENTS = ("verb", "noun", "coordinated", "slot", *_BARE, *_WORDS_OF)
_SPECIAL = ("*", "party", "official", "money")


def rule_files(folder: Path) -> list[Path]:
    """The files of a folder that hold rules."""
    return [p for p in sorted(folder.glob("*.toml")) if p.name != TYPES_FILE]


def load_rules(path: Path, types: Mapping[str, TypeInfo]) -> list[Rule]:
    """The rules of one frame file, checked."""
    data = read_toml(path)
    check_keys(str(path), data, _FILE_KEYS)
    if "type" not in data:
        raise KnowledgeError(f"{path} does not say of which type its rules are", 'begin it with e.g. type = "visit"')
    if data["type"] not in types:
        hint = f"{did_you_mean(str(data['type']), types)}; a new one is defined in {TYPES_FILE} beside it"
        raise KnowledgeError(f"{path}: unknown event type {data['type']!r}", hint)
    rows = data.get("rules", [])
    if not isinstance(rows, list) or not rows:
        raise KnowledgeError(f"{path} holds no rules", "each begins with [[rules]]")
    info = types[data["type"]]
    classes = data.get("classes", {})
    check_keys(f"{path}, classes", classes, list(classes) if isinstance(classes, dict) else ())
    reader = _Reader(path, info, {name: strings(f"{path}, class {name!r}", words) for name, words in classes.items()})
    return [reader.rule(row) for row in rows]


def load_own(folders: Iterable[Path], types: Mapping[str, TypeInfo]) -> list[Rule]:
    """The rules of a user's folders. Raises KnowledgeError for a folder without any, and for two rules of one id."""
    found: dict[str, Path] = {}
    rules: list[Rule] = []
    for folder in folders:
        if not folder.is_dir():
            raise KnowledgeError(f"{folder}: no such folder", "--frames names a folder of frame files")
        paths = rule_files(folder)
        if not paths:
            raise KnowledgeError(f"{folder} holds no frame files", "they end in .toml; see docs/add-an-event-type.md")
        for path in paths:
            for rule in load_rules(path, types):
                if rule.id in found:
                    raise KnowledgeError(f"{path}: the rule {rule.id!r} is also in {found[rule.id]}", "give it another id")
                found[rule.id] = path
                rules.append(rule)
    return rules


class _Reader:
    """Turns the rows of one file into rules."""

    def __init__(self, path: Path, info: TypeInfo, classes: Mapping[str, tuple[str, ...]]) -> None:
        self._path = path
        self._info = info
        self._classes = classes

    def rule(self, row: dict[str, Any]) -> Rule:
        """One rule. Every key is checked: a misspelt one would be a rule that silently does less."""
        where = self._where(row)
        check_keys(where, row, _RULE_KEYS)
        if not isinstance(row.get("id"), str) or not row["id"]:
            raise KnowledgeError(f"{where} has no id", 'write e.g. id = "visit.drop_by"')
        words = {key: strings(f"{where}, {key}", row.get(key, [])) for key in ("verbs", "nouns", "adjectives", "light")}
        # What must be done is triggered by its modal verb alone (models/lexicons/acts.toml).
        triggered = any(words[key] for key in ("verbs", "nouns", "adjectives")) or row.get("verbless", False)
        if not triggered and "modal" not in row.get("plover", {}):
            raise KnowledgeError(f"{where} has no trigger", 'give it verbs, nouns or adjectives: verbs = ["visit"]')
        return Rule(
            id=row["id"],
            type=self._info.type,
            action=self._action(f"{where}, action", row.get("action")),
            verbs=words["verbs"],
            nouns=words["nouns"],
            adjectives=words["adjectives"],
            light=self._light(f"{where}, light", words["light"]),
            slots=[self._slot(where, k, v) for k, v in self._table(where, row, "slots").items()],
            when=self._conditions(f"{where}, when", self._table(where, row, "when")),
            unless=self._conditions(f"{where}, unless", self._table(where, row, "unless")),
            require=self._require(f"{where}, require", self._table(where, row, "require")),
            actions_by_verb=self._actions(where, row, "actions_by_verb"),
            actions_by_mod=self._actions(where, row, "actions_by_mod"),
            realis=self._one_of(f"{where}, realis", row.get("realis"), list(Realis)),
            priority=self._number(f"{where}, priority", row.get("priority", 0)),
            verbless=self._flag(f"{where}, verbless", row.get("verbless", False)),
            other=self._flag(f"{where}, other", row.get("other", False)),
            more=self._flag(f"{where}, more", row.get("more", False)),
            undated=self._flag(f"{where}, undated", row.get("undated", False)),
            route=self._one_of(f"{where}, route", row.get("route"), _ROUTES),
            examples=[self._example(f"{where}, example {n}", e) for n, e in enumerate(row.get("examples", []), 1)],
            counter=list(strings(f"{where}, counter", row.get("counter", []))),
            plover=self._plover(where, row.get("plover")),
        )

    def _light(self, where: str, words: tuple[str, ...]) -> frozenset[str]:
        """The verbs over a noun that add nothing, those of word classes included; "call off" is one only with its particle."""
        known = {w for word in words if word[0] == "@" for w in self._wanted(where, word)}
        classes = {w[1:] for w in known if w[0] == "@"}
        listed = {w[1:] for w in known if w[0] == "="} | {w for w in words if w[0] != "@"}
        return frozenset(listed.union(*(lexicon()[c] for c in classes)))

    @staticmethod
    def _flag(where: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise KnowledgeError(f"{where}: {value!r} is neither true nor false")
        return value

    def _where(self, row: Any) -> str:
        """File, line and rule, for a message."""
        name = row.get("id") if isinstance(row, dict) else None
        if not isinstance(name, str):
            return f"{self._path}: a rule"
        lines = self._path.read_text(encoding="utf-8").split("\n")
        wanted = re.compile(rf"""\s*id\s*=\s*["']{re.escape(name)}["']""")
        line = next((n for n, text in enumerate(lines, 1) if wanted.match(text)), None)
        return f"{self._path}{f', line {line}' if line else ''}: rule {name!r}"

    @staticmethod
    def _table(where: str, row: dict[str, Any], key: str) -> dict[str, Any]:
        table = row.get(key, {})
        if not isinstance(table, dict):
            raise KnowledgeError(f"{where}: {key!r} is not a table", f'write e.g. {key}."obj" = …')
        return table

    def _slot(self, where: str, key: str, value: Any) -> tuple[frozenset[str], tuple[str, ...]]:
        names = strings(f"{where}, slot {key!r}", value)
        for name in names:
            bare = name.removeprefix("+")
            head, arrow, targets = bare.partition(">")
            roles = targets.split(",") if head == VEHICLE else [bare.removeprefix("of:")]
            if bare == VEHICLE or (head == VEHICLE and not arrow):
                continue
            for role in roles:
                if role not in self._info.roles and not (arrow and role == "-"):
                    hint = did_you_mean(role, [*self._info.roles, VEHICLE])
                    raise KnowledgeError(f"{where}: {self._info.type} has no role {role!r}", hint)
        return _slots(where, key), names

    def _conditions(self, where: str, rows: dict[str, Any]) -> list[Condition]:
        out: list[Condition] = []
        for key, wanted in rows.items():
            if not isinstance(wanted, str):
                raise KnowledgeError(f"{where} {key!r} is not a string", 'alternatives stand in one string: "country|@troops"')
            out.append((_slots(where, key), tuple(w for word in wanted.split("|") for w in self._wanted(where, word))))
        return out

    def _wanted(self, where: str, word: str) -> tuple[str, ...]:
        """One condition; a class of the file's own becomes its words."""
        if word.startswith(OWNED) and len(word) > len(OWNED):
            return tuple(OWNED + w for w in self._wanted(where, word.removeprefix(OWNED)))
        if word.startswith("@"):
            name = word[1:]
            if name in self._classes:
                return tuple(f"={w}" for w in self._classes[name])
            if name != VEHICLE and name not in lexicon():
                raise KnowledgeError(f"{where}: unknown word class {word!r}", did_you_mean(name, [*self._classes, *lexicon()]))
        elif not word or word == "=":
            raise KnowledgeError(f"{where}: an empty condition", "write a type, =word or @class")
        elif word[0] != "=" and word not in (*EntityType, *_SPECIAL) and (near := get_close_matches(word, EntityType, 1, 0.85)):
            # The kinds of entities (airline, ministry …) are open; what is nearly a type is a slip.
            raise KnowledgeError(f"{where}: unknown entity type {word!r}", f"did you mean {str(near[0])!r}?")
        return (word,)

    def _require(self, where: str, row: dict[str, Any]) -> tuple[str, ...]:
        check_keys(where, row, ("any",))
        out: list[str] = []
        for item in strings(where, row.get("any", [])):
            kind, colon, value = item.partition(":")
            if kind not in _REQUIREMENTS or (kind in _BARE) == bool(colon):
                raise KnowledgeError(f"{where}: unknown requirement {item!r}", did_you_mean(kind, _REQUIREMENTS))
            if kind in _WORDS_OF:
                out += [f"{kind}:{w}" for w in self._wanted(where, value)]
            else:
                out.append(item)
        return tuple(out)

    def _action(self, where: str, action: Any) -> str | None:
        return self._one_of(where, action, self._info.actions)

    def _actions(self, where: str, row: dict[str, Any], key: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for word, action in self._table(where, row, key).items():
            found[word] = self._action(f"{where}, {key} {word!r}", action) or ""
        return found

    @staticmethod
    def _one_of(where: str, value: Any, known: Iterable[str]) -> str | None:
        names = list(known)
        if value is None or value in names:
            return value if value is None else str(value)
        hint = did_you_mean(str(value), names) if names else f"the type has no actions; list them in {TYPES_FILE}"
        raise KnowledgeError(f"{where}: unknown {value!r}", hint)

    @staticmethod
    def _number(where: str, value: Any) -> int:
        if not isinstance(value, int):
            raise KnowledgeError(f"{where} is not a whole number: {value!r}")
        return value

    def _example(self, where: str, row: Any) -> dict[str, Any]:
        check_keys(where, row, _EXAMPLE_KEYS)
        if not isinstance(row.get("text"), str):
            raise KnowledgeError(f"{where} has no text", '{ text = "…", roles = { actor = ["…"] } }')
        self._action(f"{where}, action", row.get("action"))
        for role, names in self._table(where, row, "roles").items():
            if role not in self._info.roles:
                raise KnowledgeError(f"{where}: {self._info.type} has no role {role!r}", did_you_mean(role, self._info.roles))
            strings(f"{where}, role {role!r}", names)
        return dict(row)

    def _plover(self, where: str, row: Any) -> dict[str, str] | None:
        if row is not None:
            check_keys(f"{where}, plover", row, _PLOVER_KEYS)
            if "type" not in row:
                raise KnowledgeError(f"{where}, plover has no type", 'write e.g. plover = { type = "COERCE" }')
            if row["type"] not in PLOVER:
                raise KnowledgeError(f"{where}: unknown PLOVER type {row['type']!r}", did_you_mean(str(row["type"]), PLOVER))
        elif self._info.type is EventType.CONTACT:
            raise KnowledgeError(f"{where} has no plover code", 'write e.g. plover = { type = "COERCE" }')
        return None if row is None else dict(row)


def _slots(where: str, key: str) -> frozenset[str]:
    """The slots of a key, parted by "|"; an unknown one would never match."""
    for slot in key.split("|"):
        parts = slot.split(":")
        while len(parts) > 1 and parts[0] in _OUTER:
            parts = parts[1:]
        if parts[0] in _WORDED:
            if len(parts) != 2 or not parts[1]:
                raise KnowledgeError(f"{where}: the slot {slot!r} lacks its word", "write e.g. prep:at")
        elif len(parts) > 1 or parts[0] not in _SLOTS:
            hint = did_you_mean(parts[0], [*_SLOTS, *(f"{w}:…" for w in (*_WORDED, *_OUTER))])
            raise KnowledgeError(f"{where}: unknown slot {slot!r}", hint)
    return frozenset(key.split("|"))


def built_in(types: Mapping[str, TypeInfo]) -> list[Rule]:
    """Our own rules."""
    folders = (model_path("frames"), model_path("frames/acts"))
    return [rule for folder in folders for path in rule_files(folder) for rule in load_rules(path, types)]
