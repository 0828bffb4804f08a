"""`verify`: the verifier of audit bundles, the file that an auditor runs alone."""

from pathlib import Path
from typing import Annotated

import typer

from api.auditing.verify import judge, shown, terminal_width
from api.cli.options import AsJson
from api.cli.printing import show_json, show_line


def verify(
    bundle: Annotated[Path, typer.Argument(help="The zip file of `export audit`.")],
    key: Annotated[
        list[str], typer.Option("--key", help="A public key of the log, or a file of them; it may be repeated.")
    ],
    since: Annotated[Path | None, typer.Option("--since", help="A file with a checkpoint that you kept.")] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", help="The public key of a witness that must have cosigned; --since gives it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify an audit bundle offline: no database is needed.

    The exit code is 0 when the bundle proves what it says, 1 when it does not: then the first bad position or file is
    named. An auditor runs the same file alone, with Python and the package cryptography: api/auditing/verify.py.
    """
    code, answer = judge(str(bundle), key, None if since is None else str(since), witness or ())
    if as_json:
        show_json(answer)
    else:
        for line in shown(answer, terminal_width()).split("\n"):
            show_line(line)
    if code:
        raise typer.Exit(code)
