"""Two due watches beside each other: what one of them has recorded is no fault to the other one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from psycopg import Connection

from api.workers.due import Due
from api.workers.due_timers import timers_due
from api.workers.limited_firings import LimitedFirings
from domain.ticket import commands as c
from tests.support.judged_dues import Judged, judged_by_both, judged_then
from tests.support.reminding import Reminded, reminded, reminding

pytestmark = pytest.mark.anyio
TICKETS = 3
PRODUCT = ("api.", "domain.", "projections.")
"""The loggers of the product: other threads of the process may log by others."""


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        call = [{"do": "open-task", "title": "Call", "due": 3600}]
        await made.rule("csat", {"due": "csat-missing", "after": "24h"}, then=call)
        for _ in range(TICKETS):
            await made.ask(await made.ticket(), c.ResolveTicket(resolution="sent", code="solved"))
        made.now("2030-01-08")
        made.follow()
        yield made


def a_second_later_each_time(due: Due) -> Due:
    seconds = iter(range(10))

    def judge(connection: Connection, tenant: str, streams: Sequence[UUID], now: datetime, quiet: timedelta) -> Judged:
        return due.judge(connection, tenant, streams, now + timedelta(seconds=next(seconds)), quiet)

    return due._replace(judge=judge)


async def test_two_watches_that_judge_a_moment_apart_record_once_and_complain_of_nothing(
    desk: Reminded, caplog: pytest.LogCaptureFixture
) -> None:
    both = [judged_by_both(a_second_later_each_time(timers_due(LimitedFirings())))]
    async with reminding(desk, dues=both) as first, reminding(desk, dues=both) as second:
        await asyncio.gather(first.step(), second.step())
    assert desk.recorded() == ["fired resolution/2/1"] * TICKETS
    assert [record.getMessage() for record in caplog.records if record.name.startswith(PRODUCT)] == []


async def test_a_command_id_that_belongs_to_another_subject_is_complained_of(
    desk: Reminded, caplog: pytest.LogCaptureFixture
) -> None:
    def with_one_id(judged: Judged) -> Judged:
        return [
            stream._replace(commands=[due._replace(command_id="the same") for due in stream.commands])
            for stream in judged
        ]

    async with reminding(desk, dues=[judged_then(timers_due(LimitedFirings()), with_one_id)]) as watch:
        await watch.step()
    complaints = [record.getMessage() for record in caplog.records]
    assert (len(desk.recorded()), len(complaints)) == (1, TICKETS - 1)
    assert all("was used for another command" in complaint for complaint in complaints)
