"""A rule that waits for its calendar loads no history until the calendar opens, and holds up no other rule."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from psycopg import Connection

from api.workers.due import Due, JudgedStream
from api.workers.due_timers import timers_due
from api.workers.limited_firings import LimitedFirings
from domain.ticket import commands as c
from tests.support.reminding import BEGINNING, Reminded, reminded, reminding

pytestmark = pytest.mark.anyio
DONE = c.ResolveTicket(resolution="done")


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        await made.calendar({"name": "Late", "zone": "Asia/Ho_Chi_Minh", "week": {"mon-sun": ["09:40-12:00"]}})
        await made.rule("patient", {"due": "resolved-for", "after": "24h"}, quiet="Late")
        yield made


def counted(judged: list[int]) -> Due:
    """The timers; ``judged`` gets the number of streams of each judgement."""

    timers = timers_due(LimitedFirings())

    def judge(
        connection: Connection, tenant: str, streams: Sequence[UUID], now: datetime, quiet: timedelta
    ) -> list[JudgedStream]:
        judged.append(len(streams))
        return timers.judge(connection, tenant, streams, now, quiet)

    return timers._replace(judge=judge)


async def test_a_stream_rests_until_the_calendar_opens(desk: Reminded) -> None:
    await desk.ask(await desk.ticket(), DONE)
    judged: list[int] = []
    async with reminding(desk, dues=[counted(judged)]) as watch:
        desk.now("2030-01-08", "09:10")
        desk.follow()
        for wall in ("09:10", "09:20", "09:39"):
            desk.now("2030-01-08", wall)
            await watch.step()
        assert judged == [1]
        desk.now("2030-01-08", "09:40")
        await watch.step()
    assert desk.recorded() == ["fired resolution/2"]


async def test_a_stream_rests_no_longer_than_its_rule_is_patient(desk: Reminded) -> None:
    await desk.rule("hasty", {"due": "resolved-for", "after": "24h"}, quiet="Late", stale_after="15m")
    await desk.ask(await desk.ticket(), DONE)
    async with reminding(desk, dues=[timers_due(LimitedFirings())]) as watch:
        desk.now("2030-01-08", "09:10")
        desk.follow()
        await watch.step()
        desk.now("2030-01-08", "09:16")
        await watch.step()
    assert desk.recorded() == ["passed_over resolution/2 missed"]


@pytest.mark.parametrize("known_before", [True, False])
async def test_a_stream_that_rests_holds_up_no_other_rule(desk: Reminded, *, known_before: bool) -> None:
    await desk.rule("other", {"due": "call-back", "before": "10m"})
    await desk.rule("patient", {"due": "waiting-for-customer", "open_days": [1]}, quiet="Late")
    ticket = await desk.ticket()
    await desk.ask(ticket, c.AssignTicket(agent="an"))
    await desk.ask(ticket, c.PutOnHold(waiting_for="customer", reason="asked"))
    promise = c.PromiseCallback(at=BEGINNING.replace(day=8, minute=25))
    if known_before:
        await desk.ask(ticket, promise)
    async with reminding(desk, dues=[timers_due(LimitedFirings())]) as watch:
        desk.now("2030-01-08", "09:10")
        desk.follow()
        await watch.step()
        assert desk.recorded() == []
        if not known_before:
            await desk.ask(ticket, promise.model_copy(update={"at": BEGINNING.replace(day=8, minute=18)}))
            desk.follow()
        desk.now("2030-01-08", "09:16")
        await watch.step()
    assert [event.payload.rule for event in desk.automation()] == ["other"]


async def test_a_clock_that_is_put_back_ends_a_rest(desk: Reminded) -> None:
    await desk.ask(await desk.ticket(), DONE)
    judged: list[int] = []
    async with reminding(desk, dues=[counted(judged)]) as watch:
        desk.now("2030-01-09", "09:00")
        desk.follow()
        await watch.step()
        desk.now("2030-01-08", "11:00")
        await watch.step()
    assert desk.recorded() == ["fired resolution/2"]
