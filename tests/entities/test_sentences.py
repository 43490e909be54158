"""Sentences and what is linked in them: types, codes, kinds and what belongs to what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import annotations

if TYPE_CHECKING:
    from spacy.language import Language

    from pipeline.annotations import EntityNote


def cases() -> list[tuple[str, str]]:
    lines = Path(__file__).with_name("sentences.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(text, expected) for text, expected in rows[1:]]


def entities_of(nlp: Language, text: str) -> list[EntityNote]:
    with nlp.select_pipes(disable=[name for name in ("dateline_times", "dateline_events") if name in nlp.pipe_names]):
        return annotations.entities(nlp(text))


def described(entity: EntityNote) -> set[str | None]:
    return {*entity.links.model_dump().values(), entity.kind}


@pytest.mark.parametrize(("text", "expected"), cases())
def test_sentences(nlp: Language, text: str, expected: str) -> None:
    entities = entities_of(nlp, text)
    for item in expected.split("; "):
        kind, name, code, parent = item.split("|")
        found = [e for e in entities if e.type == kind and name in {m.text for m in e.mentions}]
        assert len(found) == 1, (item, [(e.type.value, [m.text for m in e.mentions]) for e in entities])
        assert code == "-" or code in described(found[0]), (item, found[0].links, found[0].kind)
        assert parent == "-" or (found[0].parent is not None and found[0].parent.name == parent), (item, found[0].parent)


def test_a_bare_family_joins_the_only_variant(nlp: Language) -> None:
    entities = entities_of(nlp, "A Boeing 737-800 crashed. The 737 had flown for ten years.")
    types = [e for e in entities if e.type == "aircraft_type"]
    assert [[m.text for m in e.mentions] for e in types] == [["Boeing 737-800", "737"]]


def test_two_variants_stay_apart(nlp: Language) -> None:
    entities = entities_of(nlp, "A Boeing 737-800 met a Boeing 737-300 on the taxiway. The 737 turned off.")
    codes = {e.links.icao_type for e in entities if e.type == "aircraft_type"}
    assert {"B738", "B733"} <= codes


def test_the_short_name_of_an_airport_is_known_once_it_was_named_in_full(nlp: Language) -> None:
    entities = entities_of(nlp, "The jet was to land at Payam Airport. Nobody at Payam had seen it.")
    airports = [e for e in entities if e.type == "airport"]
    assert [[m.text for m in e.mentions] for e in airports] == [["Payam Airport", "Payam"]]


def test_other_candidates_are_kept_with_scores(nlp: Language) -> None:
    (tripoli,) = [e for e in entities_of(nlp, "They met in Tripoli on Monday.") if e.name == "Tripoli"]
    assert {c.links.country for c in tripoli.candidates} >= {"LB"}
    assert all(0 < c.score < 1 for c in tripoli.candidates)


def test_mentions_point_into_the_text_and_name_their_finder(nlp: Language) -> None:
    text = "İncirlik’te değil: two F‑16s left İncirlik for Ramstein, Turkey’s ministry said."
    for entity in entities_of(nlp, text):
        for mention in entity.mentions:
            assert text[mention.start : mention.end] == mention.text
            assert mention.finder
