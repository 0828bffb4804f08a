"""A large answer sent in pieces, with a bound on the bytes that all such answers hold."""

from collections.abc import Mapping

from fastapi import Response
from starlette.types import Receive, Scope, Send

from api.http.problems import Problem

MOST_UNREAD_BYTES = 64 * 1024 * 1024


class Unread:
    """How many bytes of large answers wait for their readers."""

    def __init__(self, most: int = MOST_UNREAD_BYTES) -> None:
        self.most = most
        self.size = 0


class Pieces(Response):
    """JSON of known length. It is a Problem (overloaded) instead when too many bytes wait for other readers."""

    media_type = "application/json"

    def __init__(self, pieces: list[bytes], unread: Unread, headers: Mapping[str, str]) -> None:
        self._size = sum(map(len, pieces))
        super().__init__(headers={**headers, "Content-Length": str(self._size)})
        self._pieces = pieces[::-1]
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
            while self._pieces:
                piece = self._pieces.pop()
                await send({"type": "http.response.body", "body": piece, "more_body": bool(self._pieces)})
                held -= len(piece)
                self._unread.size -= len(piece)
        finally:
            self._unread.size -= held
