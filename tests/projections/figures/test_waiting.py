"""Tickets that wait, and those that have waited too long."""

from datetime import timedelta
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.figures.waiting import QUIET
from projections.tickets.table import TICKETS
from tests.support.events import START, Fact, at, history, instant, received, resolved
from tests.support.figure_answers import behind, question, the_row
from tests.support.filled import filled

READ = (TICKETS, CUSTOMERS, CUSTOMER_GROUPS)
QUIET_MINUTES = QUIET / timedelta(minutes=1)


def ticket(number: int, *facts: Fact) -> list[RecordedEvent]:
    return history(at(0, received()), *facts, ticket=UUID(int=number), first_position=number * 100)


def held(minute: float, by: float | None = None, waiting_for: str = "customer") -> Fact:
    until = None if by is None else instant(by)
    return at(minute, e.TicketPutOnHold(waiting_for=waiting_for, until=until))


def test_a_wait_is_too_long_after_its_named_end_and_after_72_quiet_hours(database_url: str) -> None:
    now = instant(10 + QUIET_MINUTES)
    over_due = ticket(1, held(20, by=30))
    quiet = ticket(2, held(9.9, waiting_for="internal"))
    in_time = ticket(3, held(10, by=10 + QUIET_MINUTES, waiting_for="third_party"))
    spoken_of = ticket(4, held(1), at(11, e.NoteAdded(body="called")))
    at_work = ticket(5, held(1, by=30), at(2, e.WorkResumed()))
    over = ticket(6, held(1, by=30), at(2, resolved()))
    with filled(database_url, READ, over_due, quiet, in_time, spoken_of, at_work, over) as connection:
        query = question(connection, START, now + timedelta(days=1), now=now)
        row = the_row("waiting", query)
        assert {fact.subject for fact in behind("waiting", "too_long", query)} == {UUID(int=1), UUID(int=2)}
    assert (row.value, row.parts) == (
        2,
        {
            "too_long": 2,
            "over_due": 1,
            "quiet": 1,
            "waiting": 4,
            "for_customer": 2,
            "for_third_party": 1,
            "for_internal": 1,
        },
    )
