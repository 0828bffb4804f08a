"""Cosignatures of witnesses (C2SP tlog-cosignature): a witness saw this checkpoint at a time, after it verified it."""

from domain.checkpoint.keys import WITNESS, PrivateKey, PublicKey
from domain.checkpoint.note import Note, NoteInvalid, Signature

_TIME_SIZE = 8


def cosigned(note: Note, private: PrivateKey, name: str, at: int) -> Signature:
    """The cosignature of a checkpoint; ``at`` is in seconds since 1970."""
    content = at.to_bytes(_TIME_SIZE, "big") + private.sign(_message(note, at))
    return Signature(name, private.named(name, WITNESS).id, content)


def verified_time(note: Note, key: PublicKey) -> int:
    """When a witness cosigned the checkpoint, in seconds since 1970. Raises NoteInvalid."""
    content = note.of_key(key).content
    at = int.from_bytes(content[:_TIME_SIZE], "big")
    if key.kind != WITNESS or not key.verifies(_message(note, at), content[_TIME_SIZE:]):
        raise NoteInvalid(f"the cosignature of the witness {key.name}+{key.id.hex()} is wrong")
    return at


def _message(note: Note, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{note.text}".encode()
