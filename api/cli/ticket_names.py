"""A ticket named by its id or by its number in another system."""

from uuid import UUID

from psycopg import Connection

from api.cli.usage_error import UsageError
from api.importing.durations import plain_number
from projections.tickets.queries import tickets


def ticket_named(connection: Connection, schema: str, name: str) -> UUID:
    """The ticket of that id, or of that number in the source. Raises UsageError."""
    try:
        return UUID(name)
    except ValueError:
        spellings = dict.fromkeys((name, plain_number(name)))  # an import leaves out the blanks between thousands
        pages = (tickets(connection, schema, {"external_reference": word}, limit=2).tickets for word in spellings)
        rows = next(filter(None, pages), [])
    if len(rows) == 1:
        return rows[0].ticket
    several = ", ".join(str(row.ticket) for row in rows)
    if rows:
        raise UsageError(f"Several tickets are called {name!r}; name one by its id: {several}.")
    raise unknown_ticket(name)


def unknown_ticket(name: str) -> UsageError:
    """The error for a name that no ticket has."""
    return UsageError(f"There is no ticket {name!r}: give its id or its number in the source it came from.")
