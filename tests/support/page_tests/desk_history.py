"""The history of the desk that page tests look at: every kind of event, three days of work, and hostile names."""

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import psycopg

from api.cli.simulate import first_day
from api.settings import utc_now
from api.simulation.desk import NAMESPACE, MadeUpDesk
from api.simulation.replay import Replayer
from api.simulation.workforce import own_definitions
from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.customer import commands as customer
from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import read_definition_file
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.definitions.state import definition_stream
from domain.envelope import NewEvent
from domain.event_log.append import Batch
from domain.event_log.append import append as append_batch
from domain.event_log.database_connections import REPORTS, connect
from domain.event_log.reader import encryptor
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.issued_report.state import report_stream
from domain.messages import Command
from domain.task.commands import OpenTask
from domain.ticket import commands as ticket
from projections.engine.follower import Follower
from projections.issued_reports.issuing import PackRequest, report_to_issue
from projections.registry import PROJECTIONS
from tests.support.golden import stored_history
from tests.support.page_tests.access_and_proofs import record_access, seal
from tests.support.patience import PATIENT

TENANT = "default"
DAYS, TICKETS_PER_DAY, SEED = 3, 20, 7
LAN = Actor(id="lan", kind="agent")

MARKUP = "<img src=x onerror=alert(1)>\"'&amp;</td><script>alert(2)</script>"
BACKWARDS = "\u202egnp.exe\u2066 \u200fNguyễn\u200b"
LONG = "Nguyễn" * 33 + "ễn"
"""200 characters without a place to break the line."""
DECOMPOSED = "Nguye\u0302\u0303n Thi\u0323 Ho\u0302\u0300ng"
HOSTILE_NAMES = (MARKUP, BACKWARDS, LONG, DECOMPOSED)


ZONE, REPORTED_DAY = "Asia/Ho_Chi_Minh", date(2026, 3, 2)
REPORT = report_stream("daily", REPORTED_DAY, REPORTED_DAY, ZONE)
"""The report that is issued."""
PROCEDURE = UUID("00000000-0000-0000-0000-00000000ab01")
NOTIFICATION = UUID("00000000-0000-0000-0000-00000000fa01")
"""A procedure and a notification of the fixed history."""


def hostile_id(number: int, what: str) -> UUID:
    """The id of the customer or the ticket with a hostile name of HOSTILE_NAMES."""
    return uuid5(NAMESPACE, f"hostile {what} {number}")


def fill(dsn: str) -> None:
    """Records the whole history in the empty default tenant, seals it, and follows it."""
    record_every_kind(dsn)
    asyncio.run(_record_work(dsn))
    follower = Follower(dsn, TENANT, PROJECTIONS)
    follower.catch_up()
    asyncio.run(_issue_report(dsn))
    record_access(dsn)
    seal(dsn)
    follower.catch_up()
    follower.close()


async def _issue_report(dsn: str) -> None:
    """Issues the report of a day of the fixed history."""
    with connect(dsn, REPORTS) as connection:
        report = report_to_issue(connection, TENANT, PackRequest("daily", str(REPORTED_DAY), ZONE), utc_now())
    assert report.stream == REPORT
    desk = ServiceDesk(LogConnection(dsn, TENANT, PATIENT))
    try:
        await _send(desk, report.stream, report.command)
    finally:
        await desk.close()


def record_every_kind(dsn: str) -> None:
    """Records the fixed history of the golden rows, which holds each kind of event, on its own streams."""
    history = stored_history()
    with psycopg.connect(dsn, autocommit=True) as connection:
        made = Batch(
            {event.stream: 0 for event in history},
            [f"golden {event.position}" for event in history],
            encryptor(connection, TENANT),
        )
        for event in history:
            new = NewEvent(event.stream, event.version, event.envelope, event.payload)
            made.add_decided(f"golden {event.position}", "golden", event.stream, event.version, [new])
        assert append_batch(connection, TENANT, made).recorded


async def _record_work(dsn: str) -> None:
    desk = ServiceDesk(LogConnection(dsn, TENANT, PATIENT))
    try:
        made_up = MadeUpDesk(SEED, first_day(DAYS), TICKETS_PER_DAY)
        for stream, definition in [*own_definitions(made_up.first), *_shipped(utc_now() - timedelta(days=1))]:
            await _send(desk, stream, definition)
        await Replayer(made_up, desk, utc_now).past(utc_now())
        for number, name in enumerate(HOSTILE_NAMES):
            for stream, command in _of_hostile(number, name):
                await _send(desk, stream, command)
    finally:
        await desk.close()


async def _send(desk: ServiceDesk, stream: UUID, command: Command) -> None:
    await desk.handle(stream, command, CommandContext(LAN, str(new_id())))


def _shipped(since: datetime) -> list[tuple[UUID, PublishDefinition]]:
    """The rules and procedures that come with the program, in effect since an instant."""
    written = [read_definition_file(text) for kind in kinds_shipped() for text in shipped_files(kind).values()]
    return [
        (
            definition_stream(each.kind.name, each.name),
            PublishDefinition(
                kind=each.kind.name,
                name=each.name,
                effective_from=since,
                body=each.body.model_dump(mode="json"),
                reason=MARKUP,
            ),
        )
        for each in written
    ]


def _of_hostile(number: int, name: str) -> list[tuple[UUID, Command]]:
    """A customer whose name is hostile, with a ticket in which everything that is written is as well."""
    who, what = hostile_id(number, "customer"), hostile_id(number, "ticket")
    now = utc_now()
    return [
        (who, customer.RegisterCustomer(name=name, tier=name, external_reference=name)),
        (who, customer.ChangeCustomerDetails(details={name: name})),
        (who, customer.AddAddress(channel="zalo", handle=name)),
        (
            what,
            ticket.ReceiveTicket(
                customer_id=who, channel="zalo", subject=name, category=name, priority="P1", body=name,
                external_reference=name, occurred_at=now - timedelta(hours=20),
            ),
        ),
        (what, ticket.AssignTicket(team=name, agent=name, occurred_at=now - timedelta(hours=19))),
        (what, ticket.AddNote(body=name)),
        (what, ticket.ReceiveMessage(body=name)),
        (what, ticket.PrioritiseTicket(priority="P2", reason=name)),
        (
            hostile_id(number, "task"),
            OpenTask(title=name, about=what, customer_id=who, due_at=now + timedelta(hours=number - 2), team=name),
        ),
    ]  # fmt: skip
