"""A user's own frames: the guide is followed literally, a type travels to the tables, what is wrong is said in a line."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from spacy.language import Language

import pipeline
from pipeline import frame_check
from pipeline.batch import program
from pipeline.cli import main
from pipeline.errors import KnowledgeError, StoreError
from pipeline.event_types import own_types
from pipeline.events.frame_files import load_own
from pipeline.events.frames import Frames
from pipeline.records import EventType, Record
from pipeline.stores import Outcome, open_store
from pipeline.worker import Task

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "add-an-event-type.md").read_text(encoding="utf-8")
TEXT = (
    "Poland closed its border with Belarus on Friday, the first such step since 2021. "
    "Poland did not close the border with Ukraine."
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the guide, as a reader would save them."""
    root = tmp_path_factory.mktemp("guide")
    for block in re.findall(r"^```toml\n# (my-frames/\S+)\n(.*?)^```", GUIDE, re.M | re.S):
        path = root / block[0]
        path.parent.mkdir(exist_ok=True)
        path.write_text(block[1], encoding="utf-8")
    return root / "my-frames"


@pytest.fixture(scope="module")
def own(folder: Path, nlp: Language) -> Iterator[Language]:
    """The pipeline with the guide's frames; loading another one takes seconds."""
    component = frame_check.events_of(nlp)
    ours, component.frames = component.frames, Frames((folder,))
    yield nlp
    component.frames = ours


@pytest.fixture(scope="module")
def record(own: Language) -> Record:
    return pipeline.extract(pipeline.Page(source="a.txt", text=TEXT, published="2024-07-09"), own)


def dateline(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["dateline", *(str(a) for a in arguments)])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_the_guides_sentences_hold(own: Language, folder: Path) -> None:
    rules = load_own([folder], own_types([folder]))
    verdicts = list(frame_check.check(own, rules))
    assert len(verdicts) == 7
    assert [(v.text, v.fault or v.note) for v in verdicts if v.fault or v.note] == []


def test_an_own_type_has_everything_that_ours_have(record: Record) -> None:
    closing, denied = (e for e in record.events if e.type == "border")
    names = {e.id: e.name for e in record.entities}
    assert (closing.action, closing.rule) == ("close", "border.close")
    assert {role: [names[i] for i in ids] for role, ids in closing.roles.items()}["neighbour"] == ["Belarus"]
    assert closing.time is not None and closing.time.edtf == "2024-07-05"
    assert closing.novelty is not None and closing.novelty.kind == "first"
    assert closing.plover is not None and closing.plover.type == "SANCTION"
    assert [names[i] for i in closing.plover.recipient] == ["Belarus"]
    assert closing.summary.startswith("border close, Poland, Belarus")
    assert denied.realis == "denied"
    assert Record.model_validate_json(record.model_dump_json()) == record


def test_an_own_type_has_a_view_that_stays(record: Record, folder: Path, tmp_path: Path) -> None:
    destination = f"sqlite:///{tmp_path}/out.sqlite"
    store = open_store(destination, own_types([folder]))
    store.put(Outcome("a.txt", "f", record.article.id, record.model_dump_json(exclude_none=True)))
    store.close()
    open_store(destination).close()  # a later run without --frames
    connection = sqlite3.connect(tmp_path / "out.sqlite")
    rows = connection.execute("SELECT actor, neighbour, neighbour_country, date FROM borders WHERE realis = 'actual'").fetchall()
    types = connection.execute("SELECT DISTINCT type FROM events").fetchall()
    connection.close()
    assert rows == [("Poland", "Belarus", "BY", "2024-07-05")]
    assert types == [("border",)]


