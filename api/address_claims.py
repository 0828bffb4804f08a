"""Claims for addresses that an earlier release recorded without a claim; migrations make them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from uuid import UUID

from psycopg import Connection

from domain.command_context import Actor
from domain.command_handling.decide import EMPTY, fold
from domain.customer.address_claim import address_key, address_stream
from domain.customer.events import AddressClaimed
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.append import Batch, append
from domain.event_log.sql_files import sql_file
from domain.event_log.stream_append import new_events

_SQL = sql_file("api", "address_claims.sql")
ADDRESSES_CLAIMED: dict[str, str] = {"addresses claimed": _SQL["addresses claimed"].text}
"""The table of how far the log's addresses are claimed, for ``make_once``."""

_BY = Actor(id="migration", kind="system")
_AT_ONCE = 500


def claim_addresses(connection: Connection, tenant: str) -> int:
    """Claims each address that a customer has and does not own; returns how many claims were recorded.

    An address of several customers becomes a shared address. Any number of processes may call it at once.
    """
    up_to = {"up_to": reader.head(connection, tenant)}
    customers = connection.execute(_SQL["customers with new addresses"].of(tenant), up_to).fetchall()
    claimed = sum(_claim(connection, tenant, batch) for batch in _batches(stream for (stream,) in customers))
    connection.execute(_SQL["note"].of(tenant), up_to)
    return claimed


def _batches(streams: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(streams)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch


def _claim(connection: Connection, tenant: str, customers: list[UUID]) -> int:
    """Records the claims in one append, which is repeated while others write to the same streams."""
    while True:
        up_to = reader.head(connection, tenant)
        histories = reader.streams(connection, tenant, customers, up_to)
        holders = _holders(histories)
        encryptor = reader.encryptor(connection, tenant)
        blinding = None if encryptor is None else encryptor.blinding
        streams = {address: address_stream(*address) for address in holders}
        if blinding is not None:
            streams = {address: blinding.stream_of(stream) for address, stream in streams.items()}
        claims = reader.streams(connection, tenant, streams.values(), up_to)
        judged = {stream: len(histories[stream]) for stream in customers}
        judged |= {stream: len(claims.get(stream, [])) for stream in streams.values()}
        batch = Batch(judged, [], encryptor)
        now = reader.now(connection)
        for address, stream in streams.items():
            recorded = claims.get(stream, [])
            _add(batch, stream, len(recorded), _missing(address, holders[address], recorded), now)
        batch.seen = [command_id for command_id, *_ in batch.commands]
        if not batch.commands:
            return 0
        if append(connection, tenant, batch).recorded:
            return len(batch.topics)


def _holders(histories: Mapping[UUID, list[RecordedEvent]]) -> dict[tuple[str, str], set[UUID]]:
    """The customers who have each address that was recorded before trust was: later ones were claimed when added."""
    holders: dict[tuple[str, str], set[UUID]] = {}
    for stream, history in histories.items():
        for address in fold(EMPTY, history).state.customer.addresses:
            if address.trust is None:
                holders.setdefault(address_key(address.channel, address.handle), set()).add(stream)
    return holders


def _missing(address: tuple[str, str], holders: set[UUID], recorded: list[RecordedEvent]) -> list[AddressClaimed]:
    """The claims that the holders lack. Where several customers have an address, each claim says that it is shared."""
    owners = dict(fold(EMPTY, recorded).state.owners) if recorded else {}
    if holders <= owners.keys():
        return []
    channel, key = address
    all_of_them = sorted(holders | owners.keys())
    shared = len(all_of_them) > 1
    return [
        AddressClaimed(customer_id=owner, channel=channel, key=key, shared=shared)
        for owner in all_of_them
        if owners.get(owner) != shared
    ]


def _add(batch: Batch, stream: UUID, version: int, claims: list[AddressClaimed], at: datetime) -> None:
    if not claims:
        return
    command_id = f"migration:address-claim:{stream}:{version}"
    events = new_events(stream, version, claims, _BY, command_id, at)
    batch.add_decided(command_id, "address claim", stream, version + len(claims), events)
