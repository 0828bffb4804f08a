"""Folds the whole log once, stream by stream, for a rebuild or a point-in-time reading."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log.database_connections import server_cursor
from domain.event_log.reader import decode_rows, select_where
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
ReplayProgress = Callable[[int], None]
"""Called with the number of events folded since the last call."""


@gc_paused()
def replay(
    reader: Connection,
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
    inputs = FoldInputLoader(reader, tenant, up_to, then)
    batch: list[Stream] = []
    size = 0
    for _, history in streams_where(reader, tenant, f"position <= %s and {among}", [up_to]):
        kept = then.of(history) if then else history
        if kept:
            batch.append(Stream(kept))
        size += len(history)
        if size >= ROWS_AT_ONCE:
            write_folded(writer, schema, projections, batch, inputs)
            batch.clear()
            progress(size)
            size = 0
    write_folded(writer, schema, projections, batch, inputs)
    progress(size)


def streams_where(
    connection: Connection, tenant: str, which: str, parameters: Sequence[object]
) -> Iterator[tuple[UUID, list[RecordedEvent]]]:
    """The events that meet the condition ``which`` (SQL, never from outside the program), stream by stream."""
    with server_cursor(connection, "whole_log", binary=True) as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        cursor.execute(select_where(tenant, f"where {which} order by stream, version"), parameters)
        pages = iter(lambda: cursor.fetchmany(FETCHED_AT_ONCE), [])
        events = (event for rows in pages for event in decode_rows(tenant, rows))
        for stream, history in groupby(events, key=attrgetter("stream")):
            yield stream, list(history)
