"""Records a file chunk by chunk: while one is appended to the log, the next one is translated."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from psycopg import Connection

from domain.errors import LedgerError
from domain.event_log.append import Appended, Batch, append

ATTEMPTS = 20
Chunk = TypeVar("Chunk")
Chunk_contra = TypeVar("Chunk_contra", contravariant=True)
Outcome = TypeVar("Outcome")


class ConcurrentImport(LedgerError):  # noqa: N818 -- names what happened
    """Other writers were faster ATTEMPTS times. What was recorded before is kept."""

    kind = "overloaded"


class Decided(NamedTuple, Generic[Outcome]):
    """The outcome of a chunk once its batch is recorded. A batch without commands is not appended."""

    outcome: Outcome
    batch: Batch


class ChunkRecorder(Protocol[Chunk_contra, Outcome]):
    """The steps from a chunk of rows to a batch."""

    def look_up(self, chunk: Chunk_contra) -> Any:
        """What the log holds of the streams that this chunk alone may write."""
        ...

    def translate(self, chunk: Chunk_contra, known: Any) -> Any:
        """The work that needs nothing else of the log. It may run while the chunk before is appended."""
        ...

    def decide(self, translated: Any) -> Decided[Outcome]:
        """The rest, on a log that holds the chunk before."""
        ...


def record_chunks(
    connection: Connection, tenant: str, recorder: ChunkRecorder[Chunk, Outcome], chunks: Iterable[Chunk]
) -> Iterator[Outcome]:
    """The outcomes of the chunks in order, each when it is recorded, in one transaction for each.

    A chunk is decided again when somebody wrote to one of its streams meanwhile. Raises ConcurrentImport after
    ATTEMPTS.
    """
    with ThreadPoolExecutor(1, "append") as thread:
        before: _InFlight[Chunk, Outcome] | None = None
        for chunk in chunks:
            known = recorder.look_up(chunk)
            if before is not None:
                before.start(thread, connection, tenant)
            translated = recorder.translate(chunk, known)
            if before is not None:
                yield before.finish(connection, tenant, recorder)
            before = _InFlight(chunk, recorder.decide(translated))
        if before is not None:
            before.start(thread, connection, tenant)
            yield before.finish(connection, tenant, recorder)


class _InFlight(Generic[Chunk, Outcome]):
    """A decided chunk, and its append in another thread."""

    def __init__(self, chunk: Chunk, decided: Decided[Outcome]) -> None:
        self._chunk = chunk
        self._decided = decided
        self._appended: Future[Appended] | None = None

    def start(self, thread: ThreadPoolExecutor, connection: Connection, tenant: str) -> None:
        """Begins the append."""
        if self._decided.batch.commands:
            self._appended = thread.submit(append, connection, tenant, self._decided.batch)

    def finish(self, connection: Connection, tenant: str, recorder: ChunkRecorder[Chunk, Outcome]) -> Outcome:
        """The outcome of the chunk, which is recorded. Raises ConcurrentImport."""
        if self._appended is None or self._appended.result().recorded:
            return self._decided.outcome
        return record_again(connection, tenant, recorder, self._chunk)


def record_again(connection: Connection, tenant: str, recorder: ChunkRecorder[Chunk, Outcome], chunk: Chunk) -> Outcome:
    """Decides and appends a chunk that others overtook. Raises ConcurrentImport."""
    for _ in range(ATTEMPTS - 1):
        outcome, batch = recorder.decide(recorder.translate(chunk, recorder.look_up(chunk)))
        if not batch.commands or append(connection, tenant, batch).recorded:
            return outcome
    raise ConcurrentImport(
        f"Other programs wrote to the same streams {ATTEMPTS} times during the import: start it again later."
    )
