"""A desk with a workforce and a routing, and assigners that look when they are told to."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from api.workers.assigner import Assigner, AssignerSettings
from domain.availability.commands import AvailabilityCommand
from domain.availability.state import availability_stream
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.customer.commands import RegisterCustomer
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.sla.calendar.microseconds import EPOCH
from domain.sla.policy.commands import PublishCalendar
from domain.sla.policy.publishing import calendar_stream
from domain.task.events import TaskOpened
from domain.ticket import commands as t
from domain.ticket.events import AssignmentProposed, TicketAssigned
from projections.registry import PROJECTIONS
from tests.support.events import AGENT
from tests.support.sla_watching import Watched
from tests.support.worker_sessions import worker_session

OFFICE = {
    "name": "Office",
    "zone": "Asia/Ho_Chi_Minh",
    "week": {day: ["08:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""Nine o'clock on a Monday in Hanoi."""

AT_ONCE = AssignerSettings(rest=0)
"""It does not rest between two looks."""
ROUTING: dict[str, Any] = {"default_team": "Support"}


class Assigned(Watched):
    """The default tenant's desk; its clock shows START at first."""

    projections = PROJECTIONS

    async def publish_definition(self, kind: str, body: dict[str, Any]) -> None:
        command = PublishDefinition(kind=kind, effective_from=EPOCH, body=body, reason="decided")
        await self.ask(definition_stream(kind), command)

    async def workforce(self, *agents: dict[str, Any], teams: tuple[dict[str, Any], ...] = ()) -> None:
        """Agents of the team Support where they name no other."""
        named = ({"name": "Support"}, {"name": "Network"}, *teams)
        body = {"teams": list({each["name"]: each for each in named}.values())}
        await self.publish_definition("workforce", body | {"agents": [{"team": "Support"} | each for each in agents]})

    async def calendar(self, calendar: dict[str, Any]) -> None:
        command = {"effective_from": EPOCH, "calendar": calendar, "reason": "decided"}
        await self.ask(calendar_stream(calendar["name"]), PublishCalendar.model_validate(command))

    async def routing(self, **body: Any) -> None:
        await self.publish_definition("routing", ROUTING | body)

    async def customer(self, **fields: Any) -> UUID:
        customer = new_id()
        await self.ask(customer, RegisterCustomer(name="Lan", **fields))
        return customer

    async def ticket(self, customer: UUID | None = None, **fields: Any) -> UUID:
        ticket = new_id()
        facts = {"channel": "email", "subject": "s", "category": "login", "priority": "P3"} | fields
        by = facts.pop("by", AGENT)
        facts["customer_id"] = customer or await self.customer()
        await self.ask(ticket, t.ReceiveTicket.model_validate(facts), by)
        return ticket

    async def say(self, command: AvailabilityCommand) -> None:
        await self.ask(availability_stream(command.agent), command)

    async def resolve(self, *tickets: UUID) -> None:
        for ticket in tickets:
            await self.ask(ticket, t.ResolveTicket(resolution="done"))

    async def assign(self, settings: AssignerSettings = AT_ONCE) -> None:
        """Follows and lets a new assigner look until nothing is left to do."""
        async with self.assigner(settings) as assigner:
            await self.settle(assigner)

    async def settle(self, assigner: Assigner) -> None:
        """Follows and lets an assigner look until nothing more is recorded."""
        for _ in range(100):
            self.follow()
            before = self.head()
            await assigner.step()
            if self.head() == before:
                return
        raise AssertionError("it does not come to rest")

    @asynccontextmanager
    async def assigner(
        self,
        settings: AssignerSettings = AT_ONCE,
        make_desk: Callable[[LogConnection, Now], ServiceDesk] = ServiceDesk,
    ) -> AsyncIterator[Assigner]:
        """One more assigner, with connections and a memory of its own."""
        desk = make_desk(LogConnection(self.url, "default"), self.clock)
        with worker_session(self.url) as connection:
            try:
                yield Assigner(connection, "default", desk, self.clock, own=settings)
            finally:
                await desk.close()

    def head(self) -> int:
        return len(self.log())

    def of(self, ticket: UUID) -> list[TicketAssigned | AssignmentProposed]:
        """What was assigned or proposed for a ticket, in order."""
        payloads = [event.payload for event in self.log() if event.stream == ticket]
        return [payload for payload in payloads if isinstance(payload, TicketAssigned | AssignmentProposed)]

    def holder(self, ticket: UUID) -> str | None:
        """Who holds a ticket."""
        assigned = [each for each in self.of(ticket) if isinstance(each, TicketAssigned)]
        return assigned[-1].agent if assigned else None

    def tasks(self) -> list[TaskOpened]:
        """The tasks that were opened."""
        return [event.payload for event in self.log() if isinstance(event.payload, TaskOpened)]


@asynccontextmanager
async def assigned_at(url: str, at: datetime | None = None) -> AsyncIterator[Assigned]:
    made = Assigned(url)
    if at is not None:
        made.clock.now = at
    try:
        yield made
    finally:
        await made.close()
