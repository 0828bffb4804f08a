"""The stream of a ticket: the ticket's own events, and what the SLA records on it."""

from datetime import datetime
from typing import NamedTuple, get_args

from domain.command_handling.handler import Aggregate
from domain.messages import Event
from domain.sla import state as sla_state
from domain.sla.events import TargetInstanceEvent
from domain.ticket import state as ticket_state

_OF_SLA: frozenset[type[Event]] = frozenset(get_args(TargetInstanceEvent))


class TicketStream(NamedTuple):
    """The state that decisions on a ticket rest on."""

    ticket: ticket_state.Ticket = ticket_state.Ticket()
    sla: sla_state.SlaMarks = sla_state.SlaMarks()


def evolve(stream: TicketStream, event: Event, at: datetime) -> TicketStream:
    """The state after one more event that happened ``at``. Total: any history folds."""
    if type(event) in _OF_SLA:
        return TicketStream(stream.ticket, sla_state.evolve(stream.sla, event, at))  # type: ignore[arg-type]  # one of _OF_SLA
    return TicketStream(ticket_state.evolve(stream.ticket, event, at), stream.sla)


TICKET = Aggregate("ticket", TicketStream(), evolve)
