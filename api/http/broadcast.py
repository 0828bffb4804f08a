"""News of one tenant, found by one task for all readers that follow it."""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from api.http.problems import Problem

SHARE_OF_TIME = 0.05
"""The share of the process's time that sending may take: after a round of sending the task pauses accordingly."""
LONGEST_REST = 1.0
BACK_OFF_SECONDS = 0.5
LONGEST_WAIT = 60.0
_LOG = logging.getLogger(__name__)


class Broadcast(ABC):
    """News for any number of readers. One task looks for them while there is a reader.

    ``what`` names the news in log lines. ``heartbeat`` is sent to a reader for whom there is none. ``shortest_rest`` is
    the least time between two rounds of sending, in seconds.
    """

    heartbeat = b": still here\n\n"
    shortest_rest = 0.01

    def __init__(self, what: str) -> None:
        self._what = what
        self._position = 0
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._readers = 0

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Counts one more reader while the block lasts."""
        self._readers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._readers -= 1
            if not self._readers:
                self._task.cancel()
                self._task = None
                self._position = 0
                self._forget()

    async def after(self, position: int, seconds: float) -> tuple[bytes, int] | None:
        """The next news after a position, and their last position; None when none came in ``seconds``."""
        deadline = asyncio.get_running_loop().time() + seconds
        try:
            while True:
                moved = self._moved
                if news := await self._news(position):
                    return news
                async with asyncio.timeout_at(deadline):
                    await moved.wait()
        except TimeoutError:
            return None
        except (psycopg.OperationalError, Problem):
            await asyncio.sleep(BACK_OFF_SECONDS)
            return None

    async def _begin(self) -> None:  # noqa: B027 -- most begin at 0
        """Sets the position to that of the newest news, when the first reader has come."""

    @abstractmethod
    async def _advance(self) -> bool:
        """Waits for news, LONGEST_WAIT at most, and sets the position to theirs; False when none came."""

    @abstractmethod
    async def _news(self, position: int) -> tuple[bytes, int] | None:
        """What a reader at a position is sent next, and the last position of it; None when there is nothing."""

    def _forget(self) -> None:  # noqa: B027 -- most hold nothing
        """Frees what is held for readers when the last one leaves."""

    async def _run(self) -> None:
        begun = False
        while True:
            try:
                if not begun:
                    await self._begin()
                    begun = True
                    await self._wake()
                if await self._advance():
                    rest = await self._wake() * (1 / SHARE_OF_TIME - 1)
                    await asyncio.sleep(min(max(rest, self.shortest_rest), LONGEST_REST))
            except (psycopg.OperationalError, Problem) as error:
                _LOG.warning("%s waits for the database (%s)", self._what, type(error).__name__)
                await asyncio.sleep(BACK_OFF_SECONDS)
            except Exception:  # noqa: BLE001 -- readers stay connected, and get the news once the cause is mended
                _LOG.exception("%s cannot be read", self._what)
                await asyncio.sleep(LONGEST_REST)

    async def _wake(self) -> float:
        """Lets all readers send their news; returns the seconds that it took."""
        began = time.perf_counter()
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        for _ in range(3):  # the readers are woken, take their news, and send them
            await asyncio.sleep(0)
        return time.perf_counter() - began
