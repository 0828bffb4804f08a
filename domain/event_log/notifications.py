"""LISTEN: connections that are notified of appends and of projected events, and come back when they are lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import sleep
from types import TracebackType
from typing import Self

from psycopg import AsyncConnection, Connection, sql

from domain.backoff import USUAL_PAUSES, Backoff, Pauses
from domain.event_log.database_connections import NOTIFICATIONS, Purpose, connect
from domain.event_log.schema import schema_of


def append_channel(tenant: str) -> str:
    """The channel on which appends to a tenant's log are notified."""
    return schema_of(tenant)


def projection_channel(tenant: str) -> str:
    """The channel on which commits of a tenant's projections are notified."""
    return projection_channel_of(schema_of(tenant))


def projection_channel_of(schema: str) -> str:
    """The same for the projections in a schema, which may be tables that are being rebuilt."""
    return f"{schema}_projected"


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    """Seconds: ``poll`` is the longest wait for a notification, which may be lost; ``gather`` is how long a listener
    sleeps after one, so that those that come close together are read at once.
    """

    poll: float = 1.0
    gather: float = 0.0
    pauses: Pauses = USUAL_PAUSES


USUAL_SETTINGS = ListenerSettings()


class Listener:
    """Listens on some channels over one connection, which its owner may also use between two waits.

    The owner takes the connection, looks at the tables and waits: a commit after the look is notified. After
    psycopg.Error it waits as long as ``lost`` says and begins again.
    """

    def __init__(
        self,
        dsn: str,
        channels: Sequence[str],
        settings: ListenerSettings = USUAL_SETTINGS,
        purpose: Purpose = NOTIFICATIONS,
    ) -> None:
        self._dsn = dsn
        self._channels = channels
        self._settings = settings
        self._purpose = purpose
        self._backoff = Backoff(settings.pauses)
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.close()

    def connection(self) -> Connection:
        """The connection, which listens; a new one when there is none. Raises psycopg.Error."""
        if self._connection is None:
            self._connection = connect(self._dsn, self._purpose)
            for channel in self._channels:
                self._connection.execute(_listen(channel))
        return self._connection

    def wait(self, seconds: float | None = None) -> bool:
        """Whether a notification came within ``poll`` seconds, or fewer; returns when one comes. Raises psycopg.Error.

        It is called after a look that went well.
        """
        self._backoff.succeeded()
        connection, most = self.connection(), self._settings.poll
        came = list(connection.notifies(timeout=most if seconds is None else min(seconds, most), stop_after=1))
        if came and self._settings.gather:
            sleep(self._settings.gather)
            list(connection.notifies(timeout=0))
        return bool(came)

    def lost(self) -> float:
        """Closes the connection; returns the seconds to wait before another one is opened."""
        self.close()
        return self._backoff.failed()

    def close(self) -> None:
        """Closes the connection; the next use opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class AsyncListener:
    """The same for coroutines."""

    def __init__(self, dsn: str, channels: Sequence[str], settings: ListenerSettings) -> None:
        self._dsn = dsn
        self._channels = channels
        self._settings = settings
        self._backoff = Backoff(settings.pauses)
        self._connection: AsyncConnection | None = None

    async def connection(self) -> AsyncConnection:
        """The connection, which listens; a new one when there is none. Raises psycopg.Error."""
        if self._connection is None:
            self._connection = await AsyncConnection.connect(NOTIFICATIONS.address(self._dsn), autocommit=True)
            for channel in self._channels:
                await self._connection.execute(_listen(channel))
        return self._connection

    async def wait(self) -> None:
        """Returns when a notification came, at the latest after ``poll`` seconds. Raises psycopg.Error."""
        self._backoff.succeeded()
        connection = await self.connection()
        came = [notification async for notification in connection.notifies(timeout=self._settings.poll, stop_after=1)]
        if came and self._settings.gather:
            await asyncio.sleep(self._settings.gather)
            async for _ in connection.notifies(timeout=0):
                pass

    async def lost(self) -> float:
        """Closes the connection; returns the seconds to wait before another one is opened."""
        await self.close()
        return self._backoff.failed()

    async def close(self) -> None:
        """Closes the connection; the next use opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _listen(channel: str) -> sql.Composed:
    return sql.SQL("listen {}").format(sql.Identifier(channel))
