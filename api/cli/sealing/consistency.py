"""`consistency`: the proof that a later tree begins with an earlier one."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import show_json, show_line, show_sentence
from api.cli.sealing.options import CHANGED, Log
from api.cli.tenant_database import tenant_connection
from api.cli.usage_error import UsageError
from api.sealing.proofs import Consistency, consistency
from api.sealing.tree_store import StoredCheckpoint, newest_checkpoint
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.note import Note, NoteInvalid


def consistency_of_sizes(
    old: Annotated[str, typer.Argument(help="How many rows the old tree has, or a file with a checkpoint you kept.")],
    new: Annotated[int | None, typer.Argument(min=1, help="The checkpoint of so many rows; else the newest.")] = None,
    log: Log = "events",
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Prove that a later tree begins with an earlier one: between them rows were only added.

    A kept checkpoint is compared with the tree of its size. The exit code is 1 when they differ, when it is of another
    log, and when the log has become shorter. Rows are not read: `doctor --proofs` and a verified bundle compare them
    with the tree.
    """
    kept = None if old.isascii() and old.isdecimal() else _kept(Path(old))
    size = int(old) if kept is None else kept.size
    with tenant_connection(data, tenant) as connection:
        newest = newest_checkpoint(connection, tenant, log)
        if kept is not None and newest is not None and (difference := _difference(kept, newest)):
            _show_difference(kept, newest, difference, as_json=as_json)
            raise typer.Exit(CHANGED)
        answer = consistency(connection, tenant, log, size, new)
    same = kept is None or answer.old_root == kept.root.hex()
    if as_json:
        show_json({**asdict(answer), "kept_is_same": None if kept is None else same})
    else:
        _show(answer, kept, same=same)
    if not same:
        raise typer.Exit(CHANGED)


def _kept(path: Path) -> Checkpoint:
    try:
        return Checkpoint.of(Note.of(path.read_text(encoding="utf-8")).text)
    except (NoteInvalid, UnicodeDecodeError):
        raise UsageError(f"{path} holds no checkpoint: name a number of rows, or a file with a checkpoint.") from None


def _difference(kept: Checkpoint, newest: StoredCheckpoint) -> str | None:
    """Why the tree cannot begin with that of the kept checkpoint; None: it can."""
    origin = Checkpoint.of(Note.of(newest.note).text).origin
    if kept.origin != origin:
        return f"THE LOG IS NOT THE ONE THAT YOU KEPT A CHECKPOINT OF: that is {kept.origin}, and this is {origin}."
    if newest.size < kept.size:
        return (
            f"THE LOG IS SHORTER THAN THE ONE THAT YOU KEPT A CHECKPOINT OF: that had {kept.size} rows, and the newest"
            f" checkpoint has {newest.size}. Rows were cut off, or an older backup was restored."
        )
    return None


def _show_difference(kept: Checkpoint, newest: StoredCheckpoint, difference: str, *, as_json: bool) -> None:
    if as_json:
        show_json({"old": kept.size, "new": newest.size, "kept_is_same": False})
    else:
        show_sentence(difference)


def _show(answer: Consistency, kept: Checkpoint | None, *, same: bool) -> None:
    if not same:
        show_sentence(
            f"THE LOG IS NOT THE ONE THAT YOU KEPT A CHECKPOINT OF: the first {answer.old} rows have another root now."
            " They were changed after that, or there are two histories. What follows is about the tree as it is here."
        )
    elif kept is not None:
        show_sentence(f"The checkpoint that you kept is that of the first {answer.old} rows of this tree.")
    if same:
        show_sentence(f"The tree only grew: that of {answer.new} rows begins with that of {answer.old} rows.")
    show_sentence(
        "It compares trees and reads no row: `doctor --proofs` or a verified bundle tells whether rows are changed."
    )
    show_line(f"Old root: {answer.old_root}")
    for hashed in answer.proof:
        show_line(f"  {hashed}")
    show_line(f"New root: {answer.new_root}")
    for line in answer.checkpoint.splitlines():
        show_line(line)
