"""Waiting until a tenant's log or projections have reached a position, by notification."""

import asyncio
import logging
from collections.abc import Collection

import psycopg
from psycopg import AsyncConnection

from domain.event_log import reader
from domain.event_log.notifications import AsyncListener, ListenerSettings, append_channel, projection_channel

SETTINGS = ListenerSettings(gather=0.003)
_LOG = logging.getLogger(__name__)


class PositionWaiter:
    """One connection that listens for a tenant, opened when the first caller waits.

    A look at the positions wakes the callers whose position is reached, and no other. ``current``: the positions are
    those of the last commit, but for notifications under way.
    """

    def __init__(self, dsn: str, tenant: str, settings: ListenerSettings = SETTINGS) -> None:
        self._tenant = tenant
        self._listener = AsyncListener(dsn, [append_channel(tenant), projection_channel(tenant)], settings)
        self._listening: asyncio.Task[None] | None = None
        self._waiting: dict[asyncio.Future[bool], tuple[int, tuple[str, ...]]] = {}
        self.current = False
        self.head = 0
        self.projected: dict[str, int] = {}

    @property
    def waiting(self) -> int:
        """How many callers wait now."""
        return len(self._waiting)

    def reached_by(self, names: Collection[str]) -> int:
        """The position that all the named projections have reached; the head of the log when none is named."""
        return min((self.projected.get(name, 0) for name in names), default=self.head)

    def listen(self) -> None:
        """Begins to listen, unless it does already."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())

    async def include(self, position: int, names: Collection[str], seconds: float) -> bool:
        """Whether they reach ``position`` within so many seconds, or before ``give_up``."""
        self.listen()
        if self.reached_by(names) >= position:
            return True
        reached: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[reached] = position, tuple(names)
        try:
            async with asyncio.timeout(seconds):
                return await reached
        except TimeoutError:
            return self.reached_by(names) >= position
        finally:
            del self._waiting[reached]

    def give_up(self) -> None:
        """Ends the wait of all who wait now: their position is not reached."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(False)

    async def close(self) -> None:
        """Stops listening until the next caller waits."""
        listening, self._listening = self._listening, None
        self.current = False
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await self._listener.close()

    async def _listen(self) -> None:
        while True:
            try:
                await self._look(await self._listener.connection())
                await self._listener.wait()
            except psycopg.OperationalError as error:
                _LOG.warning("listening for %s lost the database (%s)", self._tenant, type(error).__name__)
                await self._lost()
            except Exception:  # noqa: BLE001 -- the task must not end while callers wait
                _LOG.exception("listening for %s failed", self._tenant)
                await self._lost()

    async def _lost(self) -> None:
        self.current = False
        await asyncio.sleep(await self._listener.lost())

    async def _look(self, connection: AsyncConnection) -> None:
        cursor = await connection.execute(reader.QUERIES["checkpoints"].of(self._tenant), prepare=True)
        positions: dict[str | None, int] = dict(await cursor.fetchall())
        self.head = positions.get(None, 0)
        self.projected = {name: position for name, position in positions.items() if name is not None}
        self.current = True
        for waiting, (position, names) in self._waiting.items():
            if not waiting.done() and self.reached_by(names) >= position:
                waiting.set_result(True)
