"""The survivor of a customer: the customer itself, or the one at the end of its merges."""

from collections.abc import Mapping
from uuid import UUID


def survivor_of(customer: UUID, merged_into: Mapping[UUID, UUID | None]) -> UUID:
    """Follows the merges from a customer. ``merged_into`` holds at least the merged customers.

    A circle, which only a foreign log can hold, ends where it closes.
    """
    seen = {customer}
    while (into := merged_into.get(customer)) is not None and into not in seen:
        seen.add(into)
        customer = into
    return customer
