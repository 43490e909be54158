"""What each file format says, read by its own tools."""

from __future__ import annotations

import csv
import json
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import Entity, EntityType, Event, EventTime, EventType, Mention, Realis, Record, Span, Trigger
from pipeline.stores import Outcome
from pipeline.stores.great_circle import EARTH_KM, distance_km, great_circle
from pipeline.stores.plain_dates import start_and_end, utc
from tests import samples
from tests.stores.destinations import put

NAVOI, PYONGYANG, ANCHORAGE, TOKYO = (65.17, 40.12), (125.67, 39.22), (-150.0, 61.17), (139.78, 35.55)


def record(event: EventType, roles: dict[str, list[Any]], **changes: Any) -> Record:
    """A record with one event; a filler is a type, or a position for an airport."""
    entities: list[Entity] = []
    filled: dict[str, tuple[str, ...]] = {}
    for role, fillers in roles.items():
        for filler in fillers:
            kind = filler if isinstance(filler, EntityType) else EntityType.AIRPORT
            longitude, latitude = (None, None) if isinstance(filler, EntityType) else filler
            number = len(entities) + 1
            mention = Mention(start=0, end=4, text="It f", finder="test")
            entity = Entity(
                id=f"e{number}", type=kind, name=f"Name {number}", mentions=(mention,), latitude=latitude, longitude=longitude
            )
            entities.append(entity)
            filled[role] = (*filled.get(role, ()), entity.id)
    base = samples.record()
    told = Event(
        id="v1",
        type=event,
        trigger=Trigger(start=3, end=7, text="flew"),
        roles=filled,
        evidence=(Span(start=0, end=7),),
        summary="something",
        confidence=0.5,
        **changes,
    )
    return base.model_copy(update={"entities": tuple(entities), "events": (told,), "times": ()})


def written(destination: str, *records: Record) -> None:
    """A destination that is given some records."""
    lines = [r.model_dump_json(exclude_none=True) for r in records]
    put(
        destination,
        *(Outcome(f"{n}.html", "f", r.article.id, line) for n, (r, line) in enumerate(zip(records, lines, strict=True))),
    )


def feature(folder: Path, shown: Record) -> dict[str, Any]:
    """The one feature of a GeoJSON file."""
    written(f"{folder}/out.geojson", shown)
    (found,) = json.loads((folder / "out.geojson").read_bytes())["features"]
    assert isinstance(found, dict)
    return found


def test_csv_has_a_file_per_table_and_view_with_the_same_rows_as_the_database(tmp_path: Path) -> None:
    import sqlite3

    outcomes = [samples.outcome("a", "a.html", entities=4), samples.outcome("b", "b.html")]
    put(f"csv:{tmp_path}/out", *outcomes)
    put(f"sqlite:///{tmp_path}/out.sqlite", *outcomes)
    connection = sqlite3.connect(tmp_path / "out.sqlite")
    for name in ("articles", "entities", "mentions", "times", "events", "event_roles", "problems", "flights", "visits"):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        cursor = connection.execute(f"SELECT * FROM {name}")
        assert header == [column[0] for column in cursor.description]
        as_text = [["" if c is None else str(c) for c in row] for row in cursor.fetchall()]
        booleans = [n for n, title in enumerate(header) if title.endswith("approximate")]
        for row in as_text:
            for n in booleans:
                row[n] = {"0": "false", "1": "true"}.get(row[n], row[n])
        assert sorted(rows) == sorted(as_text), name
    connection.close()


def test_parquet_has_types_and_comments(tmp_path: Path) -> None:
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    put(f"parquet:{tmp_path}/out", samples.outcome("a", "a.html", entities=4))
    flights = ds.dataset(tmp_path / "out" / "flights.parquet").to_table().to_pylist()
    assert (flights[0]["destination_lat"], flights[0]["icao_type"], flights[0]["origin"]) == (39.224, "IL62", None)
    schema = pq.read_schema(tmp_path / "out" / "entities.parquet")
    assert (str(schema.field("latitude").type), schema.field("icao_type").metadata[b"comment"]) == (
        "double",
        b"ICAO Doc 8643 type designator",
    )
    assert pq.read_table(tmp_path / "out" / "visits.parquet").num_rows == 0


