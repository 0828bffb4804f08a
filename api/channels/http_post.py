"""One POST over HTTP/1.1 to a checked address, and what its answer says.

It follows no redirect.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from api.channels.hand_over import Lost, NotAccepted
from api.channels.http_connection import HttpAnswer, HttpConnection, KeptConnections
from api.channels.network_guard import AddressNotAllowed, GuardedName, Network

_LONGEST_PAUSE = 86_400
_TOO_MANY = {429, 503}
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


class HttpReceiver:
    """Where a POST goes. ``timeout`` is in seconds for the whole of it. ``allowed`` are networks beside public ones.

    ``kept`` are the connections that are used again. They suit a receiver that recognises a repeated request: when a
    kept connection ends without an answer, the request is sent once more over a new one. Without them each has its own.
    """

    def __init__(
        self, url: str, timeout: float, allowed: Sequence[Network] = (), kept: KeptConnections | None = None
    ) -> None:
        parts = urlsplit(url)
        self._host, self._secure = str(parts.hostname), parts.scheme == "https"
        self._port = parts.port or (443 if self._secure else 80)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json"]
        lines += ["User-Agent: ticketledger"] + (["Connection: close"] if kept is None else [])
        self._head = "\r\n".join(lines)
        self._timeout = timeout
        self._name = GuardedName(self._host, self._port, allowed)
        self._kept = kept

    async def post(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer | NotAccepted | Lost:
        """Sends a body of JSON. Before the first byte is sent a failure says that nothing was taken."""
        request = self._request(headers, body)
        answer, sent = HttpAnswer(), False
        connection = None if self._kept is None else self._kept.take()
        try:
            async with asyncio.timeout(self._timeout):
                if connection is not None:
                    sent = True
                    await self._exchange(connection, request, answer)
                if not answer.status:
                    connection = await self._connected()
                    sent = True
                    await self._exchange(connection, request, answer)
        except AddressNotAllowed:
            return Lost() if sent else NotAccepted("address_not_allowed", permanent=True)
        except (OSError, UnicodeError):
            pass  # what is known by then says what became of it
        if not answer.status:
            return Lost() if sent else NotAccepted("receiver_unreachable")
        return answer

    async def _exchange(self, connection: HttpConnection, request: bytes, answer: HttpAnswer) -> None:
        try:
            await connection.exchange(request, answer)
        finally:
            if self._kept is None:
                connection.close()
            else:
                self._kept.keep(connection)

    async def _connected(self) -> HttpConnection:
        address = await self._name.address()
        _, connection = await asyncio.get_running_loop().create_connection(
            HttpConnection,
            address,
            self._port,
            ssl=_TLS if self._secure else None,
            server_hostname=self._host if self._secure else None,
        )
        return connection

    def _request(self, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = [self._head, f"Content-Length: {len(body)}"]
        for name, value in headers.items():
            if not value.isascii() or not value.isprintable():
                raise ValueError(f"the header {name} would hold what is not printable ASCII")
            lines.append(f"{name}: {value}")
        return "\r\n".join([*lines, "", ""]).encode("ascii") + body


_TLS = ssl.create_default_context()


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
    except (TypeError, ValueError, OverflowError):  # OverflowError comes of numbers that no date holds
        return None
    return min(max(int(seconds), 0), _LONGEST_PAUSE)
