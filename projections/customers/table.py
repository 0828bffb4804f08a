"""The customers, and the addresses that find them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.customer import events as e
from domain.text_folding import fold_code
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table


@dataclass(slots=True)
class StoredCustomer:
    """A customer now. ``registered_at`` is when it happened (UTC); ``version`` is the stream's.

    ``merged_into`` is the customer that a merge points to; it may be merged itself.
    """

    customer: UUID
    name: str | None
    tier: str | None
    external_reference: str | None
    registered_at: datetime | None
    version: int
    party: str
    merged_into: UUID | None


@dataclass(slots=True)
class StoredAddress:
    """An address of a customer. Two customers may share a telephone.

    ``added_at`` is when the customer got it; adding it again as shared does not change it.
    """

    customer: UUID
    channel: str
    handle: str
    key: str
    added_at: datetime


def fold(stream: Stream, _inputs: FoldInputs) -> list[StoredCustomer | StoredAddress]:
    """The customer's row, and a row for each address."""
    last = stream.all[-1]
    customer = StoredCustomer(last.stream, None, None, None, None, last.version, "person", None)
    addresses: dict[tuple[str, str], datetime] = {}
    for event in stream.all:
        payload = event.payload
        match payload:
            case e.CustomerRegistered():
                customer.name, customer.tier, customer.party = payload.name, payload.tier, payload.party
                customer.external_reference = payload.external_reference
                customer.registered_at = event.occurred_at
            case e.CustomerDetailsChanged():
                customer.name = payload.name
            case e.TierChanged():
                customer.tier = payload.tier
            case e.AddressAdded():
                addresses.setdefault((payload.channel, payload.handle), event.occurred_at)
            case e.AddressRemoved():
                addresses.pop((payload.channel, payload.handle), None)
            case e.CustomerMerged():
                customer.merged_into = payload.into
            case e.CustomerMergeUndone():
                customer.merged_into = None
            case _:
                pass
    return [
        customer,
        *(
            StoredAddress(last.stream, channel, handle, fold_code(handle), added_at)
            for (channel, handle), added_at in addresses.items()
        ),
    ]


CUSTOMERS = Projection(
    name="customers",
    version=2,
    kinds=frozenset({"customer"}),
    tables=(
        Table(
            "customers",
            StoredCustomer,
            key=("customer",),
            indexes=("(merged_into) where merged_into is not null",),
        ),
        Table(
            "customer_addresses",
            StoredAddress,
            key=("customer", "channel", "handle"),
            indexes=("(channel, key)",),
        ),
    ),
    fold=fold,
)
