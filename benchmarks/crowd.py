"""Connections that take place and ask little: idle ones, and readers that follow the feed."""

import asyncio
import json
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import NamedTuple, cast

import httptools
import uvloop

from benchmarks.rounds import percentile

READY = "ready"
SPAWN = multiprocessing.get_context("spawn")


class Seen(NamedTuple):
    """The fewest events that a reader has seen, and how late the first reader saw them, in milliseconds."""

    fewest: int
    median: float
    p99: float


@contextmanager
def crowd(port: int, idle: int, readers: int, after: int) -> Iterator[Callable[[], Seen]]:
    """All of them in a process of their own, connected for the block; what was seen, once asked for.

    The readers follow the feed after a position.
    """
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(there, port, idle, readers, after))
    process.start()
    assert here.recv() == READY

    def seen() -> Seen:
        here.send(None)
        seen_there: Seen = here.recv()
        return seen_there

    try:
        yield seen
    finally:
        process.terminate()
        process.join()


def _run(parent: Connection, port: int, idle: int, readers: int, after: int) -> None:
    uvloop.run(_crowd(parent, port, idle, readers, after))


async def _crowd(parent: Connection, port: int, idle: int, readers: int, after: int) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(idle):
        await loop.create_connection(asyncio.Protocol, "127.0.0.1", port)
    made = [await loop.create_connection(lambda: Reader(port, after), "127.0.0.1", port) for _ in range(readers)]
    followers = [reader for _, reader in made]
    followers[0].looks = True
    await asyncio.gather(*(reader.answered.wait() for reader in followers))
    parent.send(READY)
    await asyncio.to_thread(parent.recv)
    late = followers[0].late or [0.0]
    fewest = min(reader.seen for reader in followers)
    parent.send(Seen(fewest, percentile(late, 0.5), percentile(late, 0.99)))


class Reader(asyncio.Protocol):
    """Follows the feed and counts; with ``looks`` it also says how old each event was when it came."""

    def __init__(self, port: int, after: int) -> None:
        self.looks = False
        self.seen = 0
        self.answered = asyncio.Event()
        self.late: list[float] = []
        self._rest = b""
        self._parser = httptools.HttpResponseParser(self)
        self._request = f"GET /v1/events/stream?after={after} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        self.answered.set()
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Part of a chunk, which may end within an event."""
        *lines, self._rest = (self._rest + body).split(b"\n")
        for line in lines:
            if line.startswith(b"data: "):
                self.seen += 1
                if self.looks:
                    recorded_at = datetime.fromisoformat(json.loads(line[6:])["recorded_at"])
                    self.late.append((datetime.now(UTC) - recorded_at).total_seconds() * 1000)
