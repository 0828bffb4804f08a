"""The stream of a ticket: the ticket's own events, its conversation, and what the SLA records on it."""

from datetime import datetime
from typing import NamedTuple, get_args

from domain.command_handling.handler import Aggregate
from domain.messages import Event
from domain.sla import state as sla_state
from domain.sla.events import TargetInstanceEvent
from domain.ticket import state as ticket_state
from domain.ticket.conversation import state as conversation_state
from domain.ticket.conversation.state import CONVERSATION_EVENTS

_OF_SLA: frozenset[type[Event]] = frozenset(get_args(TargetInstanceEvent))


class TicketStream(NamedTuple):
    """The state that decisions on a ticket rest on. ``version`` is that of the last event."""

    ticket: ticket_state.Ticket = ticket_state.Ticket()
    sla: sla_state.SlaMarks = sla_state.SlaMarks()
    conversation: conversation_state.ConversationState = conversation_state.ConversationState()
    version: int = 0


def evolve(stream: TicketStream, event: Event, at: datetime) -> TicketStream:
    """The state after one more event that happened ``at``. Total: any history folds."""
    ticket, sla, conversation, version = stream
    version += 1
    if type(event) in _OF_SLA:
        return TicketStream(ticket, sla_state.evolve(sla, event, at), conversation, version)  # type: ignore[arg-type]  # one of _OF_SLA
    if type(event) in CONVERSATION_EVENTS:
        conversation = conversation_state.evolve(conversation, event, version, at)
    return TicketStream(ticket_state.evolve(ticket, event, at), sla, conversation, version)


TICKET = Aggregate("ticket", TicketStream(), evolve, counts_events=True)
