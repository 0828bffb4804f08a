"""When the clocks of some tickets are due, by the name that figures give a clock."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from psycopg import Connection, sql


def due_instants(
    connection: Connection, schema: str, tickets: Collection[UUID]
) -> dict[tuple[UUID, str], datetime | None]:
    """The instant behind which each clock is late; None while it is paused or has no end in its calendar.

    The key is the ticket with ``target/instance``, the fact of a figure over clocks.
    """
    statement = sql.SQL(
        "select ticket, target || '/' || instance, coalesce(late_after, breached_at, due_at) from {}"
        " where ticket = any(%s)"
    ).format(sql.Identifier(schema, "sla_clocks"))
    rows = connection.execute(statement, [list(tickets)]).fetchall()
    return {(ticket, clock): due for ticket, clock, due in rows}
