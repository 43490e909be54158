"""Properties of the calendar: values, EDTF and intervals agree, in order, over leap years, ISO weeks, seasons and centuries."""

from __future__ import annotations

from calendar import isleap
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import calendar

DAYS = st.dates(date(1000, 1, 1), date(2999, 12, 31))
UNITS = st.sampled_from(["D", "W", "M", "Q", "Y", "E", "C"])


@st.composite
def values(draw: st.DrawFn) -> str:
    """Calendar values of every granularity."""
    day = draw(DAYS)
    kind = draw(st.sampled_from(["D", "W", "M", "Q", "Y", "E", "C", "H", "S", "WE", "T"]))
    if kind == "H":
        return f"{day.year}-H{draw(st.integers(1, 2))}"
    if kind == "S":
        return f"{day.year}-{draw(st.sampled_from(calendar.SEASONS))}"
    if kind == "WE":
        return f"{calendar.week_value(day)}-WE"
    if kind == "T":
        return f"{day.isoformat()}T{draw(st.integers(0, 23)):02d}:{draw(st.integers(0, 59)):02d}"
    return calendar.at(day, kind)


@given(values())
def test_every_value_survives_the_way_to_edtf_and_back(value: str) -> None:
    edtf = calendar.to_edtf(value)
    assert edtf is not None
    assert calendar.from_edtf(edtf) == value


@given(values(), st.booleans())
def test_every_value_covers_some_time(value: str, south: bool) -> None:
    covered = calendar.interval(value, south)
    assert covered is not None
    assert covered.start < covered.end


@given(DAYS, UNITS)
def test_a_day_lies_in_its_unit(day: date, unit: str) -> None:
    covered = calendar.interval(calendar.at(day, unit))
    assert covered is not None
    assert covered.start <= datetime(day.year, day.month, day.day) < covered.end


@given(DAYS, UNITS)
def test_units_follow_each_other_without_gap(day: date, unit: str) -> None:
    covered = calendar.interval(calendar.at(day, unit))
    assert covered is not None
    following = calendar.interval(calendar.at(covered.end.date(), unit))
    assert following is not None
    assert following.start == covered.end


@given(DAYS, DAYS, UNITS)
def test_order_of_days_is_order_of_units(a: date, b: date, unit: str) -> None:
    first, second = calendar.interval(calendar.at(min(a, b), unit)), calendar.interval(calendar.at(max(a, b), unit))
    assert first is not None
    assert second is not None
    assert first.start <= second.start


@given(DAYS, st.sampled_from(["D", "W"]), st.integers(-400, 400))
def test_days_and_weeks_shift_back(day: date, unit: str, count: int) -> None:
    moved = calendar.shift(day, unit, count)
    assert moved is not None
    assert calendar.shift(moved, unit, -count) == day


@given(DAYS, st.sampled_from(["M", "Q", "Y"]), st.integers(-400, 400))
def test_months_shift_to_the_same_unit_back(day: date, unit: str, count: int) -> None:
    moved = calendar.shift(day, unit, count)
    assert moved is not None
    back = calendar.shift(moved, unit, -count)
    assert back is not None
    assert calendar.at(back, "M") == calendar.at(day, "M")
    assert back.day <= day.day


@given(DAYS, st.integers(1, 7))
def test_weekdays_lie_within_a_week(day: date, weekday: int) -> None:
    before, after = calendar.weekday_on_or_before(day, weekday), calendar.weekday_on_or_after(day, weekday)
    assert before.isoweekday() == after.isoweekday() == weekday
    assert timedelta(0) <= day - before < timedelta(7)
    assert timedelta(0) <= after - day < timedelta(7)


@given(st.integers(1000, 2999))
def test_quarters_seasons_and_halves_make_a_year(year: int) -> None:
    whole = calendar.interval(str(year))
    assert whole is not None
    for parts in (("Q1", "Q2", "Q3", "Q4"), ("H1", "H2")):
        covered = [calendar.interval(f"{year}-{part}") for part in parts]
        assert covered[0] is not None
        assert covered[-1] is not None
        assert (covered[0].start, covered[-1].end) == (whole.start, whole.end)


