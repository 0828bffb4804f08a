"""The aggregate registry: which streams a command reads, how they are folded, and which decider takes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, get_args
from uuid import UUID

from domain.access.state import AccessKey
from domain.access.state import evolve as evolve_key
from domain.command_context import Actor
from domain.command_handling import ticket_stream
from domain.command_handling.ticket_stream import TicketStream
from domain.customer import address_claim, claiming
from domain.customer import decider as customer_decider
from domain.customer import state as customer_state
from domain.customer.commands import AddressCommand, CustomerCommand
from domain.messages import Command
from domain.sla import decider as sla_decider
from domain.sla.commands import TargetInstanceCommand
from domain.sla.policy import publishing
from domain.sla.policy.commands import PublishCalendar, PublishPolicy, SlaCommand
from domain.ticket import decider as ticket_decider
from domain.ticket import merging
from domain.ticket.commands import MergeCommand, TicketCommand

DecidedEvent = tuple[UUID, Any, datetime]
"""Stream, payload, and when it happened."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How the streams of one kind are folded. Their topics begin with ``kind``. States are Any here."""

    kind: str
    initial: Any
    evolve: Callable[[Any, Any, datetime], Any]


@dataclass(frozen=True, slots=True)
class CommandHandler:
    """How a command is decided: the streams that the decision reads, and the decider.

    The first stream is the command's own and belongs to the aggregate ``own``; the other streams belong to ``others``.
    """

    own: Aggregate
    streams: Callable[[UUID, Any], Sequence[UUID]]
    decide: Callable[[Any, UUID, Sequence[Any], Actor, datetime], list[DecidedEvent]]
    others: Aggregate

    def parts(self, stream: UUID, command: Command) -> list[tuple[UUID, Aggregate]]:
        """The streams that the decision on a command for ``stream`` reads, each with its aggregate."""
        return [(part, self.own if part == stream else self.others) for part in self.streams(stream, command)]


def handler_of(command: Command) -> CommandHandler:
    """The handler of a command. Every command has one."""
    return _HANDLERS[type(command)]


def aggregate_of(kind: str) -> Aggregate:
    """The aggregate of a kind of streams."""
    return AGGREGATES[kind]


def _one(stream: UUID, _command: Command) -> Sequence[UUID]:
    return (stream,)


def _two(stream: UUID, command: MergeCommand) -> Sequence[UUID]:
    return (stream, command.into)


def _customer_and_address(stream: UUID, command: AddressCommand) -> Sequence[UUID]:
    return (stream, address_claim.address_stream(*address_claim.address_key(command.channel, command.handle)))


def _policy_and_calendars(stream: UUID, command: PublishPolicy) -> Sequence[UUID]:
    return (stream, *publishing.calendars_of(command.policy))


def _decide_ticket(
    command: TicketCommand, stream: UUID, states: Sequence[TicketStream], by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((ticket, _),) = states
    return [
        (stream, event, ticket_decider.occurred(event, ticket, at))
        for event in ticket_decider.decide(command, ticket, by)
    ]


def _decide_target_instance(
    command: TargetInstanceCommand, stream: UUID, states: Sequence[TicketStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((ticket, marks),) = states
    return [(stream, event, at) for event in sla_decider.decide(command, ticket, marks)]


def _decide_merge(
    command: MergeCommand, stream: UUID, states: Sequence[TicketStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (source, _), (target, _) = states
    ended, gone_on = merging.decide_merge(command, stream, source, target)
    at = max((ticket_decider.occurred(event, source, at) for event in ended), default=at)
    return [(stream, event, at) for event in ended] + [(command.into, event, at) for event in gone_on]


def _decide_customer(
    command: CustomerCommand, stream: UUID, states: Sequence[customer_state.Customer], by: Actor, at: datetime
) -> list[DecidedEvent]:
    (customer,) = states
    return [(stream, event, at) for event in customer_decider.decide(command, customer, by)]


def _decide_address(
    command: AddressCommand, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    customer, claim = states
    of_customer, of_address = claiming.decide_address(command, stream, customer, claim)
    _, address = _customer_and_address(stream, command)
    return [(stream, event, at) for event in of_customer] + [(address, event, at) for event in of_address]


def _decide_sla(
    command: SlaCommand, stream: UUID, states: Sequence[publishing.Published], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    published, *calendars = states
    return [(stream, event, at) for event in publishing.decide(command, published, calendars)]


_TICKET = Aggregate("ticket", TicketStream(), ticket_stream.evolve)
_CUSTOMER = Aggregate("customer", customer_state.Customer(), customer_state.evolve)
_ADDRESS = Aggregate("address", address_claim.AddressClaim(), address_claim.evolve)
_POLICY = Aggregate("policy", publishing.Published(), publishing.evolve)
_CALENDAR = Aggregate("calendar", publishing.Published(), publishing.evolve)
_KEY = Aggregate("key", AccessKey(), evolve_key)

AGGREGATES: Mapping[str, Aggregate] = MappingProxyType(
    {aggregate.kind: aggregate for aggregate in (_TICKET, _CUSTOMER, _ADDRESS, _POLICY, _CALENDAR, _KEY)}
)
"""By kind."""


def _of(commands: Any, handler: CommandHandler) -> dict[type[Command], CommandHandler]:
    """The same handler for each command of a union."""
    return dict.fromkeys(get_args(commands), handler)


_HANDLERS: Mapping[type[Command], CommandHandler] = MappingProxyType(
    _of(TicketCommand, CommandHandler(_TICKET, _one, _decide_ticket, _TICKET))
    | _of(TargetInstanceCommand, CommandHandler(_TICKET, _one, _decide_target_instance, _TICKET))
    | _of(MergeCommand, CommandHandler(_TICKET, _two, _decide_merge, _TICKET))
    | _of(CustomerCommand, CommandHandler(_CUSTOMER, _one, _decide_customer, _CUSTOMER))
    | _of(AddressCommand, CommandHandler(_CUSTOMER, _customer_and_address, _decide_address, _ADDRESS))
    | {
        PublishPolicy: CommandHandler(_POLICY, _policy_and_calendars, _decide_sla, _CALENDAR),
        PublishCalendar: CommandHandler(_CALENDAR, _one, _decide_sla, _CALENDAR),
    }
)
