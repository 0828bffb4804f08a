"""One POST over HTTP/1.1 to a checked address, and what its answer says. It follows no redirect."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated
from urllib.parse import urlsplit

import httptools
from pydantic import AfterValidator

from api.channels.hand_over import Lost, NotAccepted
from api.channels.network_guard import AddressNotAllowed, Network, checked_address

LARGEST_ANSWER = 64 * 1024
"""The bytes of an answer that are read."""
_CHUNK = 16 * 1024
_LONGEST_PAUSE = 86_400
_INFORMATIONAL, _TOO_MANY = 200, {429, 503}
_NO_ANSWER_BEHIND = {502, 504}
"""A proxy answers in place of a receiver whose answer it lost."""


def _http_url(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise ValueError("write an address such as https://example.vn/hook, without a name and a password in it")
    _ = parts.port  # raises ValueError for a wrong one
    if not written.isascii() or not written.isprintable() or " " in written or parts.fragment:
        raise ValueError("write the address in ASCII, without spaces and without a fragment")
    return written


HttpUrl = Annotated[str, AfterValidator(_http_url)]
"""An address of http or https without credentials."""


@dataclass(slots=True)
class HttpAnswer:
    """A status with its headers, in lower case, and the first bytes of the body. Status 0: there is none yet."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_complete: bool = False


@dataclass(frozen=True, slots=True)
class HttpReceiver:
    """Where a POST goes. ``timeout`` is in seconds for the whole of it. ``allowed`` are networks beside public ones."""

    url: str
    timeout: float
    allowed: Sequence[Network] = ()

    async def post(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer | NotAccepted | Lost:
        """Sends a body of JSON. Before the first byte is sent a failure says that nothing was taken."""
        answer = HttpAnswer()
        sent = False
        try:
            async with asyncio.timeout(self.timeout):
                reader, writer = await self._connected()
                try:
                    request = self._request(headers, body)
                    sent = True
                    writer.write(request)
                    await writer.drain()
                    await _read(reader, answer)
                finally:
                    writer.close()
        except AddressNotAllowed:
            return NotAccepted("address_not_allowed", permanent=True)
        except (OSError, UnicodeError, httptools.HttpParserError, httptools.HttpParserUpgrade):
            pass  # what is known by then says what became of it
        if not answer.status:
            return Lost() if sent else NotAccepted("receiver_unreachable")
        return answer

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.url)
        host, secure = str(parts.hostname), parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = await checked_address(host, port, self.allowed)
        if secure:
            return await asyncio.open_connection(address, port, ssl=_TLS, server_hostname=host, limit=_CHUNK)
        return await asyncio.open_connection(address, port, limit=_CHUNK)

    def _request(self, headers: Mapping[str, str], body: bytes) -> bytes:
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(body)}", "Connection: close", "User-Agent: ticketledger"]
        for name, value in headers.items():
            if not value.isascii() or not value.isprintable():
                raise ValueError(f"the header {name} would hold what is not printable ASCII")
            lines.append(f"{name}: {value}")
        return "\r\n".join([*lines, "", ""]).encode("ascii") + body


_TLS = ssl.create_default_context()


class _Events:
    """Takes what the parser finds into an answer; informational answers before it are left out."""

    def __init__(self, answer: HttpAnswer) -> None:
        self._answer = answer
        self._headers: dict[str, str] = {}
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        status = self.parser.get_status_code()
        if status >= _INFORMATIONAL and not self._answer.status:  # a second answer says nothing
            self._answer.status, self._answer.headers = status, self._headers
        self._headers = {}

    def on_body(self, body: bytes) -> None:
        if not self._answer.is_complete:
            self._answer.body += body

    def on_message_complete(self) -> None:
        self._answer.is_complete = bool(self._answer.status)


async def _read(reader: asyncio.StreamReader, answer: HttpAnswer) -> None:
    """Reads an answer until it is complete, too long, or the receiver ends."""
    events, read = _Events(answer), 0
    while not answer.is_complete and read < LARGEST_ANSWER:
        data = await reader.read(_CHUNK)
        if not data:
            return
        read += len(data)
        events.parser.feed_data(data)


def outcome_without_success(answer: HttpAnswer, *, refusals_are_final: bool) -> NotAccepted | Lost:
    """What an answer that is no success says.

    ``refusals_are_final``: a 4xx says that the same request will be refused again.
    """
    status = answer.status
    if status in _NO_ANSWER_BEHIND:
        return Lost()
    if status in _TOO_MANY:
        return NotAccepted("too_many_requests", retry_after=_retry_after(answer.headers.get("retry-after")))
    if 300 <= status < 400:  # noqa: PLR2004 -- the class of redirects
        return NotAccepted("redirected")
    if status >= 500:  # noqa: PLR2004 -- the class of the receiver's own failures
        return NotAccepted("receiver_failed", retry_after=_retry_after(answer.headers.get("retry-after")))
    is_final = refusals_are_final and status not in {408, 425}  # a timeout, and too early
    return NotAccepted("refused_by_receiver", permanent=is_final)


def is_success(answer: HttpAnswer) -> bool:
    """Whether the status says that the receiver took it."""
    return 200 <= answer.status < 300  # noqa: PLR2004 -- the class of successes


def _retry_after(written: str | None) -> int | None:
    """The seconds that a receiver asks to wait, at most a day; None when it says nothing that can be understood."""
    if written is None:
        return None
    if written.strip().isdecimal():
        return min(int(written.strip()[:9]), _LONGEST_PAUSE)
    try:
        at = parsedate_to_datetime(written)
        seconds = (at - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(int(seconds), 0), _LONGEST_PAUSE)
