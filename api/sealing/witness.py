"""A witness of a log: it keeps the last checkpoint that it verified, and cosigns the next one."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from api.atomic_files import write_atomically
from api.sealing.publishing import LATEST, file_name, step_of
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.cosignature import cosigned
from domain.checkpoint.keys import KEY_SIZE, PrivateKey, PublicKey
from domain.checkpoint.note import LARGEST_NOTE, Note, NoteInvalid
from domain.checkpoint.witness import Advance, WitnessRefused, verify_advance

KEPT, COSIGNED, _KEY, _LOCK = "checkpoint", "cosigned", "witness_key", ".lock"
_SECONDS = 20
_KEY_NEEDED = "; put a key with the scope audit into TICKETLEDGER_API_KEY"


class Witness:
    """The state of a witness in a folder of its own: its key, the checkpoint that it keeps, and its cosignatures."""

    def __init__(self, folder: Path, name: str, keys: Sequence[PublicKey]) -> None:
        """``name`` stands in its cosignatures. ``keys`` are the log's, the newest first, handed over by another way."""
        self._folder = folder
        self._name = name
        self._log_keys = keys
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.key = self._own_key()

    def kept(self) -> Note | None:
        """The checkpoint that the witness keeps; None before the first."""
        try:
            return Note.of((self._folder / KEPT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def cosign(self, steps: Iterator[Advance], at: int) -> Note:
        """Follows the log by these steps and cosigns the last one; ``at`` is in seconds since 1970.

        The witness keeps the checkpoint before it gives the cosignature away. Raises WitnessRefused.
        """
        with self._locked():
            newest = None
            for step in steps:
                verify_advance(newest or self.kept(), step, self._log_keys)
                newest = step.note
            if newest is None:
                raise WitnessRefused("There is no checkpoint to cosign yet.")
            self._must_be_of_newest_key(newest)
            return self._cosigned(newest, at)

    def _must_be_of_newest_key(self, newest: Note) -> None:
        """Raises WitnessRefused. Replaced keys serve for the checkpoints before the newest one alone."""
        origin = Checkpoint.of(newest.text).origin
        key = next(key for key in self._log_keys if key.name == origin)
        if all(signature.key_id != key.id for signature in newest.signatures):
            raise WitnessRefused(
                f"A replaced key signed the newest checkpoint of {origin}, and it may be in other hands. If it was not"
                " replaced, give it as the first."
            )

    def _cosigned(self, newest: Note, at: int) -> Note:
        write_atomically(self._folder / KEPT, str(newest))
        both = newest.signed_too([cosigned(newest, self.key, self._name, at)])
        write_atomically(self._folder / COSIGNED, str(both))
        return both

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Runs of one witness take turns, so that each verifies against what the other kept."""
        descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _own_key(self) -> PrivateKey:
        """The key of the witness, which is made at the first use."""
        path = self._folder / _KEY
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            seed = path.read_bytes()
            if len(seed) != KEY_SIZE:
                raise WitnessRefused(f"{path} holds no key of {KEY_SIZE} bytes.") from None
            return PrivateKey(seed)
        key = PrivateKey.made()
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.seed)
            file.flush()
            os.fsync(file.fileno())
        return key


def steps_in(folder: Path, kept: Note | None) -> Iterator[Advance]:
    """The published checkpoints from the kept one on; the newest alone where nothing is kept.

    Raises WitnessRefused when the folder lacks one of them.
    """
    latest = _read(folder / LATEST)
    size = Checkpoint.of(latest.note.text).size
    before = Checkpoint.of(kept.text).size if kept is not None else 0
    if not before or size <= before:
        yield latest
        return
    names = sorted(file.name for file in folder.glob("*.checkpoint"))
    for name in names:
        if file_name(before) < name <= file_name(size):
            yield _read(folder / name)


def step_at(address: str, key: str | None, kept: Note | None) -> Advance:
    """The newest checkpoint of a server with the proof from the kept one. Raises WitnessRefused.

    ``address`` is that of a log's proofs, such as https://desk.example/v1/proofs/events; ``key`` one of the API.
    """
    if urlsplit(address).scheme not in {"http", "https"}:
        raise WitnessRefused(f"{address} is no folder and no address of http or https.")
    try:
        newest = Note.of(_get(f"{address}/checkpoint", key).decode())
        old, new = Checkpoint.of(kept.text).size if kept is not None else 0, Checkpoint.of(newest.text).size
        if not 0 < old < new:
            return Advance(old, (), newest)
        answer = json.loads(_get(f"{address}/consistency?{urlencode({'old': old, 'new': new})}", key))
        return Advance(old, [bytes.fromhex(hashed) for hashed in answer["proof"]], newest)
    except (ValueError, TypeError, KeyError) as error:
        raise WitnessRefused(f"{address} does not answer with a checkpoint and a proof: {error}.") from None


def _read(path: Path) -> Advance:
    try:
        return step_of(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WitnessRefused(f"There is no checkpoint {path}.") from None
    except (NoteInvalid, UnicodeDecodeError) as error:
        raise WitnessRefused(f"{path} cannot be read: {error}.") from None


def _get(url: str, key: str | None) -> bytes:
    request = Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})  # noqa: S310 -- http or https, see above
    try:
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 -- likewise
            return bytes(answer.read(4 * LARGEST_NOTE))
    except HTTPError as error:
        error.close()
        hint = _KEY_NEEDED if error.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} else ""
        raise WitnessRefused(f"{url} gives no checkpoint: the server answers {error.code}{hint}.") from None
    except (URLError, TimeoutError) as error:
        raise WitnessRefused(f"{url} gives no checkpoint: {error}.") from None
