"""`doctor`: the checks of a tenant."""

from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import bars, show_json, show_table
from api.cli.tenant_database import open_existing
from api.health_checks import examine
from domain.event_log.roles import OWNER

UNSOUND = 1
"""The exit code when a check fails."""


def doctor(
    compare: Annotated[
        bool, typer.Option("--compare", help="Also fold the whole log anew and compare every row of every projection.")
    ] = False,
    proofs: Annotated[
        bool,
        typer.Option("--proofs", help="Also hash every row anew and compare it with the tree and its checkpoint."),
    ] = False,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Check the server, the log and the projections.

    The exit code is 1 when something is wrong.
    """
    with open_existing(data, tenant, OWNER) as dsn, bars() as progress:
        checks = examine(dsn, tenant, progress.show, compared=compare, proven=proofs)
    rows = [check._asdict() for check in checks]
    if as_json:
        show_json(rows)
    else:
        show_table(f"The tenant {tenant}", rows)
    if not all(check.sound for check in checks):
        raise typer.Exit(UNSOUND)
