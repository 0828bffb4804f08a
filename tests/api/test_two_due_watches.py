"""Two due watches beside each other: what one of them has recorded is no fault to the other one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from api.workers.due import Due, JudgedStream
from api.workers.due_timers import timers_due
from api.workers.limited_firings import LimitedFirings
from domain.ticket import commands as c
from tests.support.reminding import Reminded, reminded, reminding

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        later = [{"do": "open-task", "title": "Call", "due": 3600}]
        await made.rule("csat", {"due": "csat-missing", "after": "24h"}, then=later)
        for _ in range(3):
            await made.ask(await made.ticket(), c.ResolveTicket(resolution="sent", code="solved"))
        made.now("2030-01-08")
        made.follow()
        yield made


async def judged_a_moment_apart(desk: Reminded, *dues: Due) -> None:
    """Watches that have judged the same log, each a second later than the one before, and then record."""
    async with reminding(desk, dues=dues[:1]) as first, reminding(desk, dues=dues[1:]) as second:
        scans = []
        for watch in (first, second):
            scans.append((watch, watch.scanners[0].scan(desk.clock.now)))
            desk.clock.now += timedelta(seconds=1)
        for watch, scan in scans:
            await asyncio.gather(*(watch.give(watch.scanners[0], judged) for judged in scan.judged))


async def test_two_watches_that_judge_a_moment_apart_record_once_and_complain_of_nothing(
    desk: Reminded, caplog: pytest.LogCaptureFixture
) -> None:
    await judged_a_moment_apart(desk, timers_due(LimitedFirings()), timers_due(LimitedFirings()))
    assert desk.recorded() == ["fired resolution/2/1"] * 3
    assert [record.getMessage() for record in caplog.records] == []


async def test_a_command_id_that_belongs_to_another_subject_is_complained_of(
    desk: Reminded, caplog: pytest.LogCaptureFixture
) -> None:
    timers = timers_due(LimitedFirings())

    def with_one_id(*given: object) -> list[JudgedStream]:
        return [
            judged._replace(commands=[due._replace(command_id="the same") for due in judged.commands])
            for judged in timers.judge(*given)  # type: ignore[arg-type]
        ]

    await judged_a_moment_apart(desk, timers._replace(judge=with_one_id), timers_due(LimitedFirings()))
    assert len(desk.recorded()) == 3
    complaints = [record.getMessage() for record in caplog.records]
    assert len(complaints) == 2
    assert all("was used for another command" in complaint for complaint in complaints)
