"""Notes on a Doc become a record whose ids, references and offsets hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import spacy
from spacy.tokens import Doc

from pipeline.annotations import EntityNote, EventNote, MentionNote, TimeNote
from pipeline.assemble import assemble
from pipeline.errors import PageError
from pipeline.records import Article, EntityType, EventTime, EventType, Novelty, NoveltyKind, TimeType

TEXT = "Russia and North Korea signed a pact last month. On Tuesday a jet flew to Pyongyang, trackers said."


def mention(words: str) -> MentionNote:
    start = TEXT.index(words)
    return MentionNote(start, start + len(words), 0, 1, words, "test")


def entity(kind: EntityType, *words: str) -> EntityNote:
    return EntityNote(kind, words[0], [mention(w) for w in words])


@pytest.fixture
def doc() -> Doc:
    """A Doc with notes in another order than the text's."""
    doc = spacy.blank("en")(TEXT)
    place, country = entity(EntityType.PLACE, "Pyongyang"), entity(EntityType.COUNTRY, "Russia")
    source = entity(EntityType.ORGANIZATION, "trackers")
    doc._.entities = [place, source, country]
    start = TEXT.index("Tuesday")
    tuesday = TimeNote(start, start + 7, 0, 1, "Tuesday", TimeType.DATE, "2024-07-09", "test")
    tuesday.earliest = datetime(2024, 7, 9, tzinfo=UTC)
    tuesday.latest = datetime(2024, 7, 10, tzinfo=timezone(timedelta(hours=9)))
    doc._.times = [tuesday]
    signed = (TEXT.index("signed"), TEXT.index("signed") + 6)
    flew = (TEXT.index("flew"), TEXT.index("flew") + 4)
    signing = EventNote(
        EventType.AGREEMENT, signed, [(0, 48)], "test", roles={"parties": [country, country]}, summary="agreement"
    )
    flight = EventNote(EventType.FLIGHT, flew, [(49, 99), (49, 99)], "test", roles={"destination": [place], "operator": []})
    flight.sources, flight.time, flight.times = [source], EventTime(edtf="2024-07-09"), [tuesday]
    flight.novelty, flight.since, flight.summary = Novelty(kind=NoveltyKind.FIRST), signing, "flight"
    flight.plover = {"type": "CONSULT", "mode": "visit", "actor": [country], "recipient": [place]}
    doc._.events = [flight, signing]
    return doc


ARTICLE = Article(id="a", source="a.txt", text=TEXT)


def test_ids_follow_the_text_and_references_hold(doc: Doc) -> None:
    record = assemble(ARTICLE, doc)
    assert [(e.id, e.name) for e in record.entities] == [("e1", "Russia"), ("e2", "Pyongyang"), ("e3", "trackers")]
    signing, flight = record.events
    assert (signing.id, signing.roles) == ("v1", {"parties": ("e1",)})
    assert (flight.id, flight.roles, flight.attributed_to) == ("v2", {"destination": ("e2",)}, ("e3",))
    assert flight.novelty is not None and flight.novelty.since_event == "v1"
    assert flight.time is not None and flight.time.mentions == ("t1",)
    assert flight.plover is not None and (flight.plover.actor, flight.plover.recipient) == (("e1",), ("e2",))
    assert len(flight.evidence) == 1


def test_instants_are_iso_8601_with_their_offset(doc: Doc) -> None:
    (time,) = assemble(ARTICLE, doc).times
    assert (time.earliest, time.latest) == ("2024-07-09T00:00:00Z", "2024-07-10T00:00:00+09:00")


def test_a_mention_that_misses_its_text_never_leaves(doc: Doc) -> None:
    doc._.entities[0].mentions[0].start -= 1
    with pytest.raises(PageError, match="is not what stands at") as caught:
        assemble(ARTICLE, doc)
    assert caught.value.reason == "internal"


def test_a_role_filled_by_nobody_on_the_doc_never_leaves(doc: Doc) -> None:
    doc._.events[0].roles["operator"] = [entity(EntityType.COUNTRY, "North Korea")]
    with pytest.raises(PageError, match="North Korea"):
        assemble(ARTICLE, doc)
