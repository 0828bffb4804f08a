"""What the next contact of a person decides, with many tickets of few people at few instants, in any period."""

from datetime import timedelta
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.customers.survivors import same_person
from projections.customers.table import CUSTOMERS
from projections.first_contact.queries import first_contact_tickets, repeated_contacts
from projections.scope.report_scope import ReportScope
from tests.support.compared_reports import LATER, PROJECTIONS, expected, reported, same
from tests.support.events import CUSTOMER, OTHER_CUSTOMER, START, at, history, received, resolved
from tests.support.examples import examples
from tests.support.filled import SCHEMA, add, filled
from tests.support.first_contact_tickets import WEEK
from tests.support.plain_figures import PlainFigures

HALF_A_WEEK = WEEK // 2
SPAM = e.TicketCancelled(cancelled_by="agent", cancelled_as="spam")


def visit(random: Random, number: int) -> list[RecordedEvent]:
    """A ticket at one of few instants, so that many are equal or a week apart."""
    receipt = random.randrange(12) * HALF_A_WEEK
    customer = random.choice((CUSTOMER, CUSTOMER, OTHER_CUSTOMER))
    opening = at(receipt, received(customer, category=random.choice(("billing", "billing", "Fees"))))
    open_for = random.choice((0, 10, HALF_A_WEEK, WEEK, 3 * WEEK))
    end = random.choice((None, resolved(), resolved(), resolved(), SPAM))
    ending = () if end is None else (at(receipt + open_for, end),)
    return history(opening, *ending, ticket=UUID(int=number), first_position=number * 10)


def test_who_came_back_is_what_plain_python_sees_when_it_compares_all_tickets(database_url: str) -> None:
    with filled(database_url, (*PROJECTIONS, CUSTOMERS)) as connection:

        @settings(max_examples=examples(120))
        @given(st.integers(0, 2**32 - 1).map(Random), st.integers(0, 6), st.integers(1, 12))
        def compared(random: Random, begins: int, lasts: int) -> None:
            tickets = [visit(random, number) for number in range(1, 16)]
            start = START + timedelta(minutes=begins * HALF_A_WEEK)
            scope = ReportScope(start, start + timedelta(minutes=lasts * HALF_A_WEEK))
            plain = PlainFigures(tickets, scope.start, scope.end)
            with connection.transaction(force_rollback=True):
                add(connection, PROJECTIONS, *tickets)
                same(reported(connection, scope), expected(plain))
                statement = repeated_contacts(SCHEMA, same_person(connection, SCHEMA), scope.start, scope.end)
                repeated = {ticket for (ticket,) in connection.execute(statement)}
                judged = first_contact_tickets(connection, SCHEMA, scope, now=LATER, variant="gross")
            assert all(ticket.headline is (ticket.came_back_as is None) for ticket in judged)
            for ticket in plain.tickets:
                if scope.start <= ticket.received_at < scope.end:
                    assert (ticket.id in repeated) is plain.is_repeated(ticket)

        compared()
