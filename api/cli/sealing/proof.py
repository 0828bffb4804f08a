"""`proof`: the proof that a row is in the tree of a signed checkpoint."""

from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import show_json, show_line
from api.cli.sealing.options import CHANGED, Log, Size
from api.cli.tenant_database import tenant_connection
from api.cli.usage_error import UsageError
from api.sealing.proofs import Inclusion, inclusion, position_of


def proof(
    row: Annotated[str, typer.Argument(metavar="POSITION", help="A position of the log, or the leaf of a receipt.")],
    size: Size = None,
    log: Log = "events",
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Prove that a row is in the tree of a signed checkpoint, and that it is still as it was sealed.

    The exit code is 1 when the row was changed or removed since then, and 2 when no checkpoint covers it yet.
    """
    with tenant_connection(data, tenant) as connection:
        try:
            position = position_of(connection, tenant, log, row)
        except ValueError:
            raise UsageError(
                f"{row!r} is no position and no leaf: write a number, or the 64 hexadecimal digits of a receipt.",
                f"{row!r} không phải vị trí cũng không phải lá: hãy ghi một số, hoặc 64 chữ số thập lục phân của biên"
                " nhận.",
            ) from None
        answer = inclusion(connection, tenant, log, position, size)
    if as_json:
        show_json(answer)
    else:
        _show(answer)
    if answer.unchanged is False:
        raise typer.Exit(CHANGED)


def _show(answer: Inclusion) -> None:
    if answer.unchanged is False:
        show_line("THE ROW IS NOT THE ONE THAT WAS SEALED: it was changed or removed since then.")
    elif answer.unchanged is None:
        show_line("The row was removed by the retention of the journal; its hash is still in the tree.")
    else:
        show_line("The row is as it was sealed.")
    show_line(f"Position {answer.position} of the log {answer.log} is in the tree of {answer.size} rows.")
    show_line(f"Leaf: {answer.leaf}")
    for hashed in answer.proof:
        show_line(f"  {hashed}")
    show_line(f"Root: {answer.root}")
    for line in answer.checkpoint.splitlines():
        show_line(line)
