"""What a note carries beside its value: EDTF, intervals, zones, problems, ranges; and the component in any pipeline."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta, timezone

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from pipeline.annotations import TimeNote
from pipeline.errors import UsageError
from pipeline.records import Article
from pipeline.times import tag

PUBLISHED = "2024-07-09"


def one(text: str, expression: str, published: str | None = PUBLISHED) -> TimeNote:
    """The note of one expression of a text."""
    return next(note for note in tag(text, published) if note.text == expression)


@pytest.mark.parametrize(
    ("text", "expression", "edtf"),
    [
        ("It left at 4:10 AM GMT.", "4:10 AM GMT", "2024-07-09T04:10Z"),
        ("It landed at 10:12 a.m. KST.", "10:12 a.m. KST", "2024-07-09T01:12Z"),
        ("It landed at 3 a.m. KST.", "3 a.m. KST", "2024-07-08T18:00Z"),
        ("It landed at 8:30 p.m. EST on Jan. 3.", "8:30 p.m. EST", "2024-01-04T01:30Z"),
        ("It landed at 9:30 p.m. in Moscow.", "9:30 p.m. in Moscow", "2024-07-09T18:30Z"),
        ("It landed at 9:30 p.m. London time.", "9:30 p.m. London time", "2024-07-09T20:30Z"),
        ("It landed at 9:30 p.m. local time.", "9:30 p.m. local time", "2024-07-09T21:30"),
        ("It landed at 9:30 p.m.", "9:30 p.m.", "2024-07-09T21:30"),
        ("They talked over the past year.", "the past year", "2023-07/2024-07"),
        ("They talked in the past three days.", "the past three days", "2024-07-06/2024-07-09"),
        ("They will talk in the next two months.", "the next two months", "2024-07/2024-09"),
        ("Rents fell in the last two weeks of February 2021.", "the last two weeks of February 2021", "2021-02-15/2021-02-28"),
        ("Rents fell in the first ten months of 2015.", "the first ten months", "2015-01/2015-10"),
        ("It closed last week.", "last week", "2024-07-01/2024-07-07"),
        ("It closed in the 1990s.", "the 1990s", "199X"),
        ("It closed in 218 BC.", "218 BC", "-0217"),
        ("It lasted two weeks.", "two weeks", None),
        ("It is now closed.", "now", None),
    ],
)
def test_edtf(text: str, expression: str, edtf: str | None) -> None:
    assert one(text, expression).edtf == edtf


def test_a_zone_makes_the_interval_aware() -> None:
    note = one("It landed at 10:12 a.m. KST.", "10:12 a.m. KST")
    assert note.value == "2024-07-09T10:12+09"
    assert note.earliest == datetime(2024, 7, 9, 10, 12, tzinfo=timezone(timedelta(hours=9)))
    assert note.latest == datetime(2024, 7, 9, 10, 13, tzinfo=timezone(timedelta(hours=9)))


def test_an_interval_is_half_open() -> None:
    note = one("It left on Tuesday.", "Tuesday")
    assert (note.earliest, note.latest) == (datetime(2024, 7, 9), datetime(2024, 7, 10))
    assert note.relative


def test_around_is_approximate() -> None:
    note = one("It left around 4:10 AM GMT.", "around 4:10 AM GMT")
    assert note.approximate
    assert not one("It left at 4:10 AM GMT.", "4:10 AM GMT").approximate


def test_a_weekday_that_does_not_fit_its_date_is_a_problem() -> None:
    note = one("It left on Monday, July 9, 2024.", "Monday, July 9, 2024")
    assert note.value == "2024-07-09"
    assert note.problem is not None
    assert note.problem.code == "weekday_mismatch"
    assert "Tuesday" in note.problem.message
    assert one("It left on Tuesday, July 9, 2024.", "Tuesday, July 9, 2024").problem is None


def test_the_start_of_a_range_knows_its_end() -> None:
    first, second = tag("The drill ran from 3 to 5 March.", PUBLISHED)
    assert first.until is second
    assert second.until is None
    assert tag("The drill ran on 3 and 5 March.", PUBLISHED)[0].until is None


def test_a_clock_time_hangs_on_the_day_of_its_paragraph() -> None:
    text = "On Sunday a jet left Moscow. It took off at 4 a.m. and flew east.\n\nIn other news, it will rain at 5 a.m. there."
    assert one(text, "4 a.m.").value == "2024-07-07T04:00"
    assert one(text, "5 a.m.").value == "2024-07-09T05:00"


def test_a_history_dates_by_its_own_years() -> None:
    text = (
        "The war began on 3 March 1801. In July the fleet sailed. It won in 1802, lost in 1803 and was broken up in 1804. "
        "Peace was signed in May 1805. In August the king died. He had ruled since 1780."
    )
    assert one(text, "July").value == "1801-07"
    assert one(text, "August").value == "1805-08"


def test_without_a_publication_date_nothing_is_guessed() -> None:
    notes = tag("He left on Tuesday. He left last week. He left on 3 March 2021. In June it rained.", None)
    assert [(note.text, note.value) for note in notes][:1] == [("Tuesday", "XXXX-WXX-2")]
    assert one("He left on 3 March 2021.", "3 March 2021", None).value == "2021-03-03"
    assert one("He left on Tuesday.", "Tuesday", None).edtf is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("He left last week.", "PAST_REF"),
        ("He left 18 years ago.", "PAST_REF"),
        ("He left yesterday.", "PAST_REF"),
        ("He leaves tomorrow.", "FUTURE_REF"),
        ("He leaves next month.", "FUTURE_REF"),
        ("He leaves today.", "PRESENT_REF"),
        ("He left over the weekend.", "XXXX-WXX-WE"),
        ("He left at Christmas.", "XXXX-XX-XX"),
        ("He left in June.", "XXXX-06"),
    ],
)
def test_without_a_publication_date_every_time_is_still_found(text: str, value: str) -> None:
    (note,) = tag(text, None)
    assert (note.value, note.edtf) == (value, None)


def test_entries_of_running_notes_hang_on_the_heading_above_them() -> None:
    entries = (
        "Sunday, July 7",
        "07:40 The port shuts. It had opened on July 2.",
        "09:15 It opens.",
        "Monday, July 8",
        "10:00 Quiet.",
    )
    text = "\n\n".join(entries)
    assert one(text, "07:40").value == "2024-07-07T07:40"
    assert one(text, "09:15").value == "2024-07-07T09:15"
    assert one(text, "10:00").value == "2024-07-08T10:00"


def test_a_full_dateline_stands_in_for_the_publication_date() -> None:
    text = "ISTANBUL, March 3, 2021 (Reuters) - The strait was closed on Tuesday."
    assert one(text, "Tuesday", None).value == "2021-03-02"


def test_a_season_turns_round_in_the_south() -> None:
    (note,) = tag("The summer of 2023 was dry.", PUBLISHED, south=True)
    assert (note.earliest, note.latest) == (datetime(2023, 12, 1), datetime(2024, 3, 1))


@pytest.mark.parametrize(
    "published", ["2024-07-09", "2024-07-09T10:41", "2024-07-09T10:41:00+09:00", "2024-07-09T10:41Z", date(2024, 7, 9)]
)
def test_forms_of_publication_dates(published: str | date) -> None:
    assert [note.value for note in tag("He left yesterday.", published)] == ["2024-07-08"]


def test_a_publication_date_that_is_none_is_an_error_of_use() -> None:
    with pytest.raises(UsageError):
        tag("He left yesterday.", "last Tuesday")


def test_the_component_works_in_any_pipeline() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("dateline_times", config={"published": "2024-07-09"})
    doc = nlp("He left on Monday at 4 p.m. (0700 GMT).")
    assert [note.value for note in doc._.times] == ["2024-07-08", "2024-07-08T16:00", "2024-07-08T07:00Z"]
    for note in doc._.times:
        span = doc[note.token_start : note.token_end]
        assert span.start_char <= note.start < note.end <= span.end_char


def test_the_article_tells_the_component_when_it_was_published() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("dateline_times", config={"published": "1999-01-01"})
    text = "He left yesterday."
    doc = nlp.make_doc(text)
    doc._.article = Article(id="a", source="a", published="2024-07-09T10:41", text=text)
    assert [note.value for note in nlp(doc)._.times] == ["2024-07-08"]


_PIECES = """Monday the of May 3 12 2024 to and last next week years ago later 10:30 a.m. GMT first quarter end early . , - ( )
    every a two past 1990s '80s noon fiscal Christmas said will hundred thousand half in on at 31 February 0"""
