"""Times told from an event: dated when the text dates the event, left undated otherwise."""

from __future__ import annotations

import pytest

from pipeline.annotations import TimeNote
from pipeline.times import tag

PUBLISHED = "2024-07-09"


def one(text: str, expression: str) -> TimeNote:
    """The note of one expression of a text."""
    return next(note for note in tag(text, PUBLISHED) if note.text == expression)


@pytest.mark.parametrize(
    ("text", "expression", "edtf"),
    [
        ("The battle was fought on 1 March 2022. Two days after the battle the king fled.", "Two days", "2022-03-03"),
        ("The summit opened on 3 July. He resigned a week before the summit.", "a week", "2024-06-24/2024-06-30"),
        ("He fled two days after rebels stormed the capital. Rebels stormed the capital on May 4.", "two days", "2024-05-06"),
        (
            "The embassy bombings of 7 August 1998 shook the town. Jets struck 13 days after the bombings.",
            "13 days",
            "1998-08-20",
        ),
        ("Three months after the invasion in February 2022 the bank closed.", "Three months", "2022-05"),
        ("It reopened two days after Christmas.", "two days", "2023-12-27"),
        ("On 27 June 1950, two days after the attack began, he spoke.", "two days", "1950-06-27"),
        ("The war began on 24 February 2022. Two years after the war began, it went on.", "Two years", "2024"),
    ],
)
def test_a_stretch_leads_to_a_date_where_the_event_is_dated(text: str, expression: str, edtf: str) -> None:
    note = one(text, expression)
    assert note.type.value == "DURATION"
    assert note.value.startswith("P")
    assert note.edtf == edtf
    assert note.earliest is not None
    assert note.relative


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("The summit opened on 3 July. Two days after the crash the king fled.", "Two days"),
        ("On 3 July the bank met. Two days after the river rose, the bank closed.", "Two days"),
        ("Putin arrived on 3 July. Two days after Putin he left.", "Two days"),
        ("The battle was fought in 1801. Two days after the battle the king fled.", "Two days"),
        ("The strike hit on July 1. They met less than two weeks after the strike.", "less than two weeks"),
        ("The strike hit on July 1. The talks lasted two weeks.", "two weeks"),
    ],
)
def test_no_date_is_made_up(text: str, expression: str) -> None:
    note = one(text, expression)
    assert (note.edtf, note.earliest) == (None, None)


def test_the_day_after_an_event() -> None:
    text = "The battle was fought on 1 March 2022. The day after the battle, the king fled."
    assert one(text, "The day").value == "2022-03-02"
    assert [note.text for note in tag("The day after the battle, the king fled.", PUBLISHED)] == []


def test_an_anniversary_is_dated_from_its_event() -> None:
    text = "The war began on 24 February 2022. They met on the second anniversary of the war."
    assert one(text, "the second anniversary").value == "2024-02-24"
    assert [note.text for note in tag("They met on the second anniversary of the war.", PUBLISHED)] == []
    ahead = "The war began on 24 February 2022. They will meet on the tenth anniversary of the war."
    assert [note.text for note in tag(ahead, PUBLISHED)] == ["24 February 2022"]


def test_a_stretch_since_an_event_runs_until_publication() -> None:
    assert one("They marked five years since the annexation.", "five years").edtf == "2019-07/2024-07"


def test_of_two_dated_mentions_the_one_before_is_meant() -> None:
    text = "The vote of May 2 failed. Two days after the vote he left. The vote of June 20 passed."
    assert one(text, "Two days").edtf == "2024-05-04"
