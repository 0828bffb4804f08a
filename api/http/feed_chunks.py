"""The log as JSON events, read in chunks of bounded size over connections of the feed alone."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from anyio import CapacityLimiter, to_thread
from pydantic_core import to_json

from api.http.bounded_pool import BoundedPool
from domain.erasure.events import ErasureCertified, KeysDestroyed
from domain.event_log import reader

CHUNK_EVENTS = 200
CHUNK_BYTES = 64 * 1024
READ_AT_ONCE = 2
_OF_DESTROYED_KEYS = tuple(event_type.topic.encode() for event_type in (KeysDestroyed, ErasureCertified))


class Chunk(NamedTuple):
    """Consecutive events as server-sent events, from position ``first`` on."""

    first: int
    texts: list[bytes]

    @property
    def last(self) -> int:
        """The position of the last event."""
        return self.first + len(self.texts) - 1

    @property
    def size(self) -> int:
        """The size in bytes."""
        return sum(map(len, self.texts))

    @property
    def tells_of_erasure(self) -> bool:
        """Whether one of the events says that keys are destroyed, or that nobody can use them any more."""
        return any(topic in text for text in self.texts for topic in _OF_DESTROYED_KEYS)

    def after(self, position: int) -> bytes:
        """The text of the events after a position, which lies in the chunk or right before it."""
        return b"".join(self.texts[position + 1 - self.first :])


class FeedSource:
    """Reads chunks: at most READ_AT_ONCE at once, in the order of the calls."""

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
        """The limiter, made inside the event loop that uses it."""
        self._limiter = self._limiter or CapacityLimiter(READ_AT_ONCE)
        return self._limiter

    def _head(self, tenant: str) -> int:
        with self._pool.connection() as connection:
            return reader.head(connection, tenant)

    def _chunk(self, tenant: str, after: int) -> Chunk | None:
        with self._pool.connection() as connection:
            rows = reader.opened_rows(tenant, reader.page_rows(connection, tenant, after, CHUNK_EVENTS, CHUNK_BYTES))
        return Chunk(rows[0][0], list(_server_sent(tenant, rows))) if rows else None


def json_of(tenant: str, row: tuple[Any, ...]) -> str:
    """A row of the log, opened, as a FeedEvent: the stored text is upcast and not parsed otherwise."""
    position, stream, version, topic, recorded_at, state = row
    head = f'{{"position":{position},"tenant":"{tenant}","stream":"{stream}","version":{version},'
    stored = reader.CODEC.upcast(topic, state)
    return f'{head}"topic":{_quoted(topic)},"recorded_at":{to_json(recorded_at).decode()},{stored[1:]}'


@cache
def _quoted(topic: str) -> str:
    """A topic as JSON; there are as many as event types."""
    return json.dumps(topic)


def _server_sent(tenant: str, rows: Sequence[tuple[Any, ...]]) -> Iterator[bytes]:
    for row in rows:
        yield f"id: {row[0]}\nevent: {row[3]}\ndata: {json_of(tenant, row)}\n\n".encode()
