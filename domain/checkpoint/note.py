"""Signed notes (C2SP signed-note): a text, a blank line, and a line for each signature."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from domain.checkpoint.encoding import decoded, encoded
from domain.checkpoint.keys import LOG, PrivateKey, PublicKey

LARGEST_NOTE = 64 * 1024
"""Characters of a note that is read."""
MOST_SIGNATURES = 64
_DASH = "\u2014 "


class NoteInvalid(ValueError):  # noqa: N818 -- names what was given
    """A text is no note, or a key did not sign it; the message says why."""


class Signature(NamedTuple):
    """The name of a key, its id, and what it made of the text."""

    name: str
    key_id: bytes
    content: bytes

    @property
    def line(self) -> str:
        """The signature as a line of a note."""
        return f"{_DASH}{self.name} {encoded(self.key_id + self.content)}\n"


class Note(NamedTuple):
    """A text that ends with a newline, with its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def of(cls, written: str) -> Self:
        """The note of a text. Raises NoteInvalid."""
        if len(written) > LARGEST_NOTE or any(ord(letter) < ord(" ") and letter != "\n" for letter in written):
            raise NoteInvalid("the note is too long or holds control characters")
        text, blank, lines = written.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise NoteInvalid("a note is a text, a blank line and lines of signatures")
        signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MOST_SIGNATURES:
            raise NoteInvalid(f"the note has more than {MOST_SIGNATURES} signatures")
        return cls(f"{text}\n", signatures)

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    def of_key(self, key: PublicKey) -> Signature:
        """The signature that bears the name and the id of a key, not verified. Raises NoteInvalid."""
        for signature in self.signatures:
            if (signature.name, signature.key_id) == (key.name, key.id):
                return signature
        raise NoteInvalid(f"the key {key.name}+{key.id.hex()} did not sign the note")

    def verify(self, key: PublicKey) -> None:
        """Checks that a log's key signed the note. Raises NoteInvalid."""
        signature = self.of_key(key)
        if key.kind != LOG or not key.verifies(self.text.encode(), signature.content):
            raise NoteInvalid(f"the signature of the key {key.name}+{key.id.hex()} is wrong")

    def signed_too(self, signatures: Iterable[Signature]) -> "Note":
        """The note with more signatures."""
        return Note(self.text, (*self.signatures, *signatures))


def signed_note(text: str, private: PrivateKey, name: str) -> Note:
    """The note of a text, signed by a log's key under a name."""
    return Note(text, (Signature(name, private.named(name).id, private.sign(text.encode())),))


def _signature(line: str) -> Signature:
    name, _, signed = line.removeprefix(_DASH).partition(" ")
    content = decoded(signed)
    if not line.startswith(_DASH) or not name or len(content) <= 4:  # noqa: PLR2004 -- the id of the key, and more
        raise NoteInvalid("a line of the note is no signature")
    return Signature(name, content[:4], content[4:])
