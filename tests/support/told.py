"""A log that a test writes through the desk at chosen instants, and the projections that follow it."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.service_desk import ServiceDesk
from domain.customer.commands import RegisterCustomer
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.erasure.commands import ApproveErasure, EraseStream, RequestErasure, StartErasure, VerifyErasure
from domain.erasure.state import erasure_stream
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.messages import Command
from domain.sla.policy.commands import PublishCalendar, PublishPolicy
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.ticket.commands import ReceiveTicket
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from tests.support.catching_up import catch_up

TENANT = "default"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 6, 1, tzinfo=UTC)
"""The present of the desk, after every event."""

_LAN = Actor(id="lan", kind="agent")


def march(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


class Told:
    """Sends commands and runs the follower."""

    def __init__(self, dsn: str, loop: asyncio.Runner) -> None:
        self.dsn = dsn
        self._loop = loop
        self._desk = ServiceDesk(LogConnection(dsn, TENANT), lambda: END)

    def send(self, stream: UUID, command: Command, by: Actor = _LAN, origin: Origin | None = None) -> int:
        """The number of events that the command leads to."""
        result = self._loop.run(self._desk.handle(stream, command, CommandContext(by, str(new_id()), origin)))
        return result.answer.events

    def erase(self, customer: UUID, streams: Sequence[tuple[UUID, str]], at: datetime) -> None:
        """Erases the personal data of a customer, which the streams of these kinds hold."""
        erasure, second = erasure_stream(customer), Actor(id="minh", kind="agent")
        self.send(erasure, RequestErasure(customer_id=customer, legal_basis="r", through="email", occurred_at=at))
        self.send(erasure, VerifyErasure(how="passport", occurred_at=at))
        self.send(erasure, ApproveErasure(customer_id=customer, occurred_at=at), second)
        self.send(erasure, StartErasure(customer_id=customer, occurred_at=at), second)
        for stream, kind in streams:
            closing = EraseStream(customer_id=customer, stream=stream, stream_kind=kind, occurred_at=at)
            self.send(erasure, closing, second)

    def customer(self, tier: str = "standard") -> UUID:
        stream = new_id()
        self.send(stream, RegisterCustomer(name="An", tier=tier, occurred_at=LONG_AGO))
        return stream

    def ticket(self, at: datetime, customer: UUID | None = None, priority: Any = "P3") -> UUID:
        stream = new_id()
        facts = {"customer_id": customer or self.customer(), "channel": "email", "subject": "s", "category": "login"}
        self.send(stream, ReceiveTicket.model_validate(facts | {"priority": priority, "occurred_at": at}))
        return stream

    def policy(self, policy: object, since: datetime = LONG_AGO) -> None:
        command = {"effective_from": since, "policy": policy, "reason": "decided"}
        self.send(POLICY_STREAM, PublishPolicy.model_validate(command))

    def calendar(self, calendar: dict[str, Any], since: datetime = LONG_AGO) -> None:
        command = {"effective_from": since, "calendar": calendar, "reason": "decided"}
        self.send(calendar_stream(calendar["name"]), PublishCalendar.model_validate(command))

    def workforce(self, body: dict[str, Any], since: datetime = LONG_AGO) -> None:
        facts = {"kind": "workforce", "effective_from": since, "body": body, "reason": "decided"}
        self.send(definition_stream("workforce"), PublishDefinition.model_validate(facts))

    def follow(self) -> None:
        catch_up(self.dsn, TENANT)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn, options="-c search_path=tenant_default") as connection:
            return connection.execute(statement).fetchall()

    def head(self) -> int:
        with psycopg.connect(self.dsn) as connection:
            return reader.head(connection, TENANT)

    def projected_as_rebuilt(self) -> bool:
        return all(comparison.same for comparison in compare(self.dsn, TENANT, PROJECTIONS))

    def close(self) -> None:
        self._loop.run(self._desk.close())


@contextmanager
def told(dsn: str) -> Iterator[Told]:
    """A desk in its own event loop."""
    with asyncio.Runner() as loop:
        teller = Told(dsn, loop)
        try:
            yield teller
        finally:
            teller.close()
