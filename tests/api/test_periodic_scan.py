"""A scan begins again after its time, and goes on through all its pages."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from api.workers.due import BEGINNING, DueCandidate
from api.workers.periodic_scan import PeriodicScan

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERY = timedelta(minutes=15)
BEHIND = DueCandidate(NOON, UUID(int=7))


@pytest.fixture
def begun() -> PeriodicScan:
    """A scan that began at noon."""
    scan = PeriodicScan(EVERY)
    assert scan.goes_on(NOON, BEGINNING)
    return scan


@pytest.mark.parametrize(("minutes", "begins"), [(0, False), (14, False), (15, True), (16, True), (600, True)])
def test_the_next_scan_begins_when_its_time_has_passed(begun: PeriodicScan, minutes: int, *, begins: bool) -> None:
    assert begun.goes_on(NOON + timedelta(minutes=minutes), BEGINNING) == begins


def test_a_scan_that_has_begun_goes_through_its_pages_and_delays_nothing(begun: PeriodicScan) -> None:
    assert begun.goes_on(NOON + timedelta(minutes=1), BEHIND)
    assert not begun.goes_on(NOON + timedelta(minutes=14), BEGINNING)
    assert begun.goes_on(NOON + EVERY, BEGINNING)


def test_a_clock_that_was_put_back_holds_no_scan_up(begun: PeriodicScan) -> None:
    earlier = NOON - timedelta(hours=1)
    assert begun.goes_on(earlier, BEGINNING)
    assert not begun.goes_on(earlier + timedelta(minutes=14), BEGINNING)
