"""Options that the commands about proofs share."""

from typing import Annotated

import typer

from domain.sealing.leaf import SealedLog

Log = Annotated[SealedLog, typer.Option("--log", help="Which log: the events, or the access journal.")]
Size = Annotated[
    int | None, typer.Option("--size", min=1, help="The checkpoint of this many rows; else the newest one.")
]
CHANGED = 1
"""The exit code when something is not as it was sealed."""
