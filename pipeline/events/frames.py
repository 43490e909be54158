"""Reads models/frames/*.toml and fills roles: which predicate is which event, and which argument plays which role.

In: a parsed Doc with entities. Out: `EventMention`, one per trigger. What a frame file may say is described in
docs/add-an-event-type.md. Raises KnowledgeError for a frame file that names an unknown role, class or key.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, Span, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote
from pipeline.errors import KnowledgeError
from pipeline.events.fillers import LOCATIONS, Filler, Index, in_class, lexicon
from pipeline.events.predicates import Argument, Predicate, content_arguments, is_noun, is_verb, predicate_of
from pipeline.records import EntityType, EventType
from pipeline.resources import model_path

VEHICLE = "vehicle"
_PARTIES = LOCATIONS | {EntityType.PERSON, EntityType.ORGANIZATION, EntityType.GROUP}
_PRONOUN_TAGS = frozenset({"PRP", "PRP$", "WDT", "WP", "WP$", "DT", "EX"})


@dataclass(frozen=True, slots=True)
class Role:
    """Which entities may play a role."""

    name: str
    types: frozenset[EntityType]
    not_kinds: frozenset[str]
    nominal: EntityType | None
    single: bool

    def accepts(self, note: EntityNote) -> bool:
        """Whether an entity's type and kind fit."""
        return note.type in self.types and (note.kind or "") not in self.not_kinds

    @property
    def is_location(self) -> bool:
        """A role that only places fill."""
        return self.types <= LOCATIONS


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """What event_types.toml says of an event type."""

    type: EventType
    label: str
    actions: tuple[str, ...]
    roles: dict[str, Role]
    plover: dict[str, str]
    route: bool


Condition = tuple[frozenset[str], tuple[str, ...]]


@dataclass(slots=True)
class Rule:
    """One way in which the language reports an event."""

    id: str
    type: EventType
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
    quantities: dict[str, str]
    realis: str | None
    priority: int
    examples: list[dict[str, Any]] = field(default_factory=list)
    counter: list[str] = field(default_factory=list)
    plover: dict[str, str] | None = None


@dataclass(eq=False)
class EventMention:
    """One telling of an event: its trigger's predicate, the rule that saw it and the fillers its clause gives."""

    predicate: Predicate
    rule: Rule
    type: EventType
    action: str | None
    roles: dict[str, list[Filler]]
    why: list[str] = field(default_factory=list)

    @cached_property
    def sentence(self) -> tuple[int, int]:
        """Token bounds of the sentence."""
        sent = self.predicate.head.sent
        return sent.start, sent.end

    @property
    def n_fillers(self) -> int:
        """How many role fillers the clause gives."""
        return sum(map(len, self.roles.values()))


# A rule's row has the keys of `Rule`; its type is the file's.
_RULE_KEYS = frozenset(f.name for f in fields(Rule)) - {"type"}


