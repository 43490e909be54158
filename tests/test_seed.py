"""The article that started it all: its record must hold what a careful reader finds. Skipped where the article is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

import pipeline
from pipeline.records import Entity, Event, Record

SEED = Path(__file__).resolve().parents[1].parent / "shared" / "seed" / "article.html"

pytestmark = pytest.mark.skipif(not SEED.is_file(), reason="the seed article is not beside this checkout")


@pytest.fixture(scope="module")
def record(nlp: Language) -> Record:
    return pipeline.extract(pipeline.Page(source="article.html", html=SEED.read_bytes()), nlp)


def entity(record: Record, id_: str) -> Entity:
    return next(e for e in record.entities if e.id == id_)


def said(record: Record, event: Event, role: str) -> set[str]:
    found = [entity(record, i) for i in event.roles.get(role, ())]
    return {e.name for e in found} | {m.text for e in found for m in e.mentions}


def flight(record: Record) -> Event:
    return next(e for e in record.events if e.type == "flight" and e.realis == "actual")


def test_the_line_that_a_person_reads(record: Record) -> None:
    assert flight(record).summary == "flight, Moscow→Pyongyang, 9 July 2024, first since treaty"


def test_the_flight_has_its_roles(record: Record) -> None:
    event = flight(record)
    (aircraft,) = (entity(record, i) for i in event.roles["aircraft"])
    (destination,) = (entity(record, i) for i in event.roles["destination"])
    assert said(record, event, "operator") & {"Russian Air Force", "Russia"}
    assert aircraft.links.icao_type == "IL62"
    assert "Moscow" in said(record, event, "origin")
    assert destination.links.icao == "ZKPY"


def test_the_flight_keeps_its_contradiction(record: Record) -> None:
    event = flight(record)
    assert event.departure is not None and event.departure.edtf == "2024-07-09T04:10Z"
    assert event.departure.approximate
    assert event.arrival is not None and event.arrival.edtf == "2024-07-09T01:12Z"
    assert "arrival_before_departure" in {p.code for p in event.problems}


def test_the_flight_has_its_sources_and_novelty(record: Record) -> None:
    event = flight(record)
    sources = {entity(record, i).name for i in event.attributed_to}
    assert {"Flightradar24", "FlightAware"} <= sources
    assert "unannounced" in event.attributes
    assert event.novelty is not None and event.novelty.kind == "first"
    since = next(e for e in record.events if e.id == event.novelty.since_event)
    assert (since.type, since.action) == ("agreement", "signed")


def test_the_treaty_is_signed_once_with_its_parties(record: Record) -> None:
    (signing,) = (e for e in record.events if e.type == "agreement")
    assert signing.time is not None and signing.time.edtf == "2024-06"
    assert {"Russia", "North Korea"} <= said(record, signing, "parties")
    assert {"Vladimir Putin", "Kim Jong Un"} <= said(record, signing, "signatories")


def test_both_visits(record: Record) -> None:
    visits = [e for e in record.events if e.type == "visit" and e.realis == "actual"]
    putin = next(e for e in visits if "Vladimir Putin" in said(record, e, "visitor"))
    educators = next(e for e in visits if "North Korean military educators" in said(record, e, "visitor"))
    assert putin.time is not None and putin.time.edtf == "2024-06"
    assert "North Korea" in said(record, putin, "destination")
    assert educators.time is not None and educators.time.edtf == "2024-07-08"
    assert "Moscow" in said(record, educators, "destination")


def test_the_expert_is_quoted_with_affiliation_and_medium(record: Record) -> None:
    statements = [e for e in record.events if e.type == "statement" and "Ryo Hinata-Yamaguchi" in said(record, e, "speaker")]
    assert len(statements) >= 2
    assert any("University of Tokyo" in said(record, e, "affiliation") for e in statements)
    assert any("NK News" in said(record, e, "medium") for e in statements)
