"""The customers, the addresses that find them, their memberships, and the matches proposed for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from pydantic_core import to_json

from domain.customer import events as e
from domain.customer.addresses import DEFAULT_TRUST, CustomerAddress
from domain.customer.memberships import memberships_at
from domain.customer.state import Customer, evolve
from domain.envelope import RecordedEvent
from domain.messages import Event
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import ClampedInt, JsonText, Table

_EVENTS: frozenset[type[Event]] = frozenset(get_args(e.CustomerEvent))
"""The events of who a customer is; those of what a customer does change no row here."""
TENANT_SCOPE = ""
"""The scope of an address that means the same everywhere in the tenant, as a column of the key holds it."""


@dataclass(slots=True)
class KnownCustomer:
    """A customer now. ``registered_at`` is when it happened (UTC); ``version`` is the stream's.

    ``merged_into`` is the customer that a merge points to; it may be merged itself. ``absorbed`` are the customers that
    were merged into this one directly. ``details`` is an object of further fields.
    """

    customer: UUID
    name: str | None
    tier: str | None
    external_reference: str | None
    registered_at: datetime | None
    version: int
    party: str
    merged_into: UUID | None
    absorbed: list[UUID]
    details: JsonText


@dataclass(slots=True)
class StoredCustomer(KnownCustomer):
    """``begun_at`` is the instant of the earliest event of the stream.

    From ``settled_at`` on the row says who the customer was. None: it does not, an event was recorded out of turn.
    """

    begun_at: datetime
    settled_at: datetime | None


@dataclass(slots=True)
class StoredAddress:
    """An address of a customer; other customers may have it too. A scope of TENANT_SCOPE is the tenant.

    ``added_at`` is when the customer got it; adding it again as shared does not change it.
    """

    customer: UUID
    channel: str
    handle: str
    key: str
    added_at: datetime
    scope: str
    key_version: ClampedInt
    trust: str
    shared: bool


@dataclass(slots=True)
class StoredMembership:
    """A person belongs to ``organisation``, without a break since ``since``."""

    customer: UUID
    organisation: UUID
    role: str | None
    main: bool
    since: datetime


@dataclass(slots=True)
class StoredMatch:
    """A match that was proposed for a customer, or refused. ``state`` is proposed, accepted or refused."""

    customer: UUID
    other: UUID
    state: str
    because: str | None
    alike: list[str]
    proposed_at: datetime | None


StoredRow = StoredCustomer | StoredAddress | StoredMembership | StoredMatch


def fold(stream: Stream, _inputs: FoldInputs) -> list[StoredRow]:
    """The customer's row, and a row for each address, membership and match."""
    customer = Customer()
    registered: RecordedEvent | None = None
    proposals: dict[UUID, RecordedEvent] = {}
    events = [event for event in stream.all if type(event.payload) in _EVENTS]
    for event in events:
        payload = event.payload
        customer = evolve(customer, _with_trust(event), event.occurred_at)
        if isinstance(payload, e.CustomerRegistered):
            registered = event
        elif isinstance(payload, e.MatchProposed):
            proposals[payload.other] = event
    last = stream.all[-1]
    if stream.erased:  # it has no address that finds it, and no match that can be answered
        customer = customer._replace(addresses=(), matches=())
    return [
        _row(last, customer, registered, min(event.occurred_at for event in stream.all), _settled_at(events)),
        *_parts(last.stream, customer),
        *_matches(last.stream, customer, proposals),
    ]


def _with_trust(event: RecordedEvent) -> e.CustomerEvent:
    """The event; an address from before trust was recorded is trusted by the kind of its actor."""
    payload: e.CustomerEvent = event.payload
    if isinstance(payload, e.AddressAdded) and payload.trust is None:
        return payload.model_copy(update={"trust": DEFAULT_TRUST[event.envelope.actor.kind]})
    return payload


def _settled_at(events: Sequence[RecordedEvent]) -> datetime | None:
    """The instant of the last event; None where an earlier one happened later."""
    instants = [event.occurred_at for event in events]
    return instants[-1] if instants and instants == sorted(instants) else None


def _row(
    last: RecordedEvent,
    customer: Customer,
    registered: RecordedEvent | None,
    begun_at: datetime,
    settled_at: datetime | None,
) -> StoredCustomer:
    return StoredCustomer(
        customer=last.stream,
        name=customer.name,
        tier=customer.tier,
        external_reference=registered.payload.external_reference if registered else None,
        registered_at=registered.occurred_at if registered else None,
        version=last.version,
        party=customer.party,
        merged_into=customer.merged_into,
        absorbed=[absorbed for absorbed, _ in customer.absorptions],
        details=to_json(dict(customer.details)).decode(),
        begun_at=begun_at,
        settled_at=settled_at,
    )


def _parts(stream: UUID, customer: Customer) -> Iterator[StoredRow]:
    addresses = (_address(stream, address) for address in customer.addresses)
    yield from {(each.channel, each.handle, each.scope): each for each in addresses}.values()
    for membership in memberships_at(customer.memberships):
        yield StoredMembership(stream, *membership)


def _address(stream: UUID, address: CustomerAddress) -> StoredAddress:
    return StoredAddress(
        customer=stream,
        channel=address.channel,
        handle=address.handle,
        key=address.key,
        added_at=address.added_at,
        scope=TENANT_SCOPE if address.scope is None else address.scope,
        key_version=address.key_version,
        trust=address.trust or DEFAULT_TRUST["system"],
        shared=address.shared,
    )


def _matches(stream: UUID, customer: Customer, proposals: dict[UUID, RecordedEvent]) -> Iterator[StoredMatch]:
    for match in customer.matches:
        proposal = proposals.get(match.other)
        yield StoredMatch(
            customer=stream,
            other=match.other,
            state=match.state,
            because=proposal.payload.because if proposal else None,
            alike=list(proposal.payload.alike) if proposal else [],
            proposed_at=proposal.occurred_at if proposal else None,
        )


CUSTOMERS = Projection(
    name="customers",
    version=5,
    kinds=frozenset({"customer"}),
    tables=(
        Table(
            "customers",
            StoredCustomer,
            key=("customer",),
            indexes=(
                "(merged_into) where merged_into is not null",
                "(registered_at, customer) where merged_into is null and registered_at is not null",
            ),
        ),
        Table(
            "customer_addresses",
            StoredAddress,
            key=("customer", "channel", "handle", "scope"),
            indexes=("(channel, key)",),
        ),
        Table(
            "customer_memberships",
            StoredMembership,
            key=("customer", "organisation"),
            indexes=("(organisation)",),
        ),
        Table(
            "customer_matches",
            StoredMatch,
            key=("customer", "other"),
            indexes=("(proposed_at, customer, other) where state = 'proposed'",),
        ),
    ),
    fold=fold,
)
