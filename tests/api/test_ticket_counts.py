"""A log's tickets are counted once, up to a bound."""

from typing import Any

import pytest

from api.http import ticket_counts
from api.http.ticket_counts import TicketCounts

TICKETS = {"a": [2, 3, 7, 9], "b": [1]}
"""The positions of the tickets of each tenant."""
NOWHERE: Any = None


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int, int]]:
    """The tenant, the positions and the bound of each count."""
    counts: list[tuple[str, int, int, int]] = []

    def counted(_: object, tenant: str, up_to: int, most: int, *, after: int) -> int:
        counts.append((tenant, after, up_to, most))
        return min(most, sum(after < position <= up_to for position in TICKETS[tenant]))

    monkeypatch.setattr(ticket_counts, "how_many_tickets", counted)
    return counts


def test_a_later_count_reads_what_was_recorded_since(read: list[tuple[str, int, int, int]]) -> None:
    counts = TicketCounts()
    above = [counts.is_above(3, NOWHERE, "a", up_to) for up_to in (4, 8, 8, 6, 9)]
    assert above == [False, False, False, False, True]
    assert read == [("a", 0, 4, 4), ("a", 4, 8, 2), ("a", 8, 9, 1)]


def test_what_is_above_the_bound_is_not_counted_again(read: list[tuple[str, int, int, int]]) -> None:
    counts = TicketCounts()
    assert [counts.is_above(1, NOWHERE, "a", up_to) for up_to in (4, 8)] == [True, True]
    assert not counts.is_above(1, NOWHERE, "b", 8)
    assert read == [("a", 0, 4, 2), ("b", 0, 8, 2)]
