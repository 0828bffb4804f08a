"""What a witness verifies before it cosigns: the log only grew since the checkpoint that the witness kept."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.keys import PublicKey
from domain.checkpoint.note import Note, NoteInvalid
from domain.errors import LedgerError
from domain.merkle.verification import ProofInvalid, verify_consistency


class WitnessRefused(LedgerError):  # noqa: N818 -- names the answer of the witness
    """The witness does not cosign; the message says why."""

    kind = "refused"


class Advance(NamedTuple):
    """A checkpoint, and the proof that its tree begins with the tree of ``old`` leaves."""

    old: int
    proof: Sequence[bytes]
    note: Note


def verify_signed(note: Note, keys: Collection[PublicKey]) -> Checkpoint:
    """The checkpoint of a note that one of the log's keys signed. Raises WitnessRefused."""
    try:
        checkpoint = Checkpoint.of(note.text)
        for key in keys:
            if key.name == checkpoint.origin and any(key.id == signature.key_id for signature in note.signatures):
                note.verify(key)
                return checkpoint
    except NoteInvalid as error:
        raise WitnessRefused(f"The checkpoint cannot be trusted: {error}.") from None
    raise WitnessRefused(f"None of the keys that this witness trusts signed the checkpoint of {checkpoint.origin}.")


def verify_advance(kept: Note | None, step: Advance, keys: Collection[PublicKey]) -> Checkpoint:
    """The new checkpoint, after it was verified against the kept one. Raises WitnessRefused.

    The first checkpoint that a witness sees is taken as it is.
    """
    checkpoint = verify_signed(step.note, keys)
    if kept is None:
        return checkpoint
    before = Checkpoint.of(kept.text)
    if checkpoint.origin != before.origin:
        raise WitnessRefused(f"The checkpoint is of {checkpoint.origin}; this witness keeps {before.origin}.")
    if checkpoint.size < before.size:
        raise WitnessRefused(
            f"The log was cut off or replaced: it shows {checkpoint.size} leaves, and this witness has seen"
            f" {before.size} of {before.origin}."
        )
    if before.size == 0:
        return checkpoint
    if before.size not in {step.old, checkpoint.size}:
        raise WitnessRefused(f"The proof begins at {step.old} leaves; this witness keeps {before.size}.")
    proof = step.proof if checkpoint.size != before.size else ()
    try:
        verify_consistency(before.size, checkpoint.size, before.root, checkpoint.root, proof)
    except ProofInvalid as error:
        raise WitnessRefused(
            f"The log was forked: its tree of {checkpoint.size} leaves does not begin with the {before.size} leaves"
            f" that this witness has seen of {before.origin} ({error})."
        ) from None
    return checkpoint
