"""Checkpoints leave the house: each to a folder, the newest to a webhook.

A file holds what C2SP tlog-witness takes: the size of the checkpoint before it, the proof between both, and the
checkpoint. So a reader of the folder can follow the log from any file on.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import psycopg
from psycopg import Connection
from pydantic_core import to_json

from api.atomic_files import write_atomically
from api.channels.hand_over import Lost, NotAccepted
from api.channels.http_connection import HttpAnswer
from api.channels.http_post import HttpReceiver, is_success
from api.channels.webhook import WebhookEndpoint, signed
from api.sealing import tree_store
from api.sealing.key_events import public_keys
from api.sealing.tree_store import SEALED_LOGS, NotSealed, StoredCheckpoint
from domain.backoff import USUAL_PAUSES, Backoff
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.encoding import decoded, encoded
from domain.checkpoint.note import Note, NoteInvalid
from domain.checkpoint.witness import Advance, WitnessRefused, verify_advance
from domain.errors import LedgerError
from domain.event_log.database_connections import NOTIFICATIONS, connect
from domain.merkle.tree import consistency_proof
from domain.sealing.leaf import SealedLog

LATEST = "latest"
MOST_HASHES = 63
_FAILURES = (OSError, LedgerError, KeyError, ValueError)
_LOG = logging.getLogger(__name__)


def folder_of(published: Path, tenant: str, log: SealedLog) -> Path:
    """The folder of the checkpoints of a log."""
    return published / tenant / log


def file_name(size: int) -> str:
    """The name of the file of a checkpoint; names sort as sizes do."""
    return f"{size:020}.checkpoint"


def text_of(step: Advance) -> str:
    """The content of the file of a checkpoint."""
    lines = [f"old {step.old}", *map(encoded, step.proof), "", str(step.note)]
    return "\n".join(lines)


def step_of(text: str) -> Advance:
    """The checkpoint of such a text with its proof. Raises NoteInvalid."""
    head, _, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    size = first.removeprefix("old ")
    proof = [decoded(line) for line in lines]
    if not first.startswith("old ") or not size.isdecimal() or len(proof) > MOST_HASHES or not all(proof):
        raise NoteInvalid("the file is not a checkpoint behind the proof from the one before it")
    return Advance(int(size), proof, Note.of(note))


def step_to(connection: Connection, tenant: str, log: SealedLog, old: int, checkpoint: StoredCheckpoint) -> Advance:
    """A checkpoint with the proof from an older size; 0 is the beginning, and needs none."""
    proof: Sequence[bytes] = ()
    if old:
        proof = consistency_proof(old, checkpoint.size, tree_store.nodes(connection, tenant, log))
    return Advance(old, proof, Note.of(checkpoint.note))


class Publisher:
    """Publishes the checkpoints of one tenant. It goes on where the folder ends."""

    def __init__(self, dsn: str, tenant: str, folder: Path | None, webhook: WebhookEndpoint | None, sent: Path) -> None:
        """``sent`` is a folder of this publisher: it holds the last checkpoint that the webhook took."""
        self._dsn = dsn
        self._tenant = tenant
        self._folder = folder
        self._webhook = webhook
        self._sent = sent
        self._refused = ""
        self._wake = threading.Event()

    def wake(self) -> None:
        """Says that there is a new checkpoint."""
        self._wake.set()

    def run(self, stop: threading.Event, poll: float = 1.0) -> None:
        """Publishes until ``stop`` is set. What fails is tried again, and never holds the sealer up."""
        backoff = Backoff(USUAL_PAUSES)
        logged = ""
        while not stop.is_set():
            try:
                with connect(self._dsn, NOTIFICATIONS) as connection:
                    while not stop.is_set():
                        if self.publish(connection):
                            backoff.succeeded()
                        else:
                            stop.wait(backoff.failed())
                        logged = ""
                        self._wake.wait(poll)
                        self._wake.clear()
            except (psycopg.Error, *_FAILURES) as error:
                reason = str(error) or type(error).__name__
                if reason != logged:
                    _LOG.error("checkpoints of %s are not published: %s", self._tenant, reason)
                logged = reason
                stop.wait(backoff.failed())

    def publish(self, connection: Connection) -> bool:
        """Publishes what is new; says whether the webhook took it, if there is one. Raises OSError for the folder.

        What is wrong with one log is raised after the other one was published.
        """
        taken, failed = True, None
        for log in SEALED_LOGS:
            try:
                if self._folder is not None:
                    self._to_folder(connection, log, folder_of(self._folder, self._tenant, log))
                if self._webhook is not None:
                    taken &= self._to_webhook(connection, log, self._webhook)
            except _FAILURES as error:
                failed = failed or error
        if failed is not None:
            raise failed
        return taken

    def _to_folder(self, connection: Connection, log: SealedLog, folder: Path) -> None:
        kept = _note_in(folder / LATEST)
        old = _size_of(kept)
        size = tree_store.tree_size(connection, self._tenant, log)
        if size < old:
            raise NotSealed(
                f"{folder} has a checkpoint of {old} rows, and the tree covers {size}: an older backup was restored, or"
                " the folder is that of another database",
                f"{folder} có điểm niêm phong {old} dòng, còn cây chỉ gồm {size}: đã khôi phục bản sao lưu cũ hơn, hoặc"
                " thư mục là của cơ sở dữ liệu khác",
            )
        for checkpoint in tree_store.checkpoints_after(connection, self._tenant, log, old):
            step = self._verified(connection, log, kept, checkpoint, folder)
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(folder / file_name(checkpoint.size), text_of(step))
            write_atomically(folder / LATEST, text_of(step))
            kept = step.note

    def _verified(
        self, connection: Connection, log: SealedLog, kept: Note | None, checkpoint: StoredCheckpoint, target: Path
    ) -> Advance:
        """The step from the kept checkpoint. Raises NotSealed when the new tree does not begin with the kept one."""
        step = step_to(connection, self._tenant, log, _size_of(kept), checkpoint)
        try:
            verify_advance(kept, step, public_keys(connection, self._tenant, log))
        except WitnessRefused as error:
            raise NotSealed(
                f"the checkpoint of {checkpoint.size} rows does not follow from the one in {target}, which stays:"
                f" {error}",
                f"điểm niêm phong {checkpoint.size} dòng không nối tiếp điểm trong {target}, điểm cũ được giữ: {error}",
            ) from None
        return step

    def _to_webhook(self, connection: Connection, log: SealedLog, webhook: WebhookEndpoint) -> bool:
        newest = tree_store.newest_checkpoint(connection, self._tenant, log)
        last = self._sent / f"{self._tenant}.{log}.sent"
        kept = _note_in(last)
        if newest is None or newest.note == str(kept):
            return True
        step = self._verified(connection, log, kept, newest, last)
        origin = Checkpoint.of(step.note.text).origin
        now = int(time.time())
        body = to_json(
            {
                "type": "checkpoint",
                "origin": origin,
                "size": newest.size,
                "old": step.old,
                "proof": [encoded(hashed) for hashed in step.proof],
                "checkpoint": newest.note,
            }
        )
        headers = signed(uuid5(NAMESPACE_URL, f"{origin}/{newest.size}"), now, body, webhook.keys)
        answer = asyncio.run(HttpReceiver(webhook.url, webhook.timeout, webhook.networks).post(headers, body))
        if isinstance(answer, HttpAnswer) and is_success(answer):
            self._sent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(last, text_of(step))
            self._refused = ""
            return True
        why = _why(answer)
        if why != self._refused:
            _LOG.warning("the webhook of the checkpoints of %s did not take one: %s", self._tenant, why)
        self._refused = why
        return False


def _why(answer: HttpAnswer | NotAccepted | Lost) -> str:
    """Why the webhook did not take a checkpoint."""
    if isinstance(answer, HttpAnswer):
        return f"it answers {answer.status}"
    return answer.why if isinstance(answer, NotAccepted) else "no answer came"


def _note_in(file: Path) -> Note | None:
    """The last published checkpoint; None before the first."""
    try:
        return step_of(file.read_text(encoding="utf-8")).note
    except FileNotFoundError:
        return None


def _size_of(note: Note | None) -> int:
    return 0 if note is None else Checkpoint.of(note.text).size