def test_parquet_keeps_more_rows_than_a_row_group_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    monkeypatch.setattr("pipeline.stores.parquet.ROWS_AT_ONCE", 7)
    put(f"{tmp_path}/out.parquet", *(samples.outcome(f"a{n}", f"{n}.html") for n in range(10)))
    file = pq.ParquetFile(tmp_path / "out.parquet" / "entities.parquet")
    assert (file.metadata.num_rows, file.metadata.num_row_groups) == (30, 5)
    assert file.read()["article_id"].to_pylist() == [f"a{n}" for n in range(10) for _ in range(3)]


def test_a_flight_is_the_great_circle_between_its_ends(tmp_path: Path) -> None:
    found = feature(tmp_path, record(EventType.FLIGHT, {"origin": [NAVOI], "destination": [PYONGYANG]}))
    line = [tuple(p) for p in found["geometry"]["coordinates"]]
    assert (found["geometry"]["type"], line[0], line[-1]) == ("LineString", NAVOI, PYONGYANG)
    flown = sum(distance_km(a, b) for a, b in pairwise(line))
    assert flown == pytest.approx(distance_km(NAVOI, PYONGYANG), abs=0.1)
    assert max(latitude for _, latitude in line) > 43, "it bends to the north"
    assert max(distance_km(a, b) for a, b in pairwise(line)) < 101
    assert found["properties"]["type"] == "flight" and found["properties"]["summary"] == "something"


def test_a_flight_over_the_date_line_is_cut_there(tmp_path: Path) -> None:
    found = feature(tmp_path, record(EventType.FLIGHT, {"origin": [TOKYO], "destination": [ANCHORAGE]}))
    assert found["geometry"]["type"] == "MultiLineString"
    west, east = found["geometry"]["coordinates"]
    assert (west[-1][0], east[0][0]) == (180, -180) and west[-1][1] == east[0][1]
    assert all(abs(a[0] - b[0]) <= 180 for line in (west, east) for a, b in pairwise(line))