@given(st.integers(1000, 2999))
def test_southern_summer_is_northern_winter(year: int) -> None:
    assert calendar.interval(f"{year}-SU", south=True) == calendar.interval(f"{year}-WI")
    assert calendar.interval(f"{year}-SP", south=True) == calendar.interval(f"{year}-FA")


@given(st.integers(1000, 2999), st.integers(1, 12))
def test_fiscal_quarters_make_a_fiscal_year(year: int, first_month: int) -> None:
    whole = calendar.interval(f"FY{year}", fiscal_first_month=first_month)
    quarters = [calendar.interval(f"FY{year}-Q{n}", fiscal_first_month=first_month) for n in (1, 2, 3, 4)]
    assert whole is not None
    assert quarters[0] is not None
    assert quarters[3] is not None
    assert (quarters[0].start, quarters[3].end) == (whole.start, whole.end)
    assert whole.end.year == year or (first_month == 1 and whole.start.year == year)


@given(st.integers(1583, 2999))
def test_leap_days_are_valid_in_leap_years_only(year: int) -> None:
    assert calendar.valid(year, 2, 29) is isleap(year)
    assert (calendar.interval(f"{year}-02-29") is not None) is isleap(year)


@given(st.integers(1, 9999))
def test_easter_is_a_sunday_in_spring(year: int) -> None:
    easter = calendar.easter(year)
    assert easter.isoweekday() == 7
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)


@given(st.integers(1900, 2099))
def test_orthodox_easter_is_never_before_the_western_one(year: int) -> None:
    assert calendar.orthodox_easter(year).isoweekday() == 7
    assert calendar.orthodox_easter(year) >= calendar.easter(year)


@pytest.mark.parametrize(
    ("year", "western", "orthodox"),
    [(1990, "1990-04-15", "1990-04-15"), (2024, "2024-03-31", "2024-05-05"), (2025, "2025-04-20", "2025-04-20")],
)
def test_easter_as_printed_in_calendars(year: int, western: str, orthodox: str) -> None:
    assert calendar.easter(year).isoformat() == western
    assert calendar.orthodox_easter(year).isoformat() == orthodox


@pytest.mark.parametrize(
    ("value", "edtf"),
    [
        ("2024-W28", "2024-07-08/2024-07-14"),
        ("2020-W53", "2020-12-28/2021-01-03"),
        ("2024-W28-WE", "2024-07-13/2024-07-14"),
        ("199", "199X"),
        ("19", "19XX"),
        ("1989-Q3", "1989-35"),
        ("2008-H2", "2008-41"),
        ("2024-SU", "2024-22"),
        ("BC0001", "0000"),
        ("BC0218", "-0217"),
        ("FY2024", "2023-10/2024-09"),
        ("2024-07-09TMO", "2024-07-09"),
        ("2024-07-09T04:10+09", "2024-07-09T04:10+09"),
        ("2023-07/2024-07", "2023-07/2024-07"),
        ("1915-XX-XX", "1915-XX-XX"),
    ],
)
def test_edtf(value: str, edtf: str) -> None:
    assert calendar.to_edtf(value) == edtf


@pytest.mark.parametrize(
    "value", ["P1Y", "PRESENT_REF", "XXXX-WXX-2", "2024-13", "2023-02-29", "2024-07-09T25:00", "2024-W60", ""]
)
def test_what_is_no_calendar_date_has_no_edtf_and_no_interval(value: str) -> None:
    assert calendar.to_edtf(value) is None
    assert calendar.interval(value) is None


