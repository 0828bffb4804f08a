"""Tickets with the tier changes of their customers, for judging them by a policy history."""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from psycopg import Connection

from domain.customer.survivors import merges_in
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.sla.clock.tiers import CHANGING_TIERS, TierChange, tiers_of
from domain.sla.policy.policy_history import PolicyHistory
from domain.sla.policy.published import policy_history_of
from domain.ticket.timeline import owner_of
from projections.engine.fold_inputs import load_related
from projections.engine.replay import batches_where

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
TicketHistory = tuple[Sequence[RecordedEvent], Sequence[TierChange]]
"""A ticket's events, and its customer's tiers where any of the policy histories that it is judged by asks for them."""


def histories_of(
    connection: Connection, tenant: str, tickets: Collection[UUID], up_to: int, policy_history: PolicyHistory
) -> Iterator[TicketHistory]:
    """The histories of some tickets up to a position; a ticket without events is absent."""
    histories = reader.streams(connection, tenant, tickets, up_to)
    return _with_tiers(connection, tenant, list(histories.values()), up_to, (policy_history,))


def histories_with_tiers(
    connection: Connection, tenant: str, streams: Collection[UUID], up_to: int, policy_history: PolicyHistory
) -> Iterator[TicketHistory]:
    """The histories of streams of any kind; those of tickets with the tiers of their customers where a policy asks."""
    histories = reader.streams(connection, tenant, streams, up_to)
    of_tickets = {
        stream: history
        for stream, history in histories.items()
        if policy_history.selects_by_tier and history[0].kind == "ticket"
    }
    yield from ((history, ()) for stream, history in histories.items() if stream not in of_tickets)
    if of_tickets:
        yield from _with_tiers(connection, tenant, list(of_tickets.values()), up_to, (policy_history,))


def ticket_histories(
    connection: Connection,
    tenant: str,
    up_to: int,
    policy_histories: Collection[PolicyHistory],
    after: UUID = FIRST,
    until: UUID = LAST,
) -> Iterator[TicketHistory]:
    """Every ticket whose id is greater than ``after`` and at most ``until``, once, with its events up to a position.

    The connection must be in a transaction.
    """
    which = "position <= %s and stream > %s and stream <= %s and topic like 'ticket.%%'"
    for batch in batches_where(connection, tenant, which, [up_to, after, until]):
        yield from _with_tiers(connection, tenant, batch, up_to, policy_histories)


def _with_tiers(
    connection: Connection,
    tenant: str,
    histories: Sequence[Sequence[RecordedEvent]],
    up_to: int,
    policy_histories: Collection[PolicyHistory],
) -> Iterator[TicketHistory]:
    by_tier = any(policy_history.selects_by_tier for policy_history in policy_histories)
    if not by_tier:
        yield from ((history, []) for history in histories)
        return
    customers = load_related(
        related_customers, histories, lambda ids: reader.streams(connection, tenant, ids, up_to, CHANGING_TIERS)
    )
    for history in histories:
        owner = owner_of(history)
        yield history, tiers_of(owner.customer, customers) if owner else []


def related_customers(history: Sequence[RecordedEvent]) -> Collection[UUID]:
    """The customer of a ticket, or the customers that a customer was ever merged into."""
    owner = owner_of(history)
    return merges_in(history) if owner is None else (owner.customer,)


def customers_with_tiers(rules: Sequence[RecordedEvent], history: Sequence[RecordedEvent]) -> Collection[UUID]:
    """The customers whose tiers count for a ticket: none unless a rule of a policy selects by tier."""
    return related_customers(history) if rules and policy_history_of(rules).selects_by_tier else ()
