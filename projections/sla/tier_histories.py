"""Tickets with the tier changes of their customers, for judging them by a policy history."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.sla.clock.clock import TierChange, tiers_of
from domain.sla.policy.policy_history import PolicyHistory
from domain.ticket.timeline import receipt_of
from projections.engine.replay import ROWS_AT_ONCE, streams_where

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
TicketHistory = tuple[Sequence[RecordedEvent], Sequence[TierChange]]
"""A ticket's events, and its customer's tiers where any of the policy histories that it is judged by asks for them."""


def histories_of(
    connection: Connection, tenant: str, tickets: Collection[UUID], up_to: int, policy_history: PolicyHistory
) -> Iterator[TicketHistory]:
    """The histories of some tickets up to a position; a ticket without events is absent."""
    histories = reader.streams(connection, tenant, tickets, up_to)
    return _with_tiers(connection, tenant, list(histories.values()), up_to, (policy_history,))


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
    streams = streams_where(connection, tenant, which, [up_to, after, until])
    for batch in _batches(history for _, history in streams):
        yield from _with_tiers(connection, tenant, batch, up_to, policy_histories)


def _with_tiers(
    connection: Connection,
    tenant: str,
    histories: Sequence[Sequence[RecordedEvent]],
    up_to: int,
    policy_histories: Collection[PolicyHistory],
) -> Iterator[TicketHistory]:
    by_tier = any(policy_history.selects_by_tier for policy_history in policy_histories)
    receipts = [receipt_of(history) if by_tier else None for history in histories]
    owners = [receipt.payload.customer_id if receipt else None for receipt in receipts]
    customers = {owner for owner in owners if owner is not None}
    loaded = reader.streams(connection, tenant, customers, up_to) if customers else {}
    tiers = {customer: tiers_of(history) for customer, history in loaded.items()}
    for history, owner in zip(histories, owners, strict=True):
        yield history, tiers.get(owner, []) if owner else []


def _batches(histories: Iterable[list[RecordedEvent]]) -> Iterator[list[list[RecordedEvent]]]:
    batch: list[list[RecordedEvent]] = []
    size = 0
    for history in histories:
        batch.append(history)
        size += len(history)
        if size >= ROWS_AT_ONCE:
            yield batch
            batch, size = [], 0
    yield batch
