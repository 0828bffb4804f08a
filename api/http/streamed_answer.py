"""A large answer sent in pieces, with a bound on the bytes that all such answers hold."""

from collections.abc import AsyncIterator, Mapping
from typing import BinaryIO

from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from api.http.problems import Problem

MOST_UNREAD_BYTES = 64 * 1024 * 1024
MOST_FILE_BYTES = 2 * 1024 * 1024 * 1024
_PIECE = 256 * 1024


class Unread:
    """The bytes of large answers that wait for their readers."""

    def __init__(self, most: int = MOST_UNREAD_BYTES) -> None:
        self.most = most
        self.size = 0


class _Large(Response):
    """An answer of known length. It is a Problem (overloaded) instead when too many bytes wait for other readers."""

    def __init__(self, size: int, unread: Unread, headers: Mapping[str, str]) -> None:
        super().__init__(headers={**headers, "Content-Length": str(size)})
        self._size = size
        self._unread = unread

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held = self._size
        if self._unread.size + held > self._unread.most:
            problem = Problem("overloaded", "other readers have not taken their pages; try again")
            await problem.response()(scope, receive, send)
            return
        self._unread.size += held
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            left = self._size
            async for piece in self._parts():
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": bool(left)})
                held -= len(piece)
                self._unread.size -= len(piece)
        finally:
            self._unread.size -= held

    def _parts(self) -> AsyncIterator[bytes]:
        """The bytes, none of them empty."""
        raise NotImplementedError


class Pieces(_Large):
    """JSON that is in memory; what was sent is forgotten."""

    media_type = "application/json"

    def __init__(self, pieces: list[bytes], unread: Unread, headers: Mapping[str, str]) -> None:
        super().__init__(sum(map(len, pieces)), unread, headers)
        self._pieces = pieces[::-1]

    async def _parts(self) -> AsyncIterator[bytes]:
        while self._pieces:
            yield self._pieces.pop()


class SentFile(_Large):
    """An open file of a size, which is closed at the end."""

    def __init__(self, file: BinaryIO, size: int, unread: Unread, headers: Mapping[str, str], media_type: str) -> None:
        self.media_type = media_type
        super().__init__(size, unread, headers)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)

    async def _parts(self) -> AsyncIterator[bytes]:
        while piece := await run_in_threadpool(self._file.read, _PIECE):
            yield piece