class Frames:
    """All rules, indexed by the lemma of their trigger.

    Args:
        folders: folders of frame files beside the built-in ones; a user's own.
    """

    def __init__(self, folders: tuple[Path, ...] = ()) -> None:
        self.types = load_types(model_path("frames/event_types.toml"))
        self.rules: list[Rule] = []
        for folder in (model_path("frames"), model_path("frames/acts"), *folders):
            for path in sorted(folder.glob("*.toml")):
                if path.name != "event_types.toml":
                    self.rules += load_rules(path, self.types)
        self.verbs: dict[str, list[Rule]] = {}
        self.nouns: dict[str, list[Rule]] = {}
        self.adjectives: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for lemma in rule.verbs:
                self.verbs.setdefault(lemma.split()[0], []).append(rule)
            for lemma in rule.nouns:
                self.nouns.setdefault(lemma.split()[-1], []).append(rule)
            for word in rule.adjectives:
                self.adjectives.setdefault(word, []).append(rule)

    def mentions(self, doc: Doc | Span, index: Index, acts: bool = False) -> list[EventMention]:
        """Every telling of an event in the text, in order; one per trigger and type.

        Args:
            acts: look for the acts of PLOVER's other types (models/frames/acts), and for nothing else.
        """
        out: list[EventMention] = []
        for token in doc:
            rules = [r for r in self._candidates(token) if (r.type is EventType.CONTACT) is acts]
            if rules and token.tag_.startswith("NNP") and _in_name(token, index):
                rules = [r for r in rules if r.type is EventType.EXERCISE]
            if not rules:
                continue
            predicate = predicate_of(token)
            if acts:
                predicate.arguments += content_arguments(predicate)
            best: dict[EventType, EventMention] = {}
            for rule in rules:
                if not _trigger_fits(rule, predicate):
                    continue
                mention = self._match(rule, predicate, index)
                if mention is None:
                    continue
                old = best.get(mention.type)
                if old is None or (rule.priority, mention.n_fillers) > (old.rule.priority, old.n_fillers):
                    best[mention.type] = mention
            out += best.values()
        return out

    def _candidates(self, token: Token) -> list[Rule]:
        lemma = token.lemma_.lower()
        if is_verb(token):
            # A participle before a noun ("signed treaty") is no clause of its own.
            return [] if token.dep_ == "amod" else self.verbs.get(lemma, [])
        if token.tag_ in ("JJ", "RB"):
            return self.adjectives.get(token.lower_, []) if token.dep_ in ("acomp", "amod", "advmod", "ROOT", "oprd") else []
        if is_noun(token):
            return self.nouns.get(lemma, []) + (self.nouns.get(token.lower_, []) if token.lower_ != lemma else [])
        return []

    def _match(self, rule: Rule, predicate: Predicate, index: Index) -> EventMention | None:
        arguments = [a for a in predicate.arguments if light_ok(rule, predicate, a)]
        if not all(self._holds(c, arguments, index) for c in rule.when):
            return None
        if any(self._holds(c, arguments, index) for c in rule.unless):
            return None
        if rule.require and not any(required(name, predicate, index) for name in rule.require):
            return None
        info = self.types[rule.type]
        roles: dict[str, list[Filler]] = {}
        used: set[int] = set()
        for slots, names in rule.slots:
            for a in arguments:
                if in_slot(a, slots) and a.head.i not in used and self._fill(a, names, info, roles, index):
                    used.add(a.head.i)
        action = rule.action
        light = predicate.light.lemma_.lower() if predicate.light is not None else ""
        action = rule.actions_by_verb.get(predicate.lemma, rule.actions_by_verb.get(light, action))
        for a in predicate.slot("mod"):
            action = rule.actions_by_mod.get(a.head.lemma_.lower(), action)
        return EventMention(predicate, rule, rule.type, action or None, roles, [f"rule {rule.id} at {predicate.head.text!r}"])

    def _holds(self, condition: Condition, arguments: list[Argument], index: Index) -> bool:
        slots, wanted = condition
        return any(
            in_slot(a, slots) and any(matches(h, w, index) for h in index.heads(a.head) for w in wanted) for a in arguments
        )

    def _fill(
        self, argument: Argument, names: tuple[str, ...], info: TypeInfo, roles: dict[str, list[Filler]], index: Index
    ) -> bool:
        """Puts an argument and what is coordinated with it into the first role that takes it."""
        done = False
        extra = tuple(n[1:] for n in names if n[0] == "+")
        plain = tuple(n for n in names if n[0] != "+")
        for head in index.heads(argument.head):
            for name in extra:
                _put_head(name, head, argument.shared, info, roles, index)
            done |= any(_put_head(name, head, argument.shared, info, roles, index) for name in plain)
            if done and len(plain) == 1 and plain[0] in info.roles and info.roles[plain[0]].single:
                break
        return done


def _put_all(rows: list[tuple[str, Filler]], info: TypeInfo, roles: dict[str, list[Filler]]) -> bool:
    done = False
    for name, filler in rows:
        done |= _put(info.roles.get(name), filler, roles)
    return done