def test_a_table_of_somebody_elses_is_not_taken_for_a_view(folder: Path, tmp_path: Path) -> None:
    destination = f"sqlite:///{tmp_path}/out.sqlite"
    open_store(destination).close()
    connection = sqlite3.connect(tmp_path / "out.sqlite")
    connection.execute("CREATE TABLE borders (mine TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="'borders' that is not Dateline's"):
        open_store(destination, own_types([folder]))


def test_extract_takes_frames(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, out = tmp_path / "pages.jsonl", tmp_path / "out.jsonl"
    pages.write_text(json.dumps({"id": "a", "text": TEXT, "published": "2024-07-09"}) + "\n", encoding="utf-8")
    assert dateline(monkeypatch, "extract", pages, "--to", out, "--frames", folder, "--workers", 1) == 0
    events = json.loads(out.read_text(encoding="utf-8"))["events"]
    assert [e["type"] for e in events] == ["border", "border"]


def test_another_frame_file_is_another_program(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("one", encoding="utf-8")
    before = program(Task(frames=(str(tmp_path),)))
    program.cache_clear()
    (tmp_path / "a.toml").write_text("two", encoding="utf-8")
    assert len({before, program(Task(frames=(str(tmp_path),))), program(Task())}) == 3


def test_frames_check_names_the_sentence(
    own: Language, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "frames"
    wrong.mkdir()
    (wrong / "event_types.toml").write_text((folder / "event_types.toml").read_text(encoding="utf-8"), encoding="utf-8")
    text = (folder / "border.toml").read_text(encoding="utf-8")
    text = text.replace("The shop closed its doors", "Malta closed its frontier").replace('["Hungary"]', '["Austria"]')
    (wrong / "border.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(frame_check.events_of(own), "frames", Frames((wrong,)))
    monkeypatch.setattr(pipeline, "load", lambda *_, **__: own)
    assert dateline(monkeypatch, "frames", "check", wrong) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "the counter-example 'Malta closed its frontier on Friday.' gives a border by 'border.close'" in shown
    assert "the example 'The frontier with Serbia was sealed by Hungary.' actor is 'Hungary', not 'Austria'" in shown
    assert "read as: verb 'sealed', passive · " in shown
    assert "2 rules, 7 sentences: 2 not as the file says" in shown


def test_a_rule_with_the_id_of_ours_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('type = "visit"\n[[rules]]\nid = "visit.travel"\nverbs = ["drop"]\n', encoding="utf-8")
    ours = {r.id: r for r in Frames().rules}
    frames = Frames((tmp_path,))
    assert "visit.travel" in ours, "name another rule of ours here"
    assert [r.verbs for r in frames.rules if r.id == "visit.travel"] == [("drop",)]
    assert len(frames.rules) == len(ours)


TYPES = '[border]\n[border.roles]\nactor = { types = ["country"] }\n'
RULE = 'type = "border"\n[[rules]]\nid = "b.x"\nverbs = ["close"]\n'
WRONG = {
    "syntax": ("", RULE + "slots = [\n[x", "is no TOML: .*line 6"),
    "no type": ("", '[[rules]]\nid = "x"\n', "does not say of which type"),
    "unknown type": (TYPES, RULE.replace('"border"', '"boarder"'), "unknown event type 'boarder' .*did you mean 'border'"),
    "no rules": (TYPES, 'type = "border"\n', "holds no rules"),
    "file key": (TYPES, 'typ = "border"\n' + RULE, "unknown key 'typ' .*did you mean 'type'"),
    "rule key": (TYPES, RULE + 'verb = ["x"]\n', r"line 3: rule 'b.x': unknown key 'verb' .*did you mean 'verbs'"),
    "no id": (TYPES, RULE.replace('id = "b.x"', ""), "a rule has no id"),
    "no trigger": (TYPES, RULE.replace('verbs = ["close"]', ""), "has no trigger"),
    "not a list": (TYPES, RULE.replace('["close"]', '"close"'), "verbs is not a list of strings"),
    "role": (TYPES, RULE + 'slots."subj" = ["actr"]\n', "border has no role 'actr' .*did you mean 'actor'"),
    "slot": (TYPES, RULE + 'slots."subject" = ["actor"]\n', "unknown slot 'subject' .*did you mean 'subj'"),
    "slot without its word": (TYPES, RULE + 'slots."prep" = ["actor"]\n', "'prep' lacks its word"),
    "class": (TYPES, RULE + 'when."obj" = "@wepon"\n', "unknown word class '@wepon' .*did you mean 'weapon'"),
    "entity type": (TYPES, RULE + 'when."obj" = "contry"\n', "unknown entity type 'contry' .*did you mean 'country'"),
    "requirement": (TYPES, RULE + 'require.any = ["sentense:=x"]\n', "unknown requirement .*did you mean 'sentence'"),
    "action": (TYPES, RULE + 'action = "shut"\n', "action: unknown 'shut' .*the type has no actions"),
    "example's role": (TYPES, RULE + 'examples = [{ text = "x", roles = { actors = ["y"] } }]\n', "did you mean 'actor'"),
    "example's text": (TYPES, RULE + "examples = [{ roles = {} }]\n", "example 1 has no text"),
    "two of one id": (TYPES, RULE + '[[rules]]\nid = "b.x"\nverbs = ["shut"]\n', "the rule 'b.x' is also in"),
    "type's name": (TYPES.replace("border", "Border-2"), RULE, "not a name for a type"),
    "type of ours": (TYPES.replace("border", "visit"), RULE, "it is one of ours"),
    "type's key": (TYPES.replace("[border]", "[border]\nlable = 'x'"), RULE, "unknown key 'lable' .*did you mean 'label'"),
    "type without roles": ("[border]\n", RULE, "has no roles"),
    "role's type": (TYPES.replace("country", "contry"), RULE, "unknown entity type 'contry' .*did you mean 'country'"),
    "role like a column": (TYPES.replace("actor", "summary"), RULE, "a column of this name"),
    "plover code": (
        TYPES + '[border.plover]\ndefault = "COERSE"\n',
        RULE,
        "unknown PLOVER type 'COERSE' .*did you mean 'COERCE'",
    ),
    "rule's plover code": (TYPES, RULE + 'plover = { type = "COERSE" }\n', "unknown PLOVER type 'COERSE'"),
    "rule that is none": (TYPES, 'type = "border"\nrules = ["close"]\n', "a rule is not a table"),
    "view like a table": (TYPES.replace("[border]", '[border]\nview = "events"'), RULE, "'events', and that name is taken"),
}


@pytest.mark.parametrize(("types", "rules", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_said_in_one_line(types: str, rules: str, message: str, tmp_path: Path) -> None:
    if types:
        (tmp_path / "event_types.toml").write_text(types, encoding="utf-8")
    (tmp_path / "border.toml").write_text(rules, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=message) as caught:
        Frames((tmp_path,))
    assert "\n" not in str(caught.value)
    assert ".toml" in str(caught.value)


def test_a_folder_without_frames_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dateline(monkeypatch, "frames", "check", tmp_path) == 2
    assert dateline(monkeypatch, "extract", tmp_path, "--to", tmp_path / "x.jsonl", "--frames", tmp_path / "none") == 2
    empty, absent = capsys.readouterr().err.splitlines()
    assert "holds no frame files" in empty
    assert "no such folder" in absent
    assert not (tmp_path / "x.jsonl").exists()


def test_the_twelve_types_are_the_types_of_the_records() -> None:
    assert set(Frames().types) == set(EventType)
