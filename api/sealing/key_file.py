"""The file of the key that signs checkpoints: only its owner may read it, and it never enters the database."""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, ValidationError

from api.atomic_files import write_atomically
from api.database import data_folder
from domain.checkpoint.encoding import decoded, encoded
from domain.checkpoint.keys import KEY_SIZE, PrivateKey
from domain.errors import LedgerError

VARIABLE = "TICKETLEDGER_SEALING_KEY"
_NAME = "sealing_key"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SealingKeyRefused(LedgerError):  # noqa: N818 -- an answer, not a defect
    """There is no usable key; the message says why, without the key."""

    kind = "unavailable"


class SealingKey(NamedTuple):
    """The private key, and the random id of the database that stands in the origins of its checkpoints.

    ``replaced`` is the public key, in base64, in whose place `seal --rotate` put this one.
    """

    private: PrivateKey
    database: UUID
    replaced: str | None = None

    @property
    def public_text(self) -> str:
        """The public key in base64."""
        return encoded(self.private.public)


class _KeyFile(BaseModel):
    """The file as JSON. ``key`` is the private key in base64."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    database: UUID
    key: str
    replaced: str | None = None


def key_path(data: Path | None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where the key lies: the file that the environment names, or one in the folder of the embedded server.

    None for a server of DATABASE_URL without a named file: its checkpoints are signed elsewhere, or not at all.
    """
    if named := environ.get(VARIABLE):
        return Path(named)
    return None if environ.get("DATABASE_URL") else data_folder(data, environ) / _NAME


def read_key(path: Path) -> SealingKey:
    """The key in a file. Raises SealingKeyRefused."""
    try:
        mode = path.stat().st_mode
        content = _KeyFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise SealingKeyRefused(f"There is no sealing key at {path}: make one with `seal --init`.") from None
    except OSError as error:
        raise SealingKeyRefused(f"The sealing key {path} cannot be read: {error.strerror}.") from None
    except ValidationError:
        raise SealingKeyRefused(f"{path} holds no sealing key: restore it, or make one with `seal --init`.") from None
    if mode & _OTHERS:
        raise SealingKeyRefused(f"The sealing key {path} can be read by others: run `chmod 600 {path}`.")
    seed = decoded(content.key)
    if len(seed) != KEY_SIZE:
        raise SealingKeyRefused(f"{path} holds no Ed25519 key of {KEY_SIZE} bytes.")
    return SealingKey(PrivateKey(seed), content.database, content.replaced)


def made_key(path: Path, database: UUID | None = None) -> SealingKey:
    """The key in a file, which is made where there is none. Any number of processes may call it at once.

    ``database`` is the id that the logs list already; a new one is drawn without it.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, SealingKey(PrivateKey.made(), database or uuid4()), replace=False)
    return read_key(path)


def rotated_key(path: Path) -> SealingKey:
    """Replaces the key in the file by a new one of the same database. Raises SealingKeyRefused where there is none."""
    before = read_key(path)
    _write(path, SealingKey(PrivateKey.made(), before.database, before.public_text), replace=True)
    return read_key(path)


def _write(path: Path, key: SealingKey, *, replace: bool) -> None:
    """Writes the file. Without ``replace`` the key of a faster process stays."""
    content = {"database": str(key.database), "key": encoded(key.private.seed), "replaced": key.replaced}
    write_atomically(path, json.dumps(content), mode=0o600, replace=replace)


class WatchedKey:
    """The key in a file, read again when the file has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[tuple[int, ...], SealingKey] | None = None

    def current(self) -> SealingKey:
        """The key that the file holds now. Raises SealingKeyRefused."""
        try:
            status = self.path.stat()
            seen: tuple[int, ...] = (
                status.st_mode,
                status.st_ino,
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
            )
        except OSError:
            seen = ()
        if self._read is None or self._read[0] != seen:
            self._read = None
            self._read = (seen, read_key(self.path))
        return self._read[1]
