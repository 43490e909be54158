"""The event types: ours (models/frames/event_types.toml) and a user's own.

In: folders of a user's frame files, whose event_types.toml has the shape of ours. Out: `TypeInfo` by name: label, actions,
and per role which entities may play it. The frames fill these roles, and the views of a database follow from them. Raises
KnowledgeError, in one line with file and place, for a file that says something which is not understood.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import KnowledgeError, did_you_mean
from pipeline.records import OWN_TYPE, EntityType, EventType
from pipeline.resources import model_path

FILE = "event_types.toml"
LOCATIONS = frozenset({EntityType.PLACE, EntityType.AIRPORT, EntityType.COUNTRY})
_TYPE_KEYS = ("label", "view", "actions", "roles", "plover", "route", "public")
_ROLE_KEYS = ("types", "not_kinds", "nominal", "single", "nominal_heads", "not_heads", "by_office")
_PLOVER_SIDES = ("actor", "recipient")
PLOVER = (
    "AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "PROTEST",
    "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
)  # fmt: skip
"""The types of the PLOVER ontology, after its codebook (2021)."""
_TABLES = (
    "articles", "entities", "mentions", "times", "events", "event_roles", "event_sources", "problems", "pages", "quarantine",
    "dateline",
)  # fmt: skip
# Columns that every view has; a role of the same name would hide one.
_COLUMNS = (
    "article_id", "event_id", "action", "date", "date_earliest", "date_latest", "realis", "novelty", "novelty_since",
    "novelty_since_event", "novelty_since_date", "sources", "attributes", "quantities", "quote", "summary", "plover_type",
    "plover_mode", "confidence", "url", "published", "title", "page",
)  # fmt: skip


class Filler(Protocol):
    """What may fill a role: something with a type and a finer kind."""

    type: EntityType
    kind: str | None


@dataclass(frozen=True, slots=True)
class Role:
    """Which entities may play a role."""

    name: str
    types: frozenset[EntityType]
    not_kinds: frozenset[str] = frozenset()
    nominal: EntityType | None = None
    """The entity type given to a noun phrase that names no entity; None: such a phrase does not fill the role."""
    single: bool = False
    nominal_heads: tuple[str, ...] = ()
    """Word classes of which a noun phrase that names no entity must be."""
    not_heads: tuple[str, ...] = ()
    """Word classes whose nouns never play the role."""
    by_office: bool = False
    """Whether somebody in office plays it for his state."""

    def accepts(self, note: Filler) -> bool:
        """Whether an entity's type and kind fit."""
        return note.type in self.types and (note.kind or "") not in self.not_kinds

    @property
    def is_location(self) -> bool:
        """A role that only places fill."""
        return self.types <= LOCATIONS


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """What event_types.toml says of an event type."""

    type: EventType | str
    """A string only for a user's own type."""
    label: str
    actions: tuple[str, ...]
    roles: dict[str, Role]
    plover: dict[str, str]
    route: bool = False
    public: tuple[str, ...] = ()
    """Roles of which, where they are filled at all, one filler must be somebody who acts in public (`events.parties`)."""
    view: str = ""
    """The name of its view in a database."""
    plover_sides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a user's own type: the roles whose fillers are PLOVER's actor and recipient."""

    @property
    def own(self) -> bool:
        """Whether it is a user's, not one of ours."""
        return not isinstance(self.type, EventType)


@cache
def ours() -> Mapping[str, TypeInfo]:
    """Our own types, in the order of their file."""
    return _read(model_path(f"frames/{FILE}"), {})


def load(folders: Iterable[Path] = ()) -> dict[str, TypeInfo]:
    """Our types, then those of a user's folders."""
    found = dict(ours())
    for folder in folders:
        path = folder / FILE
        if path.is_file():
            found |= _read(path, found)
    return found


def own_types(folders: Iterable[Path]) -> dict[str, TypeInfo]:
    """Only the types that a user's folders add."""
    return {name: info for name, info in load(folders).items() if info.own}


def to_json(types: Mapping[str, TypeInfo]) -> str:
    """What a database keeps of a user's own types: what their views are made of."""
    rows = {
        name: {"label": t.label, "view": t.view, "roles": {r.name: sorted(r.types) for r in t.roles.values()}}
        for name, t in types.items()
    }
    return json.dumps(rows, ensure_ascii=False)


def from_json(text: str) -> dict[str, TypeInfo]:
    """The types that `to_json` wrote."""
    out: dict[str, TypeInfo] = {}
    for name, row in json.loads(text).items():
        roles = {role: Role(role, frozenset(EntityType(t) for t in types)) for role, types in row["roles"].items()}
        out[name] = TypeInfo(name, row["label"], (), roles, {}, view=row["view"])
    return out


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file. Raises KnowledgeError, with the line where there is one, for a file that is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{path} is no TOML: {error}", "strings stand in quotes, lists in [ ]") from error
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}", "save it as UTF-8") from error
    except OSError as error:
        raise KnowledgeError(f"{path} cannot be read: {error.strerror}") from error


def check_keys(where: str, row: Any, known: Sequence[str]) -> None:
    """Raises KnowledgeError unless `row` is a table that has only known keys."""
    if not isinstance(row, dict):
        raise KnowledgeError(f"{where} is not a table", f"its keys are {', '.join(known)}")
    for key in row:
        if key not in known:
            raise KnowledgeError(f"{where}: unknown key {key!r}", did_you_mean(key, known))


