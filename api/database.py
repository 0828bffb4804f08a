"""The PostgreSQL of the program: the one that DATABASE_URL names, or the embedded one in a data folder."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.embedded_postgres.programs import OLDEST, NoDatabaseError
from api.key_store.setup import KeyStoreAddress, configured, embedded_address, make, make_embedded
from domain.personal_data.data_keys import using

__all__ = ["NoDatabaseError", "data_folder", "database", "key_store_address"]

CONNECT_TIMEOUT = 10  # seconds until the server of DATABASE_URL must have answered


@contextmanager
def database(
    data: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    settings: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The libpq conninfo of a PostgreSQL 15 or newer that serves at least until the block is left.

    DATABASE_URL wins. Otherwise the first user of the data folder starts its embedded server, others join, and the last
    one stops it. `settings` are PostgreSQL's and count if this call starts the server. Processes forked inside the
    block must end before it does. Raises NoDatabaseError, whose message is for a person and holds no password.
    """
    url = environ.get("DATABASE_URL")
    if url:
        _check(url)
        with _keys(configured(environ)):
            yield url
        return
    if os.name != "posix":
        raise NoDatabaseError("The embedded PostgreSQL needs Linux or macOS. Set DATABASE_URL, or use WSL.")
    from api.embedded_postgres.server import embedded  # noqa: PLC0415 -- it imports fcntl, which other systems lack

    folder = data_folder(data, environ)
    with (
        embedded(folder, environ, settings or {}) as conninfo,
        _keys(configured(environ) or embedded_address(conninfo, folder)),
    ):
        yield conninfo


def key_store_address(
    conninfo: str, data: Path | None = None, environ: Mapping[str, str] = os.environ
) -> KeyStoreAddress | None:
    """The key store beside the database of a conninfo that `database` gave, made where it is missing.

    None: DATABASE_URL names the database, and no key store is configured. Raises KeysUnavailable.
    """
    address = configured(environ)
    if address is not None:
        make(address)
    elif not environ.get("DATABASE_URL"):
        address = embedded_address(conninfo, data_folder(data, environ))
        make_embedded(conninfo, address)
    return address


@contextmanager
def _keys(address: KeyStoreAddress | None) -> Iterator[None]:
    """Lets this process use a key store for the block; it connects when a key is needed."""
    if address is None:
        yield
        return
    store = address.store()
    with using(store):
        try:
            yield
        finally:
            store.close()


def data_folder(data: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of the embedded server: `data`, else TICKETLEDGER_DATA, else `ticketledger` in the XDG data home.

    Raises NoDatabaseError when the user has no home.
    """
    if data is not None:
        return data
    if environ.get("TICKETLEDGER_DATA"):
        return Path(environ["TICKETLEDGER_DATA"])
    if os.path.isabs(environ.get("XDG_DATA_HOME", "")):  # noqa: PTH117 -- the specification ignores relative ones, and a Path is never empty
        return Path(environ["XDG_DATA_HOME"]) / "ticketledger"
    home = Path(environ.get("HOME") or "/nonexistent")
    if not home.is_dir():
        raise NoDatabaseError("There is no home folder to keep data in: choose a place with --data DIR.")
    return home / ".local" / "share" / "ticketledger"


def _check(url: str) -> None:
    """Checks that the server answers and is new enough. Raises NoDatabaseError; its message holds no password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its message repeats parts of the address
        raise NoDatabaseError(
            "DATABASE_URL is no address of a PostgreSQL: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        ) from None
    password = str(parts.pop("password", None) or "")
    name = " ".join(f"{part}={parts[part]}" for part in ("host", "port", "dbname", "user") if parts.get(part))
    timeout = parts.get("connect_timeout") or CONNECT_TIMEOUT
    try:
        with psycopg.connect(make_conninfo(url, connect_timeout=timeout)) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        message = (
            f"The PostgreSQL of DATABASE_URL ({name}) cannot be reached: {str(error).strip()}\n"
            "Start it, or unset DATABASE_URL: the program then uses a server of its own."
        )
        raise NoDatabaseError(message.replace(password, "***") if password else message) from None
    if version < OLDEST:
        raise NoDatabaseError(
            f"The PostgreSQL of DATABASE_URL ({name}) is version {version}; ticketledger needs {OLDEST} or newer."
        )
