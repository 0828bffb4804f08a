"""The reactor starts procedures and ends their steps, each once, whichever reactor reads an event and however late."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.workers.reactor import WORKER
from domain.automation.events import AutomationPassedOver
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.event_log import reader
from domain.messages import Command
from domain.notification.events import NotificationRequested
from domain.notification.sending import RecordHandOver, StartAttempt, SuppressNotification
from domain.procedure import events as e
from domain.ticket import commands as t
from tests.support.automating import Automated, Handle, automated, react
from tests.support.events import IMPORT

pytestmark = pytest.mark.anyio
TITLE = {"vi": "Bước", "en": "Step"}
BODY: dict[str, Any] = {
    "title": TITLE,
    "subject": "ticket",
    "starts_on": [{"topic": "ticket.received", "when": [{"field": "category", "value": "complaint"}]}],
    "ends_on": [{"topic": "ticket.cancelled"}],
    "steps": [
        {"id": "reply", "title": TITLE, "done_when": [{"topic": "ticket.reply_sent"}]},
        {
            "id": "again",
            "title": TITLE,
            "enter": {"all": ["reply"]},
            "done_when": [{"topic": "ticket.reply_sent", "result": "twice"}],
        },
        {"id": "rest", "title": TITLE, "enter": {"all": ["again"]}},
    ],
}
NOTICE = {"to": "customer", "channel": "email", "purpose": "service", "template": "welcome"}
TELLING = {"id": "tell", "title": TITLE, "kind": "notify", "told": True, "notice": NOTICE}
REPLY = t.SendReply(body="hello")


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        await made.publish("complaint", BODY, kind="procedure")
        yield made


def procedures(desk: Automated) -> list[UUID]:
    return [event.stream for event in desk.log() if isinstance(event.payload, e.ProcedureStarted)]


def steps(desk: Automated, procedure: UUID) -> list[str]:
    """What happened to steps, in order."""
    stepped = (e.StepOpened, e.StepDone, e.StepSkipped, e.StepOverdue)
    done = (event for event in desk.history(procedure) if isinstance(event.payload, stepped))
    return [f"{event.topic.removeprefix('procedure.step_')} {event.payload.step}" for event in done]


async def test_a_ticket_starts_a_procedure_and_a_reply_ends_one_step_of_it(desk: Automated) -> None:
    async with desk.reactor() as reactor:
        ticket, other = await desk.receive(category="Complaint"), await desk.receive(category="login")
        await desk.ask(ticket, REPLY)
        await desk.ask(other, REPLY)
        await react(reactor)
    (procedure,) = procedures(desk)
    assert steps(desk, procedure) == ["opened reply", "done reply", "opened again"]
    started = desk.history(procedure)[0]
    assert (started.envelope.actor.id, started.envelope.depth) == ("procedures", 1)
    assert started.occurred_at == desk.history(ticket)[0].occurred_at


async def test_an_event_that_was_read_late_leads_to_what_it_would_have_led_to_at_once(desk: Automated) -> None:
    async with desk.reactor() as reactor:
        ticket = await desk.receive(category="complaint")
        for _ in range(2):
            await desk.ask(ticket, REPLY)  # the reactor has not even started the procedure by then
        await react(reactor)
    (procedure,) = procedures(desk)
    assert steps(desk, procedure) == ["opened reply", "done reply", "opened again", "done again", "opened rest"]


async def test_two_reactors_and_one_that_lost_its_note_do_everything_once(desk: Automated) -> None:
    async with desk.reactor() as first, desk.reactor() as second:
        tickets = [await desk.receive(category="complaint") for _ in range(10)]
        for ticket in tickets:
            await desk.ask(ticket, REPLY)
        await asyncio.gather(react(first), react(second))
        with psycopg.connect(desk.url, autocommit=True) as connection:
            connection.execute("update tenant_default.worker_positions set position = 0")
    async with desk.reactor() as again:
        await react(again)
    assert len(procedures(desk)) == len(tickets)
    for procedure in procedures(desk):
        assert steps(desk, procedure) == ["opened reply", "done reply", "opened again"]


async def test_an_import_starts_nothing_and_a_stale_fact_is_passed_over(desk: Automated) -> None:
    async with desk.reactor() as reactor:
        imported = await desk.receive(IMPORT, category="complaint")
        old = datetime.now(UTC) - timedelta(hours=25)
        late = await desk.receive(category="complaint", occurred_at=old)
        await react(reactor)
        await react(reactor)
    assert procedures(desk) == []
    assert desk.topics(imported) == ["ticket.received"]
    (passed_over,) = [event.payload for event in desk.history(late) if isinstance(event.payload, AutomationPassedOver)]
    assert (passed_over.rule, passed_over.why) == ("procedure:complaint", "stale")


async def test_a_notification_that_cannot_be_read_keeps_no_other_procedure_from_going_on(
    desk: Automated, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.publish("complaint", BODY | {"steps": [TELLING]}, kind="procedure")
    async with desk.reactor() as reactor:
        for _ in range(2):
            await desk.receive(category="complaint")
        await react(reactor)
        broken, sound = procedures(desk)
        notices = [event.stream for event in desk.log() if isinstance(event.payload, NotificationRequested)]
        for notice in notices:
            await desk.ask(notice, StartAttempt(attempt=1, address="lan@example.com", text_hash="h"))
            await desk.ask(notice, RecordHandOver(attempt=1))
        with psycopg.connect(desk.url, autocommit=True) as connection:
            connection.execute(
                "update tenant_default.events set state = '{}' where stream = %s and version = 1", [notices[0]]
            )
        await react(reactor)
        with psycopg.connect(desk.url, autocommit=True) as connection:
            read_to = reader.worker_position(connection, "default", WORKER)
            assert read_to == reader.head(connection, "default")
    assert (steps(desk, broken), steps(desk, sound)) == (["opened tell"], ["opened tell", "done tell"])
    assert caplog.text.count("cannot be reacted to") == 1


async def test_a_step_that_must_be_told_ends_when_its_notice_is_handed_over_and_not_before(desk: Automated) -> None:
    await desk.publish("complaint", BODY | {"steps": [TELLING]}, kind="procedure")
    async with desk.reactor() as reactor, desk.reactor() as other:
        await desk.receive(category="complaint")
        await desk.receive(category="complaint")
        await react(reactor)
        sent, left_out = (event.stream for event in desk.log() if isinstance(event.payload, NotificationRequested))
        await desk.ask(sent, StartAttempt(attempt=1, address="lan@example.com", text_hash="h"))
        await desk.ask(left_out, SuppressNotification(why="no_consent"))
        await asyncio.gather(react(reactor), react(other))
        assert [steps(desk, each) for each in procedures(desk)] == [["opened tell"]] * 2
        await desk.ask(sent, RecordHandOver(attempt=1))
        await asyncio.gather(react(reactor), react(other))
    confirmed, unconfirmed = procedures(desk)
    assert (steps(desk, confirmed), steps(desk, unconfirmed)) == (["opened tell", "done tell"], ["opened tell"])
    assert [each.payload.result for each in desk.history(confirmed) if isinstance(each.payload, e.StepDone)] == ["sent"]


async def test_a_stopped_tenant_starts_nothing_and_what_runs_goes_on(desk: Automated) -> None:
    async with desk.reactor() as reactor:
        running = await desk.receive(category="complaint")
        await react(reactor)
        (procedure,) = procedures(desk)
        await desk.stop("tenant")
        await desk.ask(running, REPLY)
        ticket = await desk.receive(category="complaint")
        await react(reactor)
        assert procedures(desk) == [procedure]
        assert steps(desk, procedure) == ["opened reply", "done reply", "opened again"]
        (fact,) = desk.recorded(ticket)
        assert isinstance(fact, AutomationPassedOver)
        assert (fact.rule, fact.why) == ("procedure:complaint", "stopped")
        await desk.resume("tenant")
        await desk.receive(category="complaint")
        await react(reactor)
    assert len(procedures(desk)) == 2


async def test_a_cancelled_ticket_ends_its_procedure_and_the_claim(desk: Automated) -> None:
    async with desk.reactor() as reactor:
        ticket = await desk.receive(category="complaint")
        await react(reactor)
        await desk.ask(ticket, t.CancelTicket(reason="spam", cancelled_as="spam"))
        await react(reactor)
    (procedure,) = procedures(desk)
    assert desk.topics(procedure)[-1] == "procedure.abandoned"
    assert desk.log()[-1].topic == "procedure_claim.released"


async def test_a_procedure_that_fails_keeps_back_no_other(desk: Automated, caplog: pytest.LogCaptureFixture) -> None:
    async def failing(handle: Handle, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
        if getattr(command, "subject", None) == broken:
            raise RuntimeError("a fault of the procedure")
        return await handle(stream, command, context)

    async with desk.reactor(interpose=failing) as reactor:
        broken, whole = await desk.receive(category="complaint"), await desk.receive(category="complaint")
        await react(reactor)
    (procedure,) = procedures(desk)
    assert desk.history(procedure)[0].payload.subject == whole
    assert caplog.text.count("a fault of the procedure") == 1


async def test_a_history_of_a_procedure_that_cannot_be_read_keeps_back_no_other(
    desk: Automated, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk.reactor() as reactor:
        tickets = [await desk.receive(category="complaint") for _ in range(3)]
        await react(reactor)
        broken = procedures(desk)[0]
        with psycopg.connect(desk.url, autocommit=True) as connection:
            connection.execute("update tenant_default.events set state = '{}' where stream = %s", [broken])
        for ticket in tickets:
            await desk.ask(ticket, REPLY)
        await react(reactor)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        done = connection.execute(
            "select count(distinct stream) from tenant_default.events where topic = 'procedure.step_done'"
        ).fetchone()
    assert done == (2,)
    assert caplog.text.count("cannot be read") == 1


async def test_a_version_that_cannot_be_read_keeps_no_procedure_from_going_on(desk: Automated) -> None:
    """It is one of a plug-in that is gone: version 1 is such, and version 2 can be read."""
    await desk.publish("complaint", BODY | {"title": {"vi": "Hai", "en": "Two"}}, kind="procedure")
    with psycopg.connect(desk.url, autocommit=True) as connection:
        connection.execute(
            "update tenant_default.events set state = replace(state, '\"enter\"', '\"of_a_plug_in\"')"
            " where topic = 'definition.published' and version = 1"
        )
    async with automated(desk.url) as anew, anew.reactor() as reactor:
        ticket = await anew.receive(category="complaint")
        await react(reactor)
        await anew.ask(ticket, REPLY)
        await react(reactor)
        (procedure,) = procedures(anew)
    assert steps(anew, procedure) == ["opened reply", "done reply", "opened again"]
