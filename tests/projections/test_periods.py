"""Days, weeks and months begin where people say they do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from projections.periods import Every, period_bounds

HO_CHI_MINH, BERLIN, BEIRUT = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Beirut")


@pytest.mark.parametrize(
    ("every", "local"),
    [
        ("day", [date(2026, 2, 27) + timedelta(days=number) for number in range(6)]),
        ("week", [date(2026, 2, 27), date(2026, 3, 2), date(2026, 3, 4)]),
        ("month", [date(2026, 2, 27), date(2026, 3, 1), date(2026, 3, 4)]),
    ],
)
def test_outer_periods_are_cut_at_the_first_and_the_last_day(every: Every, local: list[date]) -> None:
    bounds = period_bounds(date(2026, 2, 27), date(2026, 3, 3), every, HO_CHI_MINH)
    assert [bound.astimezone(HO_CHI_MINH).date() for bound in bounds] == local


def test_a_day_has_23_or_25_hours_when_the_clocks_change() -> None:
    spring = period_bounds(date(2026, 3, 28), date(2026, 3, 30), "day", BERLIN)
    autumn = period_bounds(date(2026, 10, 24), date(2026, 10, 26), "day", BERLIN)
    assert [(end - start) / timedelta(hours=1) for start, end in pairwise(spring)] == [24, 23, 24]
    assert [(end - start) / timedelta(hours=1) for start, end in pairwise(autumn)] == [24, 25, 24]


def test_a_day_without_a_midnight_begins_when_the_clocks_have_moved() -> None:
    start, _ = period_bounds(date(2026, 3, 29), date(2026, 3, 29), "day", BEIRUT)
    assert start == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert start.astimezone(BEIRUT).hour == 1


def test_a_last_day_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="lies before the first"):
        period_bounds(date(2026, 3, 2), date(2026, 3, 1), "day", BERLIN)
