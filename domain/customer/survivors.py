"""The survivor of a customer: the customer itself, or the one at the end of its merges."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from domain.customer.events import CustomerMerged, CustomerMergeUndone
from domain.envelope import RecordedEvent


def survivor_of(customer: UUID, merged_into: Mapping[UUID, UUID | None]) -> UUID:
    """Follows the merges from a customer. ``merged_into`` holds at least the merged customers.

    A circle, which only a foreign log can hold, ends where it closes.
    """
    seen = {customer}
    while (into := merged_into.get(customer)) is not None and into not in seen:
        seen.add(into)
        customer = into
    return customer


def merges_in(history: Sequence[RecordedEvent]) -> set[UUID]:
    """Every customer that a customer was ever merged into, by its history; also by a merge that was undone."""
    return {event.payload.into for event in history if type(event.payload) is CustomerMerged}


def merged_into(history: Iterable[RecordedEvent]) -> UUID | None:
    """The customer into which a customer is merged by its history; None while it is its own survivor."""
    into: UUID | None = None
    for event in history:
        match event.payload:
            case CustomerMerged(into=survivor):
                into = survivor
            case CustomerMergeUndone():
                into = None
            case _:
                pass
    return into
