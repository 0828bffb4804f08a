"""Readings of the past take a tenth of the time beside other work, and all of it when there is none."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http import giving_way
from api.http.fair_slots import SlotsTaken
from api.http.giving_way import LONGEST_REST, GivingWay
from api.http.panel_pace import SHARE_BESIDE_WORK
from tests.support.serving import Served


class OneThread:
    """A process in virtual time whose only thread reads the past."""

    def __init__(self, *, busy: bool) -> None:
        self.now = self.used = 0.0
        self.pace = GivingWay(lambda: self.now, lambda: self.used, lambda: self.used, self.pass_time)
        self.pace.note(0.5 if busy else 0.1, 0.0, 1.0)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    def read(self, cost: float, patience: float = 2.0) -> bool:
        """Whether a reading of so many seconds is let in."""
        try:
            with self.pace.turn(patience):
                self.now += cost
                self.used += cost
        except SlotsTaken:
            return False
        return True


costs = st.lists(st.floats(0.001, LONGEST_REST * SHARE_BESIDE_WORK / 2), min_size=50, max_size=50)


@given(costs)
def test_readings_take_a_tenth_of_the_time_beside_other_work(readings: list[float]) -> None:
    process = OneThread(busy=True)
    for cost in readings:
        while not process.read(cost):
            process.pass_time(0.05)
        assert process.used - cost <= SHARE_BESIDE_WORK * process.now


@given(costs)
def test_readings_never_rest_without_other_work(readings: list[float]) -> None:
    process = OneThread(busy=False)
    assert all(process.read(cost) for cost in readings)
    assert process.now == pytest.approx(sum(readings))


def test_what_was_read_without_other_work_holds_nobody_up() -> None:
    process = OneThread(busy=False)
    for _ in range(100):
        process.read(5.0)
    process.pace.note(0.5, 0.0, 1.0)
    assert process.read(1.0, patience=0.0)


def test_what_was_read_before_holds_nobody_up_for_long() -> None:
    process = OneThread(busy=True)
    assert process.read(5.0)
    assert not process.read(1.0, patience=LONGEST_REST - 1)
    process.pass_time(LONGEST_REST)
    assert process.read(1.0, patience=0.0)


def test_an_event_loop_that_a_long_reading_leaves_no_time_is_as_busy_as_before() -> None:
    process = OneThread(busy=True)
    assert process.read(0.5)
    process.pace.note(0.02, 0.5, 0.55)
    assert not process.read(0.5), "it was starved"
    process.pace.note(0.02, 0.1, 0.5)
    assert process.read(0.5), "it had time, and wanted little"
    process.pace.note(0.02, 0.45, 0.5)
    assert process.read(0.5), "it was not busy before"


@pytest.mark.anyio
async def test_it_sees_that_the_event_loop_is_busy() -> None:
    pace = GivingWay()
    watching = asyncio.create_task(pace.watch())

    async def read_without_end() -> None:
        while True:
            with pace.turn(0.0):
                end = time.thread_time() + 0.02
                while time.thread_time() < end:
                    pass
            await asyncio.sleep(0)

    with pytest.raises(SlotsTaken):
        await read_without_end()
    watching.cancel()


def test_whoever_reads_the_past_beside_other_work_is_told_to_come_back(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_way, "BUSY", -1.0)
    monkeypatch.setattr(giving_way, "SHARE_BESIDE_WORK", 1e-9)
    monkeypatch.setattr(giving_way, "LONGEST_REST", 600.0)
    past = "/v1/reports/backlog?as_of=2020-01-01T00:00:00Z"
    assert desk.get(past).status_code == 200
    refused = desk.get(past)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert desk.get("/v1/reports/backlog").status_code == 200
