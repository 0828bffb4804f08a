"""Wall times and days of a zone through changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.local_time import local_day, midnight, wall_instant
from domain.zones import zone_named

BERLIN = zone_named("Europe/Berlin")
HALF_PAST_TWO = time(2, 30)


def test_a_wall_time_that_does_not_exist_moves_forward_by_the_gap() -> None:
    assert wall_instant(date(2026, 3, 29), HALF_PAST_TWO, BERLIN).astimezone(BERLIN).strftime("%H:%M") == "03:30"


@pytest.mark.parametrize("fold", [0, 1])
def test_a_wall_time_that_exists_twice_is_the_first(fold: int) -> None:
    wall = HALF_PAST_TWO.replace(fold=fold)
    assert wall_instant(date(2026, 10, 25), wall, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_what_lies_outside_the_calendar_is_its_first_or_its_last() -> None:
    west, east = zone_named("America/New_York"), zone_named("Pacific/Kiritimati")
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert (local_day(first, west), local_day(last, east)) == (date.min, date.max)
    assert (midnight(date.min, BERLIN), wall_instant(date.max, time(23), west)) == (first, last)


def test_nine_o_clock_stays_nine_o_clock_on_both_sides_of_a_change_of_the_clock() -> None:
    assert [wall_instant(date(2026, 3, day), time(9), BERLIN).hour for day in (28, 29)] == [8, 7]


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Ho_Chi_Minh"])
def test_the_day_changes_at_midnight(name: str) -> None:
    zone = zone_named(name)
    for number in range(0, 4_000, 3):
        day = date(2010, 1, 1) + timedelta(days=number)
        begins = midnight(day, zone)
        assert local_day(begins - timedelta.resolution, zone) < day <= local_day(begins, zone)
