"""All open HTTP connections, with their deadlines and the bound on their number."""

import asyncio
import logging
from typing import Protocol

from api.http_limits import HttpLimits

LOG_SECONDS = 60.0
_LOG = logging.getLogger(__name__)


class Connection(Protocol):
    """A connection as this module uses it."""

    def check(self, now: float) -> int:
        """Closes the connection past its deadline; returns how many bytes the peer has not read."""

    def abort(self) -> None:
        """Closes at once, without sending the rest."""

    def break_off(self) -> bool:
        """Ends the request under way and closes; returns whether there was one."""


class Connections:
    """The open connections. Those that wait for bytes from their peer are ordered by how long they have waited."""

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self._most = limits.most_connections
        self._open: set[Connection] = set()
        self._waiting: dict[Connection, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closed = 0
        self._next_log = 0.0
        self._next_discard = 0.0

    def __len__(self) -> int:
        return len(self._open)

    def opened(self, connection: Connection) -> None:
        """Adds a connection. When there are too many, the one that has waited longest is closed."""
        self._open.add(connection)
        self._waiting[connection] = None
        if len(self._open) > self._most:
            self._close(next(iter(self._waiting)), "too many connections are open")
        if self._timer is None:
            self._look_later()

    def waits(self, connection: Connection) -> None:
        """The connection waits for its peer from now on."""
        self._waiting.pop(connection, None)
        if connection in self._open:
            self._waiting[connection] = None

    def works(self, connection: Connection) -> None:
        """The request of the connection is complete and is being answered."""
        self._waiting.pop(connection, None)

    def lost(self, connection: Connection) -> None:
        """The connection is closed."""
        self._open.discard(connection)
        self._waiting.pop(connection, None)

    def break_off(self) -> int:
        """Ends all requests under way, because the server stops; returns how many."""
        return sum(connection.break_off() for connection in list(self._open))

    def discard(self, size: int) -> float:
        """Takes note of discarded bytes of a refused request; returns for how many seconds none may be read.

        All refused requests together take ``linger_bytes`` a second, evenly: in a burst, others would wait for it.
        """
        now = asyncio.get_running_loop().time()
        self._next_discard = max(now, self._next_discard) + size / self.limits.linger_bytes
        return self._next_discard - now

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.limits.sweep, self._look)

    def _look(self) -> None:
        """Closes connections past their deadline, and the largest unread answers when their sum is too large."""
        now = asyncio.get_running_loop().time()
        unsent = {connection: size for connection in list(self._open) if (size := connection.check(now))}
        total = sum(unsent.values())
        for connection in sorted(unsent, key=unsent.__getitem__, reverse=True):
            if total <= self.limits.unsent_bytes:
                break
            total -= unsent[connection]
            self._close(connection, "too much is waiting to be read")
        if self._open:
            self._look_later()
        else:
            self._timer = None

    def _close(self, connection: Connection, reason: str) -> None:
        self.lost(connection)
        connection.abort()
        self._closed += 1
        now = asyncio.get_running_loop().time()
        if now >= self._next_log:
            _LOG.warning("%s: closed %d of %d", reason, self._closed, len(self._open) + 1)
            self._closed, self._next_log = 0, now + LOG_SECONDS
