"""How a tenant is encrypted, and its key store."""

from psycopg import Connection

from api.key_store.store import PostgresKeyStore
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.encryption import Encryption
from domain.personal_data.data_keys import store_of


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
