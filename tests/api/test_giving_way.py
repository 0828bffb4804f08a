"""Readings of the past take a fourteenth of the time beside other work, shared by tenants; without it none rests."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http import giving_way
from api.http.fair_slots import SlotsTaken
from api.http.giving_way import LONGEST_REST, GivingWay
from api.http.key_pace import SHARE, SURROUNDING
from api.migrations import migrate
from tests.support.serving import Served, fresh, make_key


class OneThread:
    """A process in virtual time whose only thread reads the past."""

    def __init__(self, *, busy: bool) -> None:
        self.now = self.used = 0.0
        self.pace = GivingWay(lambda: self.now, lambda: self.used, lambda: self.used, self.pass_time)
        self.pace.note(0.5 if busy else 0.1, 0.0, 1.0)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    def read(self, cost: float, patience: float = 2.0, tenant: str = "a") -> bool:
        """Whether a reading of so many seconds is let in."""
        try:
            with self.pace.turn(tenant, patience):
                self.now += cost
                self.used += cost
        except SlotsTaken:
            return False
        return True


PAST = "/v1/reports/backlog?as_of=2020-01-01T00:00:00Z"
costs = st.lists(st.floats(0.001, LONGEST_REST * SHARE / 2 - SURROUNDING), min_size=50, max_size=50)
PARSED_AND_SENT, REFUSED = 0.0014, 0.001
"""Seconds of the processor that a reading takes beside those that are measured, and that a refusal takes."""


@given(costs)
def test_others_take_a_tenth_longer_at_most_beside_readings(readings: list[float]) -> None:
    process, beside = OneThread(busy=True), 0.0
    for cost in readings:
        while not process.read(cost):
            beside += REFUSED
        assert process.used - cost + beside <= (process.now - cost) * (1 - 1 / 1.1)
        beside += PARSED_AND_SENT


@given(costs)
def test_readings_never_rest_without_other_work(readings: list[float]) -> None:
    process = OneThread(busy=False)
    assert all(process.read(cost) for cost in readings)
    assert process.now == pytest.approx(sum(readings))


@given(costs)
def test_two_tenants_share_the_time_and_neither_keeps_the_other_out(readings: list[float]) -> None:
    process, used = OneThread(busy=True), {"a": 0.0, "b": 0.0}
    assert process.read(LONGEST_REST, tenant="a")
    assert process.read(readings[0], patience=0.0, tenant="b")
    process.pass_time(LONGEST_REST)
    began = process.now
    for cost in readings:
        for tenant in used:
            while not process.read(cost, patience=0.0, tenant=tenant):
                process.pass_time(0.05)
            used[tenant] += cost
    assert sum(used.values()) - 2 * max(readings) <= SHARE * (process.now - began)


def rest(process: OneThread) -> float:
    """How long the next reading of a tenant waits."""
    before = process.now
    assert process.read(0.0, LONGEST_REST)
    return process.now - before


def test_a_tenant_that_read_long_ago_has_no_part_of_the_time() -> None:
    process = OneThread(busy=True)
    assert process.read(0.1, tenant="b")
    process.pass_time(LONGEST_REST)
    assert process.read(0.1)
    assert rest(process) == pytest.approx((0.1 + SURROUNDING) / SHARE - 0.1)


def test_a_tenant_saves_no_time_that_it_did_not_use() -> None:
    process = OneThread(busy=True)
    assert process.read(0.1)
    process.pass_time(LONGEST_REST / 2)
    assert process.read(0.1)
    assert rest(process) == pytest.approx((0.1 + SURROUNDING) / SHARE - 0.1)


def test_two_readings_of_a_tenant_at_once_are_both_charged() -> None:
    process = OneThread(busy=True)
    with process.pace.turn("a", 0.0):
        assert process.read(0.1)
        process.pass_time(0.1)
    assert rest(process) == pytest.approx((0.3 + 2 * SURROUNDING) / SHARE - 0.2)


def test_whoever_is_refused_has_waited() -> None:
    process = OneThread(busy=True)
    assert process.read(5.0)
    before = process.now
    assert not process.read(1.0, patience=2.0)
    assert process.now - before == pytest.approx(2.0)


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
    """By a clock that stands while the computer does other things: how busy that is changes nothing."""
    pace = GivingWay(clock=time.thread_time)
    watching = asyncio.create_task(pace.watch())

    async def read_without_end() -> None:
        while True:
            with pace.turn("a", 0.0):
                end = time.thread_time() + 0.02
                while time.thread_time() < end:
                    pass
            await asyncio.sleep(0)

    with pytest.raises(SlotsTaken):
        await read_without_end()
    watching.cancel()


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch, turn_or_refusal: None) -> None:  # noqa: ARG001 -- its effect
    """A server that is always busy, whose readings rest for ever after the first one."""
    monkeypatch.setattr(giving_way, "BUSY", -1.0)
    monkeypatch.setattr(giving_way, "SHARE", 1e-9)
    monkeypatch.setattr(giving_way, "LONGEST_REST", 600.0)


@pytest.mark.usefixtures("at_work")
def test_whoever_reads_the_past_beside_other_work_is_told_to_come_back(desk: Served) -> None:
    assert desk.get(PAST).status_code == 200
    refused = desk.get(PAST)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert desk.get("/v1/reports/backlog").status_code == 200


@pytest.mark.usefixtures("at_work")
def test_what_one_tenant_reads_of_the_past_keeps_no_other_tenant_waiting(desk: Served) -> None:
    migrate(desk.dsn, "other")
    other = desk.as_key(make_key(desk.dsn, tenant="other"))
    assert [desk.get(PAST).status_code for _ in range(2)] == [200, 429]
    assert other.get(PAST).status_code == 200


@pytest.mark.usefixtures("at_work")
@pytest.mark.parametrize("way", ["issue", "verification", "changes"])
def test_a_report_of_record_gives_way_as_well(desk: Served, way: str) -> None:
    report = f"/v1/issued-reports/{fresh()}"
    assert desk.get(PAST).status_code == 200
    refused = desk.post("/v1/issued-reports", {"pack": "daily"}) if way == "issue" else desk.get(f"{report}/{way}")
    assert refused.status_code == 429
