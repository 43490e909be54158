"""Do frame rules do what their own sentences say? An example must give its event, a counter-example none.

In: the language pipeline (which holds the rules) and rules. Out: a `Verdict` per sentence. Each sentence is read as an article
of its own, published on PUBLISHED. Acts of PLOVER's other types (type "contact") are looked for as acts, not as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.annotations import EntityNote, EventNote, events
from pipeline.events import Events, acts, explaining
from pipeline.events.clauses import is_noun, is_verb
from pipeline.events.fillers import Index
from pipeline.events.frame_files import Rule
from pipeline.events.frames import Frames
from pipeline.events.predicates import predicate_of
from pipeline.language import analyse
from pipeline.records import Article, Block, BlockKind, EventType

PUBLISHED = "2024-07-09"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one sentence gave.

    Args:
        rule: the rule whose sentence it is.
        fault: what is not as the file says; None when all is.
        note: what is worth knowing although nothing is wrong.
        read: of a sentence with a fault, how each of the rule's triggers in it was read.
    """

    rule: Rule
    text: str
    counter: bool = False
    fault: str | None = None
    note: str | None = None
    read: tuple[str, ...] = ()


def check(nlp: Language, rules: Iterable[Rule]) -> Iterator[Verdict]:
    """Every sentence of the rules, read."""
    for rule in rules:
        verdicts = [example_of(nlp, rule, example) for example in rule.examples]
        verdicts += [counter_of(nlp, rule, text) for text in rule.counter]
        for verdict in verdicts:
            yield replace(verdict, read=_readings(nlp, rule, verdict.text)) if verdict.fault else verdict


def example_of(nlp: Language, rule: Rule, example: dict[str, Any]) -> Verdict:
    """Whether an example gives an event of its type, with its action and its fillers."""
    text = str(example["text"])
    doc = _read(nlp, text)
    if rule.type is EventType.CONTACT:
        return _act(nlp, doc, rule, example)
    found = [e for e in events(doc) if e.type == rule.type]
    if not found:
        others = ", ".join(f"{e.type} ({e.rule})" for e in events(doc))
        return Verdict(rule, text, fault=f"gives no {rule.type}" + (f"; it gives {others}" if others else ""))
    wanted = example.get("action", rule.action)
    if wanted not in {e.action for e in found}:
        return Verdict(rule, text, fault=f"action is {_told(e.action for e in found)}, not {wanted}")
    for role, names in example.get("roles", {}).items():
        for name in names:
            if not any(name in _names(e.roles.get(role, [])) for e in found):
                fault = f"{role} is {_told(n.name for e in found for n in e.roles.get(role, []))}, not {name!r}"
                return Verdict(rule, text, fault=fault)
    return Verdict(rule, text, note=_seen_by(rule, found))


def counter_of(nlp: Language, rule: Rule, text: str) -> Verdict:
    """Whether a counter-example gives no event of the rule's type."""
    doc = _read(nlp, text)
    if rule.type is EventType.CONTACT:
        found = [a.mention.rule.id for a in _acts(nlp, doc) if a.mention.rule.id == rule.id]
    else:
        found = [e.rule for e in events(doc) if e.type == rule.type]
    fault = f"gives a {rule.type} by {_told(dict.fromkeys(found))}" if found else None
    return Verdict(rule, text, counter=True, fault=fault)


def _act(nlp: Language, doc: Doc, rule: Rule, example: dict[str, Any]) -> Verdict:
    text = str(example["text"])
    found = [a for a in _acts(nlp, doc) if a.mention.rule.id == rule.id]
    if not found:
        return Verdict(rule, text, fault="gives no such act")
    for side, names in example.get("roles", {}).items():
        notes = [n for a in found for n in (a.actors if side == "actor" else a.recipients)]
        for name in names:
            if name not in _names(notes):
                return Verdict(rule, text, fault=f"{side} is {_told(n.name for n in notes)}, not {name!r}")
    return Verdict(rule, text)


def _readings(nlp: Language, rule: Rule, text: str) -> tuple[str, ...]:
    words = {word for trigger in (*rule.verbs, *rule.nouns, *rule.adjectives) for word in trigger.split()}
    triggers = [t for t in _read(nlp, text) if t.lemma_.lower() in words or t.lower_ in words]
    return tuple(" · ".join(explaining.parse(predicate_of(t))) for t in triggers if is_verb(t) or is_noun(t) or t.tag_ == "JJ")


def _acts(nlp: Language, doc: Doc) -> list[acts.Act]:
    index = Index(doc)
    return [a for sentence in doc.sents for a in acts.acts(sentence, index, frames_of(nlp))]


def events_of(nlp: Language) -> Events:
    """The component that finds events."""
    return cast(Events, nlp.get_pipe("dateline_events"))


def frames_of(nlp: Language) -> Frames:
    """The rules that a language pipeline works with."""
    return events_of(nlp).frames


def _read(nlp: Language, text: str) -> Doc:
    block = Block(kind=BlockKind.PARAGRAPH, start=0, end=len(text))
    return analyse(nlp, Article(id="t", source="t", text=text, blocks=(block,), published=PUBLISHED))


def _names(notes: Iterable[EntityNote]) -> set[str]:
    return {name for n in notes for name in (n.name, *(m.text for m in n.mentions))}


def _told(values: Iterable[object]) -> str:
    return ", ".join(map(repr, filter(None, values))) or "empty"


def _seen_by(rule: Rule, found: list[EventNote]) -> str | None:
    others = {e.rule for e in found}
    return None if rule.id in others else f"seen by {_told(sorted(others))}, not by this rule"
