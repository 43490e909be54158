"""PLOVER coding: the one act that a sentence reports, who acts, and on whom.

In: a parsed Doc with entities, the frames, and a sentence. Out: `Act`s, best first. PLOVER codes what a sentence says first of
all: the act nearest to its root, where speech is looked through ("officials said that ..."). Candidates are the rules of
models/frames/acts. An act told of the future is a promise or a threat, one denied a refusal, "X said Y must" a demand
(models/lexicons/acts.toml). Its actors are read by `sides.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from spacy.tokens import Span, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote
from pipeline.events.act_words import lexicon
from pipeline.events.clauses import clause_of, clause_verb, governing, is_noun, is_verb, surface_subject
from pipeline.events.fillers import Filler, Index, in_class
from pipeline.events.frames import EventMention, Frames
from pipeline.events.predicates import predicate_of
from pipeline.events.sides import Parties
from pipeline.records import EventType

# What each step from the sentence's root to a trigger costs: what stands in a subordinate clause is background.
_STEP = {
    "ccomp": 1.0, "xcomp": 0.6, "dobj": 0.5, "attr": 0.5, "nsubjpass": 0.8, "nsubj": 1.5, "prep": 0.6, "pobj": 0.6, "pcomp": 0.8,
    "agent": 0.6, "conj": 0.9, "parataxis": 0.4, "dep": 0.8, "advcl": 2.0, "acl": 2.0, "relcl": 3.0, "appos": 3.0, "amod": 3.0,
    "compound": 2.5, "poss": 3.0, "oprd": 0.6, "acomp": 0.4,
}  # fmt: skip
_FAR = 1.0
_NEXT_TO_NOTHING = 0.1
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
        spoken = node.dep_ in ("ccomp", "parataxis") and is_verb(above) and in_class(above, "reporting")
        lightened = above is light and node.dep_ in ("dobj", "nsubjpass", "attr")
        undertaken = node.dep_ == "xcomp" and above.lemma_ in lexicon()["governors"]["undertaking"]
        total += _NEXT_TO_NOTHING if spoken or lightened or undertaken else step
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
            negated |= v.lemma_ in lexicon()["governors"]["denying"]
            future |= v.lemma_ in lexicon()["governors"]["ahead"]
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
