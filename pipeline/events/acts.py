"""PLOVER coding: the one act that a sentence reports, who acts, and on whom.

In: a parsed Doc with entities, the frames, and a sentence. Out: `Act`s, best first. PLOVER codes what a sentence says first of
all: the act nearest to its root, where speech is looked through ("officials said that ..."). Candidates are the rules of
models/frames/acts. An act told of the future is a promise or a threat, one denied a refusal, "X said Y must" a demand
(models/lexicons/acts.toml). Actors are read off the phrase: "Sudanese government", "rebels in Darfur" are SDN.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from spacy.tokens import Span, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote
from pipeline.event_types import Role
from pipeline.events.arguments import Argument
from pipeline.events.clauses import clause_of, clause_verb, governing, is_noun, is_verb, surface_subject
from pipeline.events.fillers import Filler, Index, in_class, leaders
from pipeline.events.frames import EventMention, Frames, in_slot, light_ok
from pipeline.events.predicates import predicate_of
from pipeline.events.vehicles import counted
from pipeline.records import EntityType, EventType
from pipeline.resources import model_path

_ACTORS = frozenset({EntityType.COUNTRY, EntityType.ORGANIZATION, EntityType.GROUP, EntityType.PERSON, EntityType.PLACE})
_BODIES = frozenset({EntityType.ORGANIZATION, EntityType.GROUP, EntityType.PERSON})
_BEFORE = frozenset({"amod", "compound", "nmod", "poss"})
_INSIDE = frozenset(
    ["of", "in", "from", "at", "throughout", "by", "across", "on", "against", "near", "within", "for", "between", "to", "with"]
)
_BACKGROUND = frozenset(
    [
        "after",
        "before",
        "as",
        "since",
        "when",
        "while",
        "because",
        "following",
        "despite",
        "until",
        "amid",
        "during",
        "once",
        "although",
        "if",
        "unless",
    ]
)
_MATRIX = frozenset({"xcomp", "ccomp", "pcomp", "prep", "dobj", "acl", "conj"})
# What each step from the sentence's root to a trigger costs: what stands in a subordinate clause is background.
_STEP = {
    "ccomp": 1.0, "xcomp": 0.6, "dobj": 0.5, "attr": 0.5, "nsubjpass": 0.8, "nsubj": 1.5, "prep": 0.6, "pobj": 0.6, "pcomp": 0.8,
    "agent": 0.6, "conj": 0.9, "parataxis": 0.4, "dep": 0.8, "advcl": 2.0, "acl": 2.0, "relcl": 3.0, "appos": 3.0, "amod": 3.0,
    "compound": 2.5, "poss": 3.0, "oprd": 0.6, "acomp": 0.4,
}  # fmt: skip
_FAR = 1.0
MOST = 3.4
"""The highest cost at which an act still counts as what its sentence reports."""


@dataclass(eq=False)
class Act:
    """One act: its code, its sides, and how far from the sentence's root it stands."""

    mention: EventMention
    type: str
    mode: str | None
    actors: list[EntityNote]
    recipients: list[EntityNote]
    cost: float
    why: list[str] = field(default_factory=list)


@cache
def lexicon() -> dict[str, Any]:
    """models/lexicons/acts.toml."""
    with model_path("lexicons/acts.toml").open("rb") as f:
        return tomllib.load(f)


def acts(sentence: Span, index: Index, frames: Frames) -> list[Act]:
    """The acts that a sentence may report, the likeliest first."""
    found = [a for m in frames.mentions(sentence, index, acts=True) for a in _act(m, index, frames)]
    found += _demands(sentence, index, frames)
    found = [a for a in found if a.cost <= MOST and (a.actors or a.recipients)]
    return sorted(found, key=lambda a: (a.cost - 0.3 * a.mention.rule.priority, a.mention.predicate.head.i))


def _act(mention: EventMention, index: Index, frames: Frames) -> list[Act]:
    rule = mention.rule
    code = rule.plover or {}
    if (
        mention.predicate.verb is not None
        and code["type"] not in lexicon()["future"]["same"]
        and _hypothetical(mention.predicate.verb)
    ):
        return []
    type_, why = _coded(mention, code["type"])
    if code.get("future") == "only" and type_ == code["type"] and not why:
        return []
    parties = Parties(mention, index, frames)
    actors = parties.actors()
    recipients = parties.recipients(actors, code.get("reach") != "no")
    return [Act(mention, type_, code.get("mode"), actors, recipients, cost(mention), why)]


def cost(mention: EventMention) -> float:
    """How deep an act stands below the root of its sentence."""
    return depth(mention.predicate.head, mention.predicate.light)


