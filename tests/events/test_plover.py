"""PLOVER coding: every frame of an act carries its own sentences; sentences of all kinds get type, sides and state codes."""

from __future__ import annotations

import tomllib

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline import language
from pipeline.annotations import EntityNote, EventNote, events
from pipeline.event_types import PLOVER
from pipeline.events import acts
from pipeline.events.fillers import Index
from pipeline.events.frame_files import Rule
from pipeline.events.frames import Frames
from pipeline.events.states import state
from pipeline.records import Article, Block, BlockKind, EventType
from pipeline.resources import model_path

FRAMES = Frames()
RULES = [rule for rule in FRAMES.rules if rule.type is EventType.CONTACT]


def read(nlp: Language, *paragraphs: str) -> Doc:
    text = "\n\n".join(paragraphs)
    blocks, start = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(kind=BlockKind.PARAGRAPH, start=start, end=start + len(paragraph)))
        start += len(paragraph) + 2
    return language.analyse(nlp, Article(id="t", source="t", text=text, blocks=tuple(blocks), published="2024-07-09"))


def seen_by(nlp: Language, rule: Rule, text: str) -> list[acts.Act]:
    doc = read(nlp, text)
    index = Index(doc)
    return [a for sent in doc.sents for a in acts.acts(sent, index, FRAMES) if a.mention.rule.id == rule.id]


def named(notes: list[EntityNote]) -> set[str]:
    return {n.name for n in notes} | {m.text for n in notes for m in n.mentions}


def codes(notes: list[EntityNote]) -> set[str]:
    return {code for n in notes if (code := state(n))}


@pytest.mark.parametrize("rule", RULES, ids=[r.id for r in RULES])
def test_example_gives_its_act(nlp: Language, rule: Rule) -> None:
    for example in rule.examples:
        found = seen_by(nlp, rule, example["text"])
        assert found, f"no act in {example['text']!r}"
        for side, names in example["roles"].items():
            for name in names:
                assert any(name in named(a.actors if side == "actor" else a.recipients) for a in found), (side, name)


@pytest.mark.parametrize("rule", RULES, ids=[r.id for r in RULES])
def test_counter_example_gives_none(nlp: Language, rule: Rule) -> None:
    assert [text for text in rule.counter if seen_by(nlp, rule, text)] == []


def test_frames_cover_all_types() -> None:
    assert {rule.plover["type"] for rule in RULES if rule.plover} == set(PLOVER)


SENTENCES = [
    ("Ethiopia on Tuesday called on Somalia to stop backing insurgents along their common frontier.", "REQUEST", "ETH", "SOM"),
    ("Thailand has lodged a formal complaint with Cambodia over the shelling of a village.", "ACCUSE", "THA", "KHM"),
    ("Colombian police arrested three Venezuelan nationals suspected of smuggling arms.", "COERCE", "COL", "VEN"),
    ("Israel on Monday freed 45 Palestinian prisoners in a goodwill gesture.", "RETREAT", "ISR", "PSE"),
    ("Hungary expelled two Romanian diplomats for spying.", "SANCTION", "HUN", "ROU"),
    ("Vietnam ruled out talks with China on the disputed islands.", "REJECT", "VNM", "CHN"),
    ("Russia threatened to cut gas supplies to Ukraine unless it pays its debts.", "THREATEN", "RUS", "UKR"),
    ("Burundi's Hutu rebels kidnapped four Belgian nuns near Bujumbura.", "ASSAULT", "BDI", "BEL"),
    ("Cyprus offered to host peace talks between Israel and Lebanon.", "AGREE", "CYP", "ISR LBN"),
    ("Nigeria's president praised Ghana for its role in the peace process.", "SUPPORT", "NGA", "GHA"),
    ("Tens of thousands of Lebanese rallied in Beirut to demand that Syria withdraw its troops.", "PROTEST", "LBN", "SYR"),
    # planned, reported and denied acts
    ("Finland's foreign minister will travel to Moscow next week.", "AGREE", "FIN", "RUS"),
    ("The Kenyan president said Uganda must release the soldiers.", "REQUEST", "KEN", "UGA"),
    ("Honduras refuses to recognise the new government in Nicaragua.", "REJECT", "HND", "NIC"),
    ("Palau said it would boycott all talks with Fiji.", "THREATEN", "PLW", "FJI"),
    # codes of actors without a state of their own
    ("Amnesty International accused Turkey of torturing detainees.", "ACCUSE", "IGO", "TUR"),
    ("US and British forces shelled Iraqi positions.", "ASSAULT", "USA GBR", "IRQ"),
]


@pytest.mark.parametrize(("text", "type_", "actor", "recipient"), SENTENCES, ids=[s[0][:40] for s in SENTENCES])
def test_sentence_is_coded(nlp: Language, text: str, type_: str, actor: str, recipient: str) -> None:
    found = [e.plover for e in events(read(nlp, text)) if e.plover]
    assert [(p["type"], codes(p["actor"]), codes(p["recipient"])) for p in found] == [
        (type_, set(actor.split()), set(recipient.split()))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Syria denied any involvement in the killing.",
        "The minister said the economy was growing.",
        "Rain is expected in Kenya on Monday.",
    ],
)
def test_statement_alone_has_no_code(nlp: Language, text: str) -> None:
    assert [e.plover for e in events(read(nlp, text)) if e.plover] == []


def acts_of(found: list[EventNote]) -> list[str]:
    return [e.plover["type"] for e in found if e.plover and e.type is EventType.CONTACT]


def test_an_article_adds_only_the_act_of_its_lead(nlp: Language) -> None:
    lead, rest = "Kenya accused Uganda of violating the border.", "Uganda arrested two Kenyan journalists last week."
    assert acts_of(events(read(nlp, lead, rest))) == ["ACCUSE"]


def test_an_event_of_the_twelve_types_keeps_the_lead_to_itself(nlp: Language) -> None:
    lead, rest = "The Kenyan president visited Uganda and condemned Rwanda.", "The visit lasted two days."
    assert acts_of(events(read(nlp, lead, rest))) == []


def test_a_side_that_only_a_noun_names_is_the_entity_of_the_role(nlp: Language) -> None:
    doc = read(nlp, "Israel bombed fuel tanks and a power station.")
    strike = next(e for e in events(doc) if e.type is EventType.STRIKE)
    assert strike.plover and strike.plover["recipient"]
    assert {id(n) for n in strike.plover["recipient"]} <= {id(n) for n in doc._.entities}
    assert [n.name for n in doc._.entities].count("fuel tanks") == 1


def test_word_classes_have_one_home() -> None:
    both = [
        tomllib.loads(model_path(f"lexicons/{name}.toml").read_text(encoding="utf-8"))["classes"] for name in ("acts", "events")
    ]
    assert set(both[0]) & set(both[1]) == set()
