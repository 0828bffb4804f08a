"""What a process keeps in memory while it serves command after command."""

import asyncio
import gc
import multiprocessing

import uvloop

from api.free_memory import resident
from benchmarks.commands import one_ticket, open_desk
from benchmarks.figure import Figure
from domain.command_handling import service_desk

CALLERS = 32


def measure(dsn: str, tenant: str, *, commands: int, quick: bool) -> Figure:
    """Resident memory at the end beside that after the first third, when the desk's memory of streams is full.

    The quick run lets the desk remember fewer streams, so that this happens as early.
    """
    streams = commands // 16 if quick else service_desk.CACHED_STREAMS
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        before, after = pool.apply(_serve, (dsn, tenant, commands, streams))
    note = f"{commands:,} commands, at most {streams:,} streams remembered"
    return Figure("memory stays", after, "MiB", "after the first third", before, 1.1, at_most=True, note=note)


def _serve(dsn: str, tenant: str, commands: int, streams: int) -> tuple[float, float]:
    service_desk.CACHED_STREAMS = streams
    return uvloop.run(_commands(dsn, tenant, commands))


async def _commands(dsn: str, tenant: str, commands: int) -> tuple[float, float]:
    desk = open_desk(dsn, tenant)

    async def call(tickets: int) -> None:
        for _ in range(tickets):
            async for _receipt in one_ticket(desk):
                pass

    sizes = []
    for share in (1, 2):
        tickets = commands * share // 3 // 4 // CALLERS
        await asyncio.gather(*(call(tickets) for _ in range(CALLERS)))
        gc.collect()
        sizes.append(resident())
    await desk.close()
    return sizes[0], sizes[1]