def depth(head: Token, light: Token | None = None) -> float:
    """How deep a trigger stands below the root of its sentence; the light verb over a noun costs next to nothing."""
    total, node = 0.0, head
    for above in governing(head):
        step = _STEP.get(node.dep_, _FAR)
        if (
            (node.dep_ in ("ccomp", "parataxis") and is_verb(above) and in_class(above, "reporting"))
            or (above is light and node.dep_ in ("dobj", "nsubjpass", "attr"))
            or (
                node.dep_ == "xcomp"
                and above.lemma_
                in (
                    "try",
                    "begin",
                    "start",
                    "continue",
                    "attempt",
                    "seek",
                    "want",
                    "decide",
                    "plan",
                    "set",
                )
            )
        ):
            step = 0.1
        total += step
        node = above
    return total


# --- what the modality makes of an act -----------------------------------------------------------------------------------


def _coded(mention: EventMention, type_: str) -> tuple[str, list[str]]:
    """The type after tense and polarity, and why it changed."""
    verb = mention.predicate.verb
    if verb is None or type_ in lexicon()["future"]["same"]:
        return type_, []
    negated, future = _modality(verb)
    if negated and type_ in lexicon()["future"]["AGREE"]:
        return "REJECT", ["denied: a refusal"]
    if future and not negated:
        for coded in ("AGREE", "THREATEN"):
            if type_ in lexicon()["future"][coded] and mention.rule.id != "retreat.resign":
                return coded, [f"{type_.lower()} told of the future"]
    return type_, []


def _modality(verb: Token) -> tuple[bool, bool]:
    """Whether an act is denied, and whether it lies ahead, by its clause and the verbs that govern it."""
    negated = future = False
    chain = [verb]
    node = verb
    for above in governing(verb):
        if node.dep_ != "xcomp" or not is_verb(above):
            break
        chain.append(above)
        node = above
    for v in chain:
        clause = clause_of(v)
        negated |= clause.negated
        future |= bool({"will", "would", "shall"} & set(clause.modals))
        if v is not verb:
            negated |= v.lemma_ in ("fail", "refuse", "decline")
            future |= v.lemma_ in ("plan", "intend", "prepare", "expect", "aim", "go", "propose", "schedule", "set")
    if chain[-1] is verb and any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.children) and verb.dep_ == "ROOT":
        future = True
    return negated, future


def _hypothetical(verb: Token) -> bool:
    """Whether a clause only weighs an act: what must, should or might be done, or would be if something else were."""
    clause = clause_of(verb)
    weighed = {*lexicon()["modals"]["obligation"], *lexicon()["modals"]["possibility"]}
    weighs = bool(weighed & set(clause.modals)) and not clause.negated
    return weighs or bool({"if", "unless", "whether"} & set(clause.marks))


def _demands(sentence: Span, index: Index, frames: Frames) -> Iterator[Act]:
    """ "X said Y must ...": the speaker demands it of the subject."""
    rule = next((r for r in frames.rules if (r.plover or {}).get("modal") == "obligation"), None)
    if rule is None:
        return
    modals = lexicon()["modals"]
    for verb in sentence:
        if not is_verb(verb) or verb.dep_ not in ("ccomp", "ROOT", "parataxis") or verb.tag_ == "TO":
            continue
        clause = clause_of(verb)
        obliged = bool(set(modals["obligation"]) & set(clause.modals))
        obliged |= verb.lemma_ in modals["obligation_verbs"] and any(
            c.dep_ == "xcomp" and clause_of(c).infinitive for c in verb.children
        )
        teller = verb.head if verb.dep_ in ("ccomp", "parataxis") else _parenthetic(verb)
        if not obliged or teller is None or not is_verb(teller) or not in_class(teller, "reporting"):
            continue
        subject = surface_subject(verb)
        said_by = surface_subject(teller)
        if subject is not None and subject.tag_ == "PRP":
            # "told Iran it should stop": who is told
            subject = next((c for c in teller.children if c.dep_ in ("dobj", "dative") and is_noun(c)), None)
        if subject is None or said_by is None or subject.tag_ in ("EX", "WDT"):
            continue
        mention = EventMention(predicate_of(verb), rule, EventType.CONTACT, None, {}, [f"rule {rule.id} at {verb.text!r}"])
        parties = Parties(mention, index, frames)
        actors = parties.of_phrase(said_by)
        recipients = parties.of_phrase(subject)
        recipients = [n for n in recipients if n not in actors]
        if actors and recipients:
            yield Act(mention, "REQUEST", None, actors, recipients, cost(mention) - 0.05, ["a speaker's obligation for another"])


def _parenthetic(verb: Token) -> Token | None:
    """The reporting verb that hangs below what it reports ("..., he said")."""
    return next((c for c in verb.children if c.dep_ in ("parataxis", "ccomp") and in_class(c, "reporting")), None)


