"""A desk whose clock stands until a test moves it, its follower, and SLA watches that look when they are told to."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import psycopg

from api.workers.due import Due
from api.workers.due_watch import DueWatch
from api.workers.sla_alerts import SLA_ALERTS
from api.workers.watching import ScanSettings, WatchSettings
from domain.command_context import Actor, CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.messages import Command
from domain.sla.calendar.microseconds import EPOCH
from domain.sla.events import SlaBreached, SlaWarned
from domain.sla.policy.commands import PublishPolicy
from domain.sla.policy.policy import Policy
from domain.sla.policy.publishing import POLICY_STREAM
from domain.ticket.commands import ReceiveTicket
from projections.engine.follower import Follower
from projections.engine.projection import Projection
from projections.sla.table import SLA_CLOCKS
from tests.support.events import AGENT, CUSTOMER, instant
from tests.support.registered import register
from tests.support.worker_sessions import worker_session

MICROSECOND = timedelta(microseconds=1)
AT_ONCE = WatchSettings(scan=ScanSettings(quiet=timedelta(0)))
"""The past of a ticket counts as complete at once."""


class Standing:
    """A clock that shows what it was set to, in minutes after START."""

    def __init__(self) -> None:
        self.now = instant(0)

    def __call__(self) -> datetime:
        return self.now

    def at(self, minute: float, *, microseconds: int = 0) -> None:
        self.now = instant(minute) + microseconds * MICROSECOND


class Watched:
    """The default tenant's desk; agents' commands happen when its clock says, or another one that is given.

    ``projections`` are those that follow its log.
    """

    projections: ClassVar[Sequence[Projection]] = (SLA_CLOCKS,)

    def __init__(self, url: str, clock: Now | None = None) -> None:
        self.url = url
        self.clock = Standing()
        self.desk = ServiceDesk(LogConnection(url, "default"), clock or self.clock)
        self._follower = Follower(url, "default", self.projections)

    async def close(self) -> None:
        self._follower.close()
        await self.desk.close()

    async def ask(self, stream: UUID, command: Command, by: Actor = AGENT) -> CommandResult:
        command_context = CommandContext(by, str(new_id()))
        return await self.desk.handle(stream, command, command_context)

    async def receive(self, priority: Any = "P1", customer: UUID = CUSTOMER, channel: Any = "zalo") -> UUID:
        """P1: first response due after 15 minutes, resolution after 60."""
        ticket = new_id()
        register(self.url, customer)
        command = ReceiveTicket(
            customer_id=customer, channel=channel, subject="No code", category="login", priority=priority
        )
        await self.ask(ticket, command)
        return ticket

    async def publish(self, *rules: dict[str, Any]) -> None:
        policy = Policy.model_validate({"name": "Published", "rules": rules})
        await self.ask(POLICY_STREAM, PublishPolicy(effective_from=EPOCH, policy=policy, reason="agreed"))

    def follow(self) -> None:
        """Brings the rows up to the log."""
        self._follower.catch_up()

    async def follow_and_announce(self, settings: WatchSettings = AT_ONCE) -> None:
        self.follow()
        async with watching(self, settings) as watch:
            await watch.step()

    def head(self) -> int:
        with psycopg.connect(self.url) as connection:
            return reader.head(connection, "default")

    def log(self) -> list[RecordedEvent]:
        """The log without the customers that ``receive`` registers."""
        with psycopg.connect(self.url) as connection:
            events = reader.page(connection, "default", 0, 100_000)
        return [event for event in events if not event.envelope.command_id.startswith("register ")]

    def announced(self, ticket: UUID | None = None) -> list[str]:
        """The announcements as they stand in the log: "resolution 1 0.5", "resolution 1 breached"."""
        return [
            f"{event.payload.target} {event.payload.instance} {_what(event.payload)}"
            for event in self.log()
            if isinstance(event.payload, SlaWarned | SlaBreached) and ticket in {None, event.stream}
        ]


@asynccontextmanager
async def watched(url: str, clock: Now | None = None) -> AsyncIterator[Watched]:
    made = Watched(url, clock)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def watching(
    watched_desk: Watched,
    settings: WatchSettings = AT_ONCE,
    dues: Sequence[Due] | None = (SLA_ALERTS,),
    make_desk: Callable[[LogConnection, Now], ServiceDesk] = ServiceDesk,
) -> AsyncIterator[DueWatch]:
    """One more watch, with connections and a memory of its own; None: it looks for everything that becomes due."""
    desk = make_desk(LogConnection(watched_desk.url, "default"), watched_desk.clock)
    with worker_session(watched_desk.url) as connection:
        try:
            yield DueWatch(connection, "default", desk, watched_desk.clock, settings, dues)
        finally:
            await desk.close()


def _what(payload: SlaWarned | SlaBreached) -> str:
    if isinstance(payload, SlaBreached):
        return "breached"
    return f"{payload.fraction:g}" + (f" ({payload.before} s before)" if payload.before else "")
