"""The middleware: headers, cookies, HEAD, 304, encoded slashes, correlation of log lines, and the access journal."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.cookie_header import own_cookies
from api.http.request_access import RequestAccess, begin_access
from api.http.security_headers import CACHE_CONTROL, CONTENT_SECURITY_POLICY, PROTECTING, REFERRER_POLICY
from api.http.streamed_answer import Unread
from api.logs import correlate

ENCODED_SLASH = "\x00"
"""Replaces an encoded slash in a path: routes do not split there, and no name contains it."""
PIECE_BYTES = 64 * 1024
MOST_IN_PIECES = 16 * 1024 * 1024
"""Bytes of bodies that are sent in pieces at once. Beyond them a body is sent whole: then its connection counts it."""
_OWN = (CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY)


class Front:
    """Adds the headers PROTECTING to every answer, answers HEAD as GET, honours If-None-Match, and records accesses."""

    def __init__(self, app: ASGIApp, record: Callable[[Scope, RequestAccess, int], None]) -> None:
        self._app = app
        self._record = record
        self._in_pieces = Unread(MOST_IN_PIECES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlate(scope["headers"])  # also when there is none: a request may begin in the context of another one
        if b"%" in scope["raw_path"]:
            scope["path"] = path_of(scope["raw_path"])
        if _header(scope["headers"], b"cookie") is not None:
            scope["headers"] = [(n, own_cookies(v) if n == b"cookie" else v) for n, v in scope["headers"]]
        method = scope["method"]
        if method == "HEAD":
            scope = {**scope, "method": "GET"}
        wanted = _header(scope["headers"], b"if-none-match") if method in {"GET", "HEAD"} else None
        answered = partial(self._record, scope, begin_access())
        answer = _Answer(send, answered, self._in_pieces, bodiless=method == "HEAD", known=wanted)
        await self._app(scope, receive, answer.send)


class _Answer:
    """One answer on its way out. ``answered`` takes its status; ``known`` is If-None-Match.

    ``in_pieces`` counts the bytes of large bodies that are sent in pieces.
    """

    def __init__(
        self, send: Send, answered: Callable[[int], None], in_pieces: Unread, *, bodiless: bool, known: bytes | None
    ) -> None:
        self._send = send
        self._answered = answered
        self._in_pieces = in_pieces
        self._bodiless = bodiless
        self._known = known
        self._ended = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif not self._ended:
            size = len(message.get("body", b""))
            if size > PIECE_BYTES and self._in_pieces.size + size <= self._in_pieces.most:
                with self._in_pieces.counted(size):
                    message = await self._all_but_last_piece(message)
            await self._send(message)

    async def _all_but_last_piece(self, message: Message) -> Message:
        """Sends a large body in several turns of the event loop: two megabytes at once would hold it for a millisecond.

        Returns the message with the last piece.
        """
        body = message["body"]
        for start in range(0, len(body) - PIECE_BYTES, PIECE_BYTES):
            piece = body[start : start + PIECE_BYTES]
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(0)
        return {**message, "body": body[start + PIECE_BYTES :]}

    async def _start(self, message: Message) -> None:
        self._answered(message["status"])
        headers = message["headers"]
        own = [name for name, _ in headers if name in _OWN]
        message["headers"] = headers + (
            [header for header in PROTECTING if header[0] not in own] if own else PROTECTING
        )
        if self._known is not None and message["status"] == 200 and _matches(self._known, _header(headers, b"etag")):  # noqa: PLR2004 -- HTTP's own
            message["status"] = 304
            message["headers"] = [header for header in message["headers"] if not header[0].startswith(b"content-l")]
            self._bodiless = True
        await self._send(message)
        if self._bodiless:
            self._ended = True
            await self._send({"type": "http.response.body", "body": b""})


def path_of(raw_path: bytes) -> str:
    """The decoded path; an encoded slash becomes ENCODED_SLASH, and an encoded NUL stays encoded."""
    parts = raw_path.decode("ascii", "replace").replace("%00", "%2500").replace("%2f", "%2F").split("%2F")
    return ENCODED_SLASH.join(unquote(part) for part in parts)


def encoded_path(request: Request) -> str:
    """The path of a request as it was sent."""
    raw: bytes = request.scope["raw_path"]
    return raw.decode("ascii", "replace")


def name_of(part: str) -> str:
    """A part of a path with its slashes."""
    return part.replace(ENCODED_SLASH, "/")


def _header(headers: Any, name: bytes) -> bytes | None:
    return next((value for known, value in headers if known == name), None)


def _matches(known: bytes, etag: bytes | None) -> bool:
    """By weak comparison (RFC 9110, 13.1.2)."""
    if etag is None:
        return False
    tags = {tag.strip().removeprefix(b"W/") for tag in known.split(b",")}
    return b"*" in tags or etag.removeprefix(b"W/") in tags