_WORDS = st.sampled_from(_PIECES.split())


@given(st.lists(_WORDS, max_size=40).map(" ".join))
def test_notes_are_ordered_and_point_into_the_text(text: str) -> None:
    notes = tag(text, PUBLISHED)
    assert all(text[note.start : note.end] == note.text for note in notes)
    assert all(a.end <= b.start for a, b in itertools.pairwise(notes))
    assert all(note.earliest is None or note.latest is None or note.earliest < note.latest for note in notes)


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    assert all(text[note.start : note.end] == note.text for note in tag(text, PUBLISHED))


def test_half_a_character_is_no_harm() -> None:
    assert tag("\ud800 on Monday" * 3000, PUBLISHED)


def test_a_fiscal_year_begins_where_its_government_says() -> None:
    text = "The budget for fiscal 2024 passed."
    assert one(text, "fiscal 2024").edtf == "2023-10/2024-09"
    (april,) = tag(text, PUBLISHED, fiscal_first_month=4)
    assert (april.value, april.edtf) == ("FY2024", "2023-04/2024-03")


def test_a_wrong_setting_of_the_component_is_an_error_of_use() -> None:
    nlp = spacy.blank("en")
    with pytest.raises(UsageError, match="no month"):
        nlp.add_pipe("dateline_times", config={"fiscal_first_month": 13})
    with pytest.raises(UsageError, match="is no date"):
        nlp.add_pipe("dateline_times", config={"published": "last Tuesday"})


