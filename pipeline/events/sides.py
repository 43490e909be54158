"""The two sides of one act: who acts, and on whom.

In: the telling of an act, with its rule and predicate. Out: entities, each with its state where it has one (`states.py`). First
by the slots of the rule; who acts also by the verbs that govern the act, on whom also by what stands near its trigger.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.event_types import Role
from pipeline.events.arguments import Argument
from pipeline.events.clauses import clause_of, governing, is_noun, is_verb, surface_subject
from pipeline.events.fillers import Index, in_class
from pipeline.events.frames import EventMention, Frames, in_slot, light_ok
from pipeline.events.states import (
    ACTORS,
    BEFORE,
    BODIES,
    coordinated,
    count_as_coders_do,
    give_state,
    led_state,
    named_inside,
    state,
)
from pipeline.events.vehicles import counted
from pipeline.records import EntityType, EventType

# What opens a phrase or clause that tells when or why.
_BACKGROUND = frozenset([
    "after", "before", "as", "since", "when", "while", "because", "following", "despite",
    "until", "amid", "during", "once", "although", "if", "unless",
])  # fmt: skip
# How a verb hangs on one that has its subject.
_MATRIX = frozenset({"xcomp", "ccomp", "pcomp", "prep", "dobj", "acl", "conj"})


class Parties:
    """Reads the two sides of one act."""

    def __init__(self, mention: EventMention, index: Index, frames: Frames) -> None:
        self.mention, self.index = mention, index
        self.roles = frames.types[EventType.CONTACT].roles

    def actors(self) -> list[EntityNote]:
        """Who acts: by the rule's slots, else the subject of the governing verbs, else who says so."""
        found = self._by_slots("actor")
        head, verb = self.mention.predicate.head, self.mention.predicate.verb
        if found or verb is None or clause_of(verb).passive:
            return found
        subject = surface_subject(verb)
        if subject is not None and subject.tag_ != "PRP" and head is verb:
            return self.of_phrase(subject)
        node = verb
        for above in governing(verb):
            if not is_verb(above) and node.dep_ not in _MATRIX:
                break
            if is_verb(above) and (in_class(above, "reporting") or node.dep_ in ("xcomp", "conj", "ccomp")):
                spoken = surface_subject(above)
                if spoken is not None and spoken.tag_ != "PRP" and not clause_of(above).passive:
                    return self.of_phrase(spoken)
            node = above
        return []

    def recipients(self, actors: list[EntityNote], reach: bool) -> list[EntityNote]:
        """To whom it is done: by the rule's slots, else the nearest other party in what the act is about."""
        found = [n for n in self._by_slots("recipient") if n not in actors]
        return found or (self._in_reach(actors) if reach else [])

    def _by_slots(self, role: str) -> list[EntityNote]:
        predicate, rule = self.mention.predicate, self.mention.rule
        order = {"subj": 0, "obj": 0, "iobj": -1, "light:subj": 0, "poss": 1}
        for slots, names in rule.slots:
            if role not in names:
                continue
            fitting = [
                a
                for a in predicate.arguments
                if in_slot(a, slots) and light_ok(rule, predicate, a) and not _in_background(a.head, predicate.verb)
            ]
            for argument in sorted(fitting, key=lambda a: (order.get(a.slot, 2), a.head.i)):
                found = self._of_argument(argument, role)
                if found:
                    return found
        return []

    def _of_argument(self, argument: Argument, role: str) -> list[EntityNote]:
        if argument.head.tag_ == "PRP" and role == "actor" and not self.index.notes_at(argument.head):
            return self._speaker()
        if not (is_noun(argument.head) or argument.head.tag_ in ("PRP", "CD", "JJ", "DT", "JJS")):
            return []
        return self.of_phrase(argument.head)

    def _speaker(self) -> list[EntityNote]:
        verb = self.mention.predicate.verb
        for above in governing(verb) if verb is not None else []:
            if is_verb(above) and in_class(above, "reporting"):
                subject = surface_subject(above)
                return self.of_phrase(subject) if subject is not None and subject.tag_ != "PRP" else []
        return []

    def of_phrase(self, head: Token) -> list[EntityNote]:
        """The parties that a noun phrase and what is coordinated with it name."""
        found: list[EntityNote] = []
        for token in self.index.heads(head):
            found += [n for n in self._of_head(token) if n not in found]
        return found

    def _of_head(self, token: Token) -> list[EntityNote]:
        token = counted(token)
        states = coordinated(token, self.index)
        if states:
            return states
        notes = [n for n in self.index.resolve(token) if self._takes(n)]
        for note in notes:
            give_state(note, token, self.index)
            count_as_coders_do(note)
        coded = [n for n in notes if state(n)]
        if coded:
            return coded
        inner = named_inside(token, self.index)
        if inner is not None and self._takes(inner):
            return [inner]
        return notes or self._unnamed(token)

    def _unnamed(self, token: Token) -> list[EntityNote]:
        """Somebody no finder saw: "prisoners", "rebel demands"."""
        for word in (token, *(c for c in token.children if c.dep_ in BEFORE)):
            if is_noun(word) and in_class(word, "person_word"):
                note = self.index.nominal(word, EntityType.GROUP)
                if note is not None:
                    give_state(note, word, self.index)
                    return [note]
        if token.tag_ == "NNP" and led_state(token) is not None:
            note = self.index.nominal(token, EntityType.PERSON)
            if note is not None:
                give_state(note, token, self.index)
                return [note]
        return []

    def _takes(self, note: EntityNote) -> bool:
        role: Role = self.roles["recipient"]
        return role.accepts(note)

    def _in_reach(self, actors: list[EntityNote]) -> list[EntityNote]:
        """The nearest party, by steps of the parse, in what follows the trigger; then in what is coordinated with it, and for a
        threat in its condition."""
        own = {state(n) for n in actors}
        same: list[EntityNote] = []
        threat = (self.mention.rule.plover or {}).get("type") == "THREATEN"
        for wider in (False, True):
            for token in self._reached(wider, threat):
                rows = sorted(self.index.by_token.get(token.i, []), key=lambda r: r[0].token_start - r[0].token_end)
                for note in dict.fromkeys(n for _, n in rows if n.type in ACTORS and n not in actors):
                    give_state(note, token, self.index)
                    if state(note) and state(note) not in own:
                        return [n for n in self.of_phrase(token) if state(n) and state(n) not in own] or [note]
                    if state(note) and note.type in BODIES:
                        same.append(note)
        return same[:1]

    def _reached(self, wider: bool, threat: bool) -> Iterator[Token]:
        predicate = self.mention.predicate
        top = predicate.light if predicate.light is not None else predicate.head
        queue = [top]
        for node in queue:
            for child in node.children:
                if node is top and child.dep_ in ("nsubj", "nsubjpass", "parataxis"):
                    continue
                condition = threat and wider and any(c.lower_ in ("unless", "if", "until") for c in child.children)
                if _is_background(child) and not condition:
                    continue
                if node is top and is_verb(child) and child.dep_ == "conj" and not wider:
                    continue
                queue.append(child)
                if child.i > predicate.head.i or node is not top:
                    yield child


def _is_background(token: Token) -> bool:
    """What tells when, why or who says so, and is not part of the act."""
    if token.dep_ in ("advcl", "prep", "mark", "npadvmod") and (
        token.lower_ in _BACKGROUND
        or token.lower_ == "according"
        or any(c.dep_ in ("mark", "advmod") and c.lower_ in _BACKGROUND for c in token.children)
    ):
        return True
    return is_verb(token) and token.dep_ in ("ccomp", "parataxis") and in_class(token, "reporting")


def _in_background(token: Token, verb: Token | None) -> bool:
    """Whether a phrase hangs below something that is background to its clause ("despite warnings by agencies")."""
    for above in governing(token):
        if above == verb:
            return False
        if above.dep_ == "prep" and above.lower_ in _BACKGROUND and above.head == verb:
            return True
    return False
