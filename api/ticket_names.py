"""Tickets named by their id, by their number in another system, or by the end of their id."""

import re
from uuid import UUID

from psycopg import Connection, sql

from api.importing.durations import plain_number
from projections.tickets.queries import tickets

_TAIL = re.compile("[0-9a-f]{12}")


def tickets_named(connection: Connection, schema: str, name: str) -> list[UUID]:
    """The ticket of that id, else at most two of that number in the source, or of an id that ends so."""
    try:
        return [UUID(name)]
    except ValueError:
        spellings = dict.fromkeys((name, plain_number(name)))  # an import leaves out the blanks between thousands
        pages = (tickets(connection, schema, {"external_reference": word}, limit=2).tickets for word in spellings)
        rows = next(filter(None, pages), [])
    return [row.ticket for row in rows] or _ending_in(connection, schema, name.lower())


def _ending_in(connection: Connection, schema: str, tail: str) -> list[UUID]:
    """At most two tickets whose id ends in these 12 digits, as lists and pages show them."""
    if not _TAIL.fullmatch(tail):
        return []
    statement = sql.SQL("select ticket from {}.tickets where right(ticket::text, 12) = %s order by ticket limit 2")
    return [ticket for (ticket,) in connection.execute(statement.format(sql.Identifier(schema)), [tail])]
