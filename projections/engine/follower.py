"""The follower reads the log in order, in batches, and folds each event into every projection exactly once."""

import logging
import threading
from collections.abc import Iterable, Sequence
from itertools import groupby

import psycopg
from psycopg import Connection, sql
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.database_connections import PROJECTIONS, connect
from domain.event_log.notifications import Listener, appended
from domain.event_log.schema import schema_of
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.gc_pause import gc_paused
from projections.engine.projection import Enrichment, Projection
from projections.engine.stream import Stream
from projections.engine.stream_cache import StreamCache
from projections.engine.table_writer import write_folded

PAGE = 10_000
"""Events of a batch."""
PAGE_BYTES = 8 * 2**20
"""Bytes of the stored texts of a batch; in memory they take about ten times as much."""
DEPENDENTS_PAGE = 2_000
"""Streams that are folded again at once."""
END = 2**63 - 1
"""A position behind every event."""
RETRY_SECONDS = 5.0
_LOG = logging.getLogger(__name__)


class Follower:
    """Folds the log of one tenant into some projections.

    Any number of followers may run at once: one of them writes a batch of a projection, its rows and its checkpoint in
    one transaction.
    """

    def __init__(
        self, dsn: str, tenant: str, projections: Sequence[Projection], *, target: str | None = None, page: int = PAGE
    ) -> None:
        """``target`` is the schema of the tables: the tenant's own, or that of a rebuild."""
        self._dsn = dsn
        self._tenant = tenant
        self._schema = target or schema_of(tenant)
        self._projections = {projection.name: projection for projection in projections}
        self._page = page
        self._streams = StreamCache(tenant)
        self._connection: Connection | None = None

    def catch_up(self, until: int = END) -> int:
        """Works until each projection is stopped or has read up to ``until``; returns the number of batches written.

        A caller that holds others up passes the head: without it, steady writers would keep this from ending.
        """
        batches = 0
        while step := self.step(until):
            batches += step
        return batches

    def run(self, stop: threading.Event) -> None:
        """Follows until ``stop`` is set: by notification, by polling, and through every loss of the connection."""
        with Listener(self._dsn, [appended(self._tenant)]) as listener:
            while not stop.is_set():
                try:
                    listener.connection()
                    self.catch_up()
                    listener.wait()
                except psycopg.Error as error:
                    _LOG.warning(
                        "the follower of %s lost the database (%s); trying again", self._tenant, type(error).__name__
                    )
                    self.close()
                    stop.wait(listener.lost())
        self.close()

    def step(self, until: int = END) -> int:
        """Takes each projection that is before ``until`` one batch further; returns the number of batches written.

        0: no event is left for any of them.
        """
        connection = self._connect()
        rows = connection.execute(
            sql.SQL(
                "select position, name, stopped_at from {}.projection_positions"
                " where definition = any(%s) and position < %s"
                " and (stopped_at is null or tried_at < clock_timestamp() - make_interval(secs => %s))"
                " order by position, stopped_at is null"
            ).format(sql.Identifier(self._schema)),
            [self._definitions(self._projections), until, RETRY_SECONDS],
        ).fetchall()
        written = 0
        for (_, stopped), group in groupby(rows, key=lambda row: (row[0], row[2] is not None)):
            written += self._advance([row[1] for row in group], 1 if stopped else self._page)
        return written

    def close(self) -> None:
        """Closes the connection; the next step opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._dsn, PROJECTIONS)
            self._streams = StreamCache(self._tenant)  # another server may hold other events
        return self._connection

    def _definitions(self, names: Iterable[str]) -> list[str]:
        """Select the checkpoints: rows of another version are left to the release that makes them."""
        return [self._projections[name].definition for name in names]

    def _advance(self, names: Sequence[str], limit: int) -> int:
        """Takes projections at the same position at most ``limit`` events further, in one transaction.

        When that fails, each goes alone, then in halves, until the event that stops it is found.
        """
        try:
            return self._write(names, limit)
        except Exception as error:  # a fold may raise anything; the other projections go on
            if _is_loss(error):
                raise
            if len(names) > 1:
                return sum(self._advance([name], limit) for name in names)
            if limit > 1:
                return self._advance(names, limit // 2)
            self._stop(names[0], error)
            return 0

    @gc_paused()
    def _write(self, names: Sequence[str], limit: int) -> int:
        connection = self._connect()
        with connection.transaction():
            locked = connection.execute(
                sql.SQL(
                    "select position, name from {}.projection_positions where definition = any(%s)"
                    " order by position for update skip locked"
                ).format(sql.Identifier(self._schema)),
                [self._definitions(names)],
            ).fetchall()
            if not locked:
                return 0
            start = locked[0][0]
            together = [name for position, name in locked if position == start]
            events = reader.page(connection, self._tenant, start, limit, PAGE_BYTES)
            if not events:
                return 0
            self._fold(connection, together, events)
            connection.execute(
                sql.SQL(
                    "with moved as ("
                    "update {}.projection_positions set position = %s, projected_at = clock_timestamp(),"
                    " stopped_at = null, error = null, tried_at = null"
                    " where name = any(%s)) select pg_notify(%s, '')"
                ).format(sql.Identifier(self._schema)),
                [events[-1].position, together, f"{self._schema}_projected"],
            )
        return 1

    def _fold(self, connection: Connection, names: Sequence[str], events: Sequence[RecordedEvent]) -> None:
        projections = [self._projections[name] for name in names]
        inputs = FoldInputLoader(connection, self._tenant, events[-1].position)
        streams = self._streams.up_to(connection, events)
        write_folded(connection, self._schema, projections, streams.values(), inputs)
        for projection in projections:
            if projection.enrichment is not None:
                self._fold_dependents(connection, projection, projection.enrichment, events, inputs)

    def _fold_dependents(
        self,
        connection: Connection,
        projection: Projection,
        enrichment: Enrichment,
        events: Sequence[RecordedEvent],
        inputs: FoldInputLoader,
    ) -> None:
        """In pages: a definition may concern every stream."""
        types = enrichment.related_types
        related = {
            event.stream
            for event in events
            if (types is None or type(event.payload) in types) and enrichment.concerns(event)
        }
        dependents = list(enrichment.dependents(connection, self._schema, inputs.rules, related)) if related else []
        for first in range(0, len(dependents), DEPENDENTS_PAGE):
            page = dependents[first : first + DEPENDENTS_PAGE]
            histories = reader.streams(connection, self._tenant, page, events[-1].position)
            streams = [Stream(history, new_from=len(history)) for history in histories.values()]
            write_folded(connection, self._schema, [projection], streams, inputs)

    def _stop(self, name: str, error: Exception) -> None:
        """Records the event that stops the projection, and the reason; it is tried again after RETRY_SECONDS."""
        reason = error.diag.message_primary if isinstance(error, psycopg.Error) else error  # no values of the row
        message = f"{type(error).__name__}: {reason}"
        row = (
            self._connect()
            .execute(
                sql.SQL(
                    "update {}.projection_positions"
                    " set stopped_at = position + 1, error = %s, tried_at = clock_timestamp()"
                    " where definition = any(%s) returning stopped_at"
                ).format(sql.Identifier(self._schema)),
                [message[:2000], self._definitions([name])],
            )
            .fetchone()
        )
        _LOG.error("projection %s stopped at event %s: %s", name, row[0] if row else "?", message)


def _is_loss(error: Exception) -> bool:
    """Whether the database is gone, full or read-only, so that the same batch may succeed later.

    A statement that was too large or took too long is no loss: fewer events may help.
    """
    if isinstance(error, psycopg.OperationalError):
        return not isinstance(error, QueryCanceled) and not (error.sqlstate or "").startswith("54")
    return isinstance(error, psycopg.InterfaceError | ReadOnlySqlTransaction)
