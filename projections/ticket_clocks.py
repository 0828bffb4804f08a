"""The clocks of one ticket, each explained, worked out from the log at the moment of asking."""

from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.event_log import reading
from domain.sla.clock import clocks, tiers_of
from domain.sla.correcting import correction_of, corrections_in
from domain.sla.explain import Explanation, explain
from domain.sla.published_rules import rulebook_of
from domain.ticket.timeline import receipt_of


def ticket_clocks(
    connection: Connection, tenant: str, ticket: UUID, *, at: datetime, known_at: datetime | None = None
) -> list[Explanation]:
    """A ticket's target instances at an instant, by all that is known or was at ``known_at``; none when unknown.

    By the ticket's history, the published rules and, where they ask for it, its customer's tier.
    """
    up_to = reading.head(connection, tenant) if known_at is None else reading.position_at(connection, tenant, known_at)
    receipt = receipt_of(history := reading.streams(connection, tenant, [ticket], up_to).get(ticket, []))
    if receipt is None:
        return []
    rulebook = rulebook_of(reading.rules(connection, tenant, up_to))
    customer = receipt.payload.customer_id
    beside = reading.streams(connection, tenant, [customer], up_to) if rulebook.selects_by_tier else {}
    instances = clocks(history, rulebook, at, tiers_of(beside.get(customer, [])))
    corrections = corrections_in(history, at)
    return [explain(instance, at, correction_of(instance, corrections)) for instance in instances]
