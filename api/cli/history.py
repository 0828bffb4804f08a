"""The history of a ticket, a customer or an actor, as a timeline."""

from datetime import datetime
from functools import partial
from uuid import UUID

from psycopg import Connection

from api.cli.printing import say, show_json, show_table
from api.cli.tenant_database import UsageError
from api.importing.durations import plain_number
from domain.event_log.schema import schema_of
from domain.sla.clock.explain_text import Language
from domain.zones import TimeZone
from projections.audit.queries import AuditEntry, history_of_actor, history_of_customer, history_of_ticket
from projections.audit.sentences import sentence
from projections.audit.table import AUDIT_HISTORY
from projections.engine.checkpoints import position_of
from projections.tickets.queries import tickets
from projections.tickets.table import TICKETS

PAGE = 1_000


def entries(
    connection: Connection,
    tenant: str,
    *,
    ticket: str | None,
    customer: UUID | None,
    actor: str | None,
    limit: int,
    known_at: datetime | None,
    as_of: datetime | None,
) -> list[AuditEntry]:
    """The first ``limit`` events, in recorded order.

    Raises UsageError for a ticket or a customer that is not known, or was not by then, and ProjectionOutdated.
    """
    position_of(connection, tenant, [AUDIT_HISTORY, TICKETS])
    schema = schema_of(tenant)
    if ticket is not None:
        page = partial(
            history_of_ticket, connection, schema, ticket_named(connection, schema, ticket), with_absorbed=True
        )
    elif customer is not None:
        page = partial(history_of_customer, connection, schema, customer)
    else:
        page = partial(history_of_actor, connection, schema, actor or "")
    found: list[AuditEntry] = []
    after: int | None = 0
    while after is not None and len(found) < limit:
        part = page(after=after, limit=min(PAGE, limit - len(found)), known_at=known_at, as_of=as_of)
        found += part.entries
        after = part.next_after
    if not found and actor is None:
        whose = f"the ticket {ticket!r}" if customer is None else f"the customer {customer}"
        raise UsageError(f"Nothing is known of {whose}, or was by then: look at the id, --known-at and --as-of.")
    return found


def show(found: list[AuditEntry], language: Language, zone: TimeZone, *, as_json: bool) -> None:
    """A line for each event, or the events as they are."""
    if as_json:
        show_json(found)
        return
    show_table(
        "History",
        [
            {
                "position": entry.position,
                "happened": entry.occurred_at.astimezone(zone),
                "recorded": "late" if entry.late else entry.recorded_at.astimezone(zone),
                "through": entry.channel,
                "what": sentence(entry, language),
                "why": entry.reason,
            }
            for entry in found
        ],
        "nothing is recorded",
    )
    say(f"Times are of {zone.key}.")


def ticket_named(connection: Connection, schema: str, name: str) -> UUID:
    """The ticket of that id, or of that number in the source. Raises UsageError."""
    try:
        return UUID(name)
    except ValueError:
        written = (name, plain_number(name))  # an import leaves out the blanks between thousands
        pages = (tickets(connection, schema, {"external_reference": one}, limit=2).tickets for one in written)
        found = next(filter(None, pages), [])
    if len(found) == 1:
        return found[0].ticket
    several = ", ".join(str(one.ticket) for one in found)
    raise UsageError(
        f"Several tickets are called {name!r}; name one by its id: {several}."
        if found
        else f"There is no ticket {name!r}: give its id or its number in the source it came from."
    )
