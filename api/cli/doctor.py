"""`doctor`: the checks of a tenant."""

from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import bars, show_json, show_lines, show_table
from api.cli.tenant_database import open_existing
from api.health_checks import examine
from api.sealing.key_file import key_path
from domain.event_log.roles import OWNER

UNSOUND = 1
"""The exit code when a check fails."""
LETTERS = 80
"""The most letters of a line outside a terminal."""


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

    What is wrong comes first, with what to do. The exit code is 1 then.
    """
    with open_existing(data, tenant, OWNER) as dsn, bars() as progress:
        checks = examine(dsn, tenant, progress.show, compared=compare, proven=proofs, sealing_key=key_path(data))
    rows = [check._asdict() for check in checks]
    if as_json:
        show_json(rows)
    else:
        in_order = sorted(rows, key=lambda row: bool(row["sound"]))
        show_table(f"The tenant {tenant}", in_order, piped_width=LETTERS)
        if not proofs:
            hint = "Whether a row of the log was changed is told by `doctor --proofs`, which reads all of it."
            show_lines([hint], piped_width=LETTERS)
    if not all(check.sound for check in checks):
        raise typer.Exit(UNSOUND)
