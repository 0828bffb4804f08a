"""What an erasure works with: its runner over a tenant's database and key store."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from api.erasing.run import KEYS_IN_MEMORY, ErasureRunner, Reason
from api.key_store.store import PostgresKeyStore
from domain.command_context import Actor
from domain.command_handling.service_desk import ServiceDesk
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.encryption import Encryption
from domain.event_log.store import LogConnection
from domain.personal_data.data_keys import store_of
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS


class NotEncrypted(LedgerError):  # noqa: N818 -- names the state of things
    """The personal data of the tenant is stored in clear, so that no key can be destroyed."""

    kind = "refused"

    def __init__(self, tenant: str) -> None:
        super().__init__(
            f"the personal data of {tenant} is not encrypted, so that it cannot be erased from the log:"
            " configure a key store and export and import the tenant (docs/how-to/encrypt.md)"
        )


def must_be_encrypted(connection: Connection, tenant: str) -> Encryption:
    """How a tenant is encrypted. Raises NotEncrypted."""
    encryption = reader.encryption(connection, tenant)
    if encryption is None:
        raise NotEncrypted(tenant)
    return encryption


def key_store_of(connection: Connection, tenant: str) -> PostgresKeyStore:
    """The key store of a tenant. Raises NotEncrypted, KeysUnavailable."""
    store = store_of(must_be_encrypted(connection, tenant).key_store)
    assert isinstance(store, PostgresKeyStore)  # noqa: S101 -- a process uses no other kind
    return store


def follow(dsn: str, tenant: str) -> None:
    """Lets the projections catch up with what is recorded now, also where no follower runs."""
    follower = Follower(dsn, tenant, PROJECTIONS)
    try:
        with connect(dsn, ADMINISTRATION) as connection:
            follower.catch_up(reader.head(connection, tenant))
    finally:
        follower.close()


def run_erasures(dsn: str, tenant: str, by: Actor, customers: Sequence[UUID]) -> dict[UUID, Reason]:
    """Runs the erasures of some customers, and gives why each of the others was left.

    Raises NotEncrypted, KeysUnavailable, NotCaughtUp.
    """

    async def run(connection: Connection, follower: Follower) -> dict[UUID, Reason]:
        desk = ServiceDesk(LogConnection(dsn, tenant))
        try:
            keys = key_store_of(connection, tenant)
            runner = ErasureRunner(connection, desk, follower, keys, tenant, by, KEYS_IN_MEMORY)
            return await runner.run(customers)
        finally:
            await desk.close()

    follower = Follower(dsn, tenant, PROJECTIONS)
    with connect(dsn, ADMINISTRATION) as connection:
        try:
            return asyncio.run(run(connection, follower))
        finally:
            follower.close()
