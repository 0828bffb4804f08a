"""Key-encryption keys: their file, and data keys wrapped under them (AES-256-GCM)."""

import hashlib
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.atomic_files import write_atomically
from domain.personal_data.data_keys import KeysUnavailable

KEY_BYTES = 32
NAME_BYTES = 4
_NONCE = 12
_HEADING = "# Key-encryption keys of ticketledger. The first one wraps, all of them unwrap. Keep this file secret.\n"


class KeyEncryptionKeys:
    """The keys of a file. The first one wraps new data keys; a wrapping begins with the name of its key."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self.name = _name_of(keys[0])
        self._keys = keys
        self._ciphers = {_name_of(key): AESGCM(key) for key in keys}

    def holds(self, wrapped: bytes) -> bool:
        """Whether the key-encryption key of a wrapping is among them."""
        return wrapped[:NAME_BYTES] in self._ciphers

    def wrap(self, key: bytes, binding: bytes) -> bytes:
        """The wrapped key. ``binding`` says what it belongs to, and is needed to unwrap it."""
        nonce = os.urandom(_NONCE)
        return self.name + nonce + self._ciphers[self.name].encrypt(nonce, key, binding)

    def unwrap(self, wrapped: bytes, binding: bytes) -> bytes:
        """The key. Raises KeysUnavailable when its key-encryption key is not in the file, or when it was altered."""
        cipher = self._ciphers.get(wrapped[:NAME_BYTES])
        if cipher is None:
            raise KeysUnavailable(
                "the key file does not hold the key-encryption key of the key store's data keys:"
                " copy the file from the host where `keystore rewrap` was done last"
            )
        try:
            return cipher.decrypt(wrapped[NAME_BYTES : NAME_BYTES + _NONCE], wrapped[NAME_BYTES + _NONCE :], binding)
        except InvalidTag:
            raise KeysUnavailable("a data key of the key store was altered") from None

    def wrapping_under(self, name: bytes) -> "KeyEncryptionKeys":
        """The same keys, the named one first. Raises KeysUnavailable when it is not among them."""
        if name not in self._ciphers:
            raise KeysUnavailable(
                "the key file does not hold the key-encryption key that the key store names:"
                " copy the file from the host where `keystore rewrap` was done last"
            )
        return KeyEncryptionKeys(sorted(self._keys, key=lambda key: _name_of(key) != name))

    def with_new(self) -> "KeyEncryptionKeys":
        """The same keys after a new one, which wraps from now on."""
        return KeyEncryptionKeys([secrets.token_bytes(KEY_BYTES), *self._keys])

    def newest_alone(self) -> "KeyEncryptionKeys":
        """The key that wraps, without the others."""
        return KeyEncryptionKeys(self._keys[:1])

    def save(self, path: Path) -> None:
        """Writes the file anew, readable by its owner alone; a reader finds the old keys or the new ones."""
        text = _HEADING + "".join(f"{b64encode(key).decode()}\n" for key in self._keys)
        write_atomically(path, text, mode=0o600)


def new_keys() -> KeyEncryptionKeys:
    """A key-encryption key from the system's randomness."""
    return KeyEncryptionKeys([secrets.token_bytes(KEY_BYTES)])


def read_keys(path: Path) -> KeyEncryptionKeys:
    """The keys of a file. Raises KeysUnavailable when it cannot be used; the message holds no key."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeysUnavailable(f"other users may read the key file {path}: take their rights away with chmod 600")
        lines = path.read_text(encoding="ascii").splitlines()
        keys = [b64decode(line, validate=True) for line in lines if line and not line.startswith("#")]
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds other text than keys"
        raise KeysUnavailable(f"the key file {path} cannot be read: {reason}") from None
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise KeysUnavailable(f"the key file {path} holds no keys of {KEY_BYTES} bytes in base64")
    return KeyEncryptionKeys(keys)


def _name_of(key: bytes) -> bytes:
    return hashlib.sha256(b"ticketledger key-encryption key\n" + key).digest()[:NAME_BYTES]
