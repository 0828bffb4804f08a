"""Tickets as aggregates of eventsource-py, in its PostgreSQL store."""

import asyncio
from functools import partial
from uuid import UUID, uuid4

import uvloop
from eventsource import AggregateRepository, AggregateRoot, DomainEvent, register_event
from eventsource.adapters.postgresql import PostgreSQLEventStore
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.callers import in_tasks
from benchmarks.peers.programs.line_protocol import answer

CONNECTIONS = 8


@register_event
class TicketReceived(DomainEvent):
    event_type: str = "TicketReceived"
    aggregate_type: str = "Ticket"
    customer: str
    channel: str
    subject: str
    category: str
    priority: str


@register_event
class TicketAssigned(DomainEvent):
    event_type: str = "TicketAssigned"
    aggregate_type: str = "Ticket"
    team: str


@register_event
class WorkStarted(DomainEvent):
    event_type: str = "WorkStarted"
    aggregate_type: str = "Ticket"


@register_event
class TicketResolved(DomainEvent):
    event_type: str = "TicketResolved"
    aggregate_type: str = "Ticket"
    resolution: str


AFTER = {
    TicketReceived: "received",
    TicketAssigned: "assigned",
    WorkStarted: "in_progress",
    TicketResolved: "resolved",
}


class TicketState(BaseModel):
    ticket: UUID
    state: str = ""


class Ticket(AggregateRoot[TicketState]):
    aggregate_type = "Ticket"

    def receive(self) -> None:
        facts = {"customer": "c", "channel": "zalo", "subject": "The invoice is wrong"}
        self._record("", TicketReceived, category="billing", priority="P1", **facts)

    def assign(self, team: str) -> None:
        self._record("received", TicketAssigned, team=team)

    def start(self) -> None:
        self._record("assigned", WorkStarted)

    def resolve(self, resolution: str) -> None:
        self._record("in_progress", TicketResolved, resolution=resolution)

    def _get_initial_state(self) -> TicketState:
        return TicketState(ticket=self.aggregate_id)

    def _apply(self, event: DomainEvent) -> None:
        state = self._state or self._get_initial_state()
        self._state = state.model_copy(update={"state": AFTER[type(event)]})

    def _record(self, before: str, event: type[DomainEvent], **facts: str) -> None:
        state = self.state.state if self.state else ""
        if state != before:
            raise ValueError(state)
        version = self.get_next_version()
        self.apply_event(event(aggregate_id=self.aggregate_id, aggregate_version=version, **facts))


async def one_ticket(tickets: AggregateRepository[Ticket]) -> None:
    ticket = tickets.create_new(uuid4())
    ticket.receive()
    await tickets.save(ticket)
    for command, *facts in (("assign", "first line"), ("start",), ("resolve", "Sent a new invoice")):
        loaded = await tickets.load(ticket.aggregate_id)
        getattr(loaded, command)(*facts)
        await tickets.save(loaded)


def main() -> None:
    engine = create_async_engine("postgresql+asyncpg://", pool_size=CONNECTIONS)
    tickets = AggregateRepository(PostgreSQLEventStore(engine, create_schema=True), Ticket)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answer(lambda callers, count: runner.run(in_tasks(callers, count, partial(one_ticket, tickets))))
        runner.run(engine.dispose())


if __name__ == "__main__":
    main()
