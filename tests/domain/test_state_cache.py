"""The state cache keeps the streams that were used last."""

from collections.abc import Collection
from uuid import UUID

import pytest

from domain.command_handling.decide import EMPTY, StreamState
from domain.command_handling.state_cache import StateCache
from domain.command_handling.state_snapshots import EVERY
from domain.command_handling.ticket_stream import TicketStream
from domain.event_log.snapshots import Snapshot
from domain.event_log.store import LoadedStream, LoadedStreams, LogConnection
from domain.ticket.state import Ticket
from tests.support.log import TENANT

pytestmark = pytest.mark.anyio

A, B, C = (UUID(int=number) for number in (1, 2, 3))


class EmptyLog(LogConnection):
    """Notes which streams are loaded and of which snapshots are kept, and has none."""

    def __init__(self) -> None:
        super().__init__("", TENANT)
        self.loaded: list[UUID] = []
        self.kept: list[UUID] = []

    async def load(self, streams: Collection[UUID], fold: str) -> LoadedStreams:  # noqa: ARG002 -- as overridden
        self.loaded += streams
        return LoadedStreams({stream: LoadedStream(None, []) for stream in streams}, self.epoch)

    async def keep(self, snapshots: Collection[Snapshot], epoch: int) -> None:  # noqa: ARG002 -- as overridden
        self.kept += [snapshot.stream for snapshot in snapshots]


def folded(version: int) -> StreamState:
    return StreamState("ticket", TicketStream(Ticket(state="received")), version)


async def test_of_more_streams_than_fit_the_one_used_least_recently_is_dropped() -> None:
    log = EmptyLog()
    cache = StateCache(log, capacity=2)
    for stream, version in ((A, 1), (B, 1), (A, 2), (C, 1)):
        cache.put({stream: folded(version)}, log.epoch)
    loaded = await cache.load((A, B, C))
    assert log.loaded == [B]
    assert loaded.states == {A: folded(2), B: EMPTY, C: folded(1)}


async def test_a_definition_that_nobody_has_published_is_loaded_once() -> None:
    log = EmptyLog()
    cache = StateCache(log, capacity=2)
    assert [(await cache.load([A, B], definitions=[A])).states for _ in range(2)] == [{A: EMPTY, B: EMPTY}] * 2
    assert log.loaded == [A, B, B]


async def test_a_long_stream_gets_a_snapshot_and_an_erased_one_none() -> None:
    """From a snapshot an erased stream would take commands again."""
    log = EmptyLog()
    cache = StateCache(log, capacity=2)
    for version in (EVERY - 1, EVERY):
        cache.put({A: folded(version), B: folded(version)._replace(erased=True)}, log.epoch)
    await cache.store_snapshots()
    assert log.kept == [A]
