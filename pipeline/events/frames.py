"""Fills roles by frames: which predicate is which event, and which argument plays which role.

In: a parsed Doc with entities, and the rules of `frame_files`. Out: `EventMention`, one per trigger.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from spacy.tokens import Doc, Span, Token

from pipeline import event_types
from pipeline.errors import KnowledgeError, did_you_mean
from pipeline.event_types import Role, TypeInfo
from pipeline.events import routes, selection
from pipeline.events.arguments import Argument
from pipeline.events.clauses import is_noun, is_verb
from pipeline.events.conditions import matches, owners, required
from pipeline.events.filled import (
    end_in_town,
    hyphenated_route,
    name_behind,
    part_facility,
    where_target_stands,
    without_titles,
)
from pipeline.events.fillers import LOCATIONS, Filler, Index, finest, in_class, lexicon, within
from pipeline.events.frame_files import VEHICLE, Condition, Rule, built_in, load_own
from pipeline.events.predicates import Predicate, content_arguments, predicate_of, says_where
from pipeline.events.sameness import same
from pipeline.events.selection import ENDS, is_time
from pipeline.events.vehicles import counted, is_vehicle, vehicle_fillers, with_machine
from pipeline.records import EntityType, EventType

_MEANS = frozenset({"prep:in", "prep:on", "prep:aboard", "prep:by", "prep:on_board"})


@dataclass(eq=False)
class EventMention:
    """One telling of an event: its trigger's predicate, the rule that saw it and the fillers its clause gives."""

    predicate: Predicate
    rule: Rule
    type: EventType | str
    action: str | None
    roles: dict[str, list[Filler]]
    why: list[str] = field(default_factory=list)
    times_in: tuple[int, int] | None = None
    """Tokens between which its own times stand, where a sentence tells of several events with one verb."""
    apart: bool = False
    """Told by a gapped clause: another event than that of the verb it shares."""

    @cached_property
    def sentence(self) -> tuple[int, int]:
        """Token bounds of the sentence."""
        sent = self.predicate.head.sent
        return sent.start, sent.end

    @property
    def n_fillers(self) -> int:
        """How many role fillers the clause gives."""
        return sum(map(len, self.roles.values()))


