"""Cosignatures of witnesses, read by the specification (C2SP tlog-cosignature)."""

from domain.checkpoint.keys import WITNESS, PublicKey
from domain.checkpoint.note import Note, NoteInvalid


def verified_time(note: Note, key: PublicKey) -> int:
    """When a witness cosigned the checkpoint, in seconds since 1970. Raises NoteInvalid."""
    content = note.of_key(key).content
    at = int.from_bytes(content[:8], "big")
    signed = f"cosignature/v1\ntime {at}\n{note.text}".encode()
    if key.kind != WITNESS or not key.verifies(signed, content[8:]):
        raise NoteInvalid(f"the cosignature of the witness {key.name}+{key.id.hex()} is wrong")
    return at
