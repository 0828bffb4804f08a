"""The times of a membership in a tracked segment, a row each."""

from datetime import datetime

import pytest

from domain.segment.events import SegmentEntered, SegmentLeft
from projections.customer_groups.table import CUSTOMER_GROUPS, SegmentMember
from tests.support.events import CUSTOMER, SYSTEM, Fact, at, history, instant
from tests.support.folded import rows_of


def entered(minute: int, version: int = 1) -> Fact:
    return at(minute, SegmentEntered(segment="Vip  now", definition_version=version, customer_id=CUSTOMER), SYSTEM)


def left(minute: int) -> Fact:
    return at(minute, SegmentLeft(segment="Vip  now", definition_version=1, customer_id=CUSTOMER), SYSTEM)


def members(*facts: Fact) -> list[SegmentMember]:
    return rows_of(SegmentMember, CUSTOMER_GROUPS, history(*facts))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([entered(1)], [(1, None)]),
        ([entered(1), left(4)], [(1, 4)]),
        ([entered(1), left(4), entered(6)], [(1, 4), (6, None)]),
        ([entered(1), entered(3, version=2), left(4)], [(1, 4)]),
        ([entered(1), left(1)], []),
        ([entered(1), left(1), entered(2)], [(2, None)]),
        ([left(1), entered(2), left(5), left(6)], [(2, 5)]),
    ],
)
def test_a_membership_lasts_from_the_first_entry_to_the_departure(
    facts: list[Fact], expected: list[tuple[int, int | None]]
) -> None:
    spans: list[tuple[datetime, datetime | None]] = [
        (instant(since), None if until is None else instant(until)) for since, until in expected
    ]
    assert [(row.since, row.until) for row in members(*facts)] == spans


def test_a_row_names_the_customer_and_the_segment_as_written_and_as_compared() -> None:
    (row,) = members(entered(1), left(4))
    assert (row.customer, row.segment, row.segment_key) == (CUSTOMER, "Vip  now", "Vip now")
