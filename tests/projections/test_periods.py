"""Days, weeks and months begin where people say they do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from domain.local_time import midnight
from domain.zones import zone_named
from projections.scope.periods import Every, day_ends, labelled_periods, period_bounds

HO_CHI_MINH, BERLIN, BEIRUT = zone_named("Asia/Ho_Chi_Minh"), zone_named("Europe/Berlin"), zone_named("Asia/Beirut")


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


@pytest.mark.parametrize(
    ("every", "labels"),
    [
        ("day", [date(2026, 2, 27) + timedelta(days=number) for number in range(5)]),
        ("week", [date(2026, 2, 23), date(2026, 3, 2)]),
        ("month", [date(2026, 2, 1), date(2026, 3, 1)]),
    ],
)
def test_a_period_is_named_by_its_first_day_also_where_it_is_cut(every: Every, labels: list[date]) -> None:
    start, end = datetime(2026, 2, 26, 17, tzinfo=UTC), datetime(2026, 3, 3, 17, tzinfo=UTC)
    assert [label for label, _ in labelled_periods(start, end, every, HO_CHI_MINH)] == labels


def test_a_day_that_its_zone_skipped_is_a_period_without_an_instant() -> None:
    apia = zone_named("Pacific/Apia")
    start, end = midnight(date(2011, 12, 29), apia), day_ends(date(2011, 12, 31), apia)
    days = labelled_periods(start, end, "day", apia)
    assert [label.day for label, _ in days] == [29, 30, 31]
    assert days[1][1] == days[2][1] == datetime(2011, 12, 30, 10, tzinfo=UTC)
