"""A decision may read streams that only states name; in one batch as well, and when they move on meanwhile."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from domain.command_handling import decided_batch
from domain.command_handling.service_desk import ServiceDesk
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.procedure import commands as c
from tests.support.desks import RECEIVE, by, opened, topics
from tests.support.events import NOON, TICKET
from tests.support.procedures import INSTANCE, OTHER_INSTANCE, TWO_STEPS

pytestmark = pytest.mark.anyio
START = c.StartProcedure(procedure="two", subject=TICKET, subject_kind="ticket")
STREAM = definition_stream("procedure", "two")
ALL = ["started", "step_opened", "step_done", "step_opened", "step_done", "completed"]


def published(**changed: object) -> PublishDefinition:
    body = TWO_STEPS | changed
    return PublishDefinition(kind="procedure", name="two", effective_from=NOON, body=body, reason="r")


@pytest.fixture
async def desk(desk_url: str) -> AsyncIterator[ServiceDesk]:
    async with opened(desk_url) as made:
        await made.handle(TICKET, RECEIVE, by("ticket"))
        await made.handle(STREAM, published(), by("definition"))
        yield made


async def test_a_start_and_all_steps_in_one_batch_are_recorded_in_order(desk: ServiceDesk, desk_url: str) -> None:
    commands = (START, c.CompleteStep(step="first"), c.CompleteStep(step="second"))
    await asyncio.gather(*(desk.handle(INSTANCE, each, by(f"c-{n}")) for n, each in enumerate(commands)))
    assert topics(desk_url, INSTANCE) == ALL


async def test_two_starts_in_one_batch_start_one(desk: ServiceDesk) -> None:
    answers = await asyncio.gather(
        desk.handle(INSTANCE, START, by("a")), desk.handle(OTHER_INSTANCE, START, by("b")), return_exceptions=True
    )
    assert [isinstance(each, Exception) for each in answers] == [False, True]
    assert "runs for this subject already" in str(answers[1])


async def test_a_definition_that_another_desk_publishes_meanwhile_counts(desk: ServiceDesk, desk_url: str) -> None:
    await desk.handle(INSTANCE, START, by("a"))
    async with opened(desk_url) as other:
        await other.handle(STREAM, published(description="another"), by("second"))
    moved = await desk.handle(INSTANCE, c.MigrateProcedure(version=2), by("b"))  # its cache holds version 1 alone
    assert moved.answer.events == 1


async def test_without_the_streams_that_states_name_the_command_fails(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.handle(INSTANCE, START, by("a"))
    monkeypatch.setattr(decided_batch, "StreamsMissing", KeyError)  # what is missing is not loaded then
    with pytest.raises(Exception, match="not loaded"):
        await desk.handle(
            OTHER_INSTANCE, c.StartProcedure(procedure="x", subject=TICKET, subject_kind="ticket"), by("b")
        )
