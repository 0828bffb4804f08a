"""Ed25519 keys of notes, with their names (C2SP signed-note, tlog-cosignature)."""

import re
from hashlib import sha256
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.checkpoint.encoding import decoded, encoded

LOG, WITNESS = 1, 4
"""The kinds of keys: one signs the text of a note, the other cosigns it with a time."""
KEY_SIZE = 32
_NAME = re.compile(r"[^\s+\x00-\x1f]+")


class KeyInvalid(ValueError):  # noqa: N818 -- names what was given
    """A text is no key of a note; the message says why."""


class PublicKey(NamedTuple):
    """A public key with the name that its signatures bear. ``kind`` is LOG or WITNESS."""

    name: str
    key: bytes
    kind: int = LOG

    @property
    def id(self) -> bytes:
        """The four bytes before each signature of this key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    @property
    def text(self) -> str:
        """The key as one line, a *vkey*: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.kind]) + self.key)}"

    @classmethod
    def of(cls, text: str) -> Self:
        """The key of such a line. Raises KeyInvalid."""
        name, _, rest = text.strip().partition("+")
        identity, _, key_text = rest.partition("+")
        content = decoded(key_text)
        if not _NAME.fullmatch(name) or len(content) != KEY_SIZE + 1 or content[0] not in {LOG, WITNESS}:
            raise KeyInvalid("a public key is NAME+ID+KEY, with an Ed25519 key in base64")
        key = cls(name, content[1:], content[0])
        if key.id.hex() != identity:
            raise KeyInvalid(f"the id {identity} of the public key is not that of its name and its bytes")
        return key

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the key made the signature of the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class PrivateKey(NamedTuple):
    """A key that signs: 32 secret bytes."""

    seed: bytes

    @classmethod
    def made(cls) -> Self:
        """A new key, drawn at random."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> bytes:
        """The public key."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    def named(self, name: str, kind: int = LOG) -> PublicKey:
        """The public key with the name that its signatures bear. Raises KeyInvalid."""
        if not _NAME.fullmatch(name):
            raise KeyInvalid(f"the name {name!r} of a key holds a space or a plus sign, or is empty")
        return PublicKey(name, self.public, kind)

    def sign(self, message: bytes) -> bytes:
        """The signature of a message: 64 bytes, always the same ones."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def __repr__(self) -> str:
        return "PrivateKey(...)"
