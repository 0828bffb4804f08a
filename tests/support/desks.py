"""Service desks on the log of a test, and commands for them."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, sql

from domain.command_context import CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.store import LoadedStreams, LogConnection
from domain.ids import new_id
from domain.ticket.commands import AddNote, ReceiveTicket
from tests.support.events import AGENT, NOON
from tests.support.log import TENANT
from tests.support.patience import PATIENT

RECEIVE = ReceiveTicket(customer_id=UUID(int=9), channel="zalo", subject="s", category="internet", priority="P2")
BEFORE = 1
"""The events before those of a test: the registration of the customer of RECEIVE."""
NOTE = AddNote(body="n")


def noon() -> datetime:
    """The constant present of desks in tests."""
    return NOON


def now() -> datetime:
    return datetime.now(UTC)


def by(command_id: str | None = None, **fields: Any) -> CommandContext:
    """The context of a command by the agent Linh."""
    return replace(CommandContext(AGENT, command_id or str(new_id())), **fields)


class WatchedLog(LogConnection):
    """A log that waits as long as a busy computer needs. ``loaded`` are the streams that were read for decisions."""

    def __init__(self, url: str) -> None:
        super().__init__(url, TENANT, PATIENT)
        self.loaded: list[UUID] = []

    async def load(self, streams: Collection[UUID], fold: str) -> LoadedStreams:
        self.loaded += streams
        return await super().load(streams, fold)


class OpenedDesk(ServiceDesk):
    """A desk at noon whose ``log`` the test has at hand."""

    def __init__(self, url: str) -> None:
        self.log = WatchedLog(url)
        super().__init__(self.log, noon)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[OpenedDesk]:
    """A desk that waits for the log as long as a busy computer needs, and is closed at the end of the block."""
    desk = OpenedDesk(url)
    try:
        yield desk
    finally:
        await desk.close()


async def received(desk: ServiceDesk) -> UUID:
    """The stream of a new ticket."""
    stream = new_id()
    await desk.handle(stream, RECEIVE, by())
    return stream


def recorded(url: str) -> list[RecordedEvent]:
    """The log behind the registration of the customer of RECEIVE, checked for holes in positions and versions."""
    with psycopg.connect(url, autocommit=True) as connection:
        events = reader.page(connection, TENANT, 0, 100_000)
        assert [event.position for event in events] == list(range(1, reader.head(connection, TENANT) + 1))
    versions: dict[UUID, int] = {}
    for event in events:
        versions[event.stream] = versions.get(event.stream, 0) + 1
        assert event.version == versions[event.stream]
    return [event for event in events if event.stream != RECEIVE.customer_id]


def topics(url: str, stream: UUID) -> list[str]:
    """The topics of a stream without the name of its aggregate."""
    return [event.topic.partition(".")[2] for event in recorded(url) if event.stream == stream]


@asynccontextmanager
async def locked_head(url: str) -> AsyncIterator[None]:
    """Another connection holds the lock of the log within the block."""
    async with await AsyncConnection.connect(url) as connection:
        statement = sql.SQL("select 1 from {}.log_head for update").format(sql.Identifier(schema_of(TENANT)))
        await connection.execute(statement)
        yield
        await connection.rollback()
