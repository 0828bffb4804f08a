"""The memory of a desk keeps the streams that were used last."""

from collections.abc import Collection
from uuid import UUID

import pytest

from domain.command_handling.decide import StreamState
from domain.command_handling.state_cache import StateCache
from domain.event_log.store import Loaded, LogConnection
from domain.ticket.state import Ticket
from tests.support.log import TENANT

pytestmark = pytest.mark.anyio

A, B, C = (UUID(int=number) for number in (1, 2, 3))


class Asked(LogConnection):
    """Remembers which streams were asked for, and has none."""

    def __init__(self) -> None:
        super().__init__("", TENANT)
        self.asked: list[UUID] = []

    async def load(self, streams: Collection[UUID], fold: str) -> tuple[dict[UUID, Loaded], int]:  # noqa: ARG002 -- as overridden
        self.asked += streams
        return {}, self.number


def folded(version: int) -> StreamState:
    return StreamState("ticket", Ticket(state="received"), version)


async def test_of_more_streams_than_fit_the_one_used_least_recently_is_forgotten() -> None:
    log = Asked()
    memory = StateCache(log, places=2)
    for stream, version in ((A, 1), (B, 1), (A, 2), (C, 1)):
        memory.keep({stream: folded(version)}, log.number)
    states, _ = await memory.recall(dict.fromkeys((A, B, C), False))
    assert log.asked == [B]
    assert states == {A: folded(2), C: folded(1)}
