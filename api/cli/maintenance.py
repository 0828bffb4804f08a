"""Commands that look after the database."""

from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant


def add_to(app: typer.Typer) -> None:
    """The commands of this module."""
    app.command()(migrate)
    app.command()(rebuild)
    app.command()(doctor)


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
    """Make or complete a tenant's tables. Any number of times."""
    from psycopg import errors

    from api.cli.printing import say
    from api.cli.tenant_database import UsageError, connected, open_or_create
    from api.database_roles import under
    from api.migrations import migrate_roles
    from domain.event_log.roles import OWNER, grant_writer

    with open_or_create(data, tenant) as dsn:
        if roles:
            migrate_roles(dsn)
        if writer is not None:
            with connected(under(dsn, OWNER)) as connection, connection.transaction():
                try:
                    grant_writer(connection, tenant, writer)
                except (errors.UndefinedObject, errors.SyntaxError):
                    raise UsageError(
                        f"There is no role {writer!r}: make it with `create role`, then start again."
                    ) from None
    say(f"Everything of the tenant {tenant} is in its place{', and so are the database roles' if roles else ''}.")


def rebuild(data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Make every projection anew from the log, beside the live ones, and switch."""
    from api.cli.printing import bars, say, show_json
    from api.cli.tenant_database import connected, open_existing
    from domain.event_log import reader
    from domain.event_log.roles import OWNER
    from projections.engine.rebuild import rebuild as rebuild_all
    from projections.registry import PROJECTIONS

    with open_existing(data, tenant, OWNER) as dsn, bars() as shown:
        with connected(dsn) as connection:
            total = reader.head(connection, tenant)
        done = 0

        def tell(events: int) -> None:
            nonlocal done
            done += events
            shown.show("folding", done, total)

        position = rebuild_all(dsn, tenant, PROJECTIONS, tell)
    if as_json:
        show_json({"position": position, "projections": [projection.name for projection in PROJECTIONS]})
    else:
        say(f"{len(PROJECTIONS)} projections are made anew, up to position {position}.")


def doctor(
    compare: Annotated[
        bool, typer.Option("--compare", help="Also fold the whole log anew and compare every row of every projection.")
    ] = False,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Check the server, the log and the projections. The exit code is 1 when something is wrong."""
    from api.cli.printing import bars, show_json, show_table
    from api.cli.tenant_database import open_existing
    from api.health_checks import examine
    from domain.event_log.roles import OWNER

    with open_existing(data, tenant, OWNER) as dsn, bars() as shown:
        findings = examine(dsn, tenant, lambda done, total: shown.show("comparing", done, total), compared=compare)
    rows = [finding._asdict() for finding in findings]
    if as_json:
        show_json(rows)
    else:
        show_table(f"The tenant {tenant}", rows)
    if not all(finding.sound for finding in findings):
        raise typer.Exit(1)
