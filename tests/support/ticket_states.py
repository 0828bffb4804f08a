"""A ticket in each of its states, and the minute at which that state began."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.ticket_owner import decide_owner
from domain.command_handling.ticket_stream import TicketStream, evolve
from domain.customer.state import Customer
from domain.messages import Event
from domain.sla import decider as sla_decider
from domain.sla.commands import TargetInstanceCommand
from domain.ticket import decider
from domain.ticket import events as e
from domain.ticket.commands import ConversationCommand, OwnershipCommand
from domain.ticket.conversation import decider as conversation_decider
from tests.support.events import NOON
from tests.support.specification import Specification


def _decide(command: Any, stream: TicketStream, by: Actor) -> Sequence[Event]:
    if isinstance(command, TargetInstanceCommand):
        return sla_decider.decide(command, stream.ticket, stream.sla)
    if isinstance(command, OwnershipCommand):
        return decide_owner(command, stream.ticket, Customer(state="registered"), (), NOON)[0]
    if isinstance(command, ConversationCommand):
        return conversation_decider.decide(command, stream.ticket, stream.conversation, by)
    return decider.decide(command, stream.ticket, by)


def _occurred(event: Any, stream: TicketStream, at: datetime) -> datetime:
    if isinstance(event, e.CustomerCorrected) and stream.ticket.received_at:
        return stream.ticket.received_at
    return decider.occurred(event, stream.ticket, at)


def _dated(command: Any, stream: TicketStream, at: datetime) -> datetime:
    if isinstance(command, ConversationCommand):
        return conversation_decider.dated(command, stream.ticket, stream.conversation, at)
    return at


given = Specification(TicketStream(), evolve, _decide, _occurred, attrgetter("ticket"), _dated).given

MAI = UUID("0198a000-0000-7000-8000-000000000001")
OTHER = UUID("0198a000-0000-7000-8000-000000000002")

RECEIVED = e.TicketReceived(customer_id=MAI, channel="zalo", subject="Router", category="internet", priority="P2")
HELD = e.TicketAssigned(team="network", agent="binh")
WORKING = (RECEIVED, HELD, e.WorkStarted())
RESOLVED = e.TicketResolved(resolution="Reset", code="solved")
CLOSED = e.TicketClosed(closed_by="agent")
REOPENED = e.TicketReopened()

IN: dict[str, tuple[Event, ...]] = {
    "none": (),
    "received": (RECEIVED,),
    "assigned": (RECEIVED, HELD),
    "in_progress": WORKING,
    "waiting": (*WORKING, e.TicketPutOnHold(waiting_for="third_party")),
    "waiting for the customer": (*WORKING, e.TicketPutOnHold(waiting_for="customer")),
    "resolved": (*WORKING, RESOLVED),
    "closed": (*WORKING, RESOLVED, CLOSED),
    "merged": (*WORKING, e.TicketMerged(into=OTHER)),
    "cancelled": (RECEIVED, e.TicketCancelled(cancelled_by="customer")),
}
"""Histories with an event for each minute from minute 0 on."""

BEGAN: dict[str, int] = {
    "received": 0,
    "assigned": 0,  # since the receipt: an assignment begins no state that a later fact could precede
    "in_progress": 2,
    "waiting": 3,
    "waiting for the customer": 3,
    "resolved": 3,
    "closed": 4,
    "merged": 3,
    "cancelled": 1,
}

KNOWN = tuple(BEGAN)
OPEN = ("received", "assigned", "in_progress", "waiting", "waiting for the customer")
ENDED = ("resolved", "closed", "merged", "cancelled")


def state_name(name: str) -> str:
    """The stored state; ``IN`` distinguishes waiting for the customer from other waits."""
    return "waiting" if name.startswith("waiting") else name
