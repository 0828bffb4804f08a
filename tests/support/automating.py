"""A desk with published rules, and reactors that react when they are told to."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from api.workers.reaction import Reaction
from api.workers.reactor import Reactor
from domain.automation.events import AutomationEvent, AutomationFired
from domain.command_context import Actor, CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.messages import Command
from domain.switches.commands import ResumeSwitch, StopSwitch
from domain.switches.state import SWITCHES
from domain.ticket.commands import ReceiveTicket
from projections.audit_history.table import AUDIT_HISTORY
from tests.support.catching_up import catch_up
from tests.support.events import AGENT, CUSTOMER
from tests.support.patience import PATIENT
from tests.support.registered import register
from tests.support.worker_sessions import worker_session

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOTE = {"do": "add-note", "body": "noted"}
VIP_FIRST: dict[str, Any] = {
    "on": ["ticket.received"],
    "when": {"field": "ticket.priority", "value": "P1"},
    "then": [{"do": "escalate", "to": "lead", "level": 1, "reason": "a P1"}],
}


def rule_body(*then: dict[str, Any], on: str = "ticket.received", **fields: Any) -> dict[str, Any]:
    """The body of a rule that reacts to a topic; without effects it adds a note."""
    return {"on": [on], "then": list(then) or [NOTE], **fields}


Handle = Callable[[UUID, Command, CommandContext], Awaitable[CommandResult]]
Interpose = Callable[[Handle, UUID, Any, CommandContext], Awaitable[CommandResult]]
"""Stands between a reactor and its desk: it is given what the desk does with a command, and the command."""


class _InterposedDesk(ServiceDesk):
    """A desk whose commands come to a function first."""

    def __init__(self, log: LogConnection, clock: Now | None, interpose: Interpose) -> None:
        super().__init__(log, clock)
        self._interpose = interpose

    async def handle(self, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
        return await self._interpose(super().handle, stream, command, context)


async def _handled(handle: Handle, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
    return await handle(stream, command, context)


class Automated:
    """The default tenant's desk, by the database's clock or by another one."""

    def __init__(self, url: str, clock: Now | None = None) -> None:
        self.url = url
        self.clock = clock
        self.desk = ServiceDesk(LogConnection(url, "default", PATIENT), clock)

    async def ask(
        self, stream: UUID, command: Command, by: Actor = AGENT, command_id: str | None = None, **fields: Any
    ) -> CommandResult:
        return await self.desk.handle(stream, command, CommandContext(by, command_id or str(new_id()), **fields))

    async def receive(self, by: Actor = AGENT, customer: UUID = CUSTOMER, **fields: Any) -> UUID:
        ticket = new_id()
        register(self.url, customer)
        facts = {"channel": "zalo", "subject": "No code", "category": "login", "priority": "P1"} | fields
        await self.ask(ticket, ReceiveTicket(customer_id=customer, **facts), by)
        return ticket

    async def publish(self, name: str, body: dict[str, Any], kind: str = "automation") -> None:
        command = PublishDefinition(kind=kind, name=name, effective_from=LONG_AGO, body=body, reason="agreed")
        await self.ask(definition_stream(kind, name), command)

    async def stop(self, what: Any, name: str = "all") -> None:
        await self.ask(SWITCHES, StopSwitch(what=what, name=name, reason="enough"))

    async def resume(self, what: Any, name: str = "all") -> None:
        await self.ask(SWITCHES, ResumeSwitch(what=what, name=name, reason="mended"))

    def log(self) -> list[RecordedEvent]:
        with psycopg.connect(self.url) as connection:
            return reader.page(connection, "default", 0, 1_000_000)

    def history(self, stream: UUID) -> list[RecordedEvent]:
        with psycopg.connect(self.url) as connection:
            return reader.streams(connection, "default", [stream], reader.head(connection, "default")).get(stream, [])

    def recorded(self, stream: UUID | None = None) -> list[AutomationEvent]:
        """What automation has recorded, on one stream or on all."""
        return [
            event.payload
            for event in self.log()
            if isinstance(event.payload, AutomationEvent) and stream in {None, event.stream}
        ]

    def fired(self, stream: UUID | None = None) -> list[str]:
        """The names of the rules that have fired, in order."""
        return [payload.rule for payload in self.recorded(stream) if isinstance(payload, AutomationFired)]

    def topics(self, stream: UUID) -> list[str]:
        return [event.topic for event in self.history(stream)]

    @asynccontextmanager
    async def reactor(
        self, reacting: Sequence[Reaction] | None = None, interpose: Interpose = _handled
    ) -> AsyncIterator[Reactor]:
        """One more reactor, with connections and a memory of its own. It has begun when the block begins."""
        log = LogConnection(self.url, "default", PATIENT)
        desk = _InterposedDesk(LogConnection(self.url, "default", PATIENT), self.clock, interpose)
        with worker_session(self.url) as connection:
            try:
                made = Reactor(connection, "default", desk, self.clock, log=log, reacting=reacting)
                await made.step()
                yield made
            finally:
                await desk.close()
                await log.close()


@asynccontextmanager
async def automated(url: str, clock: Now | None = None) -> AsyncIterator[Automated]:
    made = Automated(url, clock)
    try:
        yield made
    finally:
        await made.desk.close()


async def react(reactor: Reactor) -> None:
    """Lets a reactor react until the log holds nothing new."""
    while not await reactor.step():
        pass


def caught_up_connection(desk: Automated) -> psycopg.Connection:
    """A connection, after the rows of the audit history have caught up."""
    catch_up(desk.url, "default", [AUDIT_HISTORY])
    return psycopg.connect(desk.url, autocommit=True)
