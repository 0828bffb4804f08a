"""The one stream that the page of a ticket shows, at the instants of the visit."""

from functools import partial
from uuid import UUID

from api.http.problems import Problem, unknown_id
from api.http.read_session import ReadSession
from api.screen.page_parameters import id_of
from api.screen.visit import Visit
from domain.envelope import RecordedEvent
from projections.customers.queries import customer_in, names_of
from projections.customers.table import CUSTOMERS
from projections.engine.projection import NO_INPUTS
from projections.engine.stream import Stream
from projections.point_in_time.readings import histories_as_they_were, rows_as_they_were
from projections.tickets.queries import ticket_in
from projections.tickets.table import TICKETS, TicketRow


def ticket_id(visit: Visit) -> UUID:
    """The ticket that the address names. Raises Problem (not_found)."""
    return id_of("ticket_id", visit.path["ticket_id"], unknown="this is no id of a ticket")


def history_of(visit: Visit, session: ReadSession) -> list[RecordedEvent]:
    """The events of the ticket. Raises Problem (not_found)."""
    ticket, reader = ticket_id(visit), visit.reader
    histories = histories_as_they_were(
        session.connection, reader.tenant, [ticket], known_at=reader.known_at, as_of=reader.as_of
    )
    history = histories.get(ticket)
    if history is None or history[0].kind != "ticket":
        raise unknown_id("no ticket")
    return history


def row_of(visit: Visit, session: ReadSession, history: list[RecordedEvent]) -> TicketRow:
    """The ticket as lists and figures see it."""
    row = ticket_in(TICKETS.fold(Stream(history), NO_INPUTS), partial(visit.reader.survivor, session))
    if row is None:
        raise Problem("not_found", "the ticket was not received by then")
    return row


def customer_name(visit: Visit, session: ReadSession, customer: UUID) -> str | None:
    """The name of a customer at the instants of the visit; None without one."""
    reader = visit.reader
    if not visit.is_past:
        return names_of(session.connection, session.schema, [customer]).get(customer)
    then = customer_in(rows_as_they_were(session.connection, reader.tenant, CUSTOMERS, customer, **reader.instants))
    return None if then is None else then.name


def title(visit: Visit, session: ReadSession) -> str:
    """The subject of the ticket."""
    return row_of(visit, session, history_of(visit, session)).subject
