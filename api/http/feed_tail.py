"""The newest events of one tenant, read once for all readers that follow them."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from api.http.feed_chunks import Chunk, FeedSource
from api.http.problems import Problem
from api.workers.position_waiter import PositionWaiter

KEPT_BYTES = 1024 * 1024
"""How much of the newest events is held in memory; a reader that lags further reads the log."""
SHARE_OF_TIME = 0.05
"""The share of the process's time that sending may take: after a round of sending the tail pauses accordingly."""
SHORTEST_REST, LONGEST_REST = 0.01, 1.0
BACK_OFF_SECONDS = 0.5
LONGEST_WAIT = 60.0
_LOG = logging.getLogger(__name__)


class Tail:
    """The newest events, for any number of readers; the log is read while there is one."""

    def __init__(self, tenant: str, source: FeedSource, positions: Callable[[], PositionWaiter]) -> None:
        self._tenant = tenant
        self._source = source
        self._positions = positions
        self._chunks: deque[Chunk] = deque()
        self._size = 0
        self._position = 0
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._readers = 0

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Counts one more reader while the block lasts."""
        self._readers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._readers -= 1
            if not self._readers:
                self._task.cancel()
                self._task = None
                self._chunks.clear()
                self._size = self._position = 0

    async def after(self, position: int, seconds: float) -> tuple[bytes, int] | None:
        """The next events after a position, and the position of the last one; None when none came in ``seconds``."""
        deadline = asyncio.get_running_loop().time() + seconds
        try:
            while True:
                moved = self._moved
                chunk = self._held(position)
                if chunk is None and position < self._position:
                    chunk = await self._source.after(self._tenant, position)
                if chunk is not None:
                    return chunk.after(position), chunk.last
                async with asyncio.timeout_at(deadline):
                    await moved.wait()
        except TimeoutError:
            return None
        except (psycopg.OperationalError, Problem):
            await asyncio.sleep(BACK_OFF_SECONDS)
            return None

    def _held(self, position: int) -> Chunk | None:
        """The chunk in memory that holds the next event after a position, or None."""
        if not self._chunks or not self._chunks[0].first - 1 <= position < self._position:
            return None
        return next(chunk for chunk in self._chunks if position < chunk.last)

    async def _run(self) -> None:
        begun = False
        while True:
            try:
                if not begun:
                    self._position = await self._source.head(self._tenant)
                    begun = True
                    await self._wake()
                await self._positions().include(self._position + 1, (), LONGEST_WAIT)
                chunk = await self._source.after(self._tenant, self._position)
                if chunk is not None:
                    self._keep(chunk)
                    rest = await self._wake() * (1 / SHARE_OF_TIME - 1)
                    await asyncio.sleep(min(max(rest, SHORTEST_REST), LONGEST_REST))
            except (psycopg.OperationalError, Problem) as error:
                _LOG.warning("the feed of %s waits for the database (%s)", self._tenant, type(error).__name__)
                await asyncio.sleep(BACK_OFF_SECONDS)
            except Exception:  # noqa: BLE001 -- readers stay connected, and get the events once the cause is mended
                _LOG.exception("the feed of %s cannot be read", self._tenant)
                await asyncio.sleep(LONGEST_REST)

    def _keep(self, chunk: Chunk) -> None:
        if chunk.tells_of_erasure:  # the chunks before it may hold the person's values in clear
            self._chunks.clear()
            self._size = 0
        self._chunks.append(chunk)
        self._size += chunk.size
        self._position = chunk.last
        while self._size > KEPT_BYTES and len(self._chunks) > 1:
            self._size -= self._chunks.popleft().size

    async def _wake(self) -> float:
        """Lets all readers send their chunks; returns the seconds that it took."""
        began = time.perf_counter()
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        for _ in range(3):  # the readers are woken, take their chunk, and send it
            await asyncio.sleep(0)
        return time.perf_counter() - began
