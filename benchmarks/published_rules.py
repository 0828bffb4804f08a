"""What many published calendars cost whoever asks: beside the same questions where nothing was ever published."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import psycopg
from psycopg import Connection

from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.timing import median_milliseconds
from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.customer.commands import RegisterCustomer
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.sla.policy.commands import PublishCalendar, PublishPolicy
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.ticket.commands import ReceiveTicket
from projections.sla.ticket_clocks import ticket_clocks

CALENDARS, VERSIONS, ROUNDS = 20, 10, 50
"""Vietnamese calendars, each with the public holidays of 130 years, and the versions of each and of the policy."""
PLAIN, PUBLISHED = "plain", "published"
_BY = Actor(id="an", kind="agent")
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_RECEIVED = datetime(2026, 3, 2, 8, tzinfo=UTC)


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Medians in milliseconds of a warm process, and what the first question of a process takes."""
    versions = 2 if quick else VERSIONS
    for tenant in (PLAIN, PUBLISHED):
        migrate(dsn, tenant)
    tickets = {PLAIN: asyncio.run(_fill(dsn, PLAIN, 0)), PUBLISHED: asyncio.run(_fill(dsn, PUBLISHED, versions))}
    with psycopg.connect(dsn, autocommit=True) as connection:
        began = time.perf_counter()
        _rules(connection, PUBLISHED)
        first = (time.perf_counter() - began) * 1000
        rules = {tenant: median_milliseconds(partial(_rules, connection, tenant), ROUNDS) for tenant in tickets}
        explained = {
            tenant: median_milliseconds(partial(ticket_clocks, connection, tenant, ticket, at=_RECEIVED), ROUNDS)
            for tenant, ticket in tickets.items()
        }
    size = f"{CALENDARS} calendars, {versions} versions of each; the first reading of a process: {first:,.0f} ms"
    return [
        Figure("published rules read", rules[PUBLISHED], "ms", "asked for", 5, 1, at_most=True, note=size),
        Figure("a ticket's clocks explained", explained[PUBLISHED], "ms", "asked for", 15, 1, at_most=True),
        Figure("published rules read", rules[PUBLISHED], "ms", "nothing published", rules[PLAIN]),
        Figure("a ticket's clocks explained", explained[PUBLISHED], "ms", "nothing published", explained[PLAIN]),
    ]


async def _fill(dsn: str, tenant: str, versions: int) -> UUID:
    """Publishes, and receives a ticket."""
    desk = ServiceDesk(LogConnection(dsn, tenant))
    ticket = uuid4()
    try:
        for version in range(versions):
            since = _FIRST + timedelta(days=version)
            for number in range(CALENDARS):
                calendar = _calendar(number, version, since)
                await desk.handle(calendar_stream(calendar.calendar.name), calendar, _command_context())
            await desk.handle(POLICY_STREAM, _policy(version, since), _command_context())
        customer = uuid4()
        await desk.handle(customer, RegisterCustomer(name="Lan"), _command_context())
        await desk.handle(ticket, _receipt(customer), _command_context())
    finally:
        await desk.close()
    return ticket


def _calendar(number: int, version: int, since: datetime) -> PublishCalendar:
    week = {"mon-fri": [f"08:00-12:{version:02}", "13:00-17:00"]}
    calendar = {"name": f"Office {number}", "zone": "Asia/Ho_Chi_Minh", "public_holidays": "VN", "week": week}
    return PublishCalendar.model_validate({"effective_from": since, "calendar": calendar, "reason": "a benchmark"})


def _policy(version: int, since: datetime) -> PublishPolicy:
    rules = [{"resolution": {"duration": f"{8 + version}h", "calendar": "Office 0"}}]
    policy = {"name": "Office", "rules": rules}
    return PublishPolicy.model_validate({"effective_from": since, "policy": policy, "reason": "a benchmark"})


def _receipt(customer: UUID) -> ReceiveTicket:
    facts = {"customer_id": customer, "channel": "email", "subject": "s", "category": "c", "priority": "P1"}
    return ReceiveTicket.model_validate(facts | {"occurred_at": _RECEIVED})


def _command_context() -> CommandContext:
    return CommandContext(_BY, str(new_id()))


def _rules(connection: Connection, tenant: str) -> object:
    return reader.rules(connection, tenant, reader.head(connection, tenant))
