"""Every ticket of the log once, with what judging it takes beside: the tiers that its customer has had."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from uuid import UUID

from psycopg import Connection

from domain.event_log import reading
from domain.event_log.envelope import RecordedEvent
from domain.sla.clock import TierChange, tiers_of
from domain.sla.rulebook import Rulebook
from domain.ticket.timeline import receipt_of
from projections.whole_log import ROWS_AT_ONCE, streams_where

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)


def ticket_histories(
    connection: Connection,
    tenant: str,
    up_to: int,
    rulebooks: Collection[Rulebook],
    after: UUID = FIRST,
    until: UUID = LAST,
) -> Iterator[tuple[Sequence[RecordedEvent], Sequence[TierChange]]]:
    """Each ticket's history up to a position, and its customer's tiers where any of the rulebooks asks for them.

    Of the streams after one id, up to another. The connection must be in a transaction.
    """
    by_tier = any(rulebook.selects_by_tier for rulebook in rulebooks)
    which = "position <= %s and stream > %s and stream <= %s and topic like 'ticket.%%'"
    streams = streams_where(connection, tenant, which, [up_to, after, until])
    for batch in _batches(history for _, history in streams):
        owners = [receipt.payload.customer_id if receipt else None for receipt in map(receipt_of, batch)]
        customers = {owner for owner in owners if owner is not None} if by_tier else set()
        found = reading.streams(connection, tenant, customers, up_to) if customers else {}
        tiers = {customer: tiers_of(history) for customer, history in found.items()}
        for history, owner in zip(batch, owners, strict=True):
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
