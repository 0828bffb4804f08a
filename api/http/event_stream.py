"""Server-sent events to one reader."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

from fastapi import Response
from starlette.types import Receive, Scope, Send

from api.http.broadcast import Broadcast
from api.http.request_body import until_gone

HEARTBEAT_SECONDS = 5.0
ALLOWED_SECONDS = 0.25
"""How long a check that the reader may follow stays valid."""

Allowed = Callable[[], Awaitable[bool]]
"""Returns whether the reader may still follow."""


class EventStream(Response):
    """Events after position ``after``, until ``end``, or until the reader leaves, is too slow or may not read them.

    It holds one chunk at most: the server closes the connection of a slow reader, who resumes with Last-Event-ID.
    ``open_streams`` holds the stream while it is being sent; ``held`` is closed at its end.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        news: Broadcast,
        after: int,
        open_streams: "set[EventStream]",
        allowed: Allowed,
        held: ExitStack | None = None,
    ) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._news = news
        self._after = after
        self._open_streams = open_streams
        self._allowed = allowed
        self._allowed_until = 0.0
        self._held = held or ExitStack()
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Ends the stream; its reader resumes at another server, or at this one when it runs again."""
        self._ending.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- the protocol's shape
        with self._held:
            await self._serve(receive, send)

    async def _serve(self, receive: Receive, send: Send) -> None:
        self._open_streams.add(self)
        reader = asyncio.create_task(until_gone(receive))
        writer = asyncio.create_task(self._write(send))
        ending = asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait((reader, writer, ending), return_when=asyncio.FIRST_COMPLETED)
            if writer.done():
                writer.result()
        finally:
            self._open_streams.discard(self)
            for task in (reader, writer, ending):
                task.cancel()
            await asyncio.gather(reader, writer, ending, return_exceptions=True)
        if self._ending.is_set():
            await _send(send, b"", more=False)

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await _send(send, b"retry: 1000\n\n")
        with self._news.followed():
            while True:
                news = await self._news.after(self._after, HEARTBEAT_SECONDS)
                if not await self._still_allowed():
                    break
                text, self._after = news or (self._news.heartbeat, self._after)
                await _send(send, text)
        await _send(send, b"", more=False)

    async def _still_allowed(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self._allowed_until:
            return True
        self._allowed_until = now + ALLOWED_SECONDS
        return await self._allowed()


async def _send(send: Send, text: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": more})
