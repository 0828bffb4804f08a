"""The tickets of a customer, now or at an instant."""

from typing import NamedTuple
from uuid import UUID

from api.http.customer_readings.facts import FactsOf
from projections.tickets.of_customer import TicketsOfCustomer, summary_of, ticket_ids_of, tickets_of
from projections.tickets.queries import ticket_in, tickets
from projections.tickets.table import TICKETS, TicketRow


class OpenAndPast(NamedTuple):
    """The summary, the tickets before their resolution, and the others; each list begins with the newest."""

    summary: TicketsOfCustomer
    open: list[TicketRow]
    past: list[TicketRow]


def tickets_in(facts: FactsOf, newest: int) -> TicketsOfCustomer:
    """How many tickets there are, and the newest."""
    if facts.reader.is_point_in_time:
        return summary_of(_folded(facts), newest)
    return tickets_of(facts.view.connection, facts.view.schema, facts.customers, newest)


def open_and_past_in(facts: FactsOf, most: int) -> OpenAndPast:
    """The tickets of the customer, at most ``most`` in each list."""
    if facts.reader.is_point_in_time:
        folded = sorted(_folded(facts), key=lambda row: (row.received_at, row.ticket), reverse=True)
        lists = [[row for row in folded if row.open is is_open][:most] for is_open in (True, False)]
        return OpenAndPast(summary_of(folded, 0), *lists)
    view = facts.view
    survivor = facts.customers[0]
    lists = [
        tickets(view.connection, view.schema, {"customer": survivor, "open": is_open}, limit=most).tickets
        for is_open in (True, False)
    ]
    return OpenAndPast(tickets_of(view.connection, view.schema, facts.customers, 0), *lists)


def _folded(facts: FactsOf) -> list[TicketRow]:
    """All tickets of the customers at the instants of the reading."""
    streams = ticket_ids_of(facts.view.connection, facts.view.schema, facts.customers)
    survivor, *_ = facts.customers

    def survivor_of(customer: UUID) -> UUID:
        return survivor if customer in facts.customers else customer

    folded = [ticket_in(rows, survivor_of) for rows in facts.rows_of(TICKETS, streams).values()]
    return [row for row in folded if row is not None and row.customer == survivor]
