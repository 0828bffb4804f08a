"""The event store of a tenant for coroutines: loading, appending, and connections that are replaced when lost."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from socket import SHUT_RDWR, socket
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor, DatabaseError, InterfaceError, OperationalError
from psycopg.errors import InvalidParameterValue, ReadOnlySqlTransaction

from domain.backoff import Backoff, Pauses
from domain.envelope import RecordedEvent
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.append import Answer, Appended, Batch, RecordedAnswer, append_statement
from domain.event_log.database_connections import COMMANDS
from domain.event_log.encryption import ENCRYPTED, Encryption, Encryptor, opened_snapshots
from domain.event_log.snapshots import NO_FOLD, SNAPSHOT, Snapshot
from domain.event_log.soundness import Ends, LogDamaged, judge, select_ends
from domain.event_log.sql_files import sql_file
from domain.ids import as_array
from domain.personal_data.data_keys import store_of

Result = TypeVar("Result")
_APPEND = sql_file("domain.event_log", "append.sql")
_LOOKS = 3
_NOTICE_A_CALLER_WHO_IS_GONE = reader.QUERIES["notice a caller who is gone"].filled()


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Seconds. ``patience`` passes until a call without an answer fails. The database's clock is read again after
    ``clock``, and after an append that took longer than ``append``: the clock is read before the wait for the disk.
    """

    patience: float = 5.0
    clock: float = 1.0
    append: float = 0.01
    pauses: Pauses = Pauses(0.05, 0.5)  # noqa: RUF009 -- immutable


USUAL_SETTINGS = StoreSettings()
PATIENT_SETTINGS = StoreSettings(patience=60.0)
"""For the command line: nobody else waits for it, and a busy computer may take longer than a caller would wait."""


class LogUnavailable(LedgerError):  # noqa: N818 -- names the state of things
    """The database does not answer in time.

    Whether the last command was recorded is not known; the same command id again finds out.
    """

    kind = "unavailable"

    def __init__(self, cause: str = "the database does not answer") -> None:
        super().__init__(cause)

    def __str__(self) -> str:
        return f"The database was lost ({self.args[0]}). Start the command again: what it had recorded is kept."

    @property
    def detail(self) -> str:
        return "try again in a moment; a command repeated with its Idempotency-Key has one effect"


class LoadedStream(NamedTuple):
    """The stored snapshot of a stream, and its events after the snapshot; without a snapshot, all of its events."""

    snapshot: Snapshot | None
    events: list[RecordedEvent]


class LoadedStreams(NamedTuple):
    """Some streams as they are stored, and the connection epoch in which they were read."""

    streams: dict[UUID, LoadedStream]
    epoch: int