def test_the_end_of_a_range_comes_after_its_beginning() -> None:
    first, second = tag("He was away from Dec. 30 to Jan. 2.", PUBLISHED)
    assert (first.value, second.value) == ("2023-12-30", "2024-01-02")
    first, second = tag("The strike ran from Friday to Monday.", PUBLISHED)
    assert (first.value, second.value) == ("2024-07-05", "2024-07-08")


def test_a_history_that_speaks_of_today_means_its_publication() -> None:
    text = (
        "It was built in 1801. "
        + " ".join(f"It burned in {year}." for year in range(1810, 1880, 10))
        + " It is still in use today."
    )
    assert one(text, "today").value == PUBLISHED


def test_news_that_recalls_history_still_dates_by_its_own_week() -> None:
    recalled = " ".join(f"A pact was signed in {year}." for year in (1963, 1972, 1979, 1987, 1991, 2010))
    text = f"The minister told parliament on Wednesday that the pact was dead. {recalled} In June he had made an offer."
    assert one(text, "Wednesday").value == "2024-07-03"
    assert one(text, "June").value == "2024-06"


def test_a_day_that_names_a_thing_does_not_move_the_next_day() -> None:
    text = "They met on Wednesday. They said that the March 27 agreement was void. The following day the other side protested."
    assert one(text, "The following day").value == "2024-07-04"


def test_a_small_hour_after_a_late_one_is_on_the_next_day() -> None:
    text = "They left at 4:49 p.m. local time on the 1st and flew to Doha, where they were down at 1:07 a.m. At 8 a.m. they left."
    assert one(text, "1:07 a.m.").value == "2024-07-02T01:07"
    assert one(text, "8 a.m.").value == "2024-07-02T08:00"
    assert one("The 9 p.m. blast came after one at 2 a.m. on Monday.", "2 a.m.").value == "2024-07-08T02:00"


def test_a_clock_time_hangs_on_the_day_right_after_it() -> None:
    text = "Warplanes struck on Friday and again at 9:45 a.m. (0645 GMT) on Saturday."
    assert one(text, "9:45 a.m.").value == "2024-07-06T09:45"
    assert one(text, "0645 GMT").value == "2024-07-06T06:45Z"


def test_further_down_a_clock_time_is_still_that_of_the_story() -> None:
    text = "The jet was lost on the evening of 27 June.\n\nFour fighters came in from the sea at 21:40, officials said."
    assert one(text, "21:40").value == "2024-06-27T21:40"


def test_a_year_that_means_unknown_is_unknown() -> None:
    for published in ("0001-01-01", "9999-12-31"):
        (note,) = tag("They met on Friday.", published)
        assert note.value == "XXXX-WXX-5"
