"""A page of the feed, read from the log in parts while its reader takes them."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import psycopg
from psycopg import Connection
from starlette.concurrency import run_in_threadpool

from api.http.bounded_pool import BoundedPool
from api.http.feed_chunks import json_of
from api.http.problems import Problem
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.codec import UnreadableEvent

LARGEST_PAGE_BYTES = 4 * 1024 * 1024
FIRST_PART_EVENTS = 40
"""About as many as the first piece holds: most of those who do not read leave after it."""
PART_EVENTS = 200
PART_BYTES = 256 * 1024
PIECE_BYTES = 16 * 1024


class FeedPageInParts:
    """The events after a position: at most ``limit``, and about LARGEST_PAGE_BYTES of stored texts.

    A part is read in one statement of half a millisecond, so that no session that appends waits long for its core, and
    nothing is read for a reader who has left. ``head`` is the newest position.
    """

    def __init__(self, pool: BoundedPool, tenant: str, after: int, limit: int) -> None:
        """Reads the first part. Raises what reading the log raises."""
        self._pool, self._tenant = pool, tenant
        self._last, self._left_bytes = after, LARGEST_PAGE_BYTES
        with pool.connection() as connection:
            self.head = reader.head(connection, tenant)
            self.most_events = self._left = max(0, min(limit, self.head - after))
            self._part = self._next_part(connection, FIRST_PART_EVENTS)

    @property
    def most_held(self) -> int:
        """The bytes that the largest part holds."""
        first = sum(len(row[-1]) for row in self._part)
        return max(first, PART_BYTES) if self._left else first

    async def pieces(self) -> AsyncIterator[bytes]:
        """The JSON of the page, in pieces of about PIECE_BYTES.

        The page ends before a part that cannot be read: who asks for the next page is told why.
        """
        piece, comma = bytearray(b'{"events":['), b""
        while self._part:
            for row in self._part:
                piece += comma + json_of(self._tenant, row).encode()
                comma = b","
                if len(piece) >= PIECE_BYTES:
                    yield bytes(piece)
                    piece.clear()
            if self._left and piece:  # who leaves now has the next part not read
                yield bytes(piece)
                piece.clear()
            self._part = await run_in_threadpool(self._later_part) if self._left else ()
        piece += f'],"next":{self._last},"head":{self.head}}}'.encode()
        yield bytes(piece)

    def _later_part(self) -> Sequence[tuple[Any, ...]]:
        """The next part; no events when it cannot be read."""
        try:
            with self._pool.connection() as connection:
                return self._next_part(connection, PART_EVENTS)
        except (Problem, LedgerError, UnreadableEvent, psycopg.OperationalError):
            return ()

    def _next_part(self, connection: Connection, most_events: int) -> Sequence[tuple[Any, ...]]:
        most, most_bytes = min(self._left, most_events), min(self._left_bytes, PART_BYTES)
        rows = reader.opened_rows(
            self._tenant, reader.page_rows(connection, self._tenant, self._last, most, most_bytes)
        )
        self._left_bytes -= sum(len(row[-1]) for row in rows)
        self._left = self._left - len(rows) if self._left_bytes > 0 else 0
        self._last = rows[-1][0] if rows else self._last
        return rows