def _put_head(name: str, head: Token, shared: bool, info: TypeInfo, roles: dict[str, list[Filler]], index: Index) -> bool:
    """One name of a slot: a role, "vehicle", "vehicle>actor,weapon" (whose operator and type play these roles), or "of:role"
    (what stands before the noun plays the role)."""
    if name.startswith(VEHICLE):
        if not is_vehicle(head, index):
            return False
        _, arrow, targets = name.partition(">")
        renamed = dict(zip(("operator", "aircraft"), targets.split(","), strict=False)) if arrow else {}
        rows = [(renamed.get(role, role), filler) for role, filler in vehicle_fillers(head, index, shared)]
        return _put_all(rows, info, roles)
    if name.startswith("of:"):
        role = info.roles[name[3:]]
        inner = [c for c in counted(head).children if c.dep_ in ("amod", "compound", "nmod", "poss")]
        return _put_all(
            [(role.name, Filler(n, c, shared)) for c in inner for n in index.notes_at(c) if role.accepts(n)], info, roles
        )
    role = info.roles[name]
    resolved = index.resolve(head) or (index.treaty_meant(head) if EntityType.TREATY in role.types else [])
    accepted = [n for n in resolved if role.accepts(n)]
    if not resolved and role.nominal and head.tag_ not in _PRONOUN_TAGS and not _is_time(head):
        note = index.nominal(head, role.nominal)
        accepted = [note] if note is not None else []
    put = [_put(role, Filler(note, head, shared), roles) for note in accepted]
    return any(put) or any(f.note in accepted for f in roles.get(name, []))


def in_slot(argument: Argument, slots: frozenset[str]) -> bool:
    """Whether an argument stands in one of the slots; a preposition counts wherever the parser hung it."""
    slot = argument.slot
    if slot in slots:
        return True
    kind, _, word = slot.rpartition(":")
    return kind in ("sub", "light:prep", "light:sub") and f"prep:{word}" in slots


def _put(role: Role | None, filler: Filler, roles: dict[str, list[Filler]]) -> bool:
    """Adds a filler to a role that accepts it; a single role keeps its first."""
    if role is None or not role.accepts(filler.note):
        return False
    have = roles.setdefault(role.name, [])
    if any(f.note is filler.note for f in have) or (role.single and have):
        return False
    have.append(filler)
    return True


def _is_time(token: Token) -> bool:
    return any(t.token_start <= token.i < t.token_end for t in doc_notes.times(token.doc))


def light_ok(rule: Rule, predicate: Predicate, argument: Argument) -> bool:
    """Arguments of the verb over a noun count only where the frame says that the verb adds nothing of its own."""
    if not argument.slot.startswith("light:"):
        return True
    if predicate.light is None:
        return False
    lemma = predicate.light.lemma_.lower()
    if lemma in rule.light:
        return True
    # "The visit took place in Moscow", "talks were held in Geneva": where and when, never who
    return in_class(predicate.light, "occurring") and not argument.slot.endswith((":subj", ":obj"))


def matches(token: Token, wanted: str, index: Index) -> bool:
    """Whether the phrase a token heads is of a class (@name), has a lemma (=name), or an entity type or kind (name); "*": any."""
    if wanted == "*":
        return True
    if wanted == "@vehicle":
        return is_vehicle(token, index)
    if wanted[0] == "@":
        return in_class(token, wanted[1:]) or in_class(counted(token), wanted[1:])
    if wanted[0] == "=":
        return token.lemma_.lower() == wanted[1:] or token.lower_ == wanted[1:]
    if wanted == "treaty" and index.treaty_meant(token):
        return True
    if wanted == "party":
        return is_party(token, index)
    if wanted == "official":
        return any(_is_official(n) for n in index.resolve(token))
    return any(wanted in (n.type.value, n.kind) for n in index.resolve(token))


def is_party(token: Token, index: Index) -> bool:
    """Whether a phrase stands for somebody who acts: an actor's name, a pronoun, a person's or body's word, or a proper noun."""
    if token.tag_ in ("PRP", "NNP", "NNPS") or in_class(counted(token), "person_word"):
        return True
    return any(n.type in _PARTIES for n in index.resolve(token))


