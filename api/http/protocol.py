"""uvicorn's HTTP protocol with limits: bytes are counted before they are parsed, and every wait has a deadline."""

import asyncio
import re
from math import inf
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.http.body_callbacks import BodyCallbacks, framing
from api.http.chunk_size import LONGEST_LINE, chunk_size
from api.http.connections import Connections
from api.http.last_answer import last_answer
from api.http.problems import Problem
from api.http.refusal_counter import Refusals
from api.http.wire import Wire

LEAST_TAKEN = 16 * 1024
PIPELINE_PAUSE = 0.002
"""Seconds between an answer and the next request of those that were sent without waiting for it."""
_BLANKS = b" \t"
_NOTHING = memoryview(b"")
_VERSIONS = frozenset({"1.0", "1.1"})
_HOST = re.compile(rb"(\[[0-9a-fA-F:.]+\]|[\w.~%-]*)(:\d{0,5})?", re.ASCII)


class Refused(Exception):  # noqa: N818 -- an answer, not a defect
    """Raised inside the parser's callbacks: parsing stops and the problem is the answer."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = Problem(kind, detail)


class LimitedProtocol(HttpToolsProtocol):
    """One connection. ``receiving``: a request has begun and is not complete. ``unparsed`` was received already."""

    def __init__(self, connections: Connections, refusals: Refusals, **given: Any) -> None:
        super().__init__(**given)
        self._connections = connections
        self._refusals = refusals
        self._limits = connections.limits
        self._piece_limit = self._limits.piece
        self._wire: Wire = cast("Wire", None)
        self.receiving = False
        self.unparsed = _NOTHING
        self._half_closed = False
        self._deadline = inf
        self._message_deadline = inf
        self._answering: RequestResponseCycle | None = None
        self._overhead = 0
        self._piece = 0
        self._tail = b""
        self._chunk: int | None = None
        self._discarded = 0
        self._unsent = 0
        self._write_deadline = inf

    # the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = Wire(cast("asyncio.Transport", transport), self)
        super().connection_made(cast("asyncio.Transport", self._wire))
        self._deadline = self.loop.time() + self._limits.first_byte
        self._connections.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.lost(self)
        self._stop_answering()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        self._unsent = 0
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._wire.lingering:
            self._discard(len(data))
        elif len(data) > self._piece_limit:
            self.unparsed = memoryview(data)
            self._wire.pause_reading()
            self._feed_next()
        else:
            self._feed(data)
            self._await_more()

    def _feed_next(self) -> None:
        """Parses the next piece of what was received at once; others have their turn before the one after it."""
        piece, self.unparsed = bytes(self.unparsed[: self._piece_limit]), self.unparsed[self._piece_limit :]
        if self._wire.is_closing() or not self._feed(piece):
            self.unparsed = _NOTHING
        if self.unparsed:
            self.loop.call_soon(self._feed_next)
            return
        if not self.flow.read_paused:
            self._wire.resume_reading()
        self._await_more()

    def _await_more(self) -> None:
        if self.receiving and not self._wire.lingering:
            self._deadline = min(self.loop.time() + self._limits.between_bytes, self._message_deadline)

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's always closes
        """The peer sends nothing more. Complete requests are answered within a bounded time; a begun stream ends."""
        answering = self._answering
        is_answered = answering is None or answering.response_complete
        is_stream = answering is not None and not is_answered and answering.chunked_encoding
        if self.receiving or is_stream or (is_answered and not self.pipeline):
            self.receiving = False
            self._wire.close()
            return False
        self._half_closed = True
        self._deadline = self.loop.time() + self._limits.half_closed
        return True

    def check(self, now: float) -> int:
        """Closes the connection past its deadline; returns how many bytes the peer has not read."""
        unsent = self._wire.unsent()
        if self._wire.lingering:
            if now > self._deadline:
                self.abort()
            return unsent
        if unsent:
            if not self._unsent or self._unsent - unsent >= LEAST_TAKEN:
                self._unsent, self._write_deadline = unsent, now + self._limits.write
            elif now > self._write_deadline:
                self.abort()
                return 0
            if self._deadline < inf:
                self._deadline = max(self._deadline, now + self._limits.keep_alive)
            return unsent
        self._unsent = 0
        if self.flow.read_paused:  # the application reads slowly, not the peer
            self._deadline = max(self._deadline, now + self._limits.between_bytes)
        elif now > self._deadline:
            self._expire()
        return 0

    def abort(self) -> None:
        """Closes at once, without sending the rest."""
        self._stop_answering()
        self._wire.abort()

    def break_off(self) -> bool:
        """Closes. A request without an answer gets a last one: another server may answer it."""
        answering = self._answering
        if answering is None or answering.response_complete:
            self._wire.close()
            return False
        if answering.response_started:
            self.abort()
        else:
            self._stop_answering()
            self._wire.write(last_answer(Problem("unavailable", "the server stops; try again")))
            self._wire.close()
        return True

    def linger(self) -> None:
        """Discards what the peer still sends, for a bounded time."""
        self.flow.resume_reading()
        self._deadline = self.loop.time() + self._limits.linger

    # the parser's side

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.receiving = True
        self._overhead = self._piece
        self._message_deadline = self.loop.time() + self._limits.head

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self._limits.request_line_bytes:
            raise Refused("uri_too_long", f"an address has at most {self._limits.request_line_bytes} bytes")
        if self.url.count(b"&") >= self._limits.parameters:
            raise Refused("uri_too_long", f"an address has at most {self._limits.parameters} parameters")

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= self._limits.headers:  # refused here, before the others are parsed
            raise Refused("headers_too_large", f"send at most {self._limits.headers} headers")
        self.headers.append((name.lower(), value.rstrip(_BLANKS)))

    def on_headers_complete(self) -> None:
        version = self._version()
        hosts = cookie_bytes = 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
                if _HOST.fullmatch(value) is None:
                    raise Refused("bad_request", "a Host is a name or an address, and a port")
            elif name == b"cookie":
                cookie_bytes += len(value)
            elif name == b"transfer-encoding" and value.lower() != b"chunked":
                raise Refused("bad_request", "a body may be chunked and is coded in no other way")
            elif name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
        if hosts > 1 or (not hosts and version != "1.0"):
            raise Refused("bad_request", "send exactly one Host header")
        if cookie_bytes > self._limits.cookie_bytes:
            raise Refused("headers_too_large", f"cookies have at most {self._limits.cookie_bytes} bytes")
        if len(self.pipeline) >= self._limits.pipelined:
            raise Refused("overloaded", f"at most {self._limits.pipelined} requests wait on one connection")
        super().on_headers_complete()
        self._message_deadline = self.loop.time() + self._limits.body

    def _version(self) -> str:
        version: str = self.parser.get_http_version()
        if version not in _VERSIONS:
            raise Refused("bad_request", "this is no HTTP/1.1")
        return version

    def on_chunk_header(self) -> None:
        """A chunk begins. ``_chunk`` is how much of it the present piece holds, None outside of chunks."""
        self._chunk = 0

    def on_chunk_complete(self) -> None:
        self._chunk = None

    def on_body(self, body: bytes) -> None:
        if self._chunk is not None:
            self._chunk += len(body)
        if self.receiving:
            self._overhead -= len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.receiving or (self.parser.should_upgrade() and framing(self.headers)):
            return  # the last request was complete before, or its body follows
        super().on_message_complete()
        self.receiving = False
        self._overhead = 0
        if self.cycle.response_complete:
            self._wait_for_next()
        else:
            self._deadline = inf
            self._connections.works(self)

    def on_response_complete(self) -> None:
        """uvicorn's, with a deadline in place of a timer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self.loop.call_later(PIPELINE_PAUSE, self._start_next)
        elif self.receiving:
            self._connections.waits(self)
        else:
            self._wait_for_next()

    def _start_next(self) -> None:
        """Begins the next request of those that wait: a hundred without a pause would delay everybody else's."""
        if self.pipeline and not self.transport.is_closing():
            self._start_asgi_task(*self.pipeline.pop())

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """uvicorn's; with pipelined requests, ``cycle`` is not the one that was read last."""
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _feed(self, data: bytes) -> bool:
        """Parses a piece; returns whether the connection goes on."""
        self._piece = len(data)
        self._overhead += self._piece
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._ignore_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause.problem if isinstance(cause, Refused) else Problem("bad_request", "this is no HTTP/1.1"))
            return False
        if self._overhead > self._limits.head_bytes:
            self._refuse(Problem("headers_too_large", f"a request has at most {self._limits.head_bytes} bytes of head"))
            return False
        return not self.receiving or self._is_chunk_allowed(data)

    def _is_chunk_allowed(self, data: bytes) -> bool:
        """Refuses a chunk that is larger than any body, when its size ends in this piece."""
        received = self._tail + data
        self._tail = received[-LONGEST_LINE:]
        if self._chunk is None:
            return True
        size = chunk_size(received[: len(received) - self._chunk])
        self._chunk = None
        if size > self._limits.chunk_bytes:
            self._refuse(Problem("too_large", f"a chunk has at most {self._limits.chunk_bytes} bytes"))
            return False
        return True

    def _ignore_upgrade(self, data: bytes) -> bool:
        """Upgrades are not supported: the request is answered as the last one. The parser stops before its body."""
        self.cycle.keep_alive = False
        if not self.receiving:
            return False
        self.parser = httptools.HttpRequestParser(BodyCallbacks(self))
        self.parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % framing(self.headers))
        return self._feed(data)

    def _wait_for_next(self) -> None:
        if self._half_closed:
            self._wire.close()
            return
        self._deadline = self.loop.time() + self._limits.keep_alive
        self._connections.waits(self)

    def _expire(self) -> None:
        if self._half_closed:
            self.abort()
        elif self.receiving:
            self._refuse(Problem("too_slow", "the request did not come in time"))
        else:
            self._wire.close()

    def _refuse(self, problem: Problem) -> None:
        """Answers the problem and closes. An answer that has begun is cut off; a complete one stays the only one."""
        self._refusals.note_unread(self.client[0] if self.client else "-", problem.status, problem.code)
        answering = self._answering
        if answering is not None and answering.response_started and not answering.response_complete:
            self.abort()
            return
        is_answered = answering is not None and answering.response_complete and answering.scope is self.scope
        self._stop_answering()
        if not (self.receiving and is_answered):
            self._wire.write(last_answer(problem))
        self.receiving = True  # what the peer still sends is discarded
        self._wire.close()

    def _stop_answering(self) -> None:
        """Discards what the application still sends, and tells it that the client has disconnected."""
        self.pipeline.clear()
        for cycle in (self._answering, self.cycle):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.flow.resume_writing()

    def _discard(self, size: int) -> None:
        self._discarded += size
        if self._discarded > self._limits.linger_bytes:
            self.abort()
            return
        self._wire.pause_reading()
        self.loop.call_later(self._connections.discard(size), self._wire.resume_reading)
