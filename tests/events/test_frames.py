"""Every frame rule carries its own sentences: they must give its event, and its counter-examples must give none."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline import language
from pipeline.annotations import EventNote, events
from pipeline.events.frame_files import Rule
from pipeline.events.frames import Frames
from pipeline.records import Article, Block, BlockKind, EventType

RULES = [rule for rule in Frames().rules if rule.type is not EventType.CONTACT]


def read(nlp: Language, text: str, title: str | None = None, dateline: str | None = None) -> list[EventNote]:
    parts = [(BlockKind.TITLE, title)] if title else []
    parts += [(BlockKind.PARAGRAPH, part) for part in text.split("\n\n")]
    blocks, text = [], "\n\n".join(part for _, part in parts)
    for kind, part in parts:
        start = blocks[-1].end + 2 if blocks else 0
        blocks.append(Block(kind=kind, start=start, end=start + len(part)))
    article = Article(id="t", source="t", text=text, blocks=tuple(blocks), published="2024-07-09", dateline_place=dateline)
    return events(language.analyse(nlp, article))


def names(event: EventNote, role: str) -> set[str]:
    return {n.name for n in event.roles.get(role, [])} | {m.text for n in event.roles.get(role, []) for m in n.mentions}


EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples]
COUNTERS = [(rule, text) for rule in RULES for text in rule.counter]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[f"{r.id}-{n}" for n, (r, _) in enumerate(EXAMPLES)])
def test_example_gives_its_event(nlp: Language, rule: Rule, example: dict[str, object]) -> None:
    found = [e for e in read(nlp, str(example["text"])) if e.type is rule.type]
    assert found, f"no {rule.type} in {example['text']!r}"
    wanted = example.get("action", rule.action)
    assert wanted in {e.action for e in found}
    roles = example.get("roles", {})
    assert isinstance(roles, dict)
    for role, fillers in roles.items():
        for filler in fillers:
            assert any(filler in names(e, role) for e in found), f"{role} {filler!r} not among {[names(e, role) for e in found]}"


@pytest.mark.parametrize(("rule", "text"), COUNTERS, ids=[f"{r.id}-{n}" for n, (r, _) in enumerate(COUNTERS)])
def test_counter_example_gives_nothing(nlp: Language, rule: Rule, text: str) -> None:
    assert [e for e in read(nlp, text) if e.type is rule.type] == []


def test_every_rule_has_an_example() -> None:
    assert [r.id for r in RULES if not r.examples] == []


def test_rule_ids_are_unique() -> None:
    assert len({r.id for r in RULES}) == len(RULES)
