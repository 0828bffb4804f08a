"""Folds the whole log once, stream by stream, for a rebuild or a point-in-time reading."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.database_connections import server_cursor
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.gc_pause import gc_paused
from projections.engine.past_histories import HistoriesThen
from projections.engine.projection import Projection
from projections.engine.stream import Stream
from projections.engine.table_writer import write_folded

ROWS_AT_ONCE = 5_000
"""The events of streams that are folded together, or a few more."""
FETCHED_AT_ONCE = 500
"""The database server sends so many in half a millisecond, and a thread that takes them holds the interpreter as long.

Whoever waits for a core or for the interpreter waits for the whole of it.
"""
_STATE = reader.COLUMNS.split(", ").index("state")
ReplayProgress = Callable[[int], None]
"""Called with the number of events folded since the last call."""


@gc_paused()
def replay(
    log: Connection,
    writer: Connection,
    tenant: str,
    schema: str,
    projections: Sequence[Projection],
    up_to: int,
    *,
    then: HistoriesThen | None = None,
    progress: ReplayProgress = lambda _: None,
    among: str = "true",
) -> None:
    """Fills empty tables in ``schema`` from the events at positions 1 to ``up_to`` as ``then`` reads them.

    ``among`` is a condition on the streams (SQL, never from outside the program). Both connections must be in a
    transaction; they may be the same.
    """
    inputs = FoldInputLoader(log, tenant, up_to, then)
    for histories in batches_where(log, tenant, f"position <= %s and {among}", [up_to]):
        kept = [then.of(history) for history in histories] if then else histories
        write_folded(writer, schema, projections, [Stream(history) for history in kept if history], inputs)
        progress(sum(map(len, histories)))
        del histories, kept  # before the next ones are read


def batches_where(
    connection: Connection, tenant: str, which: str, parameters: Sequence[object]
) -> Iterator[list[list[RecordedEvent]]]:
    """Whole streams of the events that meet ``which``, in batches: of ROWS_AT_ONCE events or a few more, or of fewer
    with long texts.
    """
    batch: list[list[RecordedEvent]] = []
    size = begin = 0
    read = _CharactersRead()
    for _, history in streams_where(connection, tenant, which, parameters, read):
        batch.append(history)
        size += len(history)
        if size >= ROWS_AT_ONCE or read.characters - begin >= reader.PAGE_BYTES:
            yield batch
            batch, size, begin = [], 0, read.characters
    yield batch


class _CharactersRead:
    """Counts the characters of the stored texts that were read."""

    def __init__(self) -> None:
        self.characters = 0

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self.characters += sum(len(row[_STATE]) for row in rows)


def streams_where(
    connection: Connection,
    tenant: str,
    which: str,
    parameters: Sequence[object],
    read: _CharactersRead | None = None,
) -> Iterator[tuple[UUID, list[RecordedEvent]]]:
    """The events that meet the condition ``which`` (SQL, never from outside the program), stream by stream.

    ``read`` counts what is read.
    """
    counted = read or _CharactersRead()
    with server_cursor(connection, "whole_log", binary=True) as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        cursor.execute(reader.select_where(tenant, f"where {which} order by stream, version"), parameters)
        pages = iter(lambda: cursor.fetchmany(FETCHED_AT_ONCE), [])
        events = (event for rows in pages for event in _decoded(tenant, rows, counted))
        for stream, history in groupby(events, key=attrgetter("stream")):
            yield stream, list(history)


def _decoded(tenant: str, rows: Sequence[tuple[Any, ...]], read: _CharactersRead) -> list[RecordedEvent]:
    read.add(rows)
    return reader.decode_rows(tenant, rows)