class LogConnection:
    """Loads streams and appends batches. It has as many connections as there are calls at once.

    ``settings`` may be replaced at any time.
    """

    def __init__(self, dsn: str, tenant: str, settings: StoreSettings = USUAL_SETTINGS) -> None:
        self.settings = settings
        self._tenant = tenant
        self._encryption: Encryption | None = None
        self._encryptor: Encryptor | None = None
        self._select_encryption = reader.QUERIES["encryption"].of(tenant)
        self._conninfo = COMMANDS.address(dsn)
        self._append = append_statement(tenant)
        self._since_snapshots = reader.QUERIES["since_snapshots"].of(tenant)
        self._select_encrypted_events = reader.QUERIES["encrypted_events"].of(tenant)
        self._keep_snapshots = _APPEND["keep_snapshots"].of(tenant)
        self._keep_worker_position = _APPEND["keep_worker_position"].of(tenant)
        self._ends = select_ends(tenant)
        self._commands = reader.QUERIES["commands"].of(tenant)
        self._free: list[AsyncCursor] = []
        self._clock: tuple[datetime, float] | None = None
        self.epoch = 0
        """Counts the connections opened. After a loss, the server behind the next connection may know less."""

    async def load(self, streams: Collection[UUID], fold: str) -> LoadedStreams:
        """The snapshots of ``fold`` and the events of some streams, in one statement."""
        parameters = {"streams": as_array(streams), "fold": fold}

        async def select(cursor: AsyncCursor) -> tuple[list[tuple[Any, ...]], int]:
            epoch = self.epoch
            await cursor.execute(self._since_snapshots, parameters, binary=True, prepare=True)
            return await cursor.fetchall(), epoch

        loaded = {stream: LoadedStream(None, []) for stream in streams}
        rows, epoch = await self._insist(select)
        lost = set()
        stored = [row for row in rows if row[3] == SNAPSHOT]
        for row, state in zip(stored, opened_snapshots(self._tenant, stored), strict=True):
            if state is None:
                lost.add(row[1])
            else:
                loaded[row[1]] = LoadedStream(Snapshot(row[1], row[2], fold, state), [])
        events = [row for row in rows if row[3] != SNAPSHOT and row[1] not in lost] if stored else rows
        for event in reader.decode_rows(self._tenant, events):
            loaded[event.stream].events.append(event)
        if lost:
            again = await self.load(lost, NO_FOLD)
            return LoadedStreams(loaded | again.streams, min(epoch, again.epoch))
        return LoadedStreams(loaded, epoch)

    async def encryptor(self) -> Encryptor | None:
        """What encrypts the tenant's events; None when they are not encrypted. Raises KeysUnavailable."""
        if self.epoch == 0:
            await self.now()  # the first connection finds it out
        if self._encryption is not None and self._encryptor is None:
            store = store_of(self._encryption.key_store)
            self._encryptor = Encryptor(reader.CODEC, self._tenant, store, blind=self._encryption.blind)
        return self._encryptor

    async def keep(self, snapshots: Collection[Snapshot], epoch: int) -> None:
        """Stores snapshots for a later load; does nothing when a connection was opened since ``epoch``."""
        if encryptor := await self.encryptor():
            snapshots = encryptor.snapshots(list(snapshots), await self._encrypted_events(snapshots))
        if not snapshots:
            return
        columns = (list(column) for column in zip(*snapshots, strict=True))
        parameters = dict(zip(("streams", "versions", "folds", "states"), columns, strict=True))

        async def upsert(cursor: AsyncCursor) -> None:
            if self.epoch == epoch:
                await cursor.execute(self._keep_snapshots, parameters)

        await self._insist(upsert)

    async def _encrypted_events(self, snapshots: Collection[Snapshot]) -> dict[UUID, tuple[str, str]]:
        """The topic and the text of the newest encrypted event of each stream that has one."""
        parameters = {"streams": as_array(each.stream for each in snapshots)}

        async def select(cursor: AsyncCursor) -> list[tuple[Any, ...]]:
            await cursor.execute(self._select_encrypted_events, parameters)
            return await cursor.fetchall()

        return {stream: (topic, state) for stream, topic, state in await self._insist(select)}

    async def keep_worker_position(self, worker: str, position: int, *, begins: bool = False) -> None:
        """Notes how far a worker has read; ``begins`` notes where a new one begins, and changes nothing of another."""
        parameters = {"worker": worker, "position": position, "begins": begins}

        async def note(cursor: AsyncCursor) -> None:
            await cursor.execute(self._keep_worker_position, parameters)

        await self._insist(note)

    async def append(self, batch: Batch) -> Appended:
        """Records the batch whole, or nothing of it. Safe to repeat: command ids are unique.

        Raises LogDamaged for a damaged log, and records nothing then.
        """

        async def execute(cursor: AsyncCursor) -> Appended:
            for _ in range(_LOOKS):
                appended = await self._record(cursor, batch.parameters())
                if appended.head >= 0:
                    return appended
                row = await (await cursor.execute(self._ends)).fetchone()
                if damage := judge(Ends._make(row or ())):
                    raise LogDamaged(damage)
            raise ValueError("the batch contradicts itself")  # or others wrote between each append and its look

        return await self._insist(execute)

    async def _record(self, cursor: AsyncCursor, parameters: Mapping[str, str]) -> Appended:
        sent = time.monotonic()
        try:
            await cursor.execute(self._append, parameters, prepare=True)
        except DatabaseError as error:
            if error.sqlstate != ENCRYPTED:
                raise
            await self._look_for_encryption(cursor)
            raise LogUnavailable("encryption of personal data has begun") from None
        appended = Appended._make(await cursor.fetchone() or ())
        answered = time.monotonic()
        self._clock = (appended.clock, answered) if answered - sent < self.settings.append else None
        return appended

    async def now(self) -> datetime:
        """The present instant by the database's clock: its last reading and the time since.

        It is never ahead of that clock, and does not depend on how this computer's clock is set.
        """
        if self._clock is None or time.monotonic() - self._clock[1] > self.settings.clock:

            async def ask(cursor: AsyncCursor) -> tuple[datetime, float]:
                (at,) = await (await cursor.execute(reader.NOW)).fetchone() or ()
                return at, time.monotonic()

            self._clock = await self._insist(ask)
        at, since = self._clock
        return at + timedelta(seconds=time.monotonic() - since)

    async def answers(self, command_ids: Collection[str]) -> dict[str, RecordedAnswer]:
        """The answers of those commands that are recorded, by command id."""

        async def select(cursor: AsyncCursor) -> dict[str, RecordedAnswer]:
            await cursor.execute(self._commands, {"command_ids": list(command_ids)}, prepare=True)
            return {row[0]: RecordedAnswer(row[1], Answer._make(row[2:])) for row in await cursor.fetchall()}

        return await self._insist(select)

    async def close(self) -> None:
        """Closes the connections; the next call opens another."""
        free, self._free = self._free, []
        for cursor in free:
            await cursor.connection.close()

    async def _insist(self, work: Callable[[AsyncCursor], Awaitable[Result]]) -> Result:
        """Does the work, on a new connection when the old one is lost. Raises LogUnavailable when patience ends."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.settings.patience
        backoff = Backoff(self.settings.pauses)
        while True:
            try:
                is_new = not self._free
                cursor = await self._open(deadline) if is_new else self._free.pop()
                free = self._free
                hang_up = loop.call_at(deadline, _hang_up, cursor.connection)
                try:
                    if is_new:
                        with suppress(InvalidParameterValue):  # a server on a system that cannot notice a closed socket
                            await cursor.execute(_NOTICE_A_CALLER_WHO_IS_GONE)
                        await self._look_for_encryption(cursor)
                    return await work(cursor)
                finally:
                    hang_up.cancel()
                    if free is self._free:
                        free.append(cursor)
                    else:  # another one was lost meanwhile: this one may lead to the former server
                        await cursor.connection.close()
            except (OperationalError, InterfaceError, ReadOnlySqlTransaction, TimeoutError) as error:
                await self.close()
                pause = backoff.failed()
                if loop.time() + pause >= deadline:
                    raise LogUnavailable from error
            await asyncio.sleep(pause)

    async def _look_for_encryption(self, cursor: AsyncCursor) -> None:
        row = await (await cursor.execute(self._select_encryption)).fetchone()
        encrypted = Encryption._make(row) if row else None
        if encrypted != self._encryption:
            self._encryption, self._encryptor = encrypted, None

    async def _open(self, deadline: float) -> AsyncCursor:
        """A new connection's only cursor. It serves every statement: a cursor for each costs a tenth of an append."""
        async with asyncio.timeout_at(deadline):
            connection = await AsyncConnection.connect(self._conninfo, autocommit=True)
        self.epoch += 1
        self._clock = None
        return connection.cursor()


def _hang_up(connection: AsyncConnection) -> None:
    """Ends the wait of a connection, as if the server had gone: the driver's own way asks a dead server first."""
    if not connection.closed:
        with socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(SHUT_RDWR)
