"""Feasts as calendars print them: the Jewish, Islamic and Chinese ones, which are computed from the moon and the sun."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.times import feasts, tag
from pipeline.times.grammar import table

YEARS = st.integers(1700, 2299)
ENTRIES = range(len(table("holidays")["holiday"]))


def of(name: str, year: int) -> str:
    """The date or interval that "NAME YEAR" stands for."""
    (note,) = tag(f"They met on {name} {year}.", "2024-07-09")
    return note.value


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("Lunar New Year", "1950-02-17 1968-01-30 1985-02-20 1998-01-28 2015-02-19 2020-01-25 2024-02-10 2033-01-31 2034-02-19"),
        ("Mid-Autumn Festival", "2017-10-04 2020-10-01 2023-09-29 2024-09-17 2025-10-06"),
        ("Dragon Boat Festival", "2020-06-25 2023-06-22 2024-06-10 2025-05-31"),
        ("Tomb-Sweeping Day", "2023-04-05 2024-04-04"),
        ("Nowruz", "2023-03-21 2024-03-20"),
        ("Rosh Hashanah", "1973-09-27 2020-09-19 2023-09-16 2024-10-03 2025-09-23"),
        ("Yom Kippur", "1973-10-06 2023-09-25 2024-10-12"),
        ("Purim", "2023-03-07 2024-03-24"),
        ("Shavuot", "2023-05-26 2024-06-12"),
        ("Simchat Torah", "2023-10-07 2024-10-24"),
        ("Israeli Independence Day", "2023-04-26 2024-05-14 2025-05-01"),
        ("Eid al-Fitr", "2015-07-17 2017-06-25 2019-06-04 2021-05-13 2022-05-02 2023-04-21 2024-04-10 2025-03-30"),
        ("Eid al-Adha", "2019-08-11 2021-07-20 2022-07-09 2023-06-28 2024-06-16 2025-06-06"),
        ("Ashura", "2023-07-28 2024-07-16"),
        ("Orthodox Good Friday", "2023-04-14 2024-05-03"),
        ("Diwali", "2019-10-27 2020-11-14 2021-11-04 2022-10-24 2023-11-12"),
    ],
)
def test_days_as_calendars_print_them(name: str, dates: str) -> None:
    for day in dates.split():
        assert of(name, int(day[:4])) == day


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Passover 2024", "2024-04-23/2024-04-29"),
        ("Hanukkah 2021", "2021-11-29/2021-12-06"),
        ("Hanukkah 2024", "2024-12-26/2025-01-02"),
        ("Ramadan 2024", "2024-03-11/2024-04-09"),
        ("the holy month of Ramadan 2025", "2025-03-01/2025-03-30"),
    ],
)
def test_feasts_of_many_days_are_intervals(name: str, value: str) -> None:
    (note,) = tag(f"They fasted during {name}.", "2024-07-09")
    assert (note.value, note.edtf) == (value, value)
    assert note.earliest is not None
    assert note.latest is not None


def test_what_a_sighting_decides_is_approximate() -> None:
    (eid,) = tag("They met on Eid al-Fitr 2024.", "2024-07-09")
    (passover,) = tag("They met on Passover 2024.", "2024-07-09")
    assert eid.approximate
    assert not passover.approximate


@pytest.mark.parametrize("index", ENTRIES)
def test_every_feast_of_the_table_has_a_date_in_news_years(index: int) -> None:
    for year in range(1990, 2041):
        day = feasts.day(index, year)
        assert day is not None
        assert day.year == year


@given(YEARS)
def test_jewish_feasts_keep_off_the_days_that_the_rules_forbid(year: int) -> None:
    assert feasts.hebrew_new_year(year + 3761).isoweekday() not in (7, 3, 5)
    assert feasts.passover(year).isoweekday() not in (1, 3, 5)
    assert date(year, 11, 25) <= feasts.hanukkah(year) <= date(year, 12, 31)


@given(YEARS)
def test_the_chinese_year_begins_in_the_depth_of_winter_and_has_months_of_29_or_30_days(year: int) -> None:
    first = feasts.chinese_month(year, 1)
    assert date(year, 1, 20) <= first <= date(year, 2, 22)
    assert (feasts.chinese_month(year + 1, 1) - first).days in (353, 354, 355, 383, 384, 385)


@given(st.integers(1620, 2380), st.integers(1, 12))
def test_islamic_months_begin_after_the_first_dusk_that_follows_a_new_moon(year: int, month: int) -> None:
    begin = feasts.islamic(year, month, 1)
    assert begin is not None
    julian = begin.toordinal() + 1721424.5
    number = round((julian - 2451550.1) / 29.530588861)
    assert min(abs(julian - feasts.new_moon(n) - 0.854) for n in (number - 1, number, number + 1)) <= 0.5
