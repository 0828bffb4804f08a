"""The clocks of one ticket with their explanations, computed from the log on demand."""

from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.event_log import reader
from domain.sla.clock.clock import clocks
from domain.sla.clock.corrections import correction_of, corrections_in
from domain.sla.clock.explain import Explanation, explain
from domain.sla.policy.published import policy_history_of
from projections.sla.ticket_histories import histories_of


def ticket_clocks(
    connection: Connection, tenant: str, ticket: UUID, *, at: datetime, known_at: datetime | None = None
) -> list[Explanation]:
    """A ticket's target instances at an instant, by all that is known or was at ``known_at``; none when unknown.

    By the ticket's history, the published rules and, where they ask for it, its customer's tier.
    """
    up_to = reader.head(connection, tenant) if known_at is None else reader.position_at(connection, tenant, known_at)
    policy_history = policy_history_of(reader.rules(connection, tenant, up_to))
    explained: list[Explanation] = []
    for history, tiers in histories_of(connection, tenant, [ticket], up_to, policy_history):
        corrections = corrections_in(history, at)
        instances = clocks(history, policy_history, at, tiers)
        explained += [explain(instance, correction_of(instance, corrections)) for instance in instances]
    return explained
