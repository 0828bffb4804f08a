"""The tiers that count for a ticket over time: its customer's own, or from a merge on those of the survivor."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.customer.events import CustomerMerged, CustomerMergeUndone, CustomerRegistered, TierChanged
from domain.customer.survivors import merges_in, survivor_of
from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.sla.clock.facts import Cause

CHANGING_TIERS: frozenset[type[Event]] = frozenset(
    {CustomerRegistered, TierChanged, CustomerMerged, CustomerMergeUndone}
)
"""The events of a customer after which another tier may count."""


class TierChange(NamedTuple):
    """The tier of the ticket's customer from an instant on; None: it is not known."""

    at: datetime
    cause: Cause
    tier: str | None


def tiers_of(customer: UUID, histories: Mapping[UUID, Sequence[RecordedEvent]]) -> list[TierChange]:
    """The tier changes of a customer in world order, by (occurred_at, position).

    ``histories`` holds the events of the customer, and of those that it was ever merged into, directly or not.
    """
    if customer not in histories:
        return []
    tiers: dict[UUID, str] = {}
    merged_into: dict[UUID, UUID] = {}
    changes: list[TierChange] = []
    last: str | None = None
    for event in sorted(_events(customer, histories), key=_in_world_order):
        match event.payload:
            case CustomerRegistered(tier=tier) | TierChanged(tier=tier):
                tiers[event.stream] = tier
            case CustomerMerged(into=into):
                merged_into[event.stream] = into
            case _:
                merged_into.pop(event.stream, None)
        counts = tiers.get(survivor_of(customer, merged_into))
        if counts != last:
            changes.append(TierChange(event.envelope.occurred_at, Cause(event.topic, event.position), counts))
            last = counts
    return changes


def _events(customer: UUID, histories: Mapping[UUID, Sequence[RecordedEvent]]) -> list[RecordedEvent]:
    """What changes tiers in the history of the customer, and of those that it was ever merged into."""
    chain = [customer]
    for link in chain:  # it grows while it is read
        chain += merges_in(histories.get(link, ())) - set(chain)
    return [event for link in chain for event in histories.get(link, ()) if type(event.payload) in CHANGING_TIERS]


def _in_world_order(event: RecordedEvent) -> tuple[datetime, int]:
    return event.envelope.occurred_at, event.position
