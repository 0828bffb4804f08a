"""`migrate`: the tables of a tenant and the database roles."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from psycopg import errors

from api.cli.keystore import required_key_store
from api.cli.options import DEFAULT_TENANT, Data, Tenant
from api.cli.printing import say
from api.cli.tenant_database import connected, open_or_create
from api.cli.usage_error import UsageError
from api.database_roles import under
from api.key_store.setup import state_of_encryption
from api.migrations import migrate_roles
from domain.event_log import reader
from domain.event_log.roles import OWNER, grant_writer


def migrate(
    roles: Annotated[
        bool, typer.Option("--roles", help="Also make the database roles that serve, follow and report work under.")
    ] = False,
    writer: Annotated[
        str | None,
        typer.Option(help="A database role that may from now on read the log and call what adds to it, nothing else."),
    ] = None,
    encrypt: Annotated[
        bool | None,
        typer.Option(
            "--encrypt/--without-encryption",
            help="Encrypt personal data from now on, also in a log that has events; or not, in a new tenant."
            " Else a new tenant is encrypted where there is a key store.",
            show_default=False,
        ),
    ] = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Make or complete a tenant's tables.

    It can be repeated at any time.
    """
    with open_or_create(data, tenant, encrypted=encrypt is not False, with_roles=roles, language="en") as dsn:
        if encrypt:
            _encrypt(dsn, tenant, data)
        if roles:
            migrate_roles(dsn)
        if writer is not None:
            _grant(under(dsn, OWNER), tenant, writer)
        with connected(dsn) as connection:
            encryption = state_of_encryption(connection, tenant)
    say(f"The tables of the tenant {tenant} are complete{', and so are the database roles' if roles else ''}.")
    say(f"Personal data: {encryption}.")


def _encrypt(dsn: str, tenant: str, data: Path | None) -> None:
    """Begins the encryption of a tenant, if it has not begun. Raises UsageError without a key store."""
    key_store = required_key_store(dsn, data)
    with connected(under(dsn, OWNER)) as connection, closing(key_store.store()) as store:
        reader.begin_encryption(connection, tenant, store.id)


def _grant(dsn: str, tenant: str, writer: str) -> None:
    with connected(dsn) as connection, connection.transaction():
        try:
            grant_writer(connection, tenant, writer)
        except (errors.UndefinedObject, errors.SyntaxError):
            raise UsageError(f"There is no role {writer!r}: make it with `create role`, then start again.") from None
