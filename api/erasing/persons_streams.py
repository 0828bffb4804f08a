"""The streams that hold a person's data, by projections that have caught up with the log."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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

_SQL = sql_file("api.erasing", "erasing.sql")
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


def streams_of_persons(
    connection: Connection, tenant: str, persons: Mapping[UUID, Sequence[UUID]]
) -> dict[UUID, list[PersonsStream]]:
    """The streams of some persons, each given with the customers that are this person, the survivor first.

    Those that name one of them, those about these, and their addresses, each once for every owner. The number of
    statements does not depend on that of the persons.
    """
    kinds = {(person, member): "customer" for person, members in persons.items() for member in members}
    persons_of = _persons_by_stream(kinds)
    owned = connection.execute(_SQL["owned streams"].of(tenant), {"customers": list(persons_of)})
    new = kinds | {
        (person, stream): kind
        for stream, kind, customer in owned
        if kind in HOLDING_DATA
        for person in persons_of[customer]
    }
    while new:
        kinds |= new
        persons_of_new = _persons_by_stream(new)
        about = connection.execute(_SQL["streams about"].of(tenant), {"streams": list(persons_of_new)})
        new = {
            (person, stream): kind
            for stream, kind, subject in about
            for person in persons_of_new[subject]
            if (person, stream) not in kinds
        }
    streams: dict[UUID, list[PersonsStream]] = {person: [] for person in persons}
    for (person, stream), kind in kinds.items():
        streams[person].append(own_stream(stream, kind, persons[person][0]))
    for person, address in _addresses(connection, tenant, persons_of):
        streams[person].append(address)
    return streams


def _persons_by_stream(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """The persons that each stream is paired with; pairs are a person and a stream."""
    persons: dict[UUID, list[UUID]] = {}
    for person, stream in pairs:
        persons.setdefault(stream, []).append(person)
    return persons


def _addresses(
    connection: Connection, tenant: str, persons_of: Mapping[UUID, Sequence[UUID]]
) -> Iterator[tuple[UUID, PersonsStream]]:
    """The streams of the addresses that one of the customers has or had, each with the person."""
    head = reader.head(connection, tenant)
    histories = reader.streams(connection, tenant, persons_of, head, [AddressAdded, AddressRekeyed])
    named = {stream for history in histories.values() for event in history for stream in _claims_of(event)}
    encryptor = reader.encryptor(connection, tenant)
    blinding = None if encryptor is None else encryptor.blinding
    stored = {stream if blinding is None else blinding.stream_of(stream): stream for stream in named}
    claims = reader.streams(connection, tenant, stored, head, [AddressClaimed])
    for stream, history in claims.items():
        for customer in {event.payload.customer_id for event in history} & persons_of.keys():
            for person in persons_of[customer]:
                yield person, PersonsStream(stored[stream], "address", customer, stream)


def _claims_of(event: RecordedEvent) -> Iterator[UUID]:
    """The streams that an address may have been claimed on, by the key of every version."""
    payload = event.payload
    channel = fold_code(payload.channel)
    written = WrittenAddress(channel, payload.handle, payload.scope)
    recorded = {payload.key or NOBODY, payload.old_key if isinstance(payload, AddressRekeyed) else NOBODY}
    for key in (recorded | set(keys_of(written).values())) - {NOBODY}:
        yield address_stream(channel, key, payload.scope)


def closed_streams(connection: Connection, tenant: str, erasures: Collection[UUID]) -> dict[UUID, dict[UUID, str]]:
    """The kind of each stream that some erasures have closed, by erasure and by the log alone."""
    closed: dict[UUID, dict[UUID, str]] = {erasure: {} for erasure in erasures}
    rows = connection.execute(_SQL["closed streams"].of(tenant), {"erasures": list(erasures)})
    for erasure, stream, kind in rows:
        closed[erasure][stream] = kind
    return closed
