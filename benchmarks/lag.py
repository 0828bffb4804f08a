"""How long after the answer to a command its rows can be seen, while commands come in at a steady rate."""

import asyncio
import gc
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop
from psycopg import AsyncConnection, sql

from benchmarks.callers import COMMANDS_A_TICKET
from benchmarks.commands import one_ticket, open_desk, register_customers
from benchmarks.figure import Figure
from benchmarks.following import following
from benchmarks.rounds import percentile
from domain.event_log.notifications import projection_channel
from domain.event_log.schema import schema_of
from projections.engine.gc_pause import full_collections_rare

RATE = 500


def measure(dsn: str, tenant: str, seconds: float) -> list[Figure]:
    """Offers RATE commands a second for so long, while a follower runs beside it."""
    with following(dsn, tenant), serving_collector():
        lags = uvloop.run(_lags(dsn, tenant, seconds))
    note = f"{RATE} commands/s offered, {len(lags):,} in {seconds:g} s"
    return [
        Figure("lag to visible rows, median", percentile(lags, 0.5), "ms", "asked for", 10, 1, at_most=True, note=note),
        Figure("lag to visible rows, p99", percentile(lags, 0.99), "ms", "asked for", 50, 1, at_most=True, note=note),
    ]


@contextmanager
def serving_collector() -> Iterator[None]:
    """The collector of this process as a process that serves has it, for the block."""
    before = gc.get_threshold()
    full_collections_rare()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


class Lags:
    """Milliseconds from each command's answer until every projection has its position."""

    def __init__(self) -> None:
        self.measured: list[float] = []
        self.all_visible = asyncio.Event()
        self._answered: deque[tuple[int, float]] = deque()
        self._visible = 0

    def answered(self, position: int) -> None:
        """A command was answered now."""
        if position <= self._visible:
            self.measured.append(0.0)
        else:
            self._answered.append((position, time.perf_counter()))
            self.all_visible.clear()

    def visible(self, position: int) -> None:
        """Every projection was seen to have this position, now."""
        now, self._visible = time.perf_counter(), position
        while self._answered and self._answered[0][0] <= position:
            self.measured.append((now - self._answered.popleft()[1]) * 1000)
        if not self._answered:
            self.all_visible.set()


async def _lags(dsn: str, tenant: str, seconds: float) -> list[float]:
    desk, lags = open_desk(dsn, tenant), Lags()
    await register_customers(desk)

    async def ticket() -> None:
        async for receipt in one_ticket(desk):
            lags.answered(receipt.answer.position)

    watching = asyncio.create_task(_watch(dsn, tenant, lags))
    await ticket()
    await lags.all_visible.wait()  # the follower has started
    lags.measured.clear()
    tickets: list[asyncio.Task[None]] = []
    begin = time.perf_counter()
    for number in range(int(seconds * RATE / COMMANDS_A_TICKET)):
        await asyncio.sleep(begin + number * COMMANDS_A_TICKET / RATE - time.perf_counter())
        tickets.append(asyncio.create_task(ticket()))
    await asyncio.gather(*tickets)
    await lags.all_visible.wait()
    watching.cancel()
    await desk.close()
    return lags.measured


async def _watch(dsn: str, tenant: str, lags: Lags) -> None:
    """Looks how far the slowest projection is whenever one has moved."""
    schema = schema_of(tenant)
    smallest = sql.SQL("select min(position) from {}.projection_positions").format(sql.Identifier(schema))
    async with (
        await AsyncConnection.connect(dsn, autocommit=True) as listening,
        await AsyncConnection.connect(dsn, autocommit=True) as looking,
    ):
        await listening.execute(sql.SQL("listen {}").format(sql.Identifier(projection_channel(tenant))))
        async for _ in listening.notifies():
            cursor = await looking.execute(smallest, prepare=True)
            lags.visible((await cursor.fetchone() or (0,))[0])
