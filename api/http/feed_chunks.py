"""The log as JSON events in chunks of bounded size, read over connections that only the feed uses."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, LiteralString, NamedTuple

from anyio import CapacityLimiter, to_thread
from psycopg import Connection, sql

from api.http.bounded_pool import BoundedPool
from domain.event_log import reader
from domain.event_log.schema import schema_of

CHUNK_EVENTS = 200
CHUNK_BYTES = 64 * 1024
READ_AT_ONCE = 2


class Chunk(NamedTuple):
    """Consecutive events as server-sent events, the one at position ``first`` first."""

    first: int
    texts: list[bytes]

    @property
    def last(self) -> int:
        """The position of the last event."""
        return self.first + len(self.texts) - 1

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.texts))

    def after(self, position: int) -> bytes:
        """The text of the events after a position, which lies in the chunk or right before it."""
        return b"".join(self.texts[position + 1 - self.first :])


class FeedSource:
    """Reads chunks; no more than READ_AT_ONCE readers are served at once, in the order in which they came."""

    def __init__(self, pool: BoundedPool) -> None:
        self._pool = pool
        self._limiter: CapacityLimiter | None = None

    async def head(self, tenant: str) -> int:
        """The position of the newest event."""
        return await to_thread.run_sync(self._head, tenant, limiter=self._turns())

    async def after(self, tenant: str, position: int) -> Chunk | None:
        """The next events after a position; None when there are none."""
        return await to_thread.run_sync(self._chunk, tenant, position, limiter=self._turns())

    def _turns(self) -> CapacityLimiter:
        """Made inside the event loop that it is for."""
        self._limiter = self._limiter or CapacityLimiter(READ_AT_ONCE)
        return self._limiter

    def _head(self, tenant: str) -> int:
        with self._pool.connection() as connection:
            return reader.head(connection, tenant)

    def _chunk(self, tenant: str, after: int) -> Chunk | None:
        with self._pool.connection() as connection:
            rows = rows_after(connection, tenant, after, CHUNK_EVENTS, CHUNK_BYTES)
        return Chunk(rows[0][0], list(_server_sent(tenant, rows))) if rows else None


def rows_after(
    connection: Connection, tenant: str, after: int, limit: int, most_bytes: int
) -> Sequence[tuple[Any, ...]]:
    """The next rows: at most ``limit``, and of stored text ``most_bytes`` and one row more."""
    return connection.execute(_bounded(tenant), [after, limit, most_bytes], binary=True).fetchall()


def json_of(tenant: str, row: tuple[Any, ...]) -> str:
    """A row of the log as a FeedEvent: the stored text is passed on as it is, in today's shape."""
    position, stream, version, topic, recorded_at, state = row
    place = f'{{"position":{position},"tenant":"{tenant}","stream":"{stream}","version":{version},'
    stored = reader.MAPPER.upcast(topic, state)
    return f'{place}"topic":{json.dumps(topic)},"recorded_at":"{recorded_at.isoformat()}",{stored[1:]}'


def _server_sent(tenant: str, rows: Sequence[tuple[Any, ...]]) -> Iterator[bytes]:
    for row in rows:
        yield f"id: {row[0]}\nevent: {row[3]}\ndata: {json_of(tenant, row)}\n\n".encode()


def _bounded(tenant: str) -> sql.Composed:
    """Parameters: position, limit, bytes. The size of a text is known without reading it."""
    text: LiteralString = (
        "select position, stream, version, topic, recorded_at, state from ("
        "select *, sum(octet_length(state)) over (order by position) - octet_length(state) as before"
        " from {}.events where position > %s order by position limit %s"
        ") page where before < %s order by position"
    )
    return sql.SQL(text).format(sql.Identifier(schema_of(tenant)))
