"""Days of every year: 29 February, and days of the Vietnamese lunar calendar against the known days of Tết."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customer.facts.annual_day import next_occurrence
from domain.customer.facts.lunar_calendar import solar_day

TET = {
    # 1968 and 1985: the north of Vietnam, and all of it, began the year earlier than China. 2007 and 2030: likewise.
    1968: "01-29", 1975: "02-11", 1985: "01-21", 1995: "01-31", 2000: "02-05", 2007: "02-17", 2015: "02-19",
    2016: "02-08", 2017: "01-28", 2018: "02-16", 2019: "02-05", 2020: "01-25", 2021: "02-12", 2022: "02-01",
    2023: "01-22", 2024: "02-10", 2025: "01-29", 2026: "02-17", 2027: "02-06", 2028: "01-26", 2029: "02-13",
    2030: "02-02",
}  # fmt: skip


@pytest.mark.parametrize(("year", "day"), TET.items())
def test_tet_is_on_its_known_day(year: int, day: str) -> None:
    assert solar_day(1, 1, year) == date.fromisoformat(f"{year}-{day}")


@pytest.mark.parametrize(
    ("lunar", "solar"),
    [
        ((15, 8, 2023), date(2023, 9, 29)),  # mid-autumn, after a leap month 2
        ((15, 8, 2025), date(2025, 10, 6)),  # after a leap month 6
        ((15, 7, 2025), date(2025, 9, 6)),
        ((10, 3, 2026), date(2026, 4, 26)),  # the Hùng kings
        ((5, 5, 2026), date(2026, 6, 19)),
        ((30, 12, 2024), date(2025, 1, 28)),  # a last month of 29 days: its last day
        ((1, 12, 2025), date(2026, 1, 19)),
    ],
)
def test_other_known_days_are_where_they_are(lunar: tuple[int, int, int], solar: date) -> None:
    assert solar_day(*lunar) == solar


@given(st.integers(1900, 2099), st.integers(1, 12))
def test_a_lunar_month_has_29_or_30_days(year: int, month: int) -> None:
    first, last = solar_day(1, month, year), solar_day(30, month, year)
    assert last - first in {timedelta(28), timedelta(29)}
    assert solar_day(29, month, year) - first == timedelta(28)


@given(st.integers(1900, 2099))
def test_the_months_of_a_lunar_year_follow_each_other_with_at_most_one_leap_month_between_them(year: int) -> None:
    begins = [solar_day(1, month, year) for month in range(1, 13)] + [solar_day(1, 1, year + 1)]
    gaps = [(later - earlier).days for earlier, later in pairwise(begins)]
    assert all(gap in {29, 30} or gap in {58, 59, 60} for gap in gaps)
    assert sum(gap > 30 for gap in gaps) <= 1


def test_a_birthday_on_29_february_falls_on_28_february_in_common_years() -> None:
    assert next_occurrence(29, 2, date(2026, 1, 1)) == date(2026, 2, 28)
    assert next_occurrence(29, 2, date(2026, 2, 28)) == date(2026, 2, 28)
    assert next_occurrence(29, 2, date(2026, 3, 1)) == date(2027, 2, 28)
    assert next_occurrence(29, 2, date(2027, 3, 1)) == date(2028, 2, 29)


def test_the_next_occurrence_of_a_lunar_birthday_may_lie_in_the_next_solar_year() -> None:
    assert next_occurrence(20, 12, date(2026, 1, 1), lunar=True) == date(2026, 2, 7)
    assert next_occurrence(20, 12, date(2026, 2, 8), lunar=True) == date(2027, 1, 27)
    assert next_occurrence(1, 1, date(2026, 2, 17), lunar=True) == date(2026, 2, 17)
    assert next_occurrence(1, 1, date(2400, 1, 1), lunar=True) is None


@given(st.dates(date(1901, 1, 1), date(2099, 12, 31)), st.integers(1, 30), st.integers(1, 12), st.booleans())
def test_the_next_occurrence_is_the_first_one(start: date, day: int, month: int, lunar: bool) -> None:
    if not lunar and month == 2:
        day = min(day, 29)
    occurrence = next_occurrence(day, month, start, lunar=lunar)
    assert occurrence is not None
    assert start <= occurrence <= start + timedelta(400)
    if occurrence > start:
        assert next_occurrence(day, month, start + timedelta(1), lunar=lunar) == occurrence


@pytest.mark.parametrize("year", [1899, 2101])
def test_the_lunar_calendar_says_which_years_it_knows(year: int) -> None:
    with pytest.raises(ValueError, match="1900 to 2100"):
        solar_day(1, 1, year)
