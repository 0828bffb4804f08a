"""Cosignatures of witnesses (C2SP tlog-cosignature): a witness saw this checkpoint at a time, after it verified it."""

from domain.checkpoint.keys import WITNESS, PrivateKey
from domain.checkpoint.note import Note, Signature

_TIME_SIZE = 8


def cosigned(note: Note, private: PrivateKey, name: str, at: int) -> Signature:
    """The cosignature of a checkpoint; ``at`` is in seconds since 1970."""
    content = at.to_bytes(_TIME_SIZE, "big") + private.sign(_message(note, at))
    return Signature(name, private.named(name, WITNESS).id, content)


def _message(note: Note, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{note.text}".encode()
