"""The newest events of one tenant, read once for all readers that follow them."""

from collections import deque
from collections.abc import Callable

from api.http.broadcast import LONGEST_WAIT, Broadcast
from api.http.feed_chunks import Chunk, FeedSource
from api.workers.position_waiter import PositionWaiter

KEPT_BYTES = 1024 * 1024
"""How much of the newest events is held in memory; a reader that lags further reads the log."""


class Tail(Broadcast):
    """The newest events, for any number of readers; the log is read while there is one."""

    def __init__(self, tenant: str, source: FeedSource, positions: Callable[[], PositionWaiter]) -> None:
        super().__init__(f"the feed of {tenant}")
        self._tenant = tenant
        self._source = source
        self._positions = positions
        self._chunks: deque[Chunk] = deque()
        self._size = 0

    async def _begin(self) -> None:
        self._position = await self._source.head(self._tenant)

    async def _advance(self) -> bool:
        await self._positions().include(self._position + 1, (), LONGEST_WAIT)
        chunk = await self._source.after(self._tenant, self._position)
        if chunk is not None:
            self._keep(chunk)
        return chunk is not None

    async def _news(self, position: int) -> tuple[bytes, int] | None:
        chunk = self._held(position)
        if chunk is None and position < self._position:
            chunk = await self._source.after(self._tenant, position)
        return None if chunk is None else (chunk.after(position), chunk.last)

    def _held(self, position: int) -> Chunk | None:
        """The chunk in memory that holds the next event after a position, or None."""
        if not self._chunks or not self._chunks[0].first - 1 <= position < self._position:
            return None
        return next(chunk for chunk in self._chunks if position < chunk.last)

    def _keep(self, chunk: Chunk) -> None:
        if chunk.tells_of_erasure:  # the chunks before it may hold the person's values in clear
            self._forget()
        self._chunks.append(chunk)
        self._size += chunk.size
        self._position = chunk.last
        while self._size > KEPT_BYTES and len(self._chunks) > 1:
            self._size -= self._chunks.popleft().size

    def _forget(self) -> None:
        self._chunks.clear()
        self._size = 0