def test_a_flight_with_stops_goes_by_them_and_a_service_to_each_place(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    stopped = record(EventType.FLIGHT, {"origin": [NAVOI], "via": [TOKYO], "destination": [PYONGYANG]})
    ends = [(tuple(line[0]), tuple(line[-1])) for line in feature(tmp_path, stopped)["geometry"]["coordinates"]]
    assert ends == [(NAVOI, TOKYO), (TOKYO, PYONGYANG)]
    service = record(EventType.AIR_SERVICE, {"origin": [NAVOI], "destination": [TOKYO, PYONGYANG]})
    ends = [(tuple(line[0]), tuple(line[-1])) for line in feature(tmp_path / "b", service)["geometry"]["coordinates"]]
    assert ends == [(NAVOI, TOKYO), (NAVOI, PYONGYANG)]


def test_other_events_are_points_and_those_without_a_place_have_no_geometry(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
    meeting = record(EventType.MEETING, {"participants": [EntityType.PERSON], "place": [TOKYO]})
    assert feature(tmp_path / "a", meeting)["geometry"] == {"type": "Point", "coordinates": list(TOKYO)}
    half = record(EventType.FLIGHT, {"origin": [NAVOI], "destination": [EntityType.PLACE]})
    assert feature(tmp_path / "b", half)["geometry"] == {"type": "Point", "coordinates": list(NAVOI)}
    assert feature(tmp_path / "c", record(EventType.STATEMENT, {"speaker": [EntityType.PERSON]}))["geometry"] is None


@pytest.mark.parametrize(
    ("start", "end", "lines"),
    [
        ((0.0, 0.0), (180.0, 0.0), 1),
        ((179.0, 10.0), (-179.0, 10.0), 2),
        ((180.0, 5.0), (-170.0, 5.0), 1),
        ((10.0, 89.0), (-170.0, 89.0), 1),
    ],
)
def test_awkward_arcs_are_whole(start: tuple[float, float], end: tuple[float, float], lines: int) -> None:
    found = great_circle(start, end)
    assert len(found) == lines
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for line in found for lon, lat in line)
    length = sum(distance_km(a, b) for line in found for a, b in pairwise(line))
    assert length == pytest.approx(distance_km(start, end), abs=1)
    assert length <= math.pi * EARTH_KM + 1


def test_ftm_has_a_trip_between_addresses_with_its_vehicle(tmp_path: Path) -> None:
    roles: dict[str, list[Any]] = {"operator": [EntityType.ORGANIZATION], "aircraft": [EntityType.AIRCRAFT_TYPE]}
    roles |= {"origin": [NAVOI], "destination": [EntityType.COUNTRY]}
    time = EventTime(edtf="2024-07-09T01:12+09:00", earliest="2024-07-09T01:12:00+09:00", latest="2024-07-09T01:13:00+09:00")
    written(f"{tmp_path}/out.ftm.json", record(EventType.FLIGHT, roles, time=time))
    entities = [json.loads(line) for line in (tmp_path / "out.ftm.json").open(encoding="utf-8")]
    by_id = {e["id"]: e for e in entities}
    (trip,) = [e["properties"] for e in entities if e["schema"] == "Trip"]
    schemata = {name: [by_id[i]["schema"] for i in trip[name]] for name in ("startLocation", "endLocation", "vehicle", "proof")}
    assert schemata == {
        "startLocation": ["Address"], "endLocation": ["Address"], "vehicle": ["Airplane"], "proof": ["Article"]
    }  # fmt: skip
    assert by_id[trip["startLocation"][0]]["properties"]["latitude"] == ["40.12"]
    assert trip["date"] == ["2024-07-08T16:12:00"], "in universal time"
    assert [by_id[i]["schema"] for i in trip["organizer"]] == ["Organization"]
    assert {e["schema"] for e in entities} >= {"Mention", "PublicBody"}


@pytest.mark.parametrize("form", ["ftm.json", "jsonld"])
def test_what_the_text_denies_is_stated_nowhere(form: str, tmp_path: Path) -> None:
    roles: dict[str, list[Any]] = {"actor": [EntityType.COUNTRY]}
    denied = record(EventType.STRIKE, roles, realis=Realis.DENIED)
    written(f"{tmp_path}/out.{form}", denied)
    assert "something" not in (tmp_path / f"out.{form}").read_text(encoding="utf-8")
    planned = denied.events[0].model_copy(update={"realis": Realis.PLANNED})
    written(f"{tmp_path}/planned.{form}", denied.model_copy(update={"events": (planned,)}))
    assert '"planned"' in (tmp_path / f"planned.{form}").read_text(encoding="utf-8")


def test_its_own_validator_accepts_every_ftm_entity(tmp_path: Path) -> None:
    model = pytest.importorskip("followthemoney", reason="uv sync --group dev installs it on Linux").model
    every = [
        record(kind, {"operator": [EntityType.COUNTRY], "origin": [NAVOI], "destination": [PYONGYANG], "place": [TOKYO]})
        for kind in EventType
    ]
    kinds = record(EventType.MEETING, {"participants": list(EntityType)})
    records = [*every, kinds, samples.record(entities=4)]
    different = [r.model_copy(update={"article": r.article.model_copy(update={"id": f"a{n}"})}) for n, r in enumerate(records)]
    written(f"{tmp_path}/out.ftm.json", *different)
    entities = [json.loads(line) for line in (tmp_path / "out.ftm.json").open(encoding="utf-8")]
    schemata = {e["id"]: model.get(e["schema"]) for e in entities}
    assert len(schemata) == len(entities), "ids are unique"
    for entity in entities:
        schema = schemata[entity["id"]]
        schema.validate(entity)
        for name, values in entity["properties"].items():
            prop = schema.get(name)
            assert prop is not None, f"{schema.name} has no {name}"
            for value in values:
                assert prop.type.clean(value, format=prop.format) == value, f"{schema.name}.{name} = {value!r}"
                assert prop.range is None or schemata[value].is_a(prop.range), f"{schema.name}.{name} leads to {schemata[value]}"


def test_json_ld_ties_article_entities_and_events_together(tmp_path: Path) -> None:
    put(f"{tmp_path}/out.jsonld", samples.outcome(entities=4))
    document = json.loads((tmp_path / "out.jsonld").read_bytes())
    assert document["@context"] == "https://schema.org"
    nodes = {node["@id"]: node for node in document["@graph"]}
    (flight,) = [node for node in nodes.values() if node["@type"] == "Flight"]
    arrival = nodes[flight["arrivalAirport"]["@id"]]
    assert (arrival["@type"], arrival["icaoCode"], arrival["geo"]["latitude"]) == ("Airport", "ZKPY", 39.224)
    assert flight["arrivalTime"] == "2024-07-09T01:12Z" and nodes[flight["provider"]["@id"]]["name"] == "Air Force"
    article = nodes[flight["subjectOf"]["@id"]]
    assert article["@type"] == "NewsArticle" and article["about"] == {"@id": flight["@id"]}

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["@id"]] if set(value) == {"@id"} else []
            return own + [r for v in value.values() for r in references(v)]
        return [r for v in value for r in references(v)] if isinstance(value, list) else []

    assert set(references(document["@graph"])) <= set(nodes), "no reference leads nowhere"


