"""The follower reads the log in order, in batches, and folds each event into every projection exactly once."""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction

from domain.envelope import BEHIND_ALL, RecordedEvent
from domain.event_log import reader
from domain.event_log.advisory_locks import LockTaken, refold_lock
from domain.event_log.append import SEPARATOR
from domain.event_log.database_connections import PROJECTIONS, connect
from domain.event_log.notifications import Listener, append_channel, projection_channel_of
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.messages import Event
from projections.engine.dependents import dependents_of, is_large, pages
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.gc_pause import gc_paused
from projections.engine.projection import Projection
from projections.engine.stream import Stream
from projections.engine.stream_cache import StreamCache
from projections.engine.table_writer import write_folded

_SQL = sql_file("projections.engine", "checkpoints.sql")
PAGE = 10_000
"""Events of a batch."""
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
        self._refolds: dict[str, Iterator[None]] = {}
        self._inputs: FoldInputLoader | None = None
        self._connection: Connection | None = None

    def catch_up(self, until: int = BEHIND_ALL) -> int:
        """Works until each projection is stopped or has read up to ``until``; returns the number of batches written.

        A caller that holds others up passes the head: without it, steady writers would keep this from ending.
        """
        batches = 0
        while step := self.step(until):
            batches += step
        return batches

    def run(self, stop: threading.Event) -> None:
        """Follows until ``stop`` is set: by notification, by polling, and through every loss of the connection.

        The batch that is being written is finished; events behind it wait for the next follower.
        """
        with Listener(self._dsn, [append_channel(self._tenant)]) as listener:
            while not stop.is_set():
                try:
                    listener.connection()
                    if not self.step():
                        listener.wait()
                except psycopg.Error as error:
                    _LOG.warning(
                        "the follower of %s lost the database (%s); trying again", self._tenant, type(error).__name__
                    )
                    self.close()
                    stop.wait(listener.lost())
        self.close()

    def step(self, until: int = BEHIND_ALL) -> int:
        """Takes each projection that is before ``until`` one batch further; returns the number of batches written.

        0: no event is left for any of them.
        """
        connection = self._connect()
        rows = connection.execute(
            _SQL["behind"].composed(self._schema, log_head=sql.Identifier(schema_of(self._tenant), "log_head")),
            {"definitions": self._definitions(self._projections), "until": until, "retry": RETRY_SECONDS},
        ).fetchall()
        written = 0
        for (_, stopped), group in groupby(rows, key=lambda row: (row[0], row[2] is not None)):
            written += self._advance([row[1] for row in group], 1 if stopped else self._page)
        return written

    def close(self) -> None:
        """Closes the connection; the next step opens another."""
        connection, self._connection = self._connection, None
        self._refolds.clear()
        if connection is not None:
            connection.close()

    def _connect(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._dsn, PROJECTIONS)
            self._streams = StreamCache(self._tenant)  # another server may hold other events
            self._inputs = None
            self._refolds.clear()
        return self._connection

    def _definitions(self, names: Iterable[str]) -> str:
        """Select the checkpoints: rows of another version are left to the release that makes them.

        They are joined to one text: the driver converts each element of a list by itself.
        """
        return SEPARATOR.join(self._projections[name].definition for name in names)

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
        if len(names) == 1 and names[0] in self._refolds:
            return self._refold(names[0])
        connection = self._connect()
        with connection.transaction():
            start, together = self._locked(connection, names)
            events = reader.page(connection, self._tenant, start, limit, reader.PAGE_BYTES) if together else []
            if not events:
                return 0
            large = self._large(connection, together, events)
            together = [name for name in together if name not in large]
            if together:
                self._fold(connection, together, events)
                self._move(connection, together, events)
                return 1
        name, dependents = next(iter(large.items()))
        if name not in self._refolds:
            self._refolds[name] = self._refolding(name, start, events, dependents)
        return self._refold(name)

    def _locked(self, connection: Connection, names: Sequence[str]) -> tuple[int, list[str]]:
        """The least position of some projections that no other follower holds, and those that stand there."""
        locked = connection.execute(
            _SQL["lock"].filled(schema=self._schema),
            {"definitions": self._definitions(names)},
        ).fetchall()
        start = locked[0][0] if locked else 0
        return start, [name for position, name in locked if position == start]

    def _move(self, connection: Connection, names: Sequence[str], events: Sequence[RecordedEvent]) -> None:
        """Moves checkpoints behind some events."""
        connection.execute(
            _SQL["move"].filled(schema=self._schema),
            {
                "position": events[-1].position,
                "definitions": self._definitions(names),
                "channel": projection_channel_of(self._schema),
            },
        )

    def _fold(
        self,
        connection: Connection,
        names: Sequence[str],
        events: Sequence[RecordedEvent],
        refolded: frozenset[type[Event]] = frozenset(),
    ) -> None:
        """Folds a batch, and the dependents of its events but of those of the types ``refolded``."""
        causes = [event for event in events if type(event.payload) not in refolded] if refolded else events
        projections = [self._projections[name] for name in names]
        inputs = self._inputs_of(connection, events)
        streams = self._streams.up_to(connection, events)
        write_folded(connection, self._schema, projections, streams.values(), inputs)
        for projection in projections:
            if projection.enrichment is not None:
                dependents = dependents_of(connection, self._schema, projection.enrichment, causes, inputs)
                for page in pages(dependents):
                    self._fold_again(connection, projection, page, inputs, events[-1].position)

    def _inputs_of(self, connection: Connection, events: Sequence[RecordedEvent]) -> FoldInputLoader:
        """The inputs up to the end of a batch; those of the batch before it, unless this one publishes."""
        before, last = events[0].position - 1, events[-1].position
        kept = self._inputs
        if kept is not None and kept.up_to == before and not any(event.topic in reader.PUBLISHED for event in events):
            kept.up_to = last
        if kept is None or kept.up_to != last:
            kept = self._inputs = FoldInputLoader(connection, self._tenant, last)
        return kept

    def _fold_again(
        self, connection: Connection, projection: Projection, page: Sequence[UUID], inputs: FoldInputLoader, up_to: int
    ) -> None:
        """Folds streams without new events."""
        histories = reader.streams(connection, self._tenant, page, up_to)
        streams = [Stream(history, new_from=len(history)) for history in histories.values()]
        write_folded(connection, self._schema, [projection], streams, inputs)

    def _large(
        self, connection: Connection, names: Iterable[str], events: Sequence[RecordedEvent]
    ) -> Mapping[str, Sequence[UUID]]:
        """The projections with more than a page of dependents that are folded in transactions of their own."""
        large: dict[str, Sequence[UUID]] = {}
        inputs = self._inputs_of(connection, events)
        for name in names:
            enrichment = self._projections[name].enrichment
            if enrichment is None or not enrichment.paged:
                continue
            causes = [event for event in events if type(event.payload) in enrichment.paged]
            dependents = dependents_of(connection, self._schema, enrichment, causes, inputs)
            if is_large(dependents):
                large[name] = dependents
        return large

    def _refold(self, name: str) -> int:
        """Takes a refold one page further; 0 while another follower does it."""
        refold = self._refolds.pop(name)
        try:
            for _ in refold:
                self._refolds[name] = refold
                break
        except LockTaken:
            return 0
        return 1

    def _refolding(
        self, name: str, start: int, events: Sequence[RecordedEvent], dependents: Sequence[UUID]
    ) -> Iterator[None]:
        """Folds dependents in a transaction for each page, then the batch of events, which moves the checkpoint.

        The other projections go on between two pages. A refold that is cut off is begun again by the next follower: the
        rows of a stream are replaced by the same ones. Raises LockTaken while another follower does it.
        """
        connection, projection, up_to = self._connect(), self._projections[name], events[-1].position
        refolded = projection.enrichment.paged if projection.enrichment else frozenset()
        with refold_lock(self._schema, name).held(connection, wait=False):
            inputs = FoldInputLoader(connection, self._tenant, up_to)
            for page in pages(dependents):
                with connection.transaction():
                    self._fold_again(connection, projection, page, inputs, up_to)
                yield
            with connection.transaction():
                if self._locked(connection, [name]) == (start, [name]):
                    self._fold(connection, [name], events, refolded)
                    self._move(connection, [name], events)

    def _stop(self, name: str, error: Exception) -> None:
        """Records the event that stops the projection, and the reason; it is tried again after RETRY_SECONDS."""
        reason = error.diag.message_primary if isinstance(error, psycopg.Error) else error  # no values of the row
        message = f"{type(error).__name__}: {reason}"
        row = (
            self._connect()
            .execute(
                _SQL["stop"].filled(schema=self._schema),
                {"error": message[:2000], "definitions": self._definitions([name])},
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
