"""The ticket that a word of the command line names."""

from pathlib import Path
from uuid import UUID

from psycopg import Connection

from api.cli.tenant_database import looked_up
from api.cli.usage_error import UsageError
from api.ticket_names import tickets_named
from domain.event_log.schema import schema_of


def ticket_named(connection: Connection, schema: str, name: str) -> UUID:
    """The one ticket that is called so. Raises UsageError."""
    tickets = tickets_named(connection, schema, name)
    if len(tickets) == 1:
        return tickets[0]
    if tickets:
        several = ", ".join(map(str, tickets))
        raise UsageError(
            f"Several tickets are called {name!r}; name one by its id: {several}.",
            f"Nhiều phiếu có tên {name!r}; hãy ghi mã của một phiếu: {several}.",
        )
    raise unknown_ticket(name)


def look_up_ticket(data: Path | None, tenant: str, name: str) -> UUID:
    """The same by a connection of its own. Raises UsageError."""
    return looked_up(data, tenant, lambda connection: ticket_named(connection, schema_of(tenant), name))


def unknown_ticket(name: str) -> UsageError:
    """The error for a name that no ticket has."""
    return UsageError(
        f"There is no ticket {name!r}: give its id, the last 12 digits of it, or its number in the source.",
        f"Không có phiếu {name!r}: hãy ghi mã phiếu, 12 chữ số cuối của mã, hoặc số phiếu ở hệ thống nguồn.",
    )
