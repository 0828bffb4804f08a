"""How long one hostile request holds the event loop at once, in processor time of its thread.

Other work on the computer does not change it. With eight callers, ten requests a second that each hold it for ``t``
delay more than one answer in a hundred by ``t``: the others' p99 grows by about as much.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

import uvicorn
import uvloop

from benchmarks.figure import Figure
from benchmarks.over_http import SPAWN
from benchmarks.rounds import say
from benchmarks.strangers import HOSTILE, INSISTENT

TENTH = 0.85
"""Milliseconds: a tenth of what eight callers waited at p99 beside strangers at a sink (2026-11-30)."""
TIMES = 5
AFTER_SECONDS = 0.05


class Watched:
    """A server whose event loop is watched."""

    def __init__(self, port: int, pipe: Connection) -> None:
        self.port = port
        self._pipe = pipe

    def longest(self, sent: bytes) -> float:
        """The longest turn of the loop while a request is answered, in milliseconds."""
        self._pipe.send(True)
        self._pipe.recv()
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as connection:  # else cut off
            connection.settimeout(0.5)
            connection.sendall(sent)
            connection.recv(1 << 16)
        time.sleep(AFTER_SECONDS)
        self._pipe.send(False)
        seconds: float = self._pipe.recv()
        return seconds * 1_000


def held(server: Watched) -> list[Figure]:
    """For each kind of stranger the costliest of its requests, each the least of some times."""
    figures = []
    for kind, requests in {**HOSTILE, **{kind: [sent] for kind, sent in INSISTENT.items()}}.items():
        longest = max(min(server.longest(sent) for _ in range(TIMES)) for sent in requests)
        what = f"the event loop held at once by {kind}"
        say(f"  {what}: {longest:.2f} ms")
        figures.append(Figure(what, longest, "ms", "a tenth of others' p99", TENTH, 1, at_most=True))
    return figures


@contextmanager
def watched(serve: Callable[[str], uvicorn.Server], dsn: str) -> Iterator[Watched]:
    """A server in a process of its own, whose event loop is watched."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(serve, dsn, there))
    process.start()
    try:
        yield Watched(here.recv(), here)
    finally:
        process.terminate()
        process.join()


def _run(serve: Callable[[str], uvicorn.Server], dsn: str, parent: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        parent.send(listener.getsockname()[1])
        uvloop.run(_serve(serve(dsn), listener, parent))


async def _serve(server: uvicorn.Server, listener: socket.socket, parent: Connection) -> None:
    turns = _Turns(asyncio.get_running_loop())
    threading.Thread(target=turns.answer, args=[parent], daemon=True).start()
    await server.serve([listener])


class _Turns:
    """The turns of an event loop. It looks in each of them, so that the loop never waits meanwhile."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._looks = False
        self._last = self._longest = 0.0

    def answer(self, parent: Connection) -> None:
        """Begins to look when it is told to, and gives the longest turn when it is told to end."""
        while True:
            self._looks = parent.recv()
            if self._looks:
                self._loop.call_soon_threadsafe(self._begin)
            parent.send(self._longest)

    def _begin(self) -> None:
        self._last, self._longest = time.thread_time(), 0.0
        self._loop.call_soon(self._look)

    def _look(self) -> None:
        now = time.thread_time()
        self._longest = max(self._longest, now - self._last)
        self._last = now
        if self._looks:
            self._loop.call_soon(self._look)
