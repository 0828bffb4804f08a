"""Connections that send the next request when the last is answered; so light that the server is what is measured."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple, cast

import uvloop

from benchmarks.rounds import percentile

WARM_UP_SECONDS = 0.2


class Load(NamedTuple):
    """Answers a second, and how long they took in milliseconds."""

    a_second: float
    median: float
    p99: float


class Answer(NamedTuple):
    """When its request was sent (``time.perf_counter``), and how long it took in milliseconds."""

    sent: float
    took: float


def post(port: int, path: str, body: bytes, connections: int, seconds: float) -> Load:
    """Sends the same body again and again for so many seconds. Raises RuntimeError for an answer that is not 201."""
    return uvloop.run(_send(port, [_post(port, path, body)], b"201", connections, seconds))


def get(port: int, paths: Sequence[str], connections: int, seconds: float) -> Load:
    """Reads the addresses in turns for so many seconds. Raises RuntimeError for an answer that is not 200."""
    requests = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() for path in paths]
    return uvloop.run(_send(port, requests, b"200", connections, seconds))


def post_timed(port: int, path: str, body: bytes, connections: int, seconds: float) -> list[Answer]:
    """Like ``post``, with the time of each answer."""
    callers = uvloop.run(_callers(port, [_post(port, path, body)], b"201", connections, seconds))
    return [answer for caller in callers for answer in caller.answers]


def _post(port: int, path: str, body: bytes) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def _send(port: int, requests: Sequence[bytes], status: bytes, connections: int, seconds: float) -> Load:
    callers = await _callers(port, requests, status, connections, seconds)
    took = [answer.took for caller in callers for answer in caller.answers]
    return Load(len(took) / seconds, percentile(took, 0.5), percentile(took, 0.99))


async def _callers(
    port: int, requests: Sequence[bytes], status: bytes, connections: int, seconds: float
) -> "list[Caller]":
    turns = cycle(requests)
    begin = time.perf_counter() + WARM_UP_SECONDS
    loop = asyncio.get_running_loop()
    connected = [
        await loop.create_connection(lambda: Caller(turns, status, begin, begin + seconds), "127.0.0.1", port)
        for _ in range(connections)
    ]
    callers = [caller for _, caller in connected]
    await asyncio.gather(*(caller.ended for caller in callers))
    return callers


class Caller(asyncio.Protocol):
    """One connection. What is answered with ``status`` between ``begin`` and ``end`` counts."""

    def __init__(self, requests: Iterator[bytes], status: bytes, begin: float, end: float) -> None:
        self.answers: list[Answer] = []
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests, self._begin, self._end = requests, begin, end
        self._answered = b"HTTP/1.1 " + status
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
        if not head.startswith(self._answered):
            self.ended.set_exception(RuntimeError((head + body).decode()))
            self._transport.close()
            return
        if self._begin <= now < self._end:
            self.answers.append(Answer(self._sent, (now - self._sent) * 1000))
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
        self._transport.write(next(self._requests))


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])
