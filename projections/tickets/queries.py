"""Queries of tickets: one, and a page."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Literal, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from domain.ids import short_reference
from projections.customers.same_survivor import same_survivor
from projections.customers.survivors import name_survivors
from projections.engine.projection import Row
from projections.engine.table import column_names, selected
from projections.scope.filters import Wanted, all_of
from projections.tickets.table import StoredTicket, TicketRow

_SQL = sql_file("projections.tickets", "tickets.sql")
Cursor = tuple[datetime, UUID]
"""(received_at, ticket) of the last ticket of a page."""
Criterion = Literal[
    "open", "team", "agent", "priority", "category", "channel", "customer", "external_reference", "waiting_for"
]
_COLUMNS = selected(TicketRow)
_values_of = attrgetter(*column_names(TicketRow))


@dataclass(frozen=True, slots=True)
class TicketPage:
    """``next`` is the cursor of the next page; None on the last one."""

    tickets: list[TicketRow]
    next: Cursor | None


def one_ticket(connection: psycopg.Connection, schema: str, ticket: UUID) -> TicketRow | None:
    """One ticket; None when it was not received."""
    return tickets_by_id(connection, schema, [ticket]).get(ticket)


def tickets_by_id(connection: psycopg.Connection, schema: str, ids: Collection[UUID]) -> dict[UUID, TicketRow]:
    """Some tickets; one that was not received is absent."""
    statement = sql.SQL("select {} from {}.tickets where ticket = any(%s)").format(_COLUMNS, sql.Identifier(schema))
    with connection.cursor(row_factory=class_row(TicketRow)) as cursor:
        rows = cursor.execute(statement, [list(ids)]).fetchall()
    name_survivors(connection, schema, rows)
    return {row.ticket: row for row in rows}


def number_of(ticket: TicketRow) -> str:
    """The number that people call a ticket by: that of another system, else the end of its id."""
    return ticket.external_reference or short_reference(ticket.ticket)


def numbers_of(connection: psycopg.Connection, schema: str, ids: Collection[UUID]) -> dict[UUID, str]:
    """The same of some tickets; one that was never received is absent."""
    statement = sql.SQL("select ticket, external_reference from {}.tickets where ticket = any(%s)").format(
        sql.Identifier(schema)
    )
    rows = connection.execute(statement, [list(ids)]).fetchall()
    return {ticket: reference or short_reference(ticket) for ticket, reference in rows}


def ticket_in(rows: Iterable[Row], survivor: Callable[[UUID], UUID]) -> TicketRow | None:
    """The same from the rows of one stream; ``survivor`` gives that of a customer."""
    stored = next((row for row in rows if isinstance(row, StoredTicket)), None)
    if stored is None:
        return None
    ticket = TicketRow(*_values_of(stored))
    ticket.customer = survivor(ticket.customer)
    return ticket


def tickets(
    connection: psycopg.Connection,
    schema: str,
    where: Mapping[Criterion, Wanted],
    *,
    states: Collection[str] | None = None,
    after: Cursor | None = None,
    limit: int,
) -> TicketPage:
    """Newest first. A criterion with the value None finds tickets without one; ``states`` of None: all.

    The tickets of a customer are those of everybody with the same survivor, which the rows name.
    """
    received_at, ticket = after or (None, None)
    wanted: dict[Criterion, Wanted] = dict(where)
    if isinstance(customer := wanted.get("customer"), UUID):
        wanted["customer"] = same_survivor(connection, schema, customer) or [customer]
    statement = _SQL["page"].composed(schema, columns=_COLUMNS, where=all_of(wanted))
    parameters = {
        "states": None if states is None else list(states),
        "received_at": received_at,
        "ticket": ticket,
        "limit": limit + 1,
    }
    with connection.cursor(row_factory=class_row(TicketRow)) as cursor:
        rows = cursor.execute(statement, parameters).fetchall()
    page = rows[:limit]
    name_survivors(connection, schema, page)
    return TicketPage(page, (page[-1].received_at, page[-1].ticket) if len(rows) > limit else None)


class NamedTicket(NamedTuple):
    """The subject of a ticket, and who holds it now."""

    subject: str
    team: str | None
    agent: str | None


def named_tickets(connection: psycopg.Connection, schema: str, tickets: Collection[UUID]) -> dict[UUID, NamedTicket]:
    """The names of some tickets."""
    statement = sql.SQL("select ticket, subject, team, agent from {}.tickets where ticket = any(%s)").format(
        sql.Identifier(schema)
    )
    return {ticket: NamedTicket(*names) for ticket, *names in connection.execute(statement, [list(tickets)])}


def teams_of_tickets(connection: psycopg.Connection, schema: str) -> list[str]:
    """The teams that hold or held tickets, those of open ones first; some in several spellings."""
    return [team for (team,) in connection.execute(_SQL["teams"].filled(schema=schema))]


def is_empty(connection: psycopg.Connection, schema: str) -> bool:
    """Whether no ticket was ever received."""
    statement = sql.SQL("select not exists (select from {}.tickets)").format(sql.Identifier(schema))
    (empty,) = connection.execute(statement).fetchone() or (True,)
    return bool(empty)
