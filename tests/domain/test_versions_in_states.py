"""Events of automation on a ticket's stream count where its state names events by their versions."""

from datetime import UTC, datetime
from uuid import UUID

from domain.automation.events import AutomationFired
from domain.command_handling.ticket_stream import TICKET
from domain.messages import Event
from domain.ticket.events import CallbackPromised, TicketReceived

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
RECEIVED = TicketReceived(customer_id=UUID(int=1), channel="zalo", subject="a", category="b", priority="P1")


def test_a_promise_has_the_version_of_its_event_behind_events_of_automation() -> None:
    events: list[Event] = [RECEIVED, AutomationFired(rule="r", version=1), CallbackPromised(at=AT)]
    state = TICKET.initial
    for event in events:
        state = TICKET.after(state, event, AT)
    assert [promise.version for promise in state.conversation.promises] == [len(events)]
