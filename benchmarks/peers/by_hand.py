"""The same job with psycopg alone: what PostgreSQL and the driver can do when nobody asks for rules or envelopes."""

import asyncio
import json
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection

from benchmarks.callers import in_tasks

TABLES = """
create schema by_hand
create table events (
    position bigint generated always as identity primary key,
    stream uuid not null, version integer not null, topic text not null, state text not null, unique (stream, version));
"""
READ = "select stream, version, state from by_hand.events where stream = any(%s::uuid[])"
WRITE = (
    "insert into by_hand.events (stream, version, topic, state)"
    " select * from unnest(%s::uuid[], %s::integer[], %s::text[], %s::text[])"
)
STATE = json.dumps({"subject": "The invoice is wrong", "category": "billing", "priority": "P1", "filler": "x" * 200})
TOPICS = ("received", "assigned", "work_started", "resolved")


def prepare(dsn: str) -> None:
    """The one table."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLES)


class Shared:
    """Waiting callers share a read and a commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._waiting: list[tuple[UUID, int, asyncio.Future[None]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def save(self, stream: UUID, version: int) -> None:
        """Reads the stream, then adds one event to it."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((stream, version, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        await future

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            streams = [stream.hex for stream, _, _ in batch]
            versions = [version for _, version, _ in batch]
            topics = [TOPICS[version - 1] for version in versions]
            cursor = await self._connection.execute(READ, [streams], prepare=True, binary=True)
            await cursor.fetchall()
            await self._connection.execute(WRITE, [streams, versions, topics, [STATE] * len(batch)], prepare=True)
            for _, _, future in batch:
                future.set_result(None)


async def commands_a_second(dsn: str, callers: int, tickets: int) -> float:
    """``callers`` tasks with ``tickets`` tickets of four commands each."""
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        desk = Shared(connection)

        async def ticket() -> None:
            stream = uuid4()
            for version in (1, 2, 3, 4):
                await desk.save(stream, version)

        return await in_tasks(callers, tickets, ticket)