def _is_official(note: EntityNote) -> bool:
    """Somebody whose travelling is a visit: a person in office, or a delegation."""
    if note.type is EntityType.PERSON:
        return note.role is not None or note.links.country is not None
    return note.type is EntityType.GROUP and (note.kind == "delegation" or "delegation" in note.name.lower())


def required(name: str, predicate: Predicate, index: Index) -> bool:
    """Evidence beyond the arguments: "verb:X", "noun:X", "vehicle_near", "sentence:@class"."""
    kind, _, value = name.partition(":")
    if kind == "coordinated":
        return any(len(index.heads(a.head)) > 1 for a in predicate.slot(value))
    if kind == "slot":
        return bool(predicate.slot(value))
    if kind in ("verb", "noun"):
        return predicate.pos == kind and predicate.lemma == value
    if kind == "vehicle_near":
        return any(is_vehicle(t, index) for t in predicate.head.sent if is_noun(t))
    if kind == "sentence":
        return any(matches(t, value, index) for t in predicate.head.sent)
    if kind == "document":
        return any(matches(t, value, index) for t in predicate.head.doc)
    raise KnowledgeError(f"frames: unknown requirement {name!r}")


def counted(token: Token) -> Token:
    """What a quantifier counts: "eight of the big grey machines" is about machines."""
    if token.tag_ == "CD" or in_class(token, "quantifier"):
        for prep in token.children:
            if prep.dep_ == "prep" and prep.lower_ == "of":
                return next((c for c in prep.children if c.dep_ == "pobj"), token)
    return token


def is_vehicle(token: Token, index: Index) -> bool:
    """A noun that names something that flies, or an airframe or aircraft type."""
    token = counted(token)
    if is_elliptical(token) or _open_pronoun(token, index):
        return elided_vehicle(token, index) is not None
    if in_class(token, "vehicle") and not any(n.type in (EntityType.PERSON, EntityType.PLACE) for n in index.notes_at(token)):
        return True
    return any(
        n.type in (EntityType.AIRCRAFT_TYPE, EntityType.AIRCRAFT) or n.kind in ("airline", "air_force")
        for n in index.notes_at(token)
    )


_ELLIPTICAL = frozenset({"another", "one", "both", "others", "other"})


def is_elliptical(token: Token) -> bool:
    """A determiner, number or ordinal that stands for a noun said before: "a second", "another", "the eight"."""
    if token.dep_ not in ("nsubj", "nsubjpass", "dobj", "conj"):
        return False
    return (
        token.tag_ == "CD"
        or token.lower_ in _ELLIPTICAL
        or (token.tag_ == "JJ" and in_class(token, "ordinal"))
        or token.lower_ == "first"
    )


def _open_pronoun(token: Token, index: Index) -> bool:
    """A subject pronoun that coreference left open."""
    return token.lower_ in ("it", "they") and token.dep_ in ("nsubj", "nsubjpass") and not index.notes_at(token)


def elided_vehicle(token: Token, index: Index) -> Token | None:
    """The aircraft that an elliptical head counts on from: the last one of this or the sentence before in the same paragraph."""
    doc, sent = token.doc, token.sent
    start = sent.start
    for _ in range(2):
        if start == 0 or doc[start - 1].is_space:
            break
        start = doc[start - 1].sent.start
    pronoun = token.tag_ == "PRP"
    for i in range(token.i - 1, start - 1, -1):
        other = doc[i]
        if pronoun and other.dep_ not in ("nsubj", "nsubjpass"):
            continue
        if is_noun(other) and not is_elliptical(other) and is_vehicle(other, index):
            return other if other.dep_ != "compound" else other.head
    return None


_MODIFIERS = frozenset({"amod", "compound", "nmod", "poss", "appos", "nummod"})