@pytest.mark.parametrize(
    ("count", "unit", "value"),
    [
        (36, "H", "PT36H"),
        (5, "MI", "PT5M"),
        (5, "M", "P5M"),
        (2.5, "Y", "P2.5Y"),
        (2, "E", "P20Y"),
        (None, "W", "PXW"),
        (None, "H", "PTXH"),
    ],
)
def test_duration_values(count: float | None, unit: str, value: str) -> None:
    assert calendar.duration_value(count, unit) == value


@given(DAYS, st.sampled_from(["D", "W", "M", "Q", "Y"]), st.integers(1, 50))
def test_a_stretch_before_a_day_ends_with_it(day: date, unit: str, count: int) -> None:
    ends = calendar.duration_before(day, unit, count)
    assert ends is not None
    covered = calendar.interval("/".join(ends))
    assert covered is not None
    assert covered.start.date() <= day < covered.end.date()


@given(DAYS)
def test_an_iso_week_is_monday_to_sunday_and_its_weekend_the_last_two_days(day: date) -> None:
    week = calendar.interval(calendar.week_value(day))
    weekend = calendar.interval(f"{calendar.week_value(day)}-WE")
    assert week is not None
    assert weekend is not None
    assert (week.start.isoweekday(), week.end - week.start) == (1, timedelta(7))
    assert week.start.date() <= day < week.end.date()
    assert (weekend.end, weekend.end - weekend.start) == (week.end, timedelta(2))


@given(st.integers(1000, 2998))
def test_a_year_has_53_weeks_when_its_last_days_say_so(year: int) -> None:
    last = date(year, 12, 28).isocalendar().week
    assert calendar.interval(f"{year}-W{last:02d}") is not None
    assert calendar.interval(f"{year}-W{last + 1:02d}") is None
    following, first = calendar.interval(f"{year}-W{last:02d}"), calendar.interval(f"{year + 1}-W01")
    assert following is not None
    assert first is not None
    assert following.end == first.start


@given(st.integers(1000, 2998), st.booleans())
def test_seasons_follow_each_other_without_gap(year: int, south: bool) -> None:
    order = ("FA", "WI", "SP", "SU") if south else ("SP", "SU", "FA", "WI")
    values = [*(f"{year}-{season}" for season in order), f"{year + 1}-{order[0]}"]
    covered = [calendar.interval(value, south) for value in values]
    ends = [c.end for c in covered if c is not None]
    starts = [c.start for c in covered if c is not None]
    assert ends[:-1] == starts[1:]


@given(st.integers(10, 29), st.integers(0, 9))
def test_centuries_hold_ten_decades_and_decades_ten_years(century: int, decade: int) -> None:
    whole, tenth = calendar.interval(str(century)), calendar.interval(f"{century}{decade}")
    assert whole is not None
    assert tenth is not None
    assert whole.start <= tenth.start < tenth.end <= whole.end
    assert (tenth.start.year, tenth.end.year - tenth.start.year) == (century * 100 + decade * 10, 10)
    assert calendar.to_edtf(f"{century}{decade}") == f"{century}{decade}X"


@given(DAYS, DAYS, st.sampled_from(["D", "M", "Y"]))
def test_a_range_covers_both_ends_and_survives_edtf(a: date, b: date, unit: str) -> None:
    first, last = (calendar.at(day, unit) for day in sorted((a, b)))
    value = f"{first}/{last}"
    covered, begin, end = calendar.interval(value), calendar.interval(first), calendar.interval(last)
    assert covered is not None
    assert begin is not None
    assert end is not None
    assert (covered.start, covered.end) == (begin.start, end.end)
    edtf = calendar.to_edtf(value)
    assert edtf is not None
    back = calendar.from_edtf(edtf)
    assert back is not None
    assert calendar.interval(back) == covered


@given(st.integers(-14 * 60, 14 * 60))
def test_offsets_are_read_as_they_are_written(minutes: int) -> None:
    hours, rest = divmod(abs(minutes), 60)
    written = f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
    assert calendar.utc_offset(written) == timedelta(minutes=minutes)
    assert calendar.utc_offset(written.replace(":", "")) == timedelta(minutes=minutes)
