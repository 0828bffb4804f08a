"""Open pages without a browser: each is told of changes and asks for its panels, as `live.js` does."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import NamedTuple

import uvloop

from benchmarks.over_http import BODY, SPAWN
from benchmarks.rounds import percentile

SPACING = 0.6
"""As in `live.js`."""
READY = "ready"
_PANEL = re.compile(rb'data-panel="([a-z_]+)"')


class Late(NamedTuple):
    """How long after they were sent changes were shown by all panels, in milliseconds; the bytes of an answer."""

    median: float
    p99: float
    size: float


class _Answer(NamedTuple):
    """When an answer came, the position of its oldest panel, and its bytes."""

    at: float
    position: int
    size: int


class OpenPages:
    """A process with pages that are open."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def late(self, seconds: float, rate: float) -> Late:
        """Records tickets at a steady rate for so long, and measures when each page shows them."""
        self._pipe.send((seconds, rate))
        late: Late = self._pipe.recv()
        return late


@contextmanager
def open_pages(port: int, path: str, count: int) -> Iterator[OpenPages]:
    """So many pages, open for the block; each asks for all panels of the page."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(there, port, path, count))
    process.start()
    assert here.recv() == READY
    try:
        yield OpenPages(here)
    finally:
        process.terminate()
        process.join()


def _run(parent: Connection, port: int, path: str, count: int) -> None:
    uvloop.run(_serve(parent, port, path, count))


async def _serve(parent: Connection, port: int, path: str, count: int) -> None:
    pages = [_OpenPage(port, path) for _ in range(count)]
    await asyncio.gather(*(page.load() for page in pages))
    parent.send(READY)
    while True:
        seconds, rate = await asyncio.to_thread(parent.recv)
        parent.send(await _late(port, pages, seconds, rate))


async def _late(port: int, pages: "list[_OpenPage]", seconds: float, rate: float) -> Late:
    for page in pages:
        page.shown.clear()
    sent: list[tuple[int, float]] = []
    client = await _Client.connected(port)
    begin = time.perf_counter()
    for number in range(int(seconds * rate)):
        await asyncio.sleep(begin + number / rate - time.perf_counter())
        at = time.perf_counter()
        head, _ = await client.ask("POST", "/v1/tickets", BODY)
        sent.append((int(head["ledger-position"]), at))
    last = sent[-1][0]
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            await asyncio.gather(*(page.shows(last) for page in pages))
    late = [page.shown_after(position, sent_at) for page in pages for position, sent_at in sent]
    sizes = [answer.size for page in pages for answer in page.shown]
    return Late(percentile(late, 0.5), percentile(late, 0.99), sum(sizes) / len(sizes))


class _OpenPage:
    """One page. ``shown`` holds the answers that changed it."""

    def __init__(self, port: int, path: str) -> None:
        self.shown: list[_Answer] = []
        self._port, self._path = port, path
        self._newest = 0
        self._told = asyncio.Event()
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def load(self) -> None:
        """Loads the document, and begins to be told and to ask."""
        self._client = await _Client.connected(self._port)
        head, body = await self._client.ask("GET", self._path)
        panels = "&".join(f"panel={name.decode()}" for name in dict.fromkeys(_PANEL.findall(body)))
        self._newest = self._position = int(head["ledger-position"])
        name = self._path.strip("/")
        self._tasks = [
            asyncio.create_task(self._be_told(f"/moved?page={name}&after={self._position}")),
            asyncio.create_task(self._ask(f"{self._path}?{panels}")),
        ]

    def shown_after(self, position: int, sent_at: float) -> float:
        """Milliseconds from ``sent_at`` until it showed a position."""
        return (next(answer.at for answer in self.shown if answer.position >= position) - sent_at) * 1000

    async def shows(self, position: int) -> None:
        while self._position < position:
            await self._changed.wait()
            self._changed.clear()

    async def _be_told(self, address: str) -> None:
        client = await _Client.connected(self._port)
        async for position in client.positions(address):
            self._newest = max(self._newest, position)
            self._told.set()

    async def _ask(self, address: str) -> None:
        asked_at, tag = 0.0, ""
        while True:
            while self._position >= self._newest:
                await self._told.wait()
                self._told.clear()
            await asyncio.sleep(asked_at + SPACING - time.perf_counter())
            asked_at = time.perf_counter()
            head, body = await self._client.ask("GET", address, headers=f"If-None-Match: {tag}\r\n")
            if not body:
                continue
            tag = head["etag"]
            self._position = int(head["ledger-position"])
            self.shown.append(_Answer(time.perf_counter(), self._position, len(body)))
            self._changed.set()


class _Client:
    """One connection."""

    def __init__(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._port, self._reader, self._writer = port, reader, writer

    @classmethod
    async def connected(cls, port: int) -> "_Client":
        return cls(port, *await asyncio.open_connection("127.0.0.1", port, limit=1 << 20))

    async def ask(
        self, method: str, address: str, body: bytes = b"", headers: str = ""
    ) -> tuple[dict[str, str], bytes]:
        """The headers and the body of an answer; no body when it is not modified. Raises RuntimeError for a failure."""
        head = await self._send(method, address, body, headers)
        if head["status"].startswith("304"):
            return head, b""
        text = await self._reader.readexactly(int(head["content-length"]))
        if not head["status"].startswith("2"):
            raise RuntimeError(f"{address}: {head['status']} {text.decode()}")
        return head, text

    async def positions(self, address: str) -> AsyncIterator[int]:
        """Those that the server tells."""
        await self._send("GET", address, b"")
        while line := await self._reader.readline():
            if line.startswith(b'data: {"position"'):
                yield json.loads(line[6:])["position"]

    async def _send(self, method: str, address: str, body: bytes, headers: str = "") -> dict[str, str]:
        self._writer.write(
            f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAccept-Language: vi\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode()
            + body
        )
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        answered = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        return {"status": lines[0].split(" ", 1)[1], **answered}
