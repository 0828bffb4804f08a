"""Periods by name, and the names of periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.scope.named_periods import days_in_words, last_one_over, named_period, period_named_by, period_of
from projections.scope.periods import Every, PeriodRefused

KINDS: list[Every] = ["day", "week", "month", "quarter", "year"]
DAYS = st.dates(date(1901, 1, 1), date(2998, 12, 31))


@pytest.mark.parametrize(
    ("name", "year_begins", "first", "last"),
    [
        ("2026-11-28", 1, date(2026, 11, 28), date(2026, 11, 28)),
        ("2026-W48", 1, date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-W01", 1, date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", 1, date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-11", 1, date(2026, 11, 1), date(2026, 11, 30)),
        ("2028-02", 1, date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-Q4", 1, date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-q4", 1, date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", 1, date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", 4, date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-Q4", 4, date(2027, 1, 1), date(2027, 3, 31)),
        ("2026", 4, date(2026, 4, 1), date(2027, 3, 31)),
        ("2026-Q4", 11, date(2027, 8, 1), date(2027, 10, 31)),
    ],
)
def test_a_name_gives_the_first_and_the_last_day(name: str, year_begins: int, first: date, last: date) -> None:
    period = named_period(name, year_begins)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "name",
    ["", "November", "2026-13", "2026-00", "2026-W00", "2027-W53", "2026-Q5", "2026-02-30", "1850", "3000", "20261128"],
)
def test_what_is_no_period_is_refused_with_examples(name: str) -> None:
    with pytest.raises(PeriodRefused, match="2026-Q4"):
        named_period(name)


@given(DAYS, st.sampled_from(KINDS), st.integers(1, 12))
def test_a_day_lies_in_one_period_of_each_kind_which_its_name_gives_back(
    day: date, kind: Every, year_begins: int
) -> None:
    period = period_of(day, kind, year_begins)
    assert period.first <= day <= period.last
    assert named_period(period.name, year_begins) == period
    assert period_of(period.last + timedelta(days=1), kind, year_begins).first == period.last + timedelta(days=1)
    assert named_period(period_named_by(period.first, period.last, year_begins), year_begins)[1:] == period[1:]


def test_the_last_period_that_is_over_is_the_one_before_that_of_the_day() -> None:
    today = date(2027, 1, 1)
    assert [last_one_over(today, kind).name for kind in KINDS] == [
        "2026-12-31",
        "2026-W52",
        "2026-12",
        "2026-Q4",
        "2026",
    ]
    assert last_one_over(today, "quarter", 4).name == "2026-Q3"
    assert period_named_by(date(2026, 1, 2), date(2026, 1, 5)) == "2026-01-02 - 2026-01-05"


@pytest.mark.parametrize(
    ("name", "vietnamese"),
    [
        ("2026-11-28", "28/11/2026"),
        ("2026-W48", "tuần 48/2026 (23/11 - 29/11)"),
        ("2026-W01", "tuần 01/2026 (29/12 - 04/01)"),
        ("2026-11", "tháng 11/2026"),
        ("2026-Q4", "quý 4/2026"),
        ("2026", "năm 2026"),
    ],
)
def test_a_period_is_called_as_people_call_it_and_by_its_name_in_english(name: str, vietnamese: str) -> None:
    period = named_period(name)
    assert days_in_words(period.first, period.last, 1, "vi") == vietnamese
    assert days_in_words(period.first, period.last, 1, "en") == name


def test_days_that_are_no_period_are_said_by_the_first_and_the_last() -> None:
    first, last = date(2026, 1, 2), date(2026, 1, 5)
    assert days_in_words(first, last, 1, "vi") == "02/01/2026 - 05/01/2026"
    assert days_in_words(first, last, 1, "en") == "2026-01-02 - 2026-01-05"
