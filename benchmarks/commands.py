"""Commands a second, whole path: load, fold, decide, record; fsync on."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

import uvloop

from api.migrations import migrate
from benchmarks.callers import in_tasks
from benchmarks.figure import Figure
from benchmarks.peers import by_hand, library
from benchmarks.rounds import medians
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.customer.commands import RegisterCustomer
from domain.event_log.store import LogConnection
from domain.event_types import register_event_types
from domain.ids import new_id
from domain.messages import Command
from domain.refusal import Refusal
from domain.ticket import commands as c

AGENT = Actor(id="an", kind="agent")
ORIGIN = Origin(channel="api")
TICKETS, LIBRARY_TICKETS = {1: 100, 8: 1200, 32: 2400}, {1: 48, 8: 144}
"""Of all callers together in one turn: half a second or less, so that many rounds share a bad minute fairly."""

register_event_types()  # not in the package: the programs of the peers import it without our packages


def open_desk(dsn: str, tenant: str = "default") -> ServiceDesk:
    """A desk with nothing in its memory."""
    return ServiceDesk(LogConnection(dsn, tenant))


def command_context() -> CommandContext:
    """An agent's command with an id of its own."""
    return CommandContext(AGENT, str(new_id()), ORIGIN)


CUSTOMERS = [UUID(int=number) for number in range(1, 101)]
"""The customers of the tickets."""


async def register_customers(
    desk: ServiceDesk, customers: Sequence[UUID] = CUSTOMERS, at: datetime | None = None
) -> None:
    """Registers those that are not registered yet, as of ``at`` or now; the desk has all of them in its memory."""
    for customer in customers:
        with suppress(Refusal):
            await desk.handle(customer, RegisterCustomer(name="Lan", occurred_at=at), command_context())


async def one_ticket(desk: ServiceDesk) -> AsyncIterator[CommandResult]:
    """The job of every contestant: a ticket of four commands, each decided on what is recorded of it."""
    ticket = new_id()
    commands: list[Command] = [
        c.ReceiveTicket(
            customer_id=CUSTOMERS[ticket.int % len(CUSTOMERS)],
            channel="zalo",
            subject="The invoice is wrong",
            category="billing",
            priority="P1",
        ),
        c.AssignTicket(team="first line"),
        c.StartWork(),
        c.ResolveTicket(resolution="Sent a new invoice"),
    ]
    for command in commands:
        yield await desk.handle(ticket, command, command_context())


async def commands_a_second(dsn: str, callers: int, tickets: int, tenant: str = "default") -> float:
    """``callers`` tasks with ``tickets`` tickets of four commands each, through one desk."""
    desk = open_desk(dsn, tenant)
    await register_customers(desk)

    async def ticket() -> None:
        async for _ in one_ticket(desk):
            pass

    a_second = await in_tasks(callers, tickets, ticket)
    await desk.close()
    return a_second


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Ours beside the library's default and beside psycopg by hand."""
    migrate(dsn)
    by_hand.prepare(dsn)

    def through_library(callers: int) -> float:
        return library.commands_a_second(dsn, callers, LIBRARY_TICKETS[callers] // callers)

    def ours(callers: int) -> float:
        return uvloop.run(commands_a_second(dsn, callers, TICKETS[callers] // callers))

    def with_psycopg(callers: int) -> float:
        return uvloop.run(by_hand.commands_a_second(dsn, callers, TICKETS[callers] // callers))

    ways = {"library": through_library, "ours": ours, "by hand": with_psycopg}
    median = medians(
        {
            f"{way} {callers}": partial(measured, callers)
            for callers in TICKETS
            for way, measured in ways.items()
            if (way, callers) != ("library", 32)
        },
        4 if quick else 20,
    )
    unit, default, shared = "commands/s", "eventsourcing, default recorder", "psycopg by hand, shared commit"
    return [
        Figure("commands, 1 caller", median["ours 1"], unit, default, median["library 1"], floor=2.0),
        Figure("commands, 8 callers", median["ours 8"], unit, default, median["library 8"], floor=6.0),
        Figure("commands, 32 callers", median["ours 32"], unit, shared, median["by hand 32"], floor=0.5),
        Figure("commands, 1 caller, by hand", median["ours 1"], unit, shared, median["by hand 1"]),
        Figure("commands, 8 callers, by hand", median["ours 8"], unit, shared, median["by hand 8"]),
    ]
