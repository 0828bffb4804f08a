"""One connection of HTTP/1.1 to a receiver, and those that wait for their next request."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import httptools

LARGEST_ANSWER = 64 * 1024
"""The bytes of an answer that are read."""
IDLE_SECONDS = 2.0
"""How long a connection waits for its next request: less than receivers do, which mostly wait 5 seconds or more."""
_INFORMATIONAL = 200


@dataclass(slots=True)
class HttpAnswer:
    """A status with its headers, in lower case, and the first bytes of the body. Status 0: there is none yet."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_complete: bool = False


class HttpConnection(asyncio.Protocol):
    """Takes one request after the other. Bytes that no request asked for end it."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._exchange: _Exchange | None = None
        self.is_open = False
        self.idle_since = 0.0

    async def exchange(self, request: bytes, answer: HttpAnswer) -> None:
        """Sends a request, and fills in its answer until it is complete, or the receiver ends or sends no HTTP."""
        if self._transport is None or self._transport.is_closing():
            return
        exchange = self._exchange = _Exchange(answer, asyncio.get_running_loop().create_future())
        try:
            self._transport.write(request)
            await exchange.ended
        finally:
            self._exchange = None
            self.is_open = exchange.leaves_open and not self._transport.is_closing()

    def close(self) -> None:
        """Ends the connection at once: a receiver that takes nothing more cannot keep it."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- of a stream of bytes
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._exchange is None:
            self.close()
        else:
            self._exchange.take(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_open = False
        if self._exchange is not None:
            self._exchange.end()


class _Exchange:
    """Reads one answer; informational answers before it are left out. ``ended`` is set when nothing more is read."""

    def __init__(self, answer: HttpAnswer, ended: asyncio.Future[None]) -> None:
        self.answer = answer
        self.ended = ended
        self.leaves_open = False
        self._headers: dict[str, str] = {}
        self._read = 0
        self._parser = httptools.HttpResponseParser(self)

    def take(self, data: bytes) -> None:
        """Reads on, until the answer is complete, too long or wrong."""
        self._read += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.leaves_open = False
            self.end()
        if self.answer.is_complete or self._read >= LARGEST_ANSWER:
            self.end()

    def end(self) -> None:
        """What is known by now says what became of the request."""
        if not self.ended.done():
            self.ended.set_result(None)

    def on_message_begin(self) -> None:
        self.leaves_open = False  # a second answer belongs to no request

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= _INFORMATIONAL and not self.answer.status:
            self.answer.status, self.answer.headers = status, self._headers
        self._headers = {}

    def on_body(self, body: bytes) -> None:
        if not self.answer.is_complete:
            self.answer.body += body

    def on_message_complete(self) -> None:
        if self.answer.status and not self.answer.is_complete:
            self.answer.is_complete = True
            self.leaves_open = self._parser.should_keep_alive()


class KeptConnections:
    """The open connections to one receiver that no request uses, the one that was used last at the right."""

    def __init__(self) -> None:
        self._idle: deque[HttpConnection] = deque()

    def take(self) -> HttpConnection | None:
        """The open connection that was used last; None when there is none."""
        self._close_older_than(asyncio.get_running_loop().time() - IDLE_SECONDS)
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        return None

    def keep(self, connection: HttpConnection) -> None:
        """Keeps a connection for the next request, when the receiver left it open."""
        if not connection.is_open:
            connection.close()
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        if not self._idle:
            loop.call_later(IDLE_SECONDS, self._clean)
        self._idle.append(connection)

    def close(self) -> None:
        """Closes all connections."""
        while self._idle:
            self._idle.pop().close()

    def _clean(self) -> None:
        loop = asyncio.get_running_loop()
        self._close_older_than(loop.time() - IDLE_SECONDS)
        if self._idle:
            loop.call_later(IDLE_SECONDS, self._clean)

    def _close_older_than(self, instant: float) -> None:
        while self._idle and self._idle[0].idle_since <= instant:
            self._idle.popleft().close()
