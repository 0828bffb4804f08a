"""A tenant with an office calendar over Tet, a customer, a ticket, and a published procedure, in memory."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.customer.commands import RegisterCustomer
from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import read_definition_file
from domain.definitions.state import definition_stream
from domain.messages import Command, Event
from domain.procedure import commands as c
from domain.procedure.definition import SENT
from domain.procedure.state import Procedure
from domain.sla.calendar.definition import CalendarDefinition
from domain.sla.policy.commands import PublishCalendar
from domain.sla.policy.publishing import calendar_stream
from domain.ticket.commands import AssignTicket, ReceiveTicket
from domain.zones import zone_named
from tests.support.casebook import Casebook
from tests.support.events import CUSTOMER, SYSTEM, TICKET

SHIPPED = Path(__file__).parents[2] / "domain" / "procedure" / "shipped"
HANOI = zone_named("Asia/Ho_Chi_Minh")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
INSTANCE, OTHER_INSTANCE = UUID(int=501), UUID(int=502)
OFFICE = CalendarDefinition.model_validate(
    {
        "name": "Office",
        "zone": "Asia/Ho_Chi_Minh",
        "week": {"mon-fri": ["08:00-12:00", "13:00-17:30"]},
        "holidays": [f"2026-02-{day}" for day in range(16, 23)],
    }
)
TWO_STEPS: dict[str, Any] = {
    "title": {"vi": "Hai bước", "en": "Two steps"},
    "subject": "ticket",
    "steps": [
        {"id": "first", "title": {"vi": "Một", "en": "One"}, "role": "holder", "due": {"within": "1h"}},
        {"id": "second", "title": {"vi": "Hai", "en": "Two"}, "enter": {"all": ["first"]}},
    ],
}
DETAILS = {"remedy": "refund", "product": "router", "severity": "high", "safety": "no", "vulnerable": "no"}


def local(day: str, clock: str = "10:00") -> datetime:
    """An instant by the wall clock of Hanoi."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=HANOI)


class Desk(Casebook):
    """A casebook in which people work through a procedure."""

    def __init__(self) -> None:
        super().__init__()
        self.give(CUSTOMER, RegisterCustomer(name="Lan"), LONG_AGO)
        received = ReceiveTicket(customer_id=CUSTOMER, channel="email", subject="Hỏng", priority="P2", category="x")
        self.give(TICKET, received, LONG_AGO)
        self.give(TICKET, AssignTicket(team="Complaints", agent="an"), LONG_AGO)
        office = PublishCalendar(calendar=OFFICE, effective_from=LONG_AGO, reason="r")
        self.give(calendar_stream("Office"), office, LONG_AGO)

    def publish(self, name: str, body: dict[str, Any], since: datetime = LONG_AGO) -> None:
        """Publishes the next version of a procedure."""
        command = PublishDefinition(kind="procedure", name=name, effective_from=since, body=body, reason="r")
        self.give(definition_stream("procedure", name), command, since)

    def publish_shipped(self, name: str, **changed: Any) -> None:
        """Publishes a shipped file, with some parts of its body changed."""
        written = read_definition_file((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
        self.publish(name, written.body.model_dump(mode="json") | changed)

    def start(self, procedure: str, at: datetime, instance: UUID = INSTANCE, **given: Any) -> list[Event]:
        """Starts a procedure for the ticket."""
        command = c.StartProcedure(procedure=procedure, subject=TICKET, subject_kind="ticket", **given)
        return self.give(instance, command, at)

    def do(self, command: Command, at: datetime, instance: UUID = INSTANCE) -> list[Event]:
        """Records first what has become due by then, as the due watch does."""
        self.wait(at, instance)
        return self.give(instance, command, at)

    def hand_over(self, step: str, at: datetime) -> list[Event]:
        """Ends a step whose notice was handed over, as the reactor does."""
        return self.give(INSTANCE, c.CompleteStep(step=step, result=SENT, event="e-1"), at)

    def wait(self, until: datetime, instance: UUID = INSTANCE) -> None:
        """Records what becomes due until an instant, in order, each at its time."""
        while due := min(self._due(until, instance), default=None):
            at, step = due
            self.give(instance, c.RecordStepOverdue(step=step, due_at=at), max(at, self._last(instance)), SYSTEM)

    def procedure(self, instance: UUID = INSTANCE) -> Procedure:
        """The state of a procedure."""
        state: Procedure = self.state(instance)
        return state

    def _due(self, until: datetime, instance: UUID) -> list[tuple[datetime, str]]:
        opened = self.procedure(instance).open.items()
        return [(s.due_at, name) for name, s in opened if s.due_at is not None and s.due_at <= until and not s.overdue]

    def _last(self, instance: UUID) -> datetime:
        return self.history(instance)[-1].occurred_at


MINUTE = timedelta(minutes=1)
