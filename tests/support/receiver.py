"""A receiver on this computer that answers as a test tells it, and notes what it got."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

NEVER, DROPPED = "never", "dropped"
"""It keeps the connection and says nothing; it closes the connection after the request."""


def answer(status: int, body: str = "", *, connection: str = "close", **headers: str) -> bytes:
    """The bytes of an answer; an underscore in the name of a header is a hyphen."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body.encode())}", f"Connection: {connection}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", body]).encode()


@dataclass(slots=True)
class Got:
    """A request: the first line, headers in lower case, the body."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Receiver:
    """``says`` are the next answers, then ``usual``. ``slow`` is how many seconds each answer takes.

    ``answers_each`` is how many requests it answers on a connection before it closes it, without a word.
    """

    says: deque[bytes | str] = field(default_factory=deque)
    usual: bytes | str = field(default_factory=lambda: answer(200))
    slow: float = 0.0
    got: list[Got] = field(default_factory=list)
    port: int = 0
    at_once: int = 0
    most_at_once: int = 0
    answers_each: int = 1
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            for _ in range(self.answers_each):
                await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append(Got(head[0], headers, body))
        reply = self.says.popleft() if self.says else self.usual
        await asyncio.sleep(self.slow)
        if reply == NEVER:
            await reader.read()
        elif isinstance(reply, bytes):
            writer.write(reply)
            await writer.drain()
        if reply == DROPPED:
            raise ConnectionError


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
