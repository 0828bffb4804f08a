"""Connections that send the next request when the last is answered; so light that the server is what is measured."""

import asyncio
import time
from typing import NamedTuple, cast

import uvloop

from benchmarks.rounds import percentile

WARM_UP_SECONDS = 0.2


class Load(NamedTuple):
    """Answers a second, and how long they took in milliseconds."""

    a_second: float
    median: float
    p99: float


def post(port: int, path: str, body: bytes, connections: int, seconds: float) -> Load:
    """Sends the same body again and again for so many seconds. Raises RuntimeError for an answer that is not 201."""
    return uvloop.run(_post(port, path, body, connections, seconds))


async def _post(port: int, path: str, body: bytes, connections: int, seconds: float) -> Load:
    request = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    begin = time.perf_counter() + WARM_UP_SECONDS
    loop = asyncio.get_running_loop()
    connected = [
        await loop.create_connection(lambda: Caller(request, begin, begin + seconds), "127.0.0.1", port)
        for _ in range(connections)
    ]
    callers = [caller for _, caller in connected]
    await asyncio.gather(*(caller.ended for caller in callers))
    took = [milliseconds for caller in callers for milliseconds in caller.took]
    return Load(len(took) / seconds, percentile(took, 0.5), percentile(took, 0.99))


class Caller(asyncio.Protocol):
    """One connection. What is answered between ``begin`` and ``end`` counts."""

    def __init__(self, request: bytes, begin: float, end: float) -> None:
        self.took: list[float] = []
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request, self._begin, self._end = request, begin, end
        self._received = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        self._received = b""
        now = time.perf_counter()
        if not head.startswith(b"HTTP/1.1 201"):
            self.ended.set_exception(RuntimeError((head + body).decode()))
            self._transport.close()
            return
        if self._begin <= now < self._end:
            self.took.append((now - self._sent) * 1000)
        if now < self._end:
            self._send()
        else:
            self._transport.close()
            self.ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionResetError("the server hung up"))

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request)


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])
