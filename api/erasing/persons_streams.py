"""The streams that hold a person's data, by projections that have caught up with the log."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.customer.address_claim import address_stream
from domain.customer.address_keys import NOBODY, WrittenAddress, keys_of
from domain.customer.events import AddressAdded, AddressClaimed, AddressRekeyed
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.text_folding import fold_code

SQL = sql_file("api.erasing", "erasing.sql")
HOLDING_DATA = frozenset(
    {"customer", "ticket", "contract", "usage", "feedback", "file", "segment", "notification", "procedure", "task"}
)
"""The kinds of streams that belong to one customer. Addresses are shared; claims hold ids alone."""


class PersonsStream(NamedTuple):
    """A stream that holds data of a person, its kind, and the customer whose data it is among those of the person.

    Commands name it by ``stream``. It is stored as ``stored``, which differs where ids of addresses are blinded.
    """

    stream: UUID
    kind: str
    customer: UUID
    stored: UUID


def own_stream(stream: UUID, kind: str, survivor: UUID) -> PersonsStream:
    """A stream that is of one person alone."""
    return PersonsStream(stream, kind, stream if kind == "customer" else survivor, stream)


def streams_of_person(connection: Connection, tenant: str, customers: Sequence[UUID]) -> list[PersonsStream]:
    """The streams of the customers that are one person, the survivor first.

    Those that name one of them, those about these, and their addresses, each once for every owner.
    """
    kinds = dict.fromkeys(customers, "customer")
    owned = connection.execute(SQL["owned streams"].of(tenant), {"customers": list(customers)})
    new = {stream: kind for stream, kind in owned if kind in HOLDING_DATA} | kinds
    while new:
        kinds |= new
        about = connection.execute(SQL["streams about"].of(tenant), {"streams": list(new)})
        new = {stream: kind for stream, kind in about if stream not in kinds}
    survivor = customers[0]
    return [
        *(own_stream(stream, kind, survivor) for stream, kind in kinds.items()),
        *_addresses(connection, tenant, customers),
    ]


def _addresses(connection: Connection, tenant: str, customers: Collection[UUID]) -> Iterator[PersonsStream]:
    """The streams of the addresses that one of the customers has or had."""
    head = reader.head(connection, tenant)
    histories = reader.streams(connection, tenant, customers, head, [AddressAdded, AddressRekeyed])
    named = {stream for history in histories.values() for event in history for stream in _claims_of(event)}
    encryptor = reader.encryptor(connection, tenant)
    blinding = None if encryptor is None else encryptor.blinding
    stored = {stream if blinding is None else blinding.stream_of(stream): stream for stream in named}
    claims = reader.streams(connection, tenant, stored, head, [AddressClaimed])
    for stream, history in claims.items():
        for customer in {event.payload.customer_id for event in history} & set(customers):
            yield PersonsStream(stored[stream], "address", customer, stream)


def _claims_of(event: RecordedEvent) -> Iterator[UUID]:
    """The streams that an address may have been claimed on, by the key of every version."""
    payload = event.payload
    channel = fold_code(payload.channel)
    written = WrittenAddress(channel, payload.handle, payload.scope)
    recorded = {payload.key or NOBODY, payload.old_key if isinstance(payload, AddressRekeyed) else NOBODY}
    for key in (recorded | set(keys_of(written).values())) - {NOBODY}:
        yield address_stream(channel, key, payload.scope)


def closed_streams(connection: Connection, tenant: str, erasure: UUID) -> dict[UUID, str]:
    """The kind of each stream that an erasure has closed, by the log alone."""
    ((after,),) = connection.execute(SQL["started at"].of(tenant), {"erasure": erasure}).fetchall()
    parameters = {"erasure": str(erasure), "after": after or 0}
    return dict(connection.execute(SQL["closed streams"].of(tenant), parameters).fetchall())