class Frames:
    """All rules, indexed by the lemma of their trigger.

    Args:
        folders: a user's folders of frame files, which add to ours. Raises KnowledgeError for a wrong one.
    """

    def __init__(self, folders: tuple[Path, ...] = ()) -> None:
        self.types = event_types.load(folders)
        for role in (r for info in self.types.values() for r in info.roles.values()):
            for name in (*role.nominal_heads, *role.not_heads):
                if name not in lexicon():
                    raise KnowledgeError(f"event_types.toml: unknown word class {name!r}", did_you_mean(name, lexicon()))
        own = load_own(folders, self.types)
        # A user's rule with the id of one of ours takes its place.
        replaced = {rule.id for rule in own}
        self.rules: list[Rule] = [r for r in built_in(self.types) if r.id not in replaced] + own
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
        self.verbless = [rule for rule in self.rules if rule.verbless]
        self.routes = {rule.id: rule.route for rule in self.rules if rule.route is not None}
        """How the way goes that a rule tells of, by id of the rule, where its roles do not say it (`itinerary`)."""

    def mentions(self, doc: Doc | Span, index: Index, acts: bool = False) -> list[EventMention]:
        """Every telling of an event in the text, in order; one per trigger and type.

        Args:
            acts: look for the acts of PLOVER's other types (models/frames/acts), and for nothing else.
        """
        out: list[EventMention] = []
        for token in doc:
            rules = [r for r in self._candidates(token) if (r.type is EventType.CONTACT) is acts]
            if is_noun(token) and token.dep_ in ("compound", "nmod") and in_class(token.head, "force_word"):
                # "air assault forces", "the strike force": a word of what they are called tells of no event
                rules = []
            if rules and token.tag_.startswith("NNP"):
                # "5 March" tells of no march
                rules = [r for r in rules if r.type is EventType.EXERCISE or not (_in_name(token, index) or is_time(token))]
            if not rules:
                continue
            predicate = predicate_of(token)
            if acts or any(slot.startswith("comp:") for r in rules for slots, _ in [*r.slots, *r.when] for slot in slots):
                predicate.arguments += content_arguments(predicate)
            best: dict[str, EventMention] = {}
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
        if not acts:
            out += self._notes(doc, index)
            out.sort(key=lambda m: m.predicate.head.i)
        return out

    def _notes(self, doc: Doc | Span, index: Index) -> list[EventMention]:
        """What notes without a verb tell: "Malaysia: A400M from Subang, 50 rescuers"."""
        out: list[EventMention] = []
        for sent in doc.sents if isinstance(doc, Doc) else [doc]:
            if any(is_verb(t) and t.dep_ != "amod" for t in sent):
                continue
            machines = (t for t in sent if is_noun(t) and not is_time(t) and is_vehicle(t, index))
            for token in (t for t in machines if t.dep_ not in ("compound", "nmod")):
                predicate = predicate_of(token)
                predicate.arguments += [Argument("self", token), *routes.of_note(token, index)]
                if token.dep_ == "appos":
                    predicate.arguments.append(Argument("appos", token.head, shared=True))
                found = [m for rule in self.verbless if (m := self._match(rule, predicate, index)) is not None]
                if found:
                    out.append(max(found, key=lambda m: (m.rule.priority, m.n_fillers)))
                    break
        return out

    def _candidates(self, token: Token) -> list[Rule]:
        lemma = token.lemma_.lower()
        if is_verb(token):
            if token.dep_ == "amod" and token.tag_ == "VBG":
                # "The visiting premier": what somebody is doing
                return self.adjectives.get(token.lower_, [])
            # A participle before a noun ("signed treaty") is no clause of its own.
            return [] if token.dep_ == "amod" or _opens_a_time(token) else self.verbs.get(lemma, [])
        if token.tag_ == "IN":
            return self.adjectives.get(token.lower_, []) if says_where(token) else []
        if token.tag_ in ("JJ", "RB"):
            if token.dep_ == "advmod" and is_verb(token.head) and not in_class(token.head, "being"):
                # "headed home", "flew down": what the verb does, and no state
                return []
            return self.adjectives.get(token.lower_, []) if token.dep_ in ("acomp", "amod", "advmod", "ROOT", "oprd") else []
        if is_noun(token):
            return self.nouns.get(lemma, []) + (self.nouns.get(token.lower_, []) if token.lower_ != lemma else [])
        return []

    def _match(self, rule: Rule, predicate: Predicate, index: Index) -> EventMention | None:
        arguments = [a for a in predicate.arguments if light_ok(rule, predicate, a) and not _shadowed(a, predicate, rule)]
        arguments = _own_means([b for a in arguments for b in with_machine(a, index)], index)
        arguments = _as_freight(arguments, index) if rule.type is EventType.FLIGHT else arguments
        if not all(self._holds(c, arguments, index) for c in rule.when):
            return None
        if any(self._holds(c, arguments, index) for c in rule.unless):
            return None
        if rule.require and not any(required(name, predicate, index) for name in rule.require):
            return None
        info = self.types[rule.type]
        doers = {id(n) for a in arguments if a.slot == "subj" for h in index.heads(a.head) for n in index.resolve(h)}
        arguments = [a for a in arguments if not (_is_other(a) and any(id(n) in doers for n in index.resolve(a.head)))]
        roles: dict[str, list[Filler]] = {}
        used: set[int] = set()
        if {"place", "origin", "destination"} <= set(info.roles):
            for name, head, note in routes.of_subject(predicate, index):
                if _put(info.roles[name], Filler(note, head), roles):
                    used.add(head.i)
        arguments.sort(key=lambda a: routes.is_of_subject(a, predicate) or (a.shared and a.slot == "prep:in"))
        for slots, names in rule.slots:
            for a in arguments:
                if in_slot(a, slots) and a.head.i not in used and self._fill(a, names, info, roles, index):
                    used.add(a.head.i)
        if set(info.roles) >= _JOURNEY and not roles.get("origin"):
            for name, head, note in routes.left_before(predicate, index):
                _put(info.roles[name], Filler(note, head), roles)
        without_titles(roles)
        part_facility(roles, info)
        where_target_stands(roles, info)
        end_in_town(roles, index)
        name_behind(predicate, info, roles, index)
        if "origin" in info.roles and "destination" in info.roles:
            hyphenated_route(predicate, info, roles, index)
        action = rule.action
        light = predicate.light.lemma_.lower() if predicate.light is not None else ""
        action = rule.actions_by_verb.get(predicate.lemma, rule.actions_by_verb.get(light, action))
        for a in predicate.slot("mod"):
            action = rule.actions_by_mod.get(a.head.lemma_.lower(), action)
        return EventMention(predicate, rule, rule.type, action or None, roles, [f"rule {rule.id} at {predicate.head.text!r}"])

    def _holds(self, condition: Condition, arguments: list[Argument], index: Index) -> bool:
        slots, wanted = condition
        return any(
            in_slot(a, slots)
            and (
                any(matches(h, w, index) for h in index.heads(a.head) for w in wanted)
                or ("place" in wanted and _is_way_to_unknown(a, index))
            )
            for a in arguments
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
                _put_head(name, head, argument, info, roles, index)
            if _PARTAKERS in plain and (nations := _forces_of_nations(head, index)):
                done |= _put_all([(_PARTAKERS, f) for f in nations], info, roles)
                if len(nations) > 1:
                    continue
            if "passengers" in plain and argument.slot != _FREIGHT and _flies(head, index):
                # what flies is not aboard
                done |= "vehicle" in plain and _put_head("vehicle", head, argument, info, roles, index)
                continue
            done |= any(_put_head(name, head, argument, info, roles, index) for name in plain)
            if done and len(plain) == 1 and plain[0] in info.roles and info.roles[plain[0]].single:
                if plain[0] == _PLACE or (info.route and (plain[0] in ENDS or plain[0] == _OPERATOR)):
                    _put_beside(argument.head, info.roles[plain[0]], roles, index)
                break
        return done


def _forces_of_nations(head: Token, index: Index) -> list[Filler]:
    """ "*Philippine and American* marines": the states told together, but for one that is part of the name of the forces."""
    if not any(in_class(head, c) for c in ("troops", "forces", "surface_vehicle")):
        return []
    adjectives = [c for c in head.children if c.dep_ in ("amod", "compound", "nmod")]
    together = [h for c in adjectives if any(d.dep_ == "conj" for d in c.children) for h in index.heads(c)]
    return [Filler(n, c) for c in together for _, n in index.by_token.get(c.i, []) if n.type is EntityType.COUNTRY]


_OPERATOR = "operator"
_JOURNEY = frozenset({"aircraft", "origin", "destination"})
_PARTAKERS = "participants"
_PLACE = "place"


def _put_beside(first: Token, role: Role, roles: dict[str, list[Filler]], index: Index) -> None:
    """ "From Heathrow to Boston and Detroit", "Yemen and Morocco flew in": the others that are coordinated with the first."""
    have = roles.get(role.name, [])
    for head in index.heads(first)[1:]:
        accepted = [n for n in index.resolve(head) if role.accepts(n)]
        also = next(iter(accepted), None) if role.name == _OPERATOR else finest(accepted)
        if also is not None and len(have) > 0 and not any(within(also, f.note) or within(f.note, also) for f in have):
            have.append(Filler(also, head, beside=True))


def _is_way_to_unknown(argument: Argument, index: Index) -> bool:
    """A name in the mark of a direction that nothing knows is a place: "from Shagolovka"."""
    if argument.marker is None or not in_class(argument.marker, "direction"):
        return False
    head = argument.head
    return head.tag_ == "NNP" and head.text[:1].isupper() and not index.notes_at(head) and not is_time(head)


def _own_means(arguments: list[Argument], index: Index) -> list[Argument]:
    """ "Left on a Gulfstream, and the Russians flew in a Tupolev": what has a machine of its own shares none."""
    own = any(a.slot in _MEANS and not a.shared and is_vehicle(a.head, index) for a in arguments)
    return [a for a in arguments if not (own and a.slot.startswith("shared:"))]


_FREIGHT = "freight"


def _as_freight(arguments: list[Argument], index: Index) -> list[Argument]:
    """ "Two L-39s were flown in aboard an An-124": an aircraft that another one carries is aboard and flies nowhere itself."""
    means = [a for a in arguments if a.slot in _MEANS and not a.shared and is_vehicle(a.head, index)]
    carried = [a for a in arguments if a.slot == "obj" and is_vehicle(a.head, index)] if means else []
    return [replace(a, slot=_FREIGHT) if a in carried else a for a in arguments]


def _flies(head: Token, index: Index) -> bool:
    """An aircraft, or a carrier that is not named: "no Western airline"."""
    return is_vehicle(head, index) or in_class(counted(head), "carrier")


def _put_all(rows: list[tuple[str, Filler]], info: TypeInfo, roles: dict[str, list[Filler]]) -> bool:
    done = False
    for name, filler in rows:
        done |= _put(info.roles.get(name), filler, roles)
    return done


def _put_head(name: str, head: Token, argument: Argument, info: TypeInfo, roles: dict[str, list[Filler]], index: Index) -> bool:
    """One name of a slot: a role, "vehicle", "vehicle>actor,weapon" (whose operator and type play these roles), or "of:role"
    (what stands before the noun plays the role)."""
    shared = argument.shared
    if name.startswith(VEHICLE):
        rows = _vehicle_rows(name, head, shared, index) if is_vehicle(head, index) else []
        # "a Chinese Il-76 and two Japanese P-3Cs arrived": of machines of several operators each has its own
        rows = [(r, replace(f, beside=True)) if r == _OPERATOR and head is not argument.head else (r, f) for r, f in rows]
        return _put_all(rows, info, roles)
    if name.startswith("of:"):
        role = info.roles[name[3:]]
        inner = owners(head, role.name in ("participants", "actor"), index)
        found = [(role.name, Filler(n, c, shared)) for c in inner for n in index.notes_at(c) if role.accepts(n)]
        if role.name == "operator" and "aircraft" not in info.roles:
            # "Russian jets" are Russia's, "Lebanon flights" are not Lebanon's
            found = [(name, filler) for name, filler in found if filler.note.type is EntityType.ORGANIZATION]
        return _put_all(found, info, roles)
    role = info.roles[name]
    accepted = selection.of_head(head, argument, role, info, index)
    put = [_put(role, Filler(n, head, shared), roles) for n in [*accepted, *selection.listed(head, accepted, role, index)]]
    if any(put) and head.tag_ == "PRP" and not index.notes_at(head):
        index.refer(head, accepted[0])
    return any(put) or any(f.note in accepted for f in roles.get(name, []))


def _vehicle_rows(name: str, head: Token, shared: bool, index: Index) -> list[tuple[str, Filler]]:
    _, arrow, targets = name.partition(">")
    renamed = dict(zip(("operator", "aircraft"), targets.split(","), strict=False)) if arrow else {}
    return [(renamed.get(role, role), filler) for role, filler in vehicle_fillers(head, index, shared)]


def _is_other(argument: Argument) -> bool:
    """ "Clinton welcomed him": a plain pronoun in the same clause is never who does it."""
    return argument.head.lower_ in ("him", "her", "them") and argument.head.tag_ == "PRP" and argument.slot in ("obj", "iobj")


def _shadowed(argument: Argument, predicate: Predicate, rule: Rule) -> bool:
    """ "The flight to Istanbul was diverted to New York": what the subject has behind a preposition is not the verb's where the
    verb has its own, unless a rule asks for it."""
    kind, _, word = argument.slot.partition(":")
    if kind != "sub" or any(argument.slot in slots for slots, _ in rule.slots):
        return False
    # "stationed guns in Latvia in May": a time takes nothing's place
    own = (a for a in predicate.arguments if a.slot == f"prep:{word}" and not is_time(a.head))
    return any(a.head.i > argument.head.i for a in own)


def in_slot(argument: Argument, slots: frozenset[str]) -> bool:
    """Whether an argument stands in one of the slots; a preposition counts wherever the parser hung it."""
    slot = argument.slot
    if slot in slots:
        return True
    kind, _, word = slot.rpartition(":")
    return kind in ("sub", "light:prep", "light:sub") and f"prep:{word}" in slots


def _put(role: Role | None, filler: Filler, roles: dict[str, list[Filler]]) -> bool:
    """Adds a filler to a role that accepts it; a single role keeps its first, unless only the second is the clause's own."""
    if role is None or not role.accepts(filler.note):
        return False
    have = roles.setdefault(role.name, [])
    if role.single and not filler.shared and len(have) == 1 and have[0].shared and have[0].note is not filler.note:
        have.clear()
    one_more = filler.beside and role.name == _OPERATOR and not any(same(f.note, filler.note) for f in have)
    if any(f.note is filler.note for f in have):
        return False
    if role.single and have and not (one_more or _within_facility(role, have, filler)):
        return False
    have.append(filler)
    return True


def _within_facility(role: Role, have: list[Filler], filler: Filler) -> bool:
    """Whether a place on the map follows a building without a name: "landed at the barracks at Pleso"."""
    unnamed = role.name in ("place", *ENDS) and len(have) == 1 and have[0].note.kind == "facility"
    return unnamed and filler.note.kind != "facility" and filler.note.type in LOCATIONS


def light_ok(rule: Rule, predicate: Predicate, argument: Argument) -> bool:
    """Arguments of the verb over a noun count only where the frame says that the verb adds nothing of its own."""
    if not argument.slot.startswith("light:"):
        return True
    if predicate.light is None:
        return False
    if in_class(predicate.light, "dying"):
        # "at least 26 died in the strike": who dies did not make it
        return not argument.slot.endswith(":subj")
    # "was welcomed by the premier on arrival": who receives does not arrive
    receives = rule.type is EventType.VISIT and in_class(predicate.light, "receiving")
    if is_one_of(predicate.light, rule.light):
        return True
    if _in_the_course_of(predicate.head, rule.type) and not receives:
        # "encircled the island in a drill": what it is done to takes no part in it
        return rule.type is not EventType.EXERCISE or not argument.slot.endswith(":obj")
    # "The visit took place in Moscow", "talks were held in Geneva": where and when, never who
    return in_class(predicate.light, "occurring") and not argument.slot.endswith((":subj", ":obj"))


def is_one_of(verb: Token, verbs: frozenset[str]) -> bool:
    """Whether a verb, or it with its particle ("call off"), is among verbs."""
    lemma = verb.lemma_.lower()
    if lemma in verbs:
        return True
    beside = [c.lower_ for c in verb.children if c.dep_ in ("prt", "advmod", "prep")]
    return any(f"{lemma} {word}" in verbs for word in beside)


def _in_the_course_of(noun: Token, type_: EventType | str) -> bool:
    """ "They settled it in a call", "came for talks", "killed him in a raid": whoever does something in it takes part in
    it."""
    if noun.dep_ != "pobj":
        return False
    within = noun.head.lower_ in ("in", "during", "over")
    if type_ is EventType.VISIT:
        # "Freeh, on a visit to Mexico, asked …"
        return noun.head.lower_ == "on" and not any(c.dep_ == "poss" for c in noun.children)
    if type_ is EventType.MEETING:
        return within or noun.head.lower_ == "for"
    return type_ in (EventType.STRIKE, EventType.EXERCISE) and within


def _in_name(token: Token, index: Index) -> bool:
    """A word of a longer name ("Carrier Strike Group") tells of no event."""
    return any(
        m.form == "name" and m.token_end - m.token_start > 1 and n.type is not EntityType.TREATY
        for m, n in index.by_token.get(token.i, [])
    )


def _opens_a_time(token: Token) -> bool:
    """ "*Starting* Tuesday", "*beginning* in May": from then on."""
    if token.tag_ != "VBG" or not in_class(token, "from_then") or token.i + 2 >= len(token.doc):
        return False
    after = token.nbor()
    return "DATE" in (after.ent_type_, after.nbor().ent_type_ if after.tag_ == "IN" else "")


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
            # "took off" is no "took"
            alone = len(words) == 1 and f"{predicate.lemma} {following}" not in lexicon()["phrasal"]
            best |= alone or (len(words) > 1 and (words[1] in particles or following == words[1]))
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
