"""Tickets named by their id, by their number in another system, or by the end of their id."""

from uuid import UUID

from psycopg import Connection, sql

from api.id_tails import ending_in
from api.importing.durations import plain_number
from projections.tickets.queries import tickets


def tickets_named(connection: Connection, schema: str, name: str) -> list[UUID]:
    """The ticket of that id, else at most two of that number in the source, or of an id that ends so."""
    try:
        return [UUID(name)]
    except ValueError:
        spellings = dict.fromkeys((name, plain_number(name)))  # an import leaves out the blanks between thousands
        pages = (tickets(connection, schema, {"external_reference": word}, limit=2).tickets for word in spellings)
        rows = next(filter(None, pages), [])
    return [row.ticket for row in rows] or ending_in(connection, sql.Identifier(schema, "tickets"), "ticket", name)
