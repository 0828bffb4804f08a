"""The asynchronous way to the log: connections that come back by themselves."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from socket import SHUT_RDWR, socket
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import InvalidParameterValue, ReadOnlySqlTransaction

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.address import with_options
from domain.event_log.append import Answer, Appended, Batch, RecordedAnswer, append_statement
from domain.event_log.snapshots import SNAPSHOT, Snapshot, keep_snapshots, select_since_snapshots
from domain.event_log.soundness import Ends, LogDamaged, judge, select_ends

Result = TypeVar("Result")
PATIENCE = 5.0
CLOCK_SECONDS = 1.0
LATEST_SECONDS = 0.01
"""After a longer append what it says of the database's clock is too old: it was said before the wait for the disk."""
_LOOKS = 3
_LIMITS = "-c lock_timeout=4s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
_NOTICE_A_CALLER_WHO_IS_GONE = """
select set_config(name, '1s', false) from pg_settings
where name = 'client_connection_check_interval' and setting = '0' and source <> 'client'
"""


class LogUnavailable(Exception):  # noqa: N818 -- names the state of things
    """The database does not answer within PATIENCE seconds.

    Whether the last command was recorded is not known: the same command id again finds out.
    """


class LoadedStream(NamedTuple):
    """The stored snapshot of a stream, and its events after the snapshot; without a snapshot, all of its events."""

    snapshot: Snapshot | None
    events: list[RecordedEvent]


class LoadedStreams(NamedTuple):
    """Some streams as they are stored, and the connection epoch in which they were read."""

    streams: dict[UUID, LoadedStream]
    epoch: int


class LogConnection:
    """Loads streams and appends batches. It has as many connections as callers who ask at once.

    Limits of time that the DSN's ``options`` set go before ours.
    """

    def __init__(self, dsn: str, tenant: str) -> None:
        options = f"{conninfo_to_dict(with_options(dsn, _LIMITS))['options']} -c timezone=UTC"
        self._conninfo = make_conninfo(dsn, options=options, client_encoding="utf8")
        self._append = append_statement(tenant).as_bytes(None)  # psycopg caches how a text is parsed, not a Composed
        self._since_snapshots = select_since_snapshots(tenant).as_bytes(None)
        self._keep_snapshots = keep_snapshots(tenant)
        self._ends = select_ends(tenant)
        self._commands = reader.select_commands(tenant)
        self._free: list[AsyncConnection] = []
        self._clock: tuple[datetime, float] | None = None
        self.epoch = 0
        """Counts the connections opened. After a loss, the server behind the next connection may know less."""

    async def load(self, streams: Collection[UUID], fold: str) -> LoadedStreams:
        """The snapshots of ``fold`` and the events of some streams, in one statement."""
        ids = [stream.hex for stream in streams]

        async def select(connection: AsyncConnection) -> tuple[list[tuple[Any, ...]], int]:
            epoch = self.epoch
            cursor = await connection.execute(self._since_snapshots, [ids, fold, ids], binary=True, prepare=True)
            return await cursor.fetchall(), epoch

        loaded = {stream: LoadedStream(None, []) for stream in streams}
        rows, epoch = await self._insist(select)
        for row in rows:
            if row[3] == SNAPSHOT:
                loaded[row[1]] = LoadedStream(Snapshot(row[1], row[2], fold, row[5]), [])
            else:
                loaded[row[1]].events.append(reader.MAPPER.decode(*row))
        return LoadedStreams(loaded, epoch)

    async def keep(self, snapshots: Collection[Snapshot], epoch: int) -> None:
        """Stores snapshots for a later load; does nothing when a connection was opened since ``epoch``."""
        columns = [list(column) for column in zip(*snapshots, strict=True)]

        async def upsert(connection: AsyncConnection) -> None:
            if self.epoch == epoch:
                await connection.execute(self._keep_snapshots, columns)

        await self._insist(upsert)

    async def append(self, batch: Batch) -> Appended:
        """Records the batch whole, or says what stands in the way. Safe to repeat: command ids are unique.

        Raises LogDamaged when the log is not as it must be: nothing is recorded then.
        """

        async def execute(connection: AsyncConnection) -> Appended:
            for _ in range(_LOOKS):
                appended = await self._record(connection, batch.parameters())
                if appended.head >= 0:
                    return appended
                row = await (await connection.execute(self._ends)).fetchone()
                if damage := judge(Ends._make(row or ())):
                    raise LogDamaged(damage)
            raise ValueError("the batch contradicts itself")  # or others wrote between each try and the look

        return await self._insist(execute)

    async def _record(self, connection: AsyncConnection, parameters: Sequence[str]) -> Appended:
        sent = time.monotonic()
        cursor = await connection.execute(self._append, parameters, prepare=True)
        appended = Appended._make(await cursor.fetchone() or ())
        answered = time.monotonic()
        self._clock = (appended.clock, answered) if answered - sent < LATEST_SECONDS else None
        return appended

    async def now(self) -> datetime:
        """The present instant by the database's clock: what it last said, for CLOCK_SECONDS, and the time since.

        It is never ahead of that clock; how this computer's clock is set makes no difference.
        """
        if self._clock is None or time.monotonic() - self._clock[1] > CLOCK_SECONDS:

            async def ask(connection: AsyncConnection) -> tuple[datetime, float]:
                (at,) = await (await connection.execute(reader.NOW)).fetchone() or ()
                return at, time.monotonic()

            self._clock = await self._insist(ask)
        at, since = self._clock
        return at + timedelta(seconds=time.monotonic() - since)

    async def answers(self, command_ids: Collection[str]) -> dict[str, RecordedAnswer]:
        """The answers of those commands that are recorded, by command id."""

        async def select(connection: AsyncConnection) -> dict[str, RecordedAnswer]:
            cursor = await connection.execute(self._commands, [list(command_ids)], prepare=True)
            return {row[0]: RecordedAnswer(row[1], Answer._make(row[2:])) for row in await cursor.fetchall()}

        return await self._insist(select)

    async def close(self) -> None:
        """Gives the connections up; the next call opens another."""
        free, self._free = self._free, []
        for connection in free:
            await connection.close()

    async def _insist(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """Does the work, on a new connection when the old one is lost. Raises LogUnavailable after PATIENCE seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        pause = 0.05
        while True:
            try:
                is_new = not self._free
                connection = await self._open(deadline) if is_new else self._free.pop()
                free = self._free
                hang_up = loop.call_at(deadline, _hang_up, connection)
                try:
                    if is_new:
                        with suppress(InvalidParameterValue):  # a server whose system cannot look after its callers
                            await connection.execute(_NOTICE_A_CALLER_WHO_IS_GONE)
                    return await work(connection)
                finally:
                    hang_up.cancel()
                    if free is self._free:
                        free.append(connection)
                    else:  # another was lost meanwhile: this one may lead to the server of before
                        await connection.close()
            except (OperationalError, InterfaceError, ReadOnlySqlTransaction, TimeoutError) as error:
                await self.close()
                if loop.time() + pause >= deadline:
                    raise LogUnavailable("the database does not answer") from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.5)

    async def _open(self, deadline: float) -> AsyncConnection:
        async with asyncio.timeout_at(deadline):
            connection = await AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)
        self.epoch += 1
        self._clock = None
        return connection


def _hang_up(connection: AsyncConnection) -> None:
    """Ends whatever is waited for, as if the server had gone: the driver's own way asks a dead server first."""
    if not connection.closed:
        with socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(SHUT_RDWR)
