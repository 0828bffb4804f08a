"""What a sealer signed last, in files beside its key, which a change of the database cannot reach."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from api.atomic_files import write_atomically
from domain.checkpoint.encoding import decoded, encoded
from domain.errors import LedgerError
from domain.merkle.hashing import HASH_SIZE
from domain.sealing.leaf import SealedLog


class SealingStopped(LedgerError):  # noqa: N818 -- names the state of things
    """Nothing more is signed, for the log or its tree was changed; the message says how."""

    kind = "log_damaged"


class SignedHead(NamedTuple):
    """The last signed tree of a log. ``before`` is the size of the tree from which it grew."""

    before: int
    size: int
    root: bytes


def cut_off(log: SealedLog, last: SignedHead, size: int) -> str:
    """The sentence about a tree of so many rows that is smaller than the one that was signed last."""
    return (
        f"a tree of {last.size} rows of the log {log} was signed, and now it covers {size}: the tree or the log was cut"
        " off, or an older backup was restored"
    )


class _SignedHeadFile(BaseModel):
    """The file as JSON; ``root`` is in base64."""

    model_config = ConfigDict(extra="forbid")
    before: int
    size: int
    root: str


def signed_folder(key: Path) -> Path:
    """The folder beside a key that holds what was signed and sent."""
    return key.with_name(f"{key.name}.signed")


class SignedHeads:
    """The last signed tree of each origin, one file each, in the folder ``KEY.signed``."""

    def __init__(self, key: Path) -> None:
        self._folder = signed_folder(key)

    @contextmanager
    def locked(self, origin: str) -> Iterator[None]:
        """Sealers with the same key take turns, so that the file is never behind a stored checkpoint."""
        try:
            self._folder.mkdir(exist_ok=True, mode=0o700)
            lock = os.open(self._path(origin, ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def last(self, origin: str) -> SignedHead | None:
        """What was signed last; None before the first. Raises SealingStopped."""
        path = self._path(origin)
        try:
            content = _SignedHeadFile.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from None
        except ValidationError:
            raise SealingStopped(f"{path} does not say which tree was signed last: restore it") from None
        root = decoded(content.root)
        if len(root) != HASH_SIZE:
            raise SealingStopped(f"{path} does not say which tree was signed last: restore it")
        return SignedHead(content.before, content.size, root)

    def keep(self, origin: str, head: SignedHead) -> None:
        """Writes what is signed now, on the disk when this returns. Raises SealingStopped."""
        content = {"before": head.before, "size": head.size, "root": encoded(head.root)}
        try:
            write_atomically(self._path(origin), json.dumps(content))
        except OSError as error:
            raise self._unusable(error) from None

    def _path(self, origin: str, ending: str = "") -> Path:
        return self._folder / f"{origin.replace('/', '.')}{ending}"

    def _unusable(self, error: OSError) -> SealingStopped:
        return SealingStopped(f"the sealer cannot keep what it signs in {self._folder}: {error.strerror}")
