"""A ticket named by its id, by its number in another system, or by the end of its id."""

import re
from uuid import UUID

from psycopg import Connection, sql

from api.cli.usage_error import UsageError
from api.importing.durations import plain_number
from projections.tickets.queries import tickets

_TAIL = re.compile("[0-9a-f]{12}")


def ticket_named(connection: Connection, schema: str, name: str) -> UUID:
    """The ticket of that id, of that number in the source, or of an id that ends so. Raises UsageError."""
    try:
        return UUID(name)
    except ValueError:
        spellings = dict.fromkeys((name, plain_number(name)))  # an import leaves out the blanks between thousands
        pages = (tickets(connection, schema, {"external_reference": word}, limit=2).tickets for word in spellings)
        rows = next(filter(None, pages), [])
    found = [row.ticket for row in rows] or _ending_in(connection, schema, name.lower())
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(map(str, found))
        raise UsageError(f"Several tickets are called {name!r}; name one by its id: {several}.")
    raise unknown_ticket(name)


def _ending_in(connection: Connection, schema: str, tail: str) -> list[UUID]:
    """At most two tickets whose id ends in these 12 digits, as lists and pages show them."""
    if not _TAIL.fullmatch(tail):
        return []
    statement = sql.SQL("select ticket from {}.tickets where right(ticket::text, 12) = %s order by ticket limit 2")
    return [ticket for (ticket,) in connection.execute(statement.format(sql.Identifier(schema)), [tail])]


def unknown_ticket(name: str) -> UsageError:
    """The error for a name that no ticket has."""
    return UsageError(
        f"There is no ticket {name!r}: give its id, the last 12 digits of it, or its number in the source."
    )
