"""The way of a command to the database of its tenant."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from psycopg import Connection

from api.api_keys import desk_tenants
from api.database import data_folder, database
from api.database_roles import under
from api.migrations import migrate
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.roles import READER
from domain.event_log.schema import schema_of
from domain.zones import TimeZone, UnknownZone, zone_named


class UsageError(Exception):
    """What the command was told cannot be used; the message is a sentence that says how to mend it."""


@contextmanager
def open_or_create(data: Path | None, tenant: str) -> Iterator[str]:
    """The conninfo of a database in which everything of the tenant is there, made now if need be: the login's own."""
    _check(tenant)
    with database(data) as dsn:
        migrate(dsn, tenant)
        yield dsn


@contextmanager
def open_existing(data: Path | None, tenant: str, role: str = READER) -> Iterator[str]:
    """The conninfo of a database that has the tenant, for the work of a role. Raises UsageError when it has not."""
    with open_if_there(data, tenant, role) as dsn:
        if dsn is None:
            raise UsageError(
                f"There is no tenant {tenant!r} here: make it with `migrate --tenant {tenant}`, or choose --data."
            )
        yield dsn


@contextmanager
def open_if_there(data: Path | None, tenant: str, role: str) -> Iterator[str | None]:
    """The conninfo of a database that has the tenant, for the work of a role; None when there is no such tenant, or no
    database at all.
    """
    _check(tenant)
    if not os.environ.get("DATABASE_URL") and not data_folder(data).exists():
        yield None
        return
    with database(data) as dsn:
        address = under(dsn, role)
        with connected(address) as connection:
            there = tenant in desk_tenants(connection)
        yield address if there else None


@contextmanager
def connected(dsn: str) -> Iterator[Connection]:
    """A connection in autocommit that speaks UTC."""
    with connect(dsn, ADMINISTRATION) as connection:
        yield connection


def zone_of(name: str) -> TimeZone:
    """The zone of that name. Raises UsageError."""
    try:
        return zone_named(name)
    except UnknownZone as error:
        raise UsageError(f"--zone {name!r} is no IANA time zone; write one like {error.meant}.") from None


def in_zone(time: datetime | None, zone: TimeZone) -> datetime | None:
    """The instant of a time given by a person."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=zone)


def _check(tenant: str) -> None:
    try:
        schema_of(tenant)
    except ValueError as error:
        raise UsageError(f"{error}.") from None
