"""Server-sent events to one reader, who is never waited for longer than a page may take."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from api.waiting import Positions

HEARTBEAT_SECONDS = 5.0
SLOWEST_SECONDS = 20.0

NextPage = Callable[[int], tuple[str, int]]
"""The text of the events after a position, and the position of the last of them."""

Allowed = Callable[[], Awaitable[bool]]
"""Whether the reader may still follow; asked before each page, so the answer should be remembered for a while."""


class EventStream(Response):
    """Events from ``after`` on, until the reader goes, is too slow or is no longer allowed to read them.

    It holds one page at most. A reader who does not take a page within SLOWEST_SECONDS is dropped, and resumes with
    Last-Event-ID. While it is being sent the stream stands in ``open_streams``. ``positions`` are those of the tenant,
    who may have been closed and opened again between two pages.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        next_page: NextPage,
        positions: Callable[[], Positions],
        after: int,
        open_streams: "set[EventStream]",
        allowed: Allowed,
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._next_page = next_page
        self._positions = positions
        self._after = after
        self._open_streams = open_streams
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- the protocol's shape
        self._open_streams.add(self)
        reader = asyncio.create_task(_gone(receive))
        writer = asyncio.create_task(self._write(send))
        try:
            await asyncio.wait((reader, writer), return_when=asyncio.FIRST_COMPLETED)
            if writer.done():
                writer.result()
        except (TimeoutError, psycopg.OperationalError):
            return  # unfinished: the server closes the connection, and the reader resumes
        finally:
            self._open_streams.discard(self)
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await _send(send, "retry: 1000\n\n")
        while True:
            more = await self._positions().include(self._after + 1, (), HEARTBEAT_SECONDS)
            if not await self._allowed():
                break
            text = ": still here\n\n"
            if more:
                text, self._after = await run_in_threadpool(self._next_page, self._after)
            await _send(send, text)
        await _send(send, "", more=False)


async def _send(send: Send, text: str, *, more: bool = True) -> None:
    async with asyncio.timeout(SLOWEST_SECONDS):
        await send({"type": "http.response.body", "body": text.encode(), "more_body": more})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
