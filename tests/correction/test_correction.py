"""Correction files: what is written comes back, what a person changes arrives, what is wrong is named with its line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

import pipeline
from pipeline import correction, event_types
from pipeline.cli import main
from pipeline.errors import UsageError
from pipeline.evaluation import Gold, Half, evaluate, load_gold
from pipeline.records import Article, Block, BlockKind, Entity, Event, Record

CORPUS = Path(__file__).parents[2] / "corpus"
TYPES = event_types.load()
TEXT = (
    "Il-62 flies to Pyongyang\n\n"
    "An Ił-62M of the Russian Air Force took off from Moscow on Tuesday. The jet landed at Sunan International Airport "
    "in the North Korean capital.\n\n"
    "Flightradar24 showed the arrival in Pyongyang. Vladimir\u2028Putin signed a pact there in June, and he left."
)


def span(words: str, nth: int = 0) -> dict[str, Any]:
    start = [m.start() for m in re.finditer(re.escape(words), TEXT)][nth]
    return {"start": start, "end": start + len(words), "text": words}


def refers(words: str) -> dict[str, Any]:
    return span(words) | {"finder": "coreference"}


ENTITIES = [
    ("aircraft_type", "Ilyushin Il-62M", [span("Il-62"), span("Ił-62M"), refers("The jet")], {"icao_type": "IL62"}),
    ("place", "Pyongyang", [span("Pyongyang"), span("Pyongyang", 1)], {"country": "KP"}),
    ("organization", "Russian Air Force", [span("Russian Air Force")], {"country": "RU"}),
    ("place", "Moscow", [span("Moscow")], {"country": "RU"}),
    ("airport", "Sunan International Airport", [span("Sunan International Airport")], {"icao": "ZKPY", "iata": "FNJ"}),
    ("organization", "Flightradar24", [span("Flightradar24")], {}),
    (
        "person",
        "Vladimir Putin",
        [span("Vladimir\u2028Putin"), refers("he left") | {"end": span("he left")["start"] + 2, "text": "he"}],
        {},
    ),
]


@pytest.fixture
def gold() -> Gold:
    """One article with everything that a record can say."""
    entities = tuple(
        Entity.model_validate({"id": f"e{n}", "type": kind, "name": name, "mentions": mentions, "links": links})
        for n, (kind, name, mentions, links) in enumerate(ENTITIES, 1)
    )
    common = {"confidence": 1.0, "summary": "x"}
    flight = common | {
        "id": "v1", "type": "flight", "action": "flew", "trigger": span("took off"), "realis": "planned",
        "roles": {"aircraft": ["e1"], "operator": ["e3"], "origin": ["e4"], "destination": ["e5"], "via": ["e2", "e4"]},
        "time": {"edtf": "2024-07-09?"}, "departure": {"edtf": "2024-07-09T04:10Z"}, "attributed_to": ["e6", "e3"],
        "novelty": {"kind": "first", "scope": "since | the pact", "since_event": "v2"},
        "quantities": {"killed": 2.0, "value": "$2"},
        "attributes": ["unannounced", "secret"], "problems": [{"code": "arrival_before_departure", "message": "m"}],
        "evidence": [{"start": 26, "end": 80}, {"start": 95, "end": 120}],
    }  # fmt: skip
    signing = common | {
        "id": "v2", "type": "agreement", "action": "signed", "trigger": span("signed"), "roles": {"signatories": ["e7"]},
        "time": {"edtf": "2024-06"}, "evidence": [span("signed a pact")], "quote": 'he said "yes"\nand \\ no',
    }  # fmt: skip
    for piece in signing["evidence"]:
        piece.pop("text")
    record = Record(
        article=Article(
            id="abc", source="news/il62.html", url="https://example.org/il62", title="Il-62 flies to Pyongyang", text=TEXT,
            published="2024-07-09",
            blocks=(Block(kind=BlockKind.TITLE, start=0, end=24), Block(kind=BlockKind.PARAGRAPH, start=26, end=len(TEXT))),
        ),
        entities=entities,
        times=({"id": "t1", "type": "DATE", "value": "2024-07-09", "mod": "START", "freq": "1X", **span("Tuesday")},),  # type: ignore[arg-type]
        events=(Event.model_validate(flight), Event.model_validate(signing)),
    )  # fmt: skip
    return Gold("il62", record, frozenset({"e6", "v2"}), {"e5": ("e2",)})


def file_of(folder: Path, form: str) -> Path:
    return folder / ("il62.ann" if form == "brat" else "il62.json")


def written(gold: Gold, folder: Path, form: str) -> Path:
    correction.write([gold], folder, form, TYPES)
    return file_of(folder, form)


def read_one(folder: Path) -> Gold:
    golds, problems = correction.read(folder, TYPES)
    assert problems == []
    (one,) = golds
    return one


def told(gold: Gold) -> dict[str, Any]:
    """All that a correction file is to keep of a gold record."""
    content = gold.record.model_dump(mode="json")
    for event in content["events"]:
        del event["summary"]
        event["problems"] = [p["code"] for p in event["problems"]]
        for time in ("time", "departure", "arrival"):
            event[time] = event[time] and event[time]["edtf"]
    for time in content["times"]:
        del time["earliest"], time["latest"]
    return content


@pytest.mark.parametrize("form", correction.FORMATS)
def test_what_is_written_comes_back(gold: Gold, form: str, tmp_path: Path) -> None:
    written(gold, tmp_path, form)
    back = read_one(tmp_path)
    assert told(back) == told(gold)
    assert (back.stem, back.optional, back.within) == (gold.stem, gold.optional, gold.within)


@pytest.mark.parametrize("form", correction.FORMATS)
def test_the_corpus_scores_one_with_itself(form: str, tmp_path: Path) -> None:
    corpus = load_gold(CORPUS / "gold")
    assert correction.write(corpus, tmp_path, form, TYPES) == len(corpus)
    back, problems = correction.read(tmp_path, TYPES)
    assert problems == []
    report = evaluate(back, [g.record for g in corpus])
    assert {name: figure.value for name, figure in report.figures.items() if figure.value not in (1.0, None)} == {
        "calibration.ece": 0.0
    }
    assert [(b.optional, dict(b.within), b.half) for b in back] == [(g.optional, dict(g.within), g.half) for g in corpus]


@pytest.mark.parametrize("form", correction.FORMATS)
def test_records_of_a_run_score_one_with_what_was_written_of_them(form: str, nlp: Language, tmp_path: Path) -> None:
    page = CORPUS / "articles" / "baltic-interception.html"
    record = pipeline.extract(pipeline.Page(source=str(page), html=page.read_bytes()), nlp)
    (tmp_path / "out.jsonl").write_text(record.model_dump_json(exclude_none=True) + "\n", encoding="utf-8")
    correction.write(correction.load_records(tmp_path / "out.jsonl"), tmp_path / "fix", form, TYPES)
    back, problems = correction.read(tmp_path / "fix", TYPES)
    assert problems == []
    figures = evaluate(back, [record]).figures
    assert figures["events.f1"].n > 3
    assert {n: f.value for n, f in figures.items() if f.value not in (1.0, None) and n != "calibration.ece"} == {}


def names_of(gold: Gold, event: Event, role: str) -> list[str]:
    return [e.name for i in event.roles[role] for e in gold.record.entities if e.id == i]


def test_a_persons_corrections_arrive_from_the_guides_json(gold: Gold, tmp_path: Path) -> None:
    path = written(gold, tmp_path, "guide")
    content = json.loads(path.read_text(encoding="utf-8"))
    flight, _ = content["events"]
    aircraft = content["entities"]["aircraft"][0]
    aircraft["names"].remove("Il-62")  # no longer a name of this one
    aircraft["icao"] = "IL76"
    flight["realis"] = "actual"
    flight["anchor"] = "landed at"  # "at" still says where "took off" was
    flight["roles"]["origin"] = [{"names": ["Pyongyang"], "id": None}]
    flight["roles"]["passengers"] = [{"names": ["a pact"], "id": None}]  # named in a role only
    flight["source"] = ["Vladimir Putin"]
    content["events"] = [
        flight,
        {"type": "visit", "anchor": "flies to", "roles": {"visitor": ["Vladimir Putin"]}, "date": "2024"},
    ]
    content["events"][0]["novelty"] = None
    path.write_text(json.dumps(content), encoding="utf-8")

    back = read_one(tmp_path)
    flown, visit = back.record.events
    il62 = next(e for e in back.record.entities if e.type == "aircraft_type")
    assert [m.text for m in il62.mentions] == ["Ił-62M", "The jet"]
    assert il62.links.icao_type == "IL76"
    assert (flown.trigger.text, flown.realis, flown.novelty) == ("landed at", "actual", None)
    assert names_of(back, flown, "origin") == ["Pyongyang"]
    assert names_of(back, flown, "passengers") == ["a pact"]
    assert next(e.type for e in back.record.entities if e.name == "a pact") == "group"
    assert [e.name for e in back.record.entities if e.id in flown.attributed_to] == ["Vladimir Putin"]
    assert (visit.trigger.text, names_of(back, visit, "visitor")) == ("flies to", ["Vladimir Putin"])
    assert visit.time is not None and (visit.time.earliest, visit.time.latest) == ("2024-01-01T00:00:00", "2025-01-01T00:00:00")
    (evidence,) = visit.evidence
    assert TEXT[evidence.start : evidence.end] == "Il-62 flies to Pyongyang"


def test_a_persons_corrections_arrive_from_brat(gold: Gold, tmp_path: Path) -> None:
    path = written(gold, tmp_path, "brat")
    start = TEXT.index("the North Korean capital")
    begin = TEXT.index("landed")
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if "Action E1" not in line and "Realis E1" not in line]
    lines += [
        f"T90\tplace {start} {start + 24}\tthe North Korean capital",
        "T91\tplace 15 24\tPyongyang",  # marked anew: the same words, the same place
        f"T92\tVisit {begin} {begin + 6}\tlanded",
        "E90\tVisit:T92 destination:T91 destination2:T90",
        "A90\tRealis E90 denied",
        "#90\tAnnotatorNotes E90\tis this right? | date=2024-07",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    back = read_one(tmp_path)
    flown, _, visit = back.record.events
    assert (flown.action, flown.realis) == (None, "actual")
    assert (visit.type, visit.realis, visit.time and visit.time.edtf) == ("visit", "denied", "2024-07")
    assert names_of(back, visit, "destination") == ["Pyongyang", "the North Korean capital"]
    assert len([e for e in back.record.entities if e.name == "Pyongyang"]) == 1


def changed(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


WRONG: dict[str, tuple[str, Callable[[str], str], str]] = {
    "json": ("guide", changed('"events": [', '"events": [,'), r"il62\.json, line \d+, column \d+: "),
    "json key": ("guide", changed('"realis"', '"reality"'), r"line \d\d: unknown key 'reality' .*did you mean 'realis'"),
    "json role": ("guide", changed('"origin"', '"orign"'), r"line \d\d: unknown role of flight 'orign' .*did you mean 'origin'"),
    "json type": ("guide", changed('"flight"', '"fligth"'), "unknown event type 'fligth' .*did you mean 'flight'"),
    "json action": ("guide", changed('"flew"', '"flown"'), "unknown action of flight 'flown'"),
    "json realis": ("guide", changed('"planned"', '"plan"'), "unknown realis 'plan' .*did you mean 'planned'"),
    "json date": ("guide", changed("2024-07-09?", "9 July"), "'9 July' is no EDTF date"),
    "json day": ("guide", changed("2024-07-09?", "2024-07-32"), "'2024-07-32' is no date"),
    "json anchor": (
        "guide",
        changed('"anchor": "took off"', '"anchor": "departed"'),
        "anchor 'departed' does not stand in il62.txt",
    ),
    "json name": (
        "guide",
        changed('"names": ["Flightradar24"]', '"names": ["FR24"]'),
        "'FR24' does not stand",
    ),
    "json filler": ("guide", changed('"source": [', '"source": [{"names": ["Kim Jong Un"]}, '), "'Kim Jong Un' does not stand"),
    "json place": ("guide", changed('"15:24"', '"15:2400"'), "mentions '15:2400' is no place in the text"),
    "json since": ("guide", changed('"since": "v2"', '"since": "v7"'), "unknown event that novelty counts from 'v7'"),
    "brat line": ("brat", lambda t: t + "what is this\n", r"il62\.ann, line \d+: 'what is this' is no line of brat standoff"),
    "brat words": ("brat", changed("\tMoscow", "\tMinsk"), r"line \d+: 'Minsk' is not what stands at \d+:\d+ \('Moscow'\)"),
    "brat type": ("brat", changed("airport ", "airfort "), "unknown type 'airfort' .*did you mean 'airport'"),
    "brat role": ("brat", changed("origin:", "orgin:"), "unknown role of flight 'orgin' .*did you mean 'origin'"),
    "brat target": ("brat", changed("origin:T", "origin:T77"), "origin names T77.*, which is no entity"),
    "brat attribute": ("brat", changed("Realis E1 planned", "Realis E1 maybe"), "unknown Realis 'maybe'"),
    "brat note": (
        "brat",
        changed("date=2024-06", "dat=2024-06"),
        "unknown key of a note on an event 'dat' .*did you mean 'date'",
    ),
    "brat time": ("brat", changed("value=2024-07-09 | ", ""), "the time has no value"),
    "brat equiv": ("brat", lambda t: t + "*\tEquiv T1 T6\n", "mentions of one entity have one type"),
    "brat code": ("brat", changed(" icao:", " icoa:"), "unknown code 'icoa' .*did you mean 'icao'"),
}


@pytest.mark.parametrize(("form", "change", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_not_understood_is_named(
    form: str, change: Callable[[str], str], message: str, gold: Gold, tmp_path: Path
) -> None:
    path = written(gold, tmp_path, form)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    golds, problems = correction.read(tmp_path, TYPES)
    assert golds == []
    (problem,) = map(str, problems)
    assert re.search(message, problem), problem
    assert problem.startswith(f"{path}, line ")
    assert "\n" not in problem


@pytest.mark.parametrize("form", correction.FORMATS)
def test_a_changed_text_is_refused(gold: Gold, form: str, tmp_path: Path) -> None:
    written(gold, tmp_path, form)
    text = tmp_path / "il62.txt"
    text.write_text(text.read_text(encoding="utf-8").replace("Moscow", "Minsk"), encoding="utf-8")
    assert "il62.txt has changed" in str(correction.read(tmp_path, TYPES)[1][0])
    text.unlink()
    assert "il62.txt is not beside it" in str(correction.read(tmp_path, TYPES)[1][0])


def test_a_persons_work_is_never_overwritten(gold: Gold, tmp_path: Path) -> None:
    path = written(gold, tmp_path, "brat")
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"il62\.ann is there already"):
        correction.write([gold], tmp_path, "brat", TYPES)
    assert path.read_bytes() == before


def test_files_of_other_hands_need_no_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kenya and Uganda signed a pact.\n\nIt rained.", encoding="utf-8")
    (tmp_path / "a.ann").write_text(
        "T1\tcountry 0 5\tKenya\nT2\tcountry 10 16\tUganda\nT3\tAgreement 17 23\tsigned\n"
        "E1\tAgreement:T3 parties:T1 parties2:T2\n",
        encoding="utf-8",
    )
    back = read_one(tmp_path)
    assert [b.end for b in back.record.article.blocks] == [31, 43]
    assert [e.name for e in back.record.entities] == ["Kenya", "Uganda"]
    assert back.record.events[0].roles == {"parties": ("e1", "e2")}


def test_brats_configuration_knows_all_that_is_written(tmp_path: Path) -> None:
    correction.write(load_gold(CORPUS / "gold"), tmp_path, "brat", TYPES)
    conf = (tmp_path / "annotation.conf").read_text(encoding="utf-8")
    sections = {head: body.splitlines() for head, body in re.findall(r"^\[(\w+)\]\n(.*?)(?=^\[|\Z)", conf, re.M | re.S)}
    marks = set(sections["entities"]) | {line.split("\t")[0] for line in sections["events"]}
    roles = {(line.split("\t")[0], role) for line in sections["events"] for role in re.findall(r"(\w+)[?*]:", line)}
    for path in tmp_path.glob("*.ann"):
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"^T\d+\t(\S+)", text, re.M)) <= marks
        for kind, arguments in re.findall(r"^E\d+\t(\w+):T\d+ ?(.*)$", text, re.M):
            assert {(kind, role) for role in re.findall(r"([A-Za-z_]+)\d*:", arguments)} <= roles


def test_the_guides_example_can_be_read(tmp_path: Path) -> None:
    guide = (CORPUS.parent / "docs" / "annotate.md").read_text(encoding="utf-8")
    (tmp_path / "a.json").write_text(guide.split("```json\n")[1].split("```")[0], encoding="utf-8")
    text = "An Ił-62M took off from Moscow on Tuesday for Sunan International Airport in Pyongyang, Flightradar24 showed."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    back = read_one(tmp_path)
    (flight,) = back.record.events
    assert names_of(back, flight, "destination") == ["Sunan International Airport"]
    assert list(back.within.values()) == [("e4",)]
    assert [e.name for e in back.record.entities if e.id in flight.attributed_to] == ["Flightradar24"]


def test_two_pages_of_one_name_have_two_files(gold: Gold, tmp_path: Path) -> None:
    other = gold.record.model_copy(
        update={"article": gold.record.article.model_copy(update={"id": "def", "source": "b/il62.html"})}
    )
    lines = [r.model_dump_json(exclude_none=True) for r in (gold.record, other)]
    (tmp_path / "out.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [g.stem for g in correction.load_records(tmp_path / "out.jsonl")] == ["il62-abc", "il62-def"]


def dateline(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["dateline", *(str(a) for a in arguments)])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@pytest.mark.parametrize("form", correction.FORMATS)
def test_the_commands_in_a_row(
    gold: Gold, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records, fix, made = tmp_path / "out.jsonl", tmp_path / "fix", tmp_path / "gold"
    records.write_text(gold.record.model_dump_json(exclude_none=True) + "\n", encoding="utf-8")
    assert dateline(monkeypatch, "annotate", "write", records, "--to", fix, "--format", form) == 0
    path = file_of(fix, form)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"planned"', '"actual"').replace("Realis E1 planned", "Realis E1 actual"), encoding="utf-8")
    assert dateline(monkeypatch, "annotate", "read", fix, "--to", made) == 0
    assert "1 gold records with 2 events" in capsys.readouterr().out
    assert dateline(monkeypatch, "eval", records, "--gold", made) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^0\.9 . 1\.0 +2 +1\.00 +1\.00$", shown, re.M), "how often events of that confidence are right"
    figures = dict(re.findall(r"^(\S+) +(\S+)", shown, re.M))
    assert (figures["events.f1"], figures["events.argument_f1"], figures["events.realis_acc"]) == ("1.000", "1.000", "0.500")

    path.write_text("{" if form == "guide" else "??", encoding="utf-8")
    assert dateline(monkeypatch, "annotate", "read", fix, "--to", tmp_path / "other") == 2
    assert f"{path}, line 1" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_gold_that_is_saved_is_gold_that_is_loaded(gold: Gold, tmp_path: Path) -> None:
    held = replace(gold, half=Half.HELDOUT)
    correction.save([held], tmp_path)
    assert load_gold(tmp_path) == [held]


def test_what_is_no_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text('{"schema_version": "1"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"out\.jsonl, line 1 is no record: article"):
        correction.load_records(tmp_path / "out.jsonl")
