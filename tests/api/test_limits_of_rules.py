"""A rule fires no more often in an hour than its limit, whichever process judges it and however far its rows are."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from api.workers import automation_world
from api.workers.automation_world import World
from api.workers.due import Due, JudgedStream
from api.workers.due_rules import RuleJudge
from api.workers.due_timers import timers_due
from api.workers.limited_firings import LimitedFirings
from domain.automation.events import AutomationPassedOver
from domain.event_log import reader
from domain.event_log.advisory_locks import timed_limits_lock
from domain.ticket.commands import AddNote, ResolveTicket
from tests.support.automating import Automated, automated, caught_up_connection, react, rule_body
from tests.support.reminding import Reminded, reminded, reminding
from tests.support.sla_watching import Standing

pytestmark = pytest.mark.anyio
ROWS = pytest.mark.parametrize("rows", ["behind the log", "caught up"])
DAY_AFTER = {"due": "csat-missing", "after": "24h"}


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


@pytest.fixture
async def reminders(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        yield made


async def fire_once(desk: Automated) -> None:
    """Has a new reactor judge the rules for a new ticket."""
    async with desk.reactor() as reactor:
        await desk.receive()
        await react(reactor)


def fired_lately(desk: Automated, rule: str) -> int:
    with psycopg.connect(desk.url, autocommit=True) as connection:
        now = reader.now(connection)
        return World(connection, "default", reader.head(connection, "default"), now).fired_lately(rule, 10)


@ROWS
async def test_a_rule_that_is_published_again_in_another_spelling_keeps_its_count(desk: Automated, rows: str) -> None:
    await desk.publish("take note", rule_body(limit=1))
    await fire_once(desk)
    await desk.publish("take  note", rule_body(limit=1, order=2))
    if rows == "caught up":
        caught_up_connection(desk).close()
    await fire_once(desk)
    assert desk.fired() == ["take note"]


@ROWS
async def test_what_another_reactor_fired_a_year_ahead_of_the_clock_takes_nothing_of_the_limit(
    database_url: str, rows: str
) -> None:
    clock = Standing()
    async with automated(database_url, clock) as desk:
        await desk.publish("noting", rule_body(limit=2))
        for ahead in (timedelta(days=365), timedelta(minutes=59), timedelta(0), timedelta(0)):
            clock.now += ahead
            await fire_once(desk)
            clock.now -= ahead
            if rows == "caught up":
                caught_up_connection(desk).close()
        assert [payload.why for payload in desk.recorded() if isinstance(payload, AutomationPassedOver)] == ["limit"]
        assert desk.fired() == ["noting"] * 3


async def test_what_a_reactor_fired_a_year_ahead_of_the_clock_takes_nothing_of_the_limit(database_url: str) -> None:
    clock = Standing()
    async with automated(database_url, clock) as desk, desk.reactor() as reactor:
        await desk.publish("noting", rule_body(limit=2))
        for ahead in (timedelta(days=365), timedelta(minutes=59), timedelta(0), timedelta(0)):
            clock.now += ahead
            await desk.receive()
            await react(reactor)
            clock.now -= ahead
        assert desk.fired() == ["noting"] * 3


async def test_a_firing_counts_once_when_the_position_of_the_rows_is_not_known(desk: Automated) -> None:
    await desk.publish("noting", rule_body(limit=2))
    await fire_once(desk)
    with caught_up_connection(desk) as connection:
        connection.execute("delete from tenant_default.projection_positions where name = 'audit_history'")
    assert fired_lately(desk, "noting") == 1
    await fire_once(desk)
    assert (fired_lately(desk, "noting"), desk.fired()) == (2, ["noting", "noting"])


async def test_no_more_of_the_log_is_read_than_its_newest_events(
    desk: Automated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.publish("noting", rule_body())
    await fire_once(desk)
    assert fired_lately(desk, "noting") == 1
    monkeypatch.setattr(automation_world, "_BEHIND", 1)
    ticket = await desk.receive()
    assert fired_lately(desk, "noting") == 0
    caught_up_connection(desk).close()
    assert fired_lately(desk, "noting") == 1
    await desk.ask(ticket, AddNote(body="by a person"))
    assert fired_lately(desk, "noting") == 1


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
async def test_two_due_watches_do_not_both_take_the_last_firing_of_a_limit(
    reminders: Reminded, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    """Each watch judges one of two tickets before the firing of the other is recorded."""
    if not guarded:
        monkeypatch.setattr(RuleJudge, "_judges_limits", True)
    await reminders.rule("csat", DAY_AFTER, limit=1)
    tickets = [await reminders.ticket() for _ in range(2)]
    for ticket in tickets:
        await reminders.ask(ticket, ResolveTicket(resolution="sent", code="solved"))
    reminders.now("2030-01-08")
    reminders.follow()
    both = threading.Barrier(2)

    def timers_of(ticket: UUID) -> Due:
        """The row of timers, which judges one ticket alone and waits for the other watch."""
        timers = timers_due(LimitedFirings())

        def judge(connection: Connection, tenant: str, _tickets: Sequence[UUID], *given: Any) -> list[JudgedStream]:
            judged = timers.judge(connection, tenant, [ticket], *given)
            both.wait(timeout=60)
            return judged

        return timers._replace(judge=judge)

    async with (
        reminding(reminders, dues=[timers_of(tickets[0])]) as first,
        reminding(reminders, dues=[timers_of(tickets[1])]) as second,
    ):
        await asyncio.gather(first.step(), second.step())
    fired = [recorded for recorded in reminders.recorded() if recorded.startswith("fired")]
    assert len(fired) == (1 if guarded else 2)


async def test_another_due_watch_judges_limited_rules_when_the_first_has_ended(reminders: Reminded) -> None:
    await reminders.rule("csat", DAY_AFTER, limit=1)
    await reminders.ask(await reminders.ticket(), ResolveTicket(resolution="sent", code="solved"))
    reminders.now("2030-01-08")
    reminders.follow()
    async with reminding(reminders) as second:
        with (
            psycopg.connect(reminders.url, autocommit=True) as first,
            timed_limits_lock("default").held(first, wait=False),
        ):
            await second.step()
            assert reminders.recorded() == []
        reminders.pass_by(minutes=1)
        await second.step()
    assert reminders.recorded() == ["fired resolution/2/1"]
