"""A pytest plugin: each database session that a test closes ends 150 ms later in the server, its locks with it.

A test that passes without it and fails with it depends on how fast a session ends. It stops the processes of the
tests' own server with signals.
"""

import os
import signal
from contextlib import suppress
from threading import Timer

from psycopg import AsyncConnection, Connection
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGconn

SECONDS = 0.15

_close, _close_async = Connection.close, AsyncConnection.close


def _end_late(connection: PGconn) -> None:
    """Stops an idle session's process for SECONDS. Inside a transaction it may hold locks that others wait for."""
    if connection.transaction_status == TransactionStatus.IDLE:
        _signal(connection.backend_pid, signal.SIGSTOP)
        Timer(SECONDS, _signal, [connection.backend_pid, signal.SIGCONT]).start()


def _signal(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # the server has ended it
        os.kill(process, number)


def _close_late(self: Connection) -> None:
    _end_late(self.pgconn)
    _close(self)


async def _close_async_late(self: AsyncConnection) -> None:
    _end_late(self.pgconn)
    await _close_async(self)


Connection.close = _close_late  # type: ignore[method-assign, assignment]
AsyncConnection.close = _close_async_late  # type: ignore[method-assign, assignment]