@pytest.mark.parametrize("form", ["geojson", "ftm.json", "jsonld", "spacy"])
@pytest.mark.parametrize("own", [False, True])
def test_every_type_of_entity_and_event_can_be_written(form: str, own: bool, tmp_path: Path) -> None:
    base = record(EventType.MEETING, {"participants": list(EntityType)})
    kinds: list[Any] = ["protest"] if own else list(EventType)
    events = tuple(base.events[0].model_copy(update={"type": kind, "id": f"v{n}"}) for n, kind in enumerate(kinds))
    written(f"{tmp_path}/out.{form}", base.model_copy(update={"events": events}))
    assert form == "spacy" or (tmp_path / f"out.{form}").read_text(encoding="utf-8").count('"something"') >= len(kinds)


@pytest.mark.parametrize("destination", ["{}/out.spacy", "spacy:{}/out"])
def test_docbin_is_read_with_a_blank_vocabulary(destination: str, tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    put(destination.format(tmp_path), samples.outcome(entities=4))
    path = tmp_path / "out.spacy" if destination.endswith(".spacy") else tmp_path / "out" / "00001.spacy"
    (doc,) = DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)
    expected = samples.record(entities=4)
    assert doc.text == expected.article.text
    assert [(e.text, e.label_, e.ent_id_, e.kb_id_) for e in doc.ents][2] == ("Sunan", "airport", "e3", "icao:ZKPY")
    assert [(s.text, s.label_, s.id_) for s in doc.spans["events"]] == [("landed", "flight", "v1")]
    assert [(s.text, s.label_, s.id_) for s in doc.spans["times"]] == [("Tuesday", "DATE", "t1")]
    assert Record.model_validate(doc.user_data["dateline"]) == expected


def test_the_example_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(f"{tmp_path}/out.spacy", samples.outcome(entities=4))
    page = Path(__file__).resolve().parents[2] / "docs" / "stores.md"
    (example,) = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, str(page), "exec"), {})
    assert "('landed', 'flight', 'v1')" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest", "expected"),
    [
        ("2024-07-09?", None, None, ("2024-07-09", None)),
        ("2024-06", "2024-06-01T00:00:00", "2024-07-01T00:00:00", ("2024-06", None)),
        ("2022-07-28/2022-07-29", None, None, ("2022-07-28", "2022-07-29")),
        ("2023-21", "2023-03-01T00:00:00", "2023-06-01T00:00:00", ("2023-03-01", "2023-05-31")),
        ("../2024", None, "2025-01-01", (None, "2024-12-31")),
        (None, None, None, (None, None)),
    ],
)
def test_event_times_become_plain_dates(
    edtf: str | None, earliest: str | None, latest: str | None, expected: tuple[str | None, str | None]
) -> None:
    assert start_and_end(EventTime(edtf=edtf, earliest=earliest, latest=latest)) == expected


def test_instants_with_a_zone_become_universal_time() -> None:
    assert utc("2024-07-09T01:12+09:00") == "2024-07-08T16:12:00"
    assert (utc("2024-07-09T01:12Z"), utc("2024-07-09T01:12"), utc("2024-07")) == (
        "2024-07-09T01:12:00", "2024-07-09T01:12", "2024-07"
    )  # fmt: skip
