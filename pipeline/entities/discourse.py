"""Which things a reader has in mind at a place in the text, and which of them a word there may mean.

In: a parsed Doc and its entities. Out: `Discourse`, which lists the mentions before a token and chooses among them. A choice is
made only when one candidate is ahead of the next by the margin in models/lexicons/coreference.toml; else nobody is chosen.

Salience follows centering: a subject before an object before the rest, the same sentence before the one ahead of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote, MentionNote
from pipeline.entities.phrases import lexicon, words
from pipeline.records import EntityType

FINDER = "coreference"
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})
OBJECTS = frozenset({"dobj", "dative", "agent"})


_LONGEST = 60
"""Tokens; no mention is longer."""


@dataclass(slots=True, eq=False)
class Ref:
    """A mention in its place: head token, sentence and block."""

    note: EntityNote
    mention: MentionNote
    head: Token
    sentence: int
    block: int


def _start(ref: Ref) -> int:
    return ref.mention.token_start


@dataclass(slots=True, eq=False)
class Discourse:
    """All mentions of the Doc's entities in text order, growing as references are resolved."""

    doc: Doc
    entities: list[EntityNote]
    refs: list[Ref] = field(default_factory=list)
    _sentences: list[int] = field(default_factory=list)
    _blocks: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, doc: Doc, entities: list[EntityNote]) -> Discourse:
        """The discourse of the entities found so far."""
        made = cls(doc, entities)
        made._sentences = [sent.start for sent in doc.sents]
        made._blocks = [t.i for t in doc if t.is_space and "\n\n" in t.text]
        for note in entities:
            for mention in note.mentions:
                made.refs.append(made._ref(note, mention))
        made.refs.sort(key=lambda r: (r.mention.token_start, r.mention.token_end))
        return made

    def _ref(self, note: EntityNote, mention: MentionNote) -> Ref:
        head = self.doc[mention.token_start : mention.token_end].root
        return Ref(note, mention, head, self.sentence(mention.token_start), self.block(mention.token_start))

    def sentence(self, token: int) -> int:
        """The number of the sentence that holds a token."""
        return bisect_right(self._sentences, token)

    def block(self, token: int) -> int:
        """The number of the block that holds a token."""
        return bisect_right(self._blocks, token)

    def add(self, note: EntityNote, start: int, end: int, form: str, finder: str = FINDER) -> None:
        """Records that tokens [start, end) mean the entity."""
        if any(m.token_start == start and m.token_end == end for m in note.mentions):
            return
        mention = MentionNote.of(self.doc[start:end], finder, form)
        note.mentions.append(mention)
        note.mentions.sort(key=lambda m: (m.start, m.end))
        self.refs.insert(bisect_right(self.refs, start, key=_start), self._ref(note, mention))

    def move(self, note: EntityNote, to: EntityNote) -> None:
        """Makes two entities one: the mentions of the first become the second's."""
        to.mentions = sorted([*to.mentions, *note.mentions], key=lambda m: (m.start, m.end))
        for ref in self.refs:
            if ref.note is note:
                ref.note = to
        self.entities.remove(note)

    def drop(self, note: EntityNote, mention: MentionNote) -> None:
        """Takes a mention away from an entity, and the entity with its last one."""
        note.mentions.remove(mention)
        self.refs = [r for r in self.refs if r.mention is not mention]
        if not note.mentions:
            self.entities.remove(note)

    def near(self, token: Token) -> list[Ref]:
        """The mentions that may cover a token: those that start at it or a little ahead of it."""
        first = bisect_right(self.refs, token.i - _LONGEST, key=_start)
        return self.refs[first : bisect_right(self.refs, token.i, key=_start)]

    def before(self, token: Token, accepts: Callable[[Ref], bool], sentences: int) -> list[Ref]:
        """Accepted mentions that end before the token, in its sentence or the given number of sentences ahead, latest first."""
        here = self.sentence(token.i)
        found = []
        last = bisect_right(self.refs, token.i, key=_start)
        for ref in reversed(self.refs[:last]):
            if ref.mention.token_end > token.i:
                continue
            if ref.sentence < here - sentences:
                break
            if accepts(ref):
                found.append(ref)
        return found

    def choose(
        self, token: Token, accepts: Callable[[Ref], bool], bonus: Callable[[Ref], float], sentences: int | None = None
    ) -> EntityNote | None:
        """The entity that is clearly ahead of all others at the token; None when two are close or there is none."""
        scores = lexicon("coreference")["scores"]
        window = int(scores["window"]) if sentences is None else sentences
        best: dict[int, tuple[float, EntityNote]] = {}
        counts: dict[int, int] = {}
        for ref in self.before(token, accepts, window):
            if _bound(token, ref):
                continue
            score = self.salience(token, ref) + bonus(ref)
            key = id(ref.note)
            counts[key] = counts.get(key, 0) + 1
            if key not in best or score > best[key][0]:
                best[key] = (score, ref.note)
        ranked = sorted(
            ((score + scores["repeated"] * min(counts[key] - 1, 3), note) for key, (score, note) in best.items()),
            key=lambda pair: -pair[0],
        )
        if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < scores["margin"]):
            return None
        return ranked[0][1]

    def salience(self, token: Token, ref: Ref) -> float:
        """How present a mention is at a token."""
        scores = lexicon("coreference")["scores"]
        value = -scores["sentence"] * (self.sentence(token.i) - ref.sentence)
        role = grammatical_role(ref.head)
        value += scores["subject"] if role == "subject" else scores["object"] if role == "object" else 0.0
        if role == "subject" and grammatical_role(token) == "subject":
            value += scores["parallel"]
        return float(value)


def grammatical_role(token: Token) -> str | None:
    """ "subject", "object" or None, looking through coordination and apposition."""
    while token.dep_ in ("conj", "appos") and token.head != token:
        token = token.head
    if token.dep_ in SUBJECTS:
        return "subject"
    return "object" if token.dep_ in OBJECTS else None


def clause_subjects(token: Token) -> list[Token]:
    """The subjects of the clause that the token stands in, and of the clauses that this one shares its subject with."""
    verb = token.head
    while verb.pos_ not in ("VERB", "AUX") and verb.head != verb:
        verb = verb.head
    seen = 0
    while seen < 6:
        subjects = [c for c in verb.children if c.dep_ in SUBJECTS and c.i != token.i]
        if subjects or verb.dep_ not in ("conj", "xcomp", "advcl", "aux") or verb.head == verb:
            return subjects
        verb, seen = verb.head, seen + 1
    return []


def _bound(token: Token, ref: Ref) -> bool:
    """Whether the mention cannot be meant: it is the other argument of the pronoun's own verb, or joined to it by "and"."""
    if token.lower_ in words("grammar", "pronouns", "reflexive") or token.tag_ == "PRP$":
        return ref.mention.token_start <= token.i < ref.mention.token_end
    if token.head == ref.head.head and token.dep_ != ref.head.dep_ and ref.head.dep_ in SUBJECTS | OBJECTS:
        return True
    if token.dep_ == "pobj" and ref.head.dep_ in SUBJECTS and token.head.head == ref.head.head:
        return True
    return token in ref.head.conjuncts or (ref.head.is_ancestor(token) and token.dep_ not in ("nsubj", "nsubjpass"))


def is_one(note: EntityNote) -> bool:
    """Whether an entity is a single person."""
    return note.type is EntityType.PERSON or (note.type is EntityType.GROUP and note.kind == "person")
