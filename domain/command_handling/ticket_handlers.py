"""The handlers of tickets: their own commands, who owns them, targets of the SLA, merges."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling import ticket_owner
from domain.command_handling.customer_stream import CUSTOMER
from domain.command_handling.handler import CommandHandler, DecidedEvent, Handlers, Parts, alone, handled
from domain.command_handling.ticket_stream import TICKET, TicketStream
from domain.sla import decider as sla_decider
from domain.sla.commands import TargetInstanceCommand
from domain.ticket import decider as ticket_decider
from domain.ticket import merging
from domain.ticket.commands import MergeCommand, OwnershipCommand, TicketCommand


def _ticket_and_owner(stream: UUID, command: OwnershipCommand) -> Parts:
    owner = ((stream, TICKET), (command.customer_id, CUSTOMER))
    return owner if command.organisation_id is None else (*owner, (command.organisation_id, CUSTOMER))


def _two_tickets(stream: UUID, command: MergeCommand) -> Parts:
    return ((stream, TICKET), (command.into, TICKET))


def _decide_ticket(
    command: TicketCommand, stream: UUID, states: Sequence[TicketStream], by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((ticket, *_),) = states
    return [
        (stream, event, ticket_decider.occurred(event, ticket, at))
        for event in ticket_decider.decide(command, ticket, by)
    ]


def _decide_ownership(
    command: OwnershipCommand, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (ticket, *_), (customer, _), *organisations = states
    named = [organisation for organisation, _ in organisations]
    events, happened_at = ticket_owner.decide_owner(command, ticket, customer, named, at)
    return [(stream, event, happened_at) for event in events]


def _decide_target_instance(
    command: TargetInstanceCommand, stream: UUID, states: Sequence[TicketStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((ticket, marks, *_),) = states
    return [(stream, event, at) for event in sla_decider.decide(command, ticket, marks)]


def _decide_merge(
    command: MergeCommand, stream: UUID, states: Sequence[TicketStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (source, *_), (target, *_) = states
    ended, gone_on = merging.decide_merge(command, stream, source, target)
    at = max((ticket_decider.occurred(event, source, at) for event in ended), default=at)
    return [(stream, event, at) for event in ended] + [(command.into, event, at) for event in gone_on]


TICKET_HANDLERS: Handlers = {
    **handled(TicketCommand, CommandHandler(alone(TICKET), _decide_ticket)),
    **handled(OwnershipCommand, CommandHandler(_ticket_and_owner, _decide_ownership, others_only_read=True)),
    **handled(TargetInstanceCommand, CommandHandler(alone(TICKET), _decide_target_instance)),
    **handled(MergeCommand, CommandHandler(_two_tickets, _decide_merge)),
}