def vehicle_fillers(head: Token, index: Index, shared: bool, depth: int = 0) -> list[tuple[str, Filler]]:
    """What the noun phrase of an aircraft says: its type, registration, operator, and who is aboard."""
    out: list[tuple[str, Filler]] = []
    head = counted(head)
    if depth == 0 and (is_elliptical(head) or _open_pronoun(head, index)):
        previous = elided_vehicle(head, index)
        rows = vehicle_fillers(previous, index, True, 1) if previous is not None else []
        # "it" is the same machine; "another" only one of the same kind
        kept = ("operator", "aircraft", "tail_number") if head.tag_ == "PRP" else ("operator", "aircraft")
        return [(role, Filler(f.note, f.token, True)) for role, f in rows if role in kept]
    for note in index.notes_at(head):
        role = _vehicle_role(note)
        if role:
            out.append((role, Filler(note, head, shared)))
            if note.type is EntityType.AIRCRAFT and note.parent is not None:
                out.append(("operator", Filler(note.parent, head, True)))
    if depth > 2:
        return out
    for child in head.children:
        if child.dep_ in _MODIFIERS:
            out += vehicle_fillers(child, index, shared, depth + 1)
        elif child.dep_ == "prep" and child.lower_ in ("of", "from", "by"):
            for obj in (c for c in child.children if c.dep_ == "pobj"):
                for note in index.notes_at(obj):
                    role = _vehicle_role(note)
                    if role == "aircraft" or (
                        role == "operator" and (note.type is not EntityType.COUNTRY or child.lower_ == "of")
                    ):
                        out.append((role, Filler(note, obj, shared)))
        elif child.dep_ == "prep" and child.lower_ == "with":
            for obj in (c for c in child.children if c.dep_ == "pobj"):
                out += [("passengers", Filler(n, h, shared)) for h in index.heads(obj) for n in index.resolve(h)]
        elif child.dep_ in ("acl", "relcl") and child.lemma_ in (
            "operate",
            "own",
            "fly",
            "carry",
            "transport",
            "bring",
            "take",
            "belong",
            "register",
            "charter",
            "use",
        ):
            out += _vehicle_clause(child, index, shared)
    order = {"aircraft": 0, "tail_number": 1, "operator": 2, "passengers": 3}
    # An air force or airline says more than the state's adjective beside it.
    return sorted(out, key=lambda r: (order[r[0]], r[1].note.type is EntityType.COUNTRY, r[1].token.i))


def _vehicle_clause(verb: Token, index: Index, shared: bool) -> list[tuple[str, Filler]]:
    out: list[tuple[str, Filler]] = []
    for a in predicate_of(verb).arguments:
        if (
            a.slot in ("subj", "prep:to", "prep:by")
            and not a.shared
            and verb.lemma_ in ("operate", "own", "fly", "belong", "charter", "use")
        ):
            out += [("operator", Filler(n, a.head, shared)) for n in index.resolve(a.head) if _vehicle_role(n) == "operator"]
        if a.slot == "obj" and not a.shared and verb.lemma_ in ("carry", "transport", "bring", "take"):
            for h in index.heads(a.head):
                notes = index.resolve(h)
                if not notes:
                    note = index.nominal(h, EntityType.GROUP)
                    notes = [note] if note is not None else []
                out += [("passengers", Filler(n, h, shared)) for n in notes]
    return out


def _vehicle_role(note: EntityNote) -> str | None:
    match note.type:
        case EntityType.AIRCRAFT_TYPE:
            return "aircraft"
        case EntityType.AIRCRAFT:
            return "tail_number"
        case EntityType.ORGANIZATION | EntityType.COUNTRY:
            return "operator"
    return None


# --- reading the files ---------------------------------------------------------------------------------------------------


def _in_name(token: Token, index: Index) -> bool:
    """A word of a longer name ("Carrier Strike Group") tells of no event."""
    return any(
        m.form == "name" and m.token_end - m.token_start > 1 and n.type is not EntityType.TREATY
        for m, n in index.by_token.get(token.i, [])
    )