# --- who -----------------------------------------------------------------------------------------------------------------


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
        states = _coordinated(token, self.index)
        if states:
            return states
        notes = [n for n in self.index.resolve(token) if self._takes(n)]
        for note in notes:
            _give_state(note, token, self.index)
            _as_coders_do(note)
        coded = [n for n in notes if state(n)]
        if coded:
            return coded
        inner = _inner(token, self.index)
        if inner is not None and self._takes(inner):
            return [inner]
        return notes or self._unnamed(token)

    def _unnamed(self, token: Token) -> list[EntityNote]:
        """Somebody no finder saw: "prisoners", "rebel demands"."""
        for word in (token, *(c for c in token.children if c.dep_ in _BEFORE)):
            if is_noun(word) and in_class(word, "person_word"):
                note = self.index.nominal(word, EntityType.GROUP)
                if note is not None:
                    _give_state(note, word, self.index)
                    return [note]
        if token.tag_ == "NNP" and _leader(token) is not None:
            note = self.index.nominal(token, EntityType.PERSON)
            if note is not None:
                _give_state(note, token, self.index)
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
                for note in dict.fromkeys(n for _, n in rows if n.type in _ACTORS and n not in actors):
                    _give_state(note, token, self.index)
                    if state(note) and state(note) not in own:
                        return [n for n in self.of_phrase(token) if state(n) and state(n) not in own] or [note]
                    if state(note) and note.type in _BODIES:
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


def state(note: EntityNote) -> str | None:
    """The alpha-3 code of a party: its own, or that of the state or organisation it belongs to."""
    return note.links.iso3166_3 or note.links.country_3


def _as_coders_do(note: EntityNote) -> None:
    """PLOVER's coders count international bodies with a name (Red Cross, Amnesty International) as IGO, unnamed ones as NGO."""
    if note.type is EntityType.ORGANIZATION and note.links.country_3 == "NGO" and note.links.country is None:
        note.links = note.links.model_copy(update={"country_3": "IGO"})


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


def _coordinated(token: Token, index: Index) -> list[EntityNote]:
    """ "US and British forces": two states before one noun."""
    for child in token.children:
        if child.dep_ in _BEFORE and child.i < token.i:
            chain = [child, *(t for t in child.conjuncts if t.i > child.i and t.i < token.i)]
            found = [n for t in chain for n in index.notes_at(t) if n.type is EntityType.COUNTRY and state(n)]
            found = list(dict.fromkeys(found))
            if len(found) > 1:
                return found
    return []


def _give_state(note: EntityNote, token: Token, index: Index) -> None:
    """Links a party without a state to the one its phrase names, or to the only one its sentence names."""
    if state(note) is not None or note.type is EntityType.COUNTRY:
        return
    inner = _inner(token, index, note) if _stateless(token, 2) is None else None
    if inner is None and note.type in _BODIES:
        code = _stateless(token)
        if code is not None:
            note.links = note.links.model_copy(update={"country_3": code})
            return
        leader = _leader(token) if note.type is not EntityType.ORGANIZATION else None
        if leader is not None:
            note.links = note.links.model_copy(update={"country": leader[0], "country_3": leader[1]})
            return
        inner = _place_of_clause(token, index) or _only_state(token, index)
    elif inner is None and note.mentions[0].form == "nominal":
        inner = _place_of_clause(token, index)
    if inner is not None:
        note.links = note.links.model_copy(
            update={"country": inner.links.iso3166 or inner.links.country, "country_3": state(inner)}
        )


def _inner(token: Token, index: Index, outer: EntityNote | None = None, depth: int = 0) -> EntityNote | None:
    """The party that a phrase names inside itself: "Libya's envoy", "the rebels in Darfur", "workers affiliated with the SSS"."""
    if depth > 3:
        return None
    children = list(token.children)
    before = [c for c in children if c.dep_ in _BEFORE and c.i < token.i]
    after = [
        p
        for c in children
        if c.dep_ in ("prep", "agent") and c.lower_ in _INSIDE
        for p in c.children
        if p.dep_ in ("pobj", "pcomp")
    ]
    clause = [c for c in children if c.dep_ in ("acl", "appos") and c.i > token.i]
    for child in [*reversed(before), *after, *clause]:
        rows = sorted(index.by_token.get(child.i, []), key=lambda r: r[0].token_start - r[0].token_end)
        for _, note in rows:
            if note is not outer and note.type in _ACTORS and state(note):
                return note
        deeper = _inner(child, index, outer, depth + 1)
        if deeper is not None:
            return deeper
    return None


