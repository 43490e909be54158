"""How one telling of an event was read, in words, for `dateline explain`.

In: a telling and the index of entities. Out: `ToldNote`: the parse, what the rule asked for and found, which words filled which
role, the time, the status, the sources. Only strings and offsets: a note must not keep a Doc alive.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Token

from pipeline.annotations import ToldNote
from pipeline.events.arguments import Argument
from pipeline.events.conditions import matches
from pipeline.events.fillers import Filler, Index
from pipeline.events.frame_files import Condition, Rule
from pipeline.events.frames import in_slot, light_ok
from pipeline.events.predicates import Predicate
from pipeline.events.tellings import Telling

_LONGEST = 44
"""Characters of a phrase that are shown."""


def told(telling: Telling, index: Index) -> ToldNote:
    """The note on one telling."""
    mention = telling.mention
    predicate, rule = mention.predicate, mention.rule
    sent = predicate.head.sent
    arguments = [a for a in predicate.arguments if light_ok(rule, predicate, a)]
    return ToldNote(
        trigger=predicate.span,
        sentence=(sent.start_char, sent.start_char + len(sent.text.rstrip())),
        rule=rule.id,
        action=mention.action,
        parse=parse(predicate),
        holds=[_held(c, arguments, index) for c in rule.when],
        fills=[(role, f.note.name, _source(f, role, rule, predicate, index)) for role, fs in mention.roles.items() for f in fs],
        time=telling.timing.time.edtf if telling.timing.time is not None else None,
        why_time=telling.timing.why,
        realis=telling.realis.value,
        why_realis=next((w.partition(": ")[2] for w in telling.why if w.startswith(f"{telling.realis.value}: ")), ""),
        sources=[n.name for n in telling.sources],
        why=[w for w in mention.why if not w.startswith("rule ")],
    )


def parse(predicate: Predicate) -> list[str]:
    """A trigger and its arguments by slot, in words."""
    return [_head(predicate), *(_argument(a) for a in predicate.arguments)]


def _head(predicate: Predicate) -> str:
    words = " ".join(t.text for t in predicate.words)
    shown = f"{predicate.pos} {words!r}"
    if predicate.light is not None:
        shown += f" under {predicate.light.text!r}"
    clause = predicate.clause
    if clause is not None:
        shown += "".join(f", {name}" for name in ("passive", "negated", "infinitive") if getattr(clause, name))
        shown += "".join(f", {modal!r}" for modal in clause.modals)
    return shown


def _argument(argument: Argument) -> str:
    return f"{argument.slot} {_phrase(argument.head)!r}" + (" (shared)" if argument.shared else "")


def _phrase(head: Token) -> str:
    """The words of a phrase up to its first clause, cut where they are long."""
    last = head.right_edge.i
    for child in head.rights:
        if child.dep_ in ("relcl", "acl", "advcl", "conj", "cc", "punct", "appos"):
            last = child.left_edge.i - 1
            break
    text = " ".join(head.doc[head.left_edge.i : max(last, head.i) + 1].text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"


def _held(condition: Condition, arguments: Iterable[Argument], index: Index) -> str:
    """A condition of the rule, and the first words that satisfy it."""
    slots, wanted = condition
    for a in arguments:
        if in_slot(a, slots):
            for head in index.heads(a.head):
                word = next((w for w in wanted if matches(head, w, index)), None)
                if word is not None:
                    return f"{a.slot} {head.text!r} is {_condition(word)}"
    return f"{'|'.join(sorted(slots))} is {'|'.join(map(_condition, wanted))}"


def _condition(word: str) -> str:
    if word == "*":
        return "there"
    return f"{word[1:]!r}" if word[0] == "=" else word


def _source(filler: Filler, role: str, rule: Rule, predicate: Predicate, index: Index) -> str:
    """Which words gave a filler, in which slot, and through what."""
    token, note = filler.token, filler.note
    said = next((m for m in note.mentions if m.token_start <= token.i < m.token_end), None)
    words = said.text if said is not None else token.text
    via = ""
    if said is not None and said.finder == "coreference":
        via = f", which stands for {note.name!r}"
    elif said is not None and said.form == "nominal" and note.kind == "nominal":
        via = ", a phrase without a name"
    named = range(said.token_start, said.token_end) if said is not None else range(token.i, token.i + 1)
    return f"{words!r} {_where(token, named, role, rule, predicate, index)}{via}"


def _where(token: Token, named: range, role: str, rule: Rule, predicate: Predicate, index: Index) -> str:
    reading = [a for slots, names in rule.slots if _names(role, names) for a in predicate.arguments if in_slot(a, slots)]
    for a in [*reading, *predicate.arguments]:
        if token == a.head or a.head.i in named:
            return f"in {a.slot}" + (", shared with another clause" if a.shared else "")
    for a in [*reading, *predicate.arguments]:
        if token in index.heads(a.head):
            return f"joined by 'and' to {a.slot}"
    for a in reading:
        if token in a.head.subtree:
            return f"within {a.slot} {_phrase(a.head)!r}"
    if token.sent != predicate.head.sent:
        return f"in {' '.join(token.sent.text.split())[:_LONGEST]!r} …"
    return "in the same sentence"


def _names(role: str, names: Iterable[str]) -> bool:
    return any(role in n or n.lstrip("+").startswith("vehicle") for n in names)