def _trigger_fits(rule: Rule, predicate: Predicate) -> bool:
    """Whether the trigger's words, particles and compounds are one of the rule's."""
    if predicate.pos == "adj":
        return True
    if predicate.pos == "verb":
        particles = [t.lower_ for t in predicate.words[1:]]
        following = predicate.head.nbor().lower_ if predicate.head.i + 1 < len(predicate.head.doc) else ""
        best = False
        for verb in rule.verbs:
            words = verb.split()
            if words[0] != predicate.lemma:
                continue
            best |= len(words) == 1 or words[1] in particles or following == words[1]
        return best
    for noun in rule.nouns:
        words = noun.split()
        if words[-1] not in (predicate.lemma, predicate.head.lower_):
            continue
        if len(words) == 1:
            return True
        before = [t.lower_ for t in predicate.head.doc[max(0, predicate.head.i - len(words) + 1) : predicate.head.i]]
        if before == words[:-1]:
            return True
    return False


def load_types(path: Path) -> dict[EventType, TypeInfo]:
    """The event types with their roles."""
    with path.open("rb") as f:
        data = tomllib.load(f)
    out: dict[EventType, TypeInfo] = {}
    for name, row in data.items():
        roles = {
            role: Role(
                role,
                frozenset(EntityType(t) for t in spec["types"]),
                frozenset(spec.get("not_kinds", ())),
                EntityType(spec["nominal"]) if "nominal" in spec else None,
                spec.get("single", False),
            )
            for role, spec in row["roles"].items()
        }
        out[EventType(name)] = TypeInfo(
            EventType(name), row["label"], tuple(row["actions"]), roles, row.get("plover", {}), row.get("route", False)
        )
    return out


def load_rules(path: Path, types: dict[EventType, TypeInfo]) -> list[Rule]:
    """The rules of one frame file, checked."""
    with path.open("rb") as f:
        try:
            data = tomllib.load(f)
        except tomllib.TOMLDecodeError as error:
            raise KnowledgeError(f"{path.name}: {error}") from error
    type_ = EventType(data["type"])
    return [_rule(row, type_, types[type_], path) for row in data.get("rules", [])]


def _rule(row: dict[str, Any], type_: EventType, info: TypeInfo, path: Path) -> Rule:
    unknown = set(row) - _RULE_KEYS
    slots_row = row.get("slots", {})
    examples = row.get("examples", [])
    if unknown:
        raise KnowledgeError(f"{path.name}: rule {row.get('id')!r} has unknown keys {sorted(unknown)}")
    slots = [(frozenset(k.split("|")), tuple(v)) for k, v in slots_row.items()]
    for _, names in slots:
        for name in names:
            bare = name.lstrip("+").removeprefix("of:")
            if not bare.startswith(VEHICLE) and bare not in info.roles:
                raise KnowledgeError(f"{path.name}: rule {row['id']!r} names the unknown role {name!r}")
    return Rule(
        id=row["id"],
        type=type_,
        action=row.get("action"),
        verbs=tuple(row.get("verbs", ())),
        nouns=tuple(row.get("nouns", ())),
        adjectives=tuple(row.get("adjectives", ())),
        light=frozenset(w.split()[0] for w in row.get("light", ())),
        slots=slots,
        when=_conditions(row.get("when", {}), path),
        unless=_conditions(row.get("unless", {}), path),
        require=tuple(row.get("require", {}).get("any", ())),
        actions_by_verb=row.get("actions_by_verb", {}),
        actions_by_mod=row.get("actions_by_mod", {}),
        quantities=row.get("quantities", {}),
        realis=row.get("realis"),
        priority=row.get("priority", 0),
        examples=examples,
        counter=row.get("counter", []),
        plover=row.get("plover"),
    )


def _conditions(rows: dict[str, str], path: Path) -> list[Condition]:
    out: list[Condition] = []
    for slots, wanted in rows.items():
        words = tuple(wanted.split("|"))
        for word in words:
            if word.startswith("@") and word[1:] not in lexicon():
                raise KnowledgeError(f"{path.name}: unknown word class {word!r}")
        out.append((frozenset(slots.split("|")), words))
    return out
