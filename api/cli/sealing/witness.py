"""`witness`: another party verifies that a log only grew, and cosigns its checkpoint."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from api.cli.printing import say, say_whole, show_json, show_line
from api.cli.sealing.options import CHANGED
from api.cli.usage_error import UsageError
from api.sealing.witness import COSIGNED, Witness, step_at, steps_in
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.keys import WITNESS, KeyInvalid, PublicKey
from domain.checkpoint.note import LARGEST_NOTE
from domain.checkpoint.witness import WitnessRefused

_API_KEY = "TICKETLEDGER_API_KEY"


def witness(
    source: Annotated[
        str,
        typer.Argument(
            help="A folder of published checkpoints, such as checkpoints/default/events, or the address of a log's"
            " proofs, such as https://desk.example/v1/proofs/events."
        ),
    ],
    key: Annotated[
        list[str],
        typer.Option(
            "--key",
            help="A public key of the log, as `seal --init` showed it, or a file of them; several times, the newest"
            " first.",
        ),
    ],
    state: Annotated[Path, typer.Option("--state", file_okay=False, help="The folder of this witness.")],
    name: Annotated[
        str, typer.Option("--name", help="The name in the cosignatures, such as audit.example/w1; no spaces.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")] = False,
) -> None:
    """Verify that a log only grew since the checkpoint you kept, and cosign its newest one.

    The folder of the state holds the key of the witness, which is made at the first use, the checkpoint that it keeps,
    and the cosigned one. Over HTTP the key of the API, with the scope audit, is in TICKETLEDGER_API_KEY. The exit code
    is 1 when the log was forked, cut off, or not signed by a key that was given.
    """
    try:
        this = Witness(state, name, [PublicKey.of(line) for word in key for line in _lines_of(word)])
        public = this.key.named(name, WITNESS).text
    except KeyInvalid as error:
        raise UsageError(f"--key or --name: {error}.") from None
    kept = this.kept()
    steps = (
        steps_in(Path(source), kept)
        if Path(source).is_dir()
        else iter([step_at(source, os.environ.get(_API_KEY), kept)])
    )
    try:
        note = this.cosign(steps, int(time.time()))
    except WitnessRefused as error:
        if as_json:
            show_json({"cosigned": False, "reason": str(error), "witness": public})
        else:
            say(f"NOT COSIGNED. {error}")
        raise typer.Exit(CHANGED) from None
    checkpoint = Checkpoint.of(note.text)
    before = Checkpoint.of(kept.text).size if kept is not None else None
    if as_json:
        answer = {"cosigned": True, **checkpoint._asdict(), "root": checkpoint.root.hex(), "before": before}
        show_json({**answer, "note": str(note), "witness": public})
        return
    for line in str(note).splitlines():
        show_line(line)
    grown = (
        "It is the first checkpoint that this witness keeps"
        if before is None
        else f"It begins with the {before} rows seen before"
    )
    say(f"{grown}. The tree of {checkpoint.size} rows is cosigned in {state / COSIGNED}.")
    say_whole(f"Public key of the witness: {public}")


def _lines_of(word: str) -> list[str]:
    """A key, or those in a file of this name, one on each line. Raises UsageError."""
    if word.count("+") > 1:
        return [word]
    try:
        with Path(word).open(encoding="utf-8", errors="replace") as file:
            return file.read(LARGEST_NOTE).split()
    except (OSError, ValueError):
        raise UsageError("--key: a public key is NAME+ID+KEY; a file of that name is not there either.") from None