def strings(where: str, value: Any) -> tuple[str, ...]:
    """A list of strings. Raises KnowledgeError for anything else."""
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise KnowledgeError(f"{where} is not a list of strings", 'write ["one", "two"]')
    return tuple(value)


def _read(path: Path, known: Mapping[str, TypeInfo]) -> dict[str, TypeInfo]:
    own = path != model_path(f"frames/{FILE}")
    out: dict[str, TypeInfo] = {}
    for name, row in read_toml(path).items():
        where = f"{path}: type {name!r}"
        check_keys(where, row, _TYPE_KEYS)
        if own:
            _check_name(where, name, known)
        roles = {role: _role(f"{where}, role {role!r}", role, spec) for role, spec in _table(where, row, "roles").items()}
        if not roles:
            raise KnowledgeError(f"{where} has no roles", 'write [name.roles] and e.g. actor = { types = ["country"] }')
        view = row.get("view", f"{name}s")
        if own:
            _check_view(where, view, [*known.values(), *out.values()])
        codes, sides = _plover(where, _table(where, row, "plover"), roles)
        out[name] = TypeInfo(
            name if own else EventType(name),
            str(row.get("label", name.replace("_", " "))),
            strings(f"{where}, actions", row.get("actions", [])),
            roles,
            codes,
            bool(row.get("route", False)),
            _public(f"{where}, public", row.get("public", []), roles),
            view,
            sides,
        )
    return out


def _table(where: str, row: dict[str, Any], key: str) -> dict[str, Any]:
    table = row.get(key, {})
    if not isinstance(table, dict):
        raise KnowledgeError(f"{where}: {key!r} is not a table", f"write [name.{key}]")
    return table


def _check_name(where: str, name: str, known: Mapping[str, TypeInfo]) -> None:
    if not re.fullmatch(OWN_TYPE, name):
        raise KnowledgeError(f"{where}: not a name for a type", "small letters and underscores, at most 40")
    if name in known:
        whose = "another folder defines it" if known[name].own else "it is one of ours"
        raise KnowledgeError(f"{where}: {whose}", "add rules to it in a frame file, or take another name")


def _check_view(where: str, view: Any, known: Sequence[TypeInfo]) -> None:
    if not isinstance(view, str) or not re.fullmatch(r"[a-z][a-z_]{0,62}", view):
        raise KnowledgeError(f"{where}: {view!r} is no name for a view", "small letters and underscores")
    if view in _TABLES or any(view == info.view for info in known):
        raise KnowledgeError(f"{where}: its view would be called {view!r}, and that name is taken", 'give another: view = "…"')


def _role(where: str, name: str, spec: Any) -> Role:
    check_keys(where, spec, _ROLE_KEYS)
    if not re.fullmatch(r"[a-z][a-z_]{0,39}", name):
        raise KnowledgeError(f"{where}: not a name for a role", "small letters and underscores, at most 40")
    if name in _COLUMNS:
        raise KnowledgeError(f"{where}: every view has a column of this name already", "take another name")
    types = strings(f"{where}, types", spec.get("types", []))
    if not types:
        raise KnowledgeError(f"{where}: no types", f"types are {', '.join(EntityType)}")
    nominal = spec.get("nominal")
    for kind in (*types, *([] if nominal is None else [nominal])):
        if kind not in set(EntityType):
            raise KnowledgeError(f"{where}: unknown entity type {kind!r}", did_you_mean(str(kind), list(EntityType)))
    if nominal is not None and nominal not in types:
        raise KnowledgeError(f"{where}: nominal {nominal!r} is not among its types", "add it to types")
    return Role(
        name,
        frozenset(EntityType(t) for t in types),
        frozenset(strings(f"{where}, not_kinds", spec.get("not_kinds", []))),
        EntityType(nominal) if nominal is not None else None,
        bool(spec.get("single", False)),
        strings(f"{where}, nominal_heads", spec.get("nominal_heads", [])),
        strings(f"{where}, not_heads", spec.get("not_heads", [])),
        bool(spec.get("by_office", False)),
    )


def _public(where: str, value: Any, roles: Iterable[str]) -> tuple[str, ...]:
    names = strings(where, value)
    for name in names:
        if name not in roles:
            raise KnowledgeError(f"{where}: unknown role {name!r}", did_you_mean(name, roles))
    return names


def _plover(where: str, table: dict[str, Any], roles: Iterable[str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The codes by action, and the roles that are PLOVER's two sides."""
    sides: dict[str, tuple[str, ...]] = {}
    codes: dict[str, str] = {}
    for key, value in table.items():
        if key in _PLOVER_SIDES:
            sides[key] = strings(f"{where}, plover {key}", value)
            for role in sides[key]:
                if role not in roles:
                    raise KnowledgeError(f"{where}, plover {key}: unknown role {role!r}", did_you_mean(role, roles))
        elif isinstance(value, str):
            if key != "mode" and value not in PLOVER:
                raise KnowledgeError(f"{where}, plover {key}: unknown PLOVER type {value!r}", did_you_mean(value, PLOVER))
            codes[key] = value
        else:
            raise KnowledgeError(f"{where}, plover {key} is not a string", 'write e.g. default = "PROTEST"')
    return codes, sides
