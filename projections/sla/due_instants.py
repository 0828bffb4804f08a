"""When the clocks of some tickets are due, by the name that figures give a clock."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.event_log.sql_files import sql_file

_SQL = sql_file("projections.sla", "sla.sql")


def due_instants(
    connection: Connection, schema: str, tickets: Collection[UUID]
) -> dict[tuple[UUID, str], datetime | None]:
    """When each clock is or was due; None while it is paused in time.

    The key is the ticket with ``target/instance``, the fact of a figure over clocks.
    """
    statement = _SQL["due instants"].filled(schema=schema)
    rows = connection.execute(statement, {"tickets": list(tickets)}).fetchall()
    return {(ticket, clock): due for ticket, clock, due in rows}
