"""When the clocks of some tickets are due, by the name that figures give a clock."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from psycopg import Connection, sql


def due_instants(
    connection: Connection, schema: str, tickets: Collection[UUID]
) -> dict[tuple[UUID, str], datetime | None]:
    """When each clock is or was due; None while it is paused in time.

    The key is the ticket with ``target/instance``, the fact of a figure over clocks.
    """
    statement = sql.SQL(
        "select ticket, target || '/' || instance, coalesce(due_at, breached_at, late_after) from {}"
        " where ticket = any(%s)"
    ).format(sql.Identifier(schema, "sla_clocks"))
    rows = connection.execute(statement, [list(tickets)]).fetchall()
    return {(ticket, clock): due for ticket, clock, due in rows}
