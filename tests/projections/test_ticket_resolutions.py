"""One row a resolution: whose work it is, what its ticket was about, and the last rating given to it."""

from collections.abc import Sequence

from hypothesis import given

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.tickets.resolutions import StoredResolution
from projections.tickets.table import TICKETS, StoredTicket
from tests.support.events import Fact, at, history, instant, received, resolved
from tests.support.folded import rows_of
from tests.support.histories import histories

Log = Sequence[RecordedEvent]


def resolutions(*facts: Fact) -> list[tuple[object, ...]]:
    rows = rows_of(StoredResolution, TICKETS, history(at(0, received()), *facts))
    return [(row.number, row.resolved_at, row.code, row.score, row.rated_at, row.first_rated_at) for row in rows]


def test_each_resolution_keeps_the_last_rating_that_it_was_given() -> None:
    first, second = e.SatisfactionRated(score=2), e.SatisfactionRated(score=5)
    assert resolutions(
        at(1, resolved()),
        at(2, first),
        at(3, second),
        at(4, e.TicketReopened()),
        at(5, resolved("again")),
        at(6, first),
    ) == [(1, instant(1), "solved", 5, instant(3), instant(2)), (2, instant(5), "again", 2, instant(6), instant(6))]


def test_a_rating_before_any_resolution_is_kept_too() -> None:
    assert resolutions(at(1, e.SatisfactionRated(score=4)), at(2, resolved())) == [
        (0, None, None, 4, instant(1), instant(1)),
        (1, instant(2), "solved", None, None, None),
    ]


def test_a_resolution_is_the_work_of_who_held_the_ticket_then_and_is_about_what_the_ticket_was_found_to_be() -> None:
    ticket = history(
        at(0, received(priority="P1", category="login")),
        at(1, e.SatisfactionRated(score=1)),
        at(2, e.TicketAssigned(team="Kỹ  thuật", agent="an")),
        at(3, resolved()),
        at(4, e.TicketReopened()),
        at(5, e.TicketAssigned(team="care", agent="binh")),
        at(6, e.TicketPrioritised(priority="P3")),
        at(7, e.TicketCategorised(category="billing")),
        at(8, resolved()),
    )
    rows = rows_of(StoredResolution, TICKETS, ticket)
    assert [(row.number, row.team, row.agent, row.priority, row.category) for row in rows] == [
        (0, "care", "binh", "P3", "billing"),
        (1, "Kỹ  thuật", "an", "P1", "billing"),
        (2, "care", "binh", "P3", "billing"),
    ]
    assert [row.folded and row.folded[0] for row in rows] == [None, "Kỹ thuật", None]


@given(histories())
def test_a_resolution_says_of_its_ticket_what_the_row_of_the_ticket_says(log: Log) -> None:
    for row in rows_of(StoredResolution, TICKETS, log):
        (ticket,) = rows_of(StoredTicket, TICKETS, log)
        assert (row.customer, row.outcome, row.reopenings) == (ticket.customer, ticket.outcome, ticket.reopenings)
        assert row.told_late is ticket.told_late
