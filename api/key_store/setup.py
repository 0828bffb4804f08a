"""Where the key store of this program is, and making one."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

from api.key_store.database import SQL
from api.key_store.store import PostgresKeyStore
from api.key_store.wrapping import new_keys, read_keys
from domain.backoff import Backoff, Pauses
from domain.event_log import reader
from domain.event_log.advisory_locks import KEY_STORE_LOCK
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.personal_data.data_keys import KeysUnavailable, stores_in_use

URL, KEY_FILE = "TICKETLEDGER_KEYS_URL", "TICKETLEDGER_KEY_FILE"
"""The environment variables that name the database of the key store and the file of its key-encryption keys."""
DATABASE = "ticketledger_keys"
"""The database of the key store of an embedded server."""
_FILE_NAME = "key_encryption_key"
ENDING, PAUSES = 1.0, Pauses(0.02, 0.1)
"""Seconds in which a session that its program has closed ends in the server, and those between two looks at it."""


class KeyStoreAddress(NamedTuple):
    """The database of a key store, and the file of its key-encryption keys."""

    url: str
    key_file: Path

    def store(self) -> PostgresKeyStore:
        """The key store, which connects when it is used."""
        return PostgresKeyStore(self.url, self.key_file)


def environment_in_use() -> dict[str, str]:
    """The environment variables that name this process's key store, for a child process."""
    stores = [store for store in stores_in_use() if isinstance(store, PostgresKeyStore)]
    return {URL: stores[-1].url, KEY_FILE: str(stores[-1].key_file)} if stores else {}


def configured(environ: Mapping[str, str]) -> KeyStoreAddress | None:
    """The key store that the environment names; None without one. Raises KeysUnavailable when half is missing."""
    url, key_file = environ.get(URL), environ.get(KEY_FILE)
    if not url and not key_file:
        return None
    if not url or not key_file:
        raise KeysUnavailable(f"set both {URL} and {KEY_FILE}, or neither of them")
    return KeyStoreAddress(url, Path(key_file))


def embedded_address(conninfo: str, folder: Path) -> KeyStoreAddress:
    """The key store of the embedded server of a data folder."""
    return KeyStoreAddress(make_conninfo(conninfo, dbname=DATABASE), folder.expanduser().absolute() / _FILE_NAME)


def make_embedded(conninfo: str, address: KeyStoreAddress) -> None:
    """Makes the database, the tables and the file of an embedded server's key store where they are missing."""
    with connect(conninfo, ADMINISTRATION) as connection, KEY_STORE_LOCK.held(connection):
        if connection.execute("select from pg_database where datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
        make(address)


def must_be_unused(conninfo: str, ending: float = ENDING, sleep: Callable[[float], None] = time.sleep) -> None:
    """Raises KeysUnavailable while another program uses the embedded server of a conninfo, ``ending`` seconds long."""
    deadline, backoff = time.monotonic() + ending, Backoff(PAUSES)
    with connect(conninfo, ADMINISTRATION) as connection:
        while connection.execute(SQL["other programs"].filled()).fetchone() != (0,):
            if time.monotonic() > deadline:
                raise KeysUnavailable("programs use the data folder: stop them first")
            sleep(backoff.failed())


def set_aside(conninfo: str, address: KeyStoreAddress) -> str:
    """Renames the database and the file of an embedded server's key store, so that another can be made.

    Returns what is added to their names. Nothing is deleted. Raises KeysUnavailable while programs use the store.
    """
    with connect(conninfo, ADMINISTRATION) as connection, KEY_STORE_LOCK.held(connection):
        ((stamp,),) = connection.execute("select to_char(now() at time zone 'UTC', 'YYYYMMDDHH24MISS')").fetchall()
        names = (sql.Identifier(DATABASE), sql.Identifier(f"{DATABASE}_{stamp}"))
        try:
            connection.execute(sql.SQL("alter database {} rename to {}").format(*names))
        except psycopg.errors.ObjectInUse:
            raise KeysUnavailable("programs use the key store: stop them first") from None
        except psycopg.errors.InvalidCatalogName:
            raise KeysUnavailable("the data folder has no key store") from None
    if address.key_file.exists():
        address.key_file.rename(address.key_file.with_name(f"{address.key_file.name}_{stamp}"))
    return str(stamp)


def put_aside_stores(connection: Connection) -> list[str]:
    """The databases of key stores that were put aside on the server of a connection, the newest first."""
    return [name for (name,) in connection.execute(SQL["put aside"].filled()).fetchall()]


def make(address: KeyStoreAddress) -> None:
    """Makes the tables, the role's rights and the key file where they are missing. Can be repeated.

    A file that is missing is made for a new store only: without its key-encryption key, an old one cannot be used.
    Raises KeysUnavailable.
    """
    try:
        with connect(address.url, ADMINISTRATION) as connection, KEY_STORE_LOCK.in_transaction(connection):
            if connection.execute(SQL["exists"].filled()).fetchone() != (True,):
                connection.execute(SQL["tables"].filled())
            connection.execute(SQL["rights"].filled())
            if connection.execute(SQL["store"].filled()).fetchone() is not None:
                return
            if not address.key_file.exists():
                new_keys().save(address.key_file)
            wrapped_under = read_keys(address.key_file).name.hex()
            connection.execute(SQL["begin"].filled(), {"wrapped_under": wrapped_under})
    except KeysUnavailable:
        raise
    except psycopg.OperationalError:
        raise KeysUnavailable(f"the key store of {URL} cannot be reached") from None


def state_of_encryption(connection: Connection, tenant: str) -> str:
    """Whether a tenant's personal data is encrypted, as a part of a sentence."""
    encryption = reader.encryption(connection, tenant)
    if encryption is None:
        return "not encrypted, because the tenant was made without a key store; migrate --encrypt begins it"
    if encryption.since == 0:
        return "encrypted since the first event"
    return f"encrypted since position {encryption.since + 1}; the events before it are not"