def _leader(token: Token) -> tuple[str, str] | None:
    """The state of a leader known by name, or of "the Thatcher government"."""
    names = [token.doc[max(token.left_edge.i, token.i - 2) : token.i + 1].text, token.text]
    if token.lower_ in ("administration", "government", "regime", "cabinet"):
        names = [c.text for c in token.children if c.dep_ in _BEFORE and c.tag_ == "NNP"]
    return next((leaders()[n] for n in names if n[:1].isupper() and n in leaders()), None)


def _place_of_clause(token: Token, index: Index) -> EntityNote | None:
    """Where the clause happens, for who has no other home: "Prisoners rioted at a jail in Dili"."""
    if token.dep_ not in ("nsubj", "nsubjpass", "conj", "dobj", "pobj"):
        return None
    verb = clause_verb(token)
    if verb is None:
        return None
    tops = [
        verb,
        *(c for c in verb.children if c.dep_ in ("dobj", "prep")),
        *(p for c in verb.children if c.dep_ == "prep" for p in c.children),
    ]
    for top in tops:
        for prep in top.children if top.dep_ != "prep" else [top]:
            if prep.dep_ == "prep" and prep.lower_ in ("in", "at", "near", "throughout", "across", "outside"):
                for place in (c for c in prep.children if c.dep_ == "pobj"):
                    note = _party_at(place, index) or _inner(place, index)
                    if note is not None and note.type in (EntityType.PLACE, EntityType.COUNTRY, EntityType.AIRPORT):
                        return note
    return None


def _party_at(token: Token, index: Index) -> EntityNote | None:
    """A party with a state among all that stands at a token, the longest name first."""
    rows = sorted(index.by_token.get(token.i, []), key=lambda r: r[0].token_start - r[0].token_end)
    return next((n for _, n in rows if n.type in _ACTORS and state(n)), None)


def _stateless(token: Token, words: int = 1) -> str | None:
    """IGO, NGO or IMG for an unnamed body that belongs to no state."""
    before = [t.lower_ for t in token.doc[max(token.sent.start, token.i - 3) : token.i]]
    for code, phrases in lexicon()["actors"].items():
        for phrase in phrases:
            *first, last = phrase.split()
            if (
                len(first) + 1 >= words
                and last in (token.lower_, token.lemma_.lower())
                and before[len(before) - len(first) :] == first
            ):
                return str(code)
    return None


def _only_state(token: Token, index: Index) -> EntityNote | None:
    """The state that a sentence is about when it names a single one."""
    found: dict[str, EntityNote] = {}
    for t in token.sent:
        for note in index.notes_at(t):
            code = note.links.iso3166_3 or note.links.country_3
            if (code and len(code) == 3 and note.links.country) or note.links.iso3166:
                found.setdefault(str(code), note)
    return next(iter(found.values())) if len(found) == 1 else None


# --- context -------------------------------------------------------------------------------------------------------------


def subjects(trigger: Token, index: Index, frames: Frames) -> list[EntityNote]:
    """Who acts in the clause of a trigger, for an event whose own frame names nobody."""
    verb = clause_verb(trigger)
    subject = surface_subject(verb) if verb is not None else None
    if verb is None or subject is None or clause_of(verb).passive or not is_noun(subject) or subject == trigger:
        return []
    rule = frames.rules[0]
    return Parties(EventMention(predicate_of(verb), rule, EventType.CONTACT, None, {}), index, frames).of_phrase(subject)


def context(sentence: Span) -> str | None:
    """The field that the words of a sentence point to most often; None when none does."""
    text = " ".join(t.lemma_.lower() for t in sentence)
    padded = f" {text} "
    counts = {name: sum(padded.count(f" {word} ") for word in words) for name, words in lexicon()["contexts"].items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def mention_of(act: Act) -> EventMention:
    """The telling of an act, its sides as roles."""
    head = act.mention.predicate.head
    roles = {
        name: [Filler(n, head) for n in notes] for name, notes in (("actor", act.actors), ("recipient", act.recipients)) if notes
    }
    act.mention.roles = roles
    act.mention.why += act.why
    return act.mention


def refined(act: Act) -> dict[str, Any]:
    """The PLOVER block of an act."""
    return {
        "type": act.type,
        "mode": act.mode,
        "context": context(act.mention.predicate.head.sent),
        "actor": act.actors,
        "recipient": act.recipients,
    }


def leads(doc: Any) -> list[Span]:
    """The sentences that say what an article is about: the first of its body; a text of one sentence is its own lead."""
    article = doc_notes.article(doc)
    starts = [b.start for b in article.blocks if b.kind.value == "paragraph"] if article is not None else [0]
    if not starts:
        return []
    return [s for s in doc.sents if s.start_char >= min(starts)][:1]
