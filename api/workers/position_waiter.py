"""How far a tenant's log and projections have come, and waiting until they are there: by signal, not by asking."""

import asyncio
import logging
from collections.abc import Collection

import psycopg
from psycopg import AsyncConnection, sql

from domain.event_log.schema import schema_of

POLL_SECONDS = 1.0
GATHER_SECONDS = 0.003
LONGEST_BACK_OFF = 2.0
_LOG = logging.getLogger(__name__)


class PositionWaiter:
    """One connection that listens for a tenant, begun when a caller waits. ``waiting`` says how many do now.

    Signals that come close together are looked at once; one that is lost is made up for within POLL_SECONDS. A look
    wakes those whose position is reached and nobody else.
    """

    def __init__(self, dsn: str, tenant: str) -> None:
        self._dsn = dsn
        self._tenant = tenant
        self._listener: asyncio.Task[None] | None = None
        self._waiting: dict[asyncio.Future[None], tuple[int, tuple[str, ...]]] = {}
        self.head = 0
        self.projected: dict[str, int] = {}

    @property
    def waiting(self) -> int:
        """How many callers wait."""
        return len(self._waiting)

    def reached_by(self, names: Collection[str]) -> int:
        """Up to where all the named projections have read the log; where the log stands when none is named."""
        return min((self.projected.get(name, 0) for name in names), default=self.head)

    async def include(self, position: int, names: Collection[str], seconds: float) -> bool:
        """Whether they have reached ``position``, now or within so many seconds."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        if self.reached_by(names) >= position:
            return True
        reached = asyncio.get_running_loop().create_future()
        self._waiting[reached] = position, tuple(names)
        try:
            async with asyncio.timeout(seconds):
                await reached
        except TimeoutError:
            return self.reached_by(names) >= position
        finally:
            del self._waiting[reached]
        return True

    async def close(self) -> None:
        """Stops listening, until somebody waits again."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _listen(self) -> None:
        back_off = 0.05
        while True:
            try:
                async with await AsyncConnection.connect(self._dsn, autocommit=True, connect_timeout=5) as connection:
                    for channel in (schema_of(self._tenant), f"{schema_of(self._tenant)}_projected"):
                        await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                    while True:
                        await self._look(connection)
                        back_off = 0.05
                        async for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                            pass
                        await asyncio.sleep(GATHER_SECONDS)
            except psycopg.OperationalError as error:
                _LOG.warning("listening for %s lost the database (%s)", self._tenant, type(error).__name__)
            except Exception:  # noqa: BLE001 -- whatever it was, who waits now and later is to be told
                _LOG.exception("listening for %s failed", self._tenant)
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF)

    async def _look(self, connection: AsyncConnection) -> None:
        schema = sql.Identifier(schema_of(self._tenant))
        cursor = await connection.execute(
            sql.SQL(
                "select null, position from {0}.log_head union all select name, position from {0}.projection_positions"
            ).format(schema),
            prepare=True,
        )
        positions: dict[str | None, int] = dict(await cursor.fetchall())
        self.head = positions.get(None, 0)
        self.projected = {name: position for name, position in positions.items() if name is not None}
        self._wake()

    def _wake(self) -> None:
        """Those whose position is reached."""
        for waiting, (position, names) in self._waiting.items():
            if not waiting.done() and self.reached_by(names) >= position:
                waiting.set_result(None)
