"""A large answer sent in pieces, with a bound on the bytes that all such answers hold."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from api.http.problems import Problem, answer_error
from api.http.request_body import until_gone

MOST_UNREAD_BYTES = 64 * 1024 * 1024
MOST_FILE_BYTES = 2 * 1024 * 1024 * 1024
WORK_SECONDS = 0.000_2
"""A turn of the event loop in which others had work to do takes longer: an idle one takes a tenth of it."""
REST_SECONDS = 0.002
"""Between two pieces of an answer while others have work to do."""
_PIECE = 256 * 1024
_SMALL = 64 * 1024


class Unread:
    """The bytes of large answers that wait for their readers."""

    def __init__(self, most: int = MOST_UNREAD_BYTES) -> None:
        self.most = most
        self.size = 0

    @contextmanager
    def counted(self, size: int) -> Iterator[None]:
        """Counts so many more while the block lasts."""
        self.size += size
        try:
            yield
        finally:
            self.size -= size


class _Large(Response):
    """An answer in parts. It is a Problem (overloaded) instead when too many bytes wait for other readers."""

    def __init__(self, size: int, unread: Unread, headers: Mapping[str, str]) -> None:
        """``size``: the bytes that it holds until it is sent."""
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self._size = size
        self._unread = unread

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._unread.size + self._size > self._unread.most:
            problem = Problem("overloaded", "other readers have not taken their pages; try again")
            refusal = await answer_error(Request(scope, receive), problem)
            await refusal(scope, receive, send)
            return
        with self._unread.counted(self._size):
            await self._send_parts(receive, send)

    async def _send_parts(self, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for part in self._parts():
                await send({"type": "http.response.body", "body": part, "more_body": True})
                await _turn_of_others()
                if gone.done():  # the client has left
                    return
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    def _parts(self) -> AsyncIterator[bytes]:
        """The bytes, none of them empty."""
        raise NotImplementedError


async def _turn_of_others() -> None:
    """Lets others have their turn, and a longer one where they had work to do in it: they shall not meet each piece."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(0)
    if loop.time() - began > WORK_SECONDS:
        await asyncio.sleep(REST_SECONDS)


class Pieces(_Large):
    """JSON made while it is sent: a piece when its reader has taken the one before."""

    media_type = "application/json"

    def __init__(self, pieces: AsyncIterator[bytes], size: int, unread: Unread, headers: Mapping[str, str]) -> None:
        super().__init__(size, unread, headers)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._size <= _SMALL or scope.get("http_version") == "1.0":  # which knows no chunks
            whole = b"".join([piece async for piece in self._pieces])
            self.headers["content-length"] = str(len(whole))
            self._pieces, self._size = _only(whole), len(whole)
        await super().__call__(scope, receive, send)

    def _parts(self) -> AsyncIterator[bytes]:
        return self._pieces


async def _only(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


class SentFile(_Large):
    """An open file of a size, which is closed at the end."""

    def __init__(self, file: IO[bytes], size: int, unread: Unread, headers: Mapping[str, str], media_type: str) -> None:
        self.media_type = media_type
        super().__init__(size, unread, headers)
        self.headers["content-length"] = str(size)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)

    async def _parts(self) -> AsyncIterator[bytes]:
        while piece := await run_in_threadpool(self._file.read, _PIECE):
            yield piece
