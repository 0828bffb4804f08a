"""The tickets of a customer in short: how many there are, and the newest."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from domain.event_log.sql_files import sql_file
from projections.engine.table import selected
from projections.tickets.table import TicketRow

_SQL = sql_file("projections.tickets", "tickets.sql")


class TicketsOfCustomer(BaseModel):
    """``open`` counts those before their resolution; ``newest`` are the last received, the newest first."""

    model_config = ConfigDict(frozen=True)

    total: int
    open: int
    reopened: int
    last_received_at: datetime | None
    newest: list[TicketRow]


def tickets_of(connection: Connection, schema: str, customers: Sequence[UUID], newest: int) -> TicketsOfCustomer:
    """The tickets of some customers, who are one: the first is the survivor."""
    parameters = {"of": list(customers), "limit": newest}
    counted = _SQL["counts of customers"].filled(schema=schema)
    latest = _SQL["newest of customers"].composed(schema, columns=selected(TicketRow))
    with connection.cursor() as summary, connection.cursor(row_factory=class_row(TicketRow)) as tickets:
        with connection.pipeline():
            summary.execute(counted, parameters)
            tickets.execute(latest, parameters)
        total, open_, reopened, last = summary.fetchone() or (0, 0, 0, None)
        rows = tickets.fetchall()
    for row in rows:
        row.customer = customers[0]
    return TicketsOfCustomer(total=total, open=open_, reopened=reopened, last_received_at=last, newest=rows)


def ticket_ids_of(connection: Connection, schema: str, customers: Collection[UUID]) -> list[UUID]:
    """The tickets that some customers have now, or that were theirs before a correction."""
    statement = _SQL["ids of customers"].filled(schema=schema)
    return [row[0] for row in connection.execute(statement, {"of": list(customers)}).fetchall()]


def last_tickets(connection: Connection, schema: str, customers: Collection[UUID]) -> dict[UUID, datetime]:
    """When the last ticket of each customer, or of one merged into it, was received; one without tickets is absent."""
    statement = _SQL["last tickets"].filled(schema=schema)
    return dict(connection.execute(statement, {"customers": list(customers)}).fetchall())


def summary_of(tickets: Collection[TicketRow], newest: int) -> TicketsOfCustomer:
    """The same from rows."""
    rows = sorted(tickets, key=lambda row: (row.received_at, row.ticket), reverse=True)
    return TicketsOfCustomer(
        total=len(rows),
        open=sum(row.open for row in rows),
        reopened=sum(row.reopenings > 0 for row in rows),
        last_received_at=rows[0].received_at if rows else None,
        newest=rows[:newest],
    )
