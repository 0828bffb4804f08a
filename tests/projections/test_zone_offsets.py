"""When the offset of a zone changes, to the second."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.zones import zone_named
from projections.scope.zone_offsets import OffsetChange, offset_at, offset_changes

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca")
INSTANTS = st.integers(0, (LAST - FIRST) // timedelta(seconds=1) - 1).map(
    lambda second: FIRST + timedelta(seconds=second)
)


def test_the_changes_of_a_year_are_those_of_summer_time() -> None:
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert offset_changes(zone_named("Europe/Berlin"), *year) == (
        OffsetChange(datetime(2026, 3, 29, 1, tzinfo=UTC), before=3_600, after=7_200),
        OffsetChange(datetime(2026, 10, 25, 1, tzinfo=UTC), before=7_200, after=3_600),
    )
    assert offset_changes(zone_named("Asia/Ho_Chi_Minh"), *year) == ()


@given(st.sampled_from(ZONES), INSTANTS)
def test_the_last_change_before_an_instant_says_its_offset(name: str, at: datetime) -> None:
    zone = zone_named(name)
    before = [change for change in offset_changes(zone, FIRST, LAST) if change.at <= at]
    assert (before[-1].after if before else offset_at(zone, FIRST)) == offset_at(zone, at)


@given(st.sampled_from(ZONES))
def test_each_change_begins_where_the_one_before_it_ended_and_at_its_second(name: str) -> None:
    zone = zone_named(name)
    changes = offset_changes(zone, FIRST, LAST)
    assert all(change.before == earlier.after for earlier, change in pairwise(changes))
    for change in changes:
        assert change.before == offset_at(zone, change.at - timedelta(seconds=1)) != change.after
