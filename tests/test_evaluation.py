"""Figures: a perfect record scores 1 everywhere, and each kind of damage lowers its own figures and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import evaluation
from pipeline.errors import UsageError
from pipeline.evaluation import Gold
from pipeline.records import Entity, EntityType, Event, EventTime, EventType, Mention, Realis, Record

GOLD = Path(__file__).parents[1] / "corpus" / "gold"
STEM = "moscow-pyongyang-il62"


@pytest.fixture(scope="module")
def gold() -> Gold:
    return next(g for g in evaluation.load_gold(GOLD) if g.stem == STEM)


def values(gold: Gold, record: Record) -> dict[str, float | None]:
    return {name: f.value for name, f in evaluation.evaluate([gold], [record]).figures.items()}


def test_gold_against_itself_is_perfect() -> None:
    gold = evaluation.load_gold(GOLD)
    report = evaluation.evaluate(gold, [g.record for g in gold])
    assert report.missing == () and report.misses == ()
    wrong = {n: f for n, f in report.figures.items() if f.value != (0.0 if n == "calibration.ece" else 1.0)}
    assert wrong == {}


def test_a_half_is_measured_alone_and_the_held_out_one_is_never_listed() -> None:
    seen, heldout = (evaluation.load_gold(GOLD, half) for half in evaluation.Half)
    assert {g.stem for g in seen} | {g.stem for g in heldout} == {g.stem for g in evaluation.load_gold(GOLD)}
    assert heldout and not {g.stem for g in seen} & {g.stem for g in heldout}
    report = evaluation.run(GOLD, [], floors=GOLD.parent / "floors.toml", half=evaluation.Half.HELDOUT)
    assert report.figures["events.f1"].value == 0.0 and report.misses == () and report.short == ()
    assert evaluation.run(GOLD, [], half=evaluation.Half.SEEN).misses


def index(record: Record, kind: EventType) -> int:
    return next(i for i, e in enumerate(record.events) if e.type is kind)


def with_event(record: Record, kind: EventType, **changes: Any) -> Record:
    i = index(record, kind)
    event = record.events[i].model_copy(update=changes)
    return record.model_copy(update={"events": (*record.events[:i], event, *record.events[i + 1 :])})


def flight(**changes: Any) -> Callable[[Record], Record]:
    return lambda record: with_event(record, EventType.FLIGHT, **changes)


def without_role(role: str) -> Callable[[Record], Record]:
    def damage(record: Record) -> Record:
        roles = record.events[index(record, EventType.FLIGHT)].roles
        return with_event(record, EventType.FLIGHT, roles={r: ids for r, ids in roles.items() if r != role})

    return damage


def without_event(kind: EventType) -> Callable[[Record], Record]:
    def damage(record: Record) -> Record:
        i = index(record, kind)
        return record.model_copy(update={"events": record.events[:i] + record.events[i + 1 :]})

    return damage


def doubled_event(kind: EventType) -> Callable[[Record], Record]:
    def damage(record: Record) -> Record:
        again = record.events[index(record, kind)].model_copy(update={"id": "v99"})
        return record.model_copy(update={"events": (*record.events, again)})

    return damage


def article(**changes: Any) -> Callable[[Record], Record]:
    return lambda record: record.model_copy(update={"article": record.article.model_copy(update=changes)})


def without_last_block(record: Record) -> Record:
    return article(blocks=record.article.blocks[:-1])(record)


def time(i: int, **changes: Any) -> Callable[[Record], Record]:
    def damage(record: Record) -> Record:
        new = record.times[i].model_copy(update=changes)
        return record.model_copy(update={"times": (*record.times[:i], new, *record.times[i + 1 :])})

    return damage


def longer_time(record: Record) -> Record:
    return time(0, end=record.times[0].end + 1)(record)


def without_time(record: Record) -> Record:
    return record.model_copy(update={"times": record.times[1:]})


def entity(name: str, **changes: Any) -> Callable[[Record], Record]:
    def damage(record: Record) -> Record:
        entities = tuple(e.model_copy(update=changes) if e.name == name else e for e in record.entities)
        return record.model_copy(update={"entities": entities})

    return damage


def without_entity(name: str) -> Callable[[Record], Record]:
    return lambda record: record.model_copy(update={"entities": tuple(e for e in record.entities if e.name != name)})


def without_since(record: Record) -> Record:
    event = record.events[index(record, EventType.FLIGHT)]
    assert event.novelty is not None
    return with_event(record, EventType.FLIGHT, novelty=event.novelty.model_copy(update={"since_event": None}))


def wrong_sunan(record: Record) -> Record:
    links = next(e.links for e in record.entities if e.name.startswith("Sunan"))
    return entity("Sunan International Airport", links=links.model_copy(update={"icao": "ZKXX"}))(record)


EVENT = {"events.f1", "events.argument_f1"}
DAMAGES: list[tuple[str, Callable[[Record], Record], set[str]]] = [
    ("title", article(title="Another title"), {"article.title_acc"}),
    ("author lost", article(authors=()), {"article.authors_acc"}),
    ("agency as author", article(authors=("Tomasz Wielgosz", "The Aerial Ledger")), {"article.authors_acc"}),
    ("day before", article(published="2024-07-08"), {"article.date_acc"}),
    ("paragraph lost", without_last_block, {"article.body_f1"}),
    ("time lost", without_time, {"times.strict_f1", "times.relaxed_f1", "times.value_f1"}),
    ("time too long", longer_time, {"times.strict_f1"}),
    ("time value", time(0, value="2024-07-02"), {"times.value_f1"}),
    ("place lost", without_entity("Siberia"), {"entities.place_f1"}),
    ("place typed as a country", entity("Siberia", type=EntityType.COUNTRY), {"entities.place_f1", "entities.country_f1"}),
    ("wrong code", wrong_sunan, {"links.acc"}),
    ("event lost", without_event(EventType.AGREEMENT), EVENT | {"events.recall", "events.type.agreement_f1", "events.since_acc"}),
    (
        "event doubled",
        doubled_event(EventType.FLIGHT),
        EVENT | {"events.precision", "events.type.flight_f1", "calibration.ece"},
    ),
    ("statement lost", without_event(EventType.STATEMENT), {"statements.f1", "statements.argument_f1"}),
    ("aircraft lost", without_role("aircraft"), {"events.argument_f1"}),
    ("origin lost", without_role("origin"), {"events.argument_f1", "events.flight_exact"}),
    ("action", flight(action="landed"), {"events.action_acc"}),
    ("realis", flight(realis=Realis.PLANNED), {"events.realis_acc"}),
    ("date", flight(time=EventTime(edtf="2024-07-08")), {"events.date_acc", "events.flight_exact"}),
    ("coarser date", flight(time=EventTime(edtf="2024-07")), {"events.date_acc", "events.flight_exact"}),
    ("clock", flight(departure=EventTime(edtf="2024-07-09T16:10Z")), {"events.clock_acc"}),
    ("novelty lost", flight(novelty=None), {"events.novelty_f1", "events.since_acc"}),
    ("since lost", without_since, {"events.since_acc"}),
    ("source lost", flight(attributed_to=()), {"events.attribution_f1"}),
    ("contradiction missed", flight(problems=()), {"events.problems_f1"}),
    ("doubt", flight(confidence=0.5), {"calibration.ece"}),
]


@pytest.mark.parametrize(("damage", "lowered"), [d[1:] for d in DAMAGES], ids=[d[0] for d in DAMAGES])
def test_damage_lowers_its_figures_only(gold: Gold, damage: Callable[[Record], Record], lowered: set[str]) -> None:
    before, after = values(gold, gold.record), values(gold, damage(gold.record))
    assert {name for name in before if before[name] != after[name]} == lowered
    for name in lowered:
        old, new = before[name], after[name]
        assert old is not None and new is not None
        assert new > old if evaluation.lower_is_better(name) else new < old


def test_coarser_end_of_a_flight_is_right_where_the_notes_say_so(gold: Gold) -> None:
    by_name = {e.name: e.id for e in gold.record.entities}
    roles = gold.record.events[index(gold.record, EventType.FLIGHT)].roles
    city = with_event(gold.record, EventType.FLIGHT, roles=roles | {"destination": (by_name["Pyongyang"],)})
    assert values(gold, city)["events.flight_exact"] == 1.0
    elsewhere = with_event(gold.record, EventType.FLIGHT, roles=roles | {"destination": (by_name["Siberia"],)})
    assert values(gold, elsewhere)["events.flight_exact"] == 0.0


def test_optional_event_counts_neither_way(gold: Gold) -> None:
    event = gold.record.events[index(gold.record, EventType.AGREEMENT)]
    lenient = Gold(gold.stem, gold.record, frozenset({event.id}), gold.within)
    for record in (gold.record, without_event(EventType.AGREEMENT)(gold.record)):
        assert values(lenient, record)["events.f1"] == 1.0


def false_event(record: Record, **changes: Any) -> Record:
    first = record.article.blocks[0]
    event = record.events[0].model_copy(
        update={
            "id": "v98",
            "roles": {},
            "trigger": record.events[0].trigger.model_copy(update={"start": 0, "end": 2}),
            **changes,
        }
    )
    assert first.start == 0
    return record.model_copy(update={"events": (*record.events, event)})


def test_what_is_not_annotated_exhaustively_is_not_counted_as_false(gold: Gold) -> None:
    assert values(gold, false_event(gold.record))["events.precision"] != 1.0
    assert values(gold, false_event(gold.record, realis=Realis.GENERIC))["events.precision"] == 1.0
    assert values(gold, false_event(gold.record, type=EventType.CONTACT))["events.precision"] == 1.0


@pytest.mark.parametrize(("annotated", "expected"), [(4, False), (6, True)])
def test_seventh_statement_is_free(gold: Gold, annotated: int, expected: bool) -> None:
    own = [e for e in gold.record.events if e.type is EventType.STATEMENT]
    assert len(own) == 4
    more: list[Event] = [own[0].model_copy(update={"id": f"s{i}"}) for i in range(annotated - len(own))]
    full = gold.record.model_copy(update={"events": (*gold.record.events, *more)})
    extra = false_event(full, type=EventType.STATEMENT)
    score = values(Gold(STEM, full, gold.optional, gold.within), extra)["statements.f1"]
    assert (score == 1.0) is expected


def test_a_lost_paragraph_does_not_shift_the_rest(gold: Gold) -> None:
    """Findings are compared where they stand in the gold's text, so that one stage's error is not counted in all."""
    text, block = gold.record.article.text, gold.record.article.blocks[1]
    cut = block.end + 2 - block.start
    data = gold.record.model_dump()
    data["article"]["text"] = text[: block.start] + text[block.end + 2 :]

    def move(node: Any) -> None:
        if isinstance(node, dict):
            if "start" in node and node["start"] >= block.end:
                node["start"], node["end"] = node["start"] - cut, node["end"] - cut
            for child in node.values():
                move(child)
        elif isinstance(node, list | tuple):
            for child in node:
                move(child)

    data["article"]["blocks"] = [b for i, b in enumerate(data["article"]["blocks"]) if i != 1]
    move(data)
    figures = values(gold, Record.model_validate(data))
    assert {n for n, v in figures.items() if v not in (None, 1.0)} == {"article.body_f1", "calibration.ece"}


def test_an_article_without_a_record_is_wholly_missed(gold: Gold) -> None:
    report = evaluation.evaluate([gold], [])
    assert report.missing == (STEM,)
    assert report.figures["events.f1"].value == 0.0
    assert report.figures["article.body_f1"].value == 0.0


FLOORS = [
    ('[floors]\n"events.f1" = 0.8', ()),
    ('[floors]\n"events.f1" = 1.0\n"events.recall" = 1.0', ("events.f1", "events.recall")),
    ('[ceilings]\n"calibration.ece" = 0.2', ()),
    ('[ceilings]\n"calibration.ece" = 0.01', ("calibration.ece",)),
    ('[floors]\n"events.macro_f1" = 0.1', ("events.macro_f1",)),  # too few events to be measured: not met
]


@pytest.mark.parametrize(("floors", "short"), FLOORS)
def test_floors(tmp_path: Path, gold: Gold, floors: str, short: tuple[str, ...]) -> None:
    (tmp_path / f"{STEM}.json").write_text(gold.record.model_dump_json(), encoding="utf-8")
    (tmp_path / "floors.toml").write_text(floors, encoding="utf-8")
    damaged = with_event(without_event(EventType.AGREEMENT)(gold.record), EventType.FLIGHT, confidence=0.5)
    report = evaluation.run(tmp_path, [damaged], tmp_path / "floors.toml")
    assert report.short == short
    table = "\n".join(evaluation.format_table(report))
    assert table.count("short") == len(short) and (not short or "met" not in table)


BAD = {
    "unknown figure": ({"floors.toml": '[floors]\n"events.f2" = 0.5', "a.json": "gold"}, "events.f2"),
    "no gold": ({"floors.toml": ""}, "no gold"),
    "broken gold": ({"floors.toml": "", "a.json": "{}"}, "a.json"),
    "broken floors": ({"floors.toml": "=", "a.json": "gold"}, "floors.toml"),
}


@pytest.mark.parametrize(("files", "named"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_named(tmp_path: Path, gold: Gold, files: dict[str, str], named: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(gold.record.model_dump_json() if text == "gold" else text, encoding="utf-8")
    with pytest.raises(UsageError, match=named):
        evaluation.run(tmp_path, [], tmp_path / "floors.toml")


@pytest.mark.parametrize(
    ("source", "stem"),
    [
        ("corpus/articles/a.html", "a"),
        ("dump.zip!/x/a.htm.gz", "a"),
        ("rows.jsonl#a", "a"),
        ("C:\\pages\\a.html", "a"),
        ("a.b.html", "a.b"),
    ],
)
def test_stem(source: str, stem: str) -> None:
    assert evaluation.stem_of(source) == stem


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Il-62M", "Ił-62M", True),
        ("President Vladimir Putin", "Putin", True),
        ("the University of Tokyo", "University of Tokyo in Japan", True),
        ("Ämari", "Amari", True),
        ("Moscow’s", "Moscow", True),
        ("North Korea", "South Korea", False),
        ("Air China", "Air", False),
        ("", "", False),
    ],
)
def test_same_name(a: str, b: str, same: bool) -> None:
    assert evaluation.same_name(a, b) is same


@pytest.mark.parametrize(
    ("predicted", "finder", "gold_name", "same"),
    [
        (("Vladimir Putin", "He"), "coreference", ("Kim Jong Un", "He"), False),
        (("Il-62M", "The jet"), "coreference", ("An-148", "The jet"), False),
        (("Il-62M", "the jet"), None, ("An-148", "the jet"), False),
        (("Vladimir Putin", "Putin"), "people", ("Putin", "the Russian leader"), True),
        (("Sevilla", "Seville"), "places", ("Seville", "the city"), True),
    ],
)
def test_only_names_make_two_entities_the_same(
    predicted: tuple[str, str], finder: str | None, gold_name: tuple[str, str], same: bool
) -> None:
    def known(name: str, mention: str, finder: str | None = None) -> Entity:
        return Entity(
            id="e1", type=EntityType.PERSON, name=name, mentions=(Mention(start=0, end=1, text=mention, finder=finder),)
        )

    assert evaluation.same_entity(known(*predicted, finder), known(*gold_name)) is same


@pytest.mark.parametrize(
    ("predicted", "gold_date", "same"),
    [
        ("2024-07-09", "2024-07-09?", True),
        ("2024-07-09", "2024-07", True),
        ("2024-07", "2024-07-09", False),
        ("2024-07-10", "2024-07-1", False),
        ("2024-07-09T01:12+00:00", "2024-07-09T01:12Z", True),
        ("2024-07-09", "2024-07-09T01:12Z", False),
        ("2023-07/2024-07", "2023-07/2024-07", True),
        ("2023-07", "2023-07/2024-07", False),
        (None, "2024", False),
    ],
)
def test_same_date(predicted: str | None, gold_date: str, same: bool) -> None:
    assert evaluation.same_date(predicted, gold_date) is same


def test_reliability_table() -> None:
    gold = evaluation.load_gold(GOLD)
    records = [
        g.record.model_copy(update={"events": tuple(e.model_copy(update={"confidence": 0.75}) for e in g.record.events)})
        for g in gold
    ]
    report = evaluation.evaluate(gold, records)
    (only,) = report.reliability
    assert (only.low, only.right, only.confidence) == (0.7, 1.0, 0.75)
    assert report.figures["calibration.ece"].value == 0.25
    assert len(evaluation.format_reliability(report)) == 2
