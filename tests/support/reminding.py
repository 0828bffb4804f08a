"""A desk with rules that have a time, its follower, and due watches that look when they are told to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from api.workers.due import Due
from api.workers.due_watch import DueWatch
from api.workers.watching import ScanSettings, WatchSettings
from domain.command_context import Actor
from domain.customer.commands import RegisterCustomer
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.envelope import RecordedEvent
from domain.ids import new_id
from domain.sla.policy.commands import PublishCalendar
from domain.sla.policy.publishing import calendar_stream
from domain.ticket.commands import ReceiveTicket
from domain.zones import zone_named
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from projections.timers.table import TIMERS
from tests.support.events import AGENT
from tests.support.sla_watching import Watched, watching

HANOI = zone_named("Asia/Ho_Chi_Minh")
BEGINNING = datetime(2030, 1, 7, 9, tzinfo=HANOI)
"""A Monday after every instant of recording: what is due later is due after its rule was published."""
NOTE = ({"do": "add-note", "body": "Look at it"},)


class Reminded(Watched):
    """The default tenant's desk. Its clock shows BEGINNING at first."""

    projections = PROJECTIONS

    async def rule(self, name: str, due: dict[str, Any], **body: Any) -> None:
        """Publishes a rule with a time; it adds a note unless something else is given."""
        await self.define("automation", {"at": due, "then": NOTE} | body, name)

    async def define(self, kind: str, body: dict[str, Any], name: str = "tenant") -> None:
        command = PublishDefinition(
            kind=kind, name=name, effective_from=datetime(2020, 1, 1, tzinfo=HANOI), body=body, reason="tried"
        )
        await self.ask(definition_stream(kind, name), command)

    async def calendar(self, body: dict[str, Any]) -> None:
        facts = {"effective_from": datetime(2020, 1, 1, tzinfo=HANOI), "calendar": body, "reason": "tried"}
        await self.ask(calendar_stream(body["name"]), PublishCalendar.model_validate(facts))

    async def customer(self, tier: str = "standard", by: Actor = AGENT) -> UUID:
        customer = new_id()
        await self.ask(customer, RegisterCustomer(name="Lan", tier=tier), by)
        return customer

    async def ticket(self, customer: UUID | None = None, by: Actor = AGENT) -> UUID:
        ticket = new_id()
        command = ReceiveTicket(
            customer_id=customer or await self.customer(),
            channel="email",
            subject="No code",
            category="login",
            priority="P3",
        )
        await self.ask(ticket, command, by)
        return ticket

    def now(self, day: str, wall: str = "09:00") -> None:
        """Moves the clock to a local instant."""
        self.clock.now = datetime.fromisoformat(f"{day} {wall}").replace(tzinfo=HANOI)

    def pass_by(self, **time: float) -> None:
        self.clock.now += timedelta(**time)

    async def look(self, times: int = 1) -> None:
        """Follows, and lets a new watch look until nothing more is due."""
        for _ in range(times):
            self.follow()
            async with reminding(self) as watch:
                while not await watch.step():
                    pass
        self.follow()

    def recorded(self, stream: UUID | None = None) -> list[str]:
        """What automation recorded, in order: "fired hold/2/1", "passed_over resolution/2/1 missed"."""
        return [
            " ".join(
                filter(None, (event.topic.partition(".")[2], event.payload.due, getattr(event.payload, "why", None)))
            )
            for event in self.automation()
            if stream in {None, event.stream}
        ]

    def automation(self) -> list[RecordedEvent]:
        return [event for event in self.log() if event.topic.startswith("automation.")]

    def timers(self) -> list[tuple[str, str, str]]:
        """The rows: source, identity, local instant."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "select source, identity, due_at from tenant_default.timers order by due_at, source, identity"
            ).fetchall()
        return [(source, identity, f"{at.astimezone(HANOI):%Y-%m-%d %H:%M}") for source, identity, at in rows]

    def as_rebuilt(self) -> bool:
        return all(comparison.same for comparison in compare(self.url, "default", [TIMERS]))


@asynccontextmanager
async def reminded(url: str) -> AsyncIterator[Reminded]:
    made = Reminded(url)
    made.clock.now = BEGINNING
    try:
        yield made
    finally:
        await made.close()


def reminding(
    desk: Reminded, page: int = 200, dues: Sequence[Due] | None = None
) -> AbstractAsyncContextManager[DueWatch]:
    """One more watch, which judges so many streams at once and looks for everything unless it is told what."""
    return watching(desk, WatchSettings(scan=ScanSettings(page=page, quiet=timedelta(0))), dues)
