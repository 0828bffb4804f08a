"""Entering and leaving a tracked segment is recorded once, when the membership has changed since the last record."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.workers.due_watch import DueWatch
from api.workers.tracked_segments import EVERY, tracked_segments
from domain.command_handling.service_desk import ServiceDesk
from domain.customer.commands import ChangeTier, MergeCustomer
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.event_log.store import LogConnection
from tests.support.told import END, LONG_AGO, Told, told


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as teller:
        yield teller


class Watched:
    """The watch of tracked segments alone. Each look is later than the one before, by a pass."""

    def __init__(self, desk: Told) -> None:
        self.desk, self.now = desk, END
        self.due = tracked_segments()

    def look(self, times: int = 1, *, later: timedelta = EVERY) -> list[tuple[str, UUID, int]]:
        """Brings the rows up to the log, looks, and returns all that is recorded."""
        for _ in range(times):
            self.now += later
            self.desk.follow()
            asyncio.run(self._announce())
        with psycopg.connect(self.desk.dsn) as connection:
            log = reader.page(connection, "default", 0, 10_000)
        return [
            (event.topic.removeprefix("segment."), event.payload.customer_id, event.payload.definition_version)
            for event in log
            if event.kind == "segment"
        ]

    async def _announce(self) -> None:
        desk = ServiceDesk(LogConnection(self.desk.dsn, "default"), lambda: self.now)
        try:
            with psycopg.connect(self.desk.dsn, autocommit=True) as connection:
                watch = DueWatch(connection, "default", desk, lambda: self.now, dues=[self.due])
                await watch.step()
        finally:
            await desk.close()


def publish(desk: Told, tier: str = "gold", *, tracked: bool = True) -> None:
    body: dict[str, Any] = {"members": {"field": "tier", "value": tier}, "tracked": tracked}
    command = PublishDefinition(kind="segment", name="Gold", effective_from=LONG_AGO, body=body, reason="tried")
    desk.send(definition_stream("segment", "Gold"), command)


def test_entering_and_leaving_are_recorded_once(desk: Told) -> None:
    gold, _silver, watched = desk.customer("gold"), desk.customer("silver"), Watched(desk)
    publish(desk)
    assert watched.look(3) == [("entered", gold, 1)]
    desk.send(gold, ChangeTier(tier="silver"))
    assert watched.look(3) == [("entered", gold, 1), ("left", gold, 1)]
    desk.send(gold, ChangeTier(tier="gold"))
    assert watched.look(2)[2:] == [("entered", gold, 1)]


def test_a_segment_that_is_not_tracked_records_nothing(desk: Told) -> None:
    desk.customer("gold")
    publish(desk, tracked=False)
    assert Watched(desk).look(2) == []


def test_a_new_version_moves_customers_by_its_number(desk: Told) -> None:
    gold, silver, watched = desk.customer("gold"), desk.customer("silver"), Watched(desk)
    publish(desk)
    watched.look()
    publish(desk, "silver")
    assert set(watched.look()[1:]) == {("left", gold, 2), ("entered", silver, 2)}


def test_a_merged_customer_leaves_and_the_survivor_stays(desk: Told) -> None:
    gold, twin, watched = desk.customer("gold"), desk.customer("gold"), Watched(desk)
    publish(desk)
    assert len(watched.look()) == 2
    desk.send(twin, MergeCustomer(into=gold, reason="the same person"))
    assert watched.look(2)[2:] == [("left", twin, 1)]


def test_a_pass_begins_when_its_time_has_come(desk: Told) -> None:
    gold, watched = desk.customer("gold"), Watched(desk)
    publish(desk)
    watched.look()
    desk.send(gold, ChangeTier(tier="silver"))
    assert len(watched.look(later=EVERY / 4)) == 1
    assert len(watched.look(later=EVERY)) == 2


def test_two_watches_at_once_record_a_change_once(desk: Told) -> None:
    gold = desk.customer("gold")
    publish(desk)
    assert Watched(desk).look() == [("entered", gold, 1)]
    assert Watched(desk).look() == [("entered", gold, 1)]
