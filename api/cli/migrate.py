"""`migrate`: the tables of a tenant and the database roles."""

from typing import Annotated

import typer
from psycopg import errors

from api.cli.options import DEFAULT_TENANT, Data, Tenant
from api.cli.printing import say
from api.cli.tenant_database import connected, open_or_create
from api.cli.usage_error import UsageError
from api.database_roles import under
from api.migrations import migrate_roles
from domain.event_log.roles import OWNER, grant_writer


def migrate(
    roles: Annotated[
        bool, typer.Option("--roles", help="Also make the database roles that serve, follow and report work under.")
    ] = False,
    writer: Annotated[
        str | None,
        typer.Option(help="A database role that may from now on read the log and call what adds to it, nothing else."),
    ] = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Make or complete a tenant's tables.

    It can be repeated at any time.
    """
    with open_or_create(data, tenant) as dsn:
        if roles:
            migrate_roles(dsn)
        if writer is not None:
            _grant(under(dsn, OWNER), tenant, writer)
    say(f"The tables of the tenant {tenant} are complete{', and so are the database roles' if roles else ''}.")


def _grant(dsn: str, tenant: str, writer: str) -> None:
    with connected(dsn) as connection, connection.transaction():
        try:
            grant_writer(connection, tenant, writer)
        except (errors.UndefinedObject, errors.SyntaxError):
            raise UsageError(f"There is no role {writer!r}: make it with `create role`, then start again.") from None
