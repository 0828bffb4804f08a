"""Callers side by side, as threads or as tasks: how many commands a second they get answered."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

COMMANDS_A_TICKET = 4


def in_threads(
    callers: int, tickets: int, one_ticket: Callable[[], object], leave: Callable[[], object] = lambda: None
) -> float:
    """``callers`` threads with ``tickets`` tickets each; one more before the clock starts opens their connections.

    ``leave`` is what each thread does at last.
    """
    ready = threading.Barrier(callers + 1)

    def call() -> None:
        try:
            one_ticket()
        finally:
            ready.wait()
        for _ in range(tickets):
            one_ticket()
        leave()

    with ThreadPoolExecutor(callers) as threads:
        calls = [threads.submit(call) for _ in range(callers)]
        ready.wait()
        start = time.perf_counter()
        for ended in calls:
            ended.result()
        return callers * tickets * COMMANDS_A_TICKET / (time.perf_counter() - start)


async def in_tasks(callers: int, tickets: int, one_ticket: Callable[[], Awaitable[object]]) -> float:
    """The same with tasks of one event loop."""

    async def call(count: int) -> None:
        for _ in range(count):
            await one_ticket()

    await asyncio.gather(*(call(1) for _ in range(callers)))
    start = time.perf_counter()
    await asyncio.gather(*(call(tickets) for _ in range(callers)))
    return callers * tickets * COMMANDS_A_TICKET / (time.perf_counter() - start)
