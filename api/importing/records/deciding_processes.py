"""Decides the chunks of a long file in processes of their own, each ahead of its turn to be recorded."""

import gc
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, TypeVar

from psycopg import Connection

from api.importing.chunk_pipeline import record_again
from api.importing.records.binding import RecordBinding
from api.importing.records.mapping import AnyRecordMapping
from api.importing.records.outcome import DecidedRecords
from api.importing.records.reading import RowGroups
from api.importing.records.recorder import RecordRecorder
from domain.event_log.append import append_parameters
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.personal_data.data_keys import KeyStore, stores_in_use
from projections.engine.child_process import begin_child, child_processes, deaf_children
from projections.engine.gc_pause import OBJECTS

PROCESSES = 2
AHEAD = 2 * PROCESSES
"""The most chunks that are decided or wait for their turn."""
DecidedChunk = tuple[DecidedRecords, Mapping[str, str] | None]
"""The outcome of a chunk, and the parameters of its append; None where no row was judged on a stream.

An append without commands checks what was judged.
"""
Item = TypeVar("Item")


class RecordsTask(NamedTuple):
    """What a process needs beside a connection to decide the chunks of a file."""

    tenant: str
    mapping: AnyRecordMapping
    header: list[str]

    def recorder(self, connection: Connection) -> RecordRecorder:
        """The recorder of the file's chunks."""
        return RecordRecorder(connection, self.tenant, RecordBinding(self.mapping, self.header), self.mapping.record)


@contextmanager
def deciding_processes(dsn: str) -> Iterator[ProcessPoolExecutor]:
    """Processes that decide chunks of one file. They begin to load the program at once. Raises ProcessEnded."""
    with child_processes(PROCESSES, _begin, dsn, stores_in_use()) as pool:
        with deaf_children():
            for _ in range(PROCESSES):
                pool.submit(int)  # starts one process
        yield pool


def record_by_processes(
    connection: Connection, task: RecordsTask, pool: ProcessPoolExecutor, chunks: Iterable[RowGroups]
) -> Iterator[DecidedRecords]:
    """The outcomes of the chunks in order, each when it is recorded, in one transaction for each.

    A chunk is decided on the log as it is then. When a chunk before it writes to one of its streams, it is decided
    again in its turn, so that the log is the same as when nothing is decided ahead. Raises ConcurrentImport.
    """
    again = partial(record_again, connection, task.tenant, task.recorder(connection))
    for chunk, decided in _ahead((chunk, pool.submit(_decide, task, chunk)) for chunk in chunks):
        outcome, parameters = decided.result()
        if parameters is None or append_parameters(connection, task.tenant, parameters).recorded:
            yield outcome
        else:
            yield again(chunk)


def _ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The items, each when AHEAD more are made."""
    waiting: deque[Item] = deque()
    for item in items:
        waiting.append(item)
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting


_CONNECTIONS: list[Connection] = []
_RECORDERS: list[RecordRecorder] = []
"""Those of this process: one of each."""


def _begin(dsn: str, key_stores: Sequence[KeyStore]) -> None:
    begin_child(key_stores)
    gc.set_threshold(OBJECTS)
    _CONNECTIONS.append(connect(dsn, ADMINISTRATION))


def _decide(task: RecordsTask, chunk: RowGroups) -> DecidedChunk:
    if not _RECORDERS:
        _RECORDERS.append(task.recorder(_CONNECTIONS[0]))
    recorder = _RECORDERS[0]
    outcome, batch = recorder.decide(recorder.translate(chunk, None))
    return outcome, batch.parameters() if batch.commands or batch.judged else None
