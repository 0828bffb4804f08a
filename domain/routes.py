"""Which aggregate answers which command: its streams, its fold, its decider."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast, get_args
from uuid import UUID

from domain.access.state import AccessKey
from domain.access.state import evolve as evolve_key
from domain.circumstances import Actor
from domain.customer import decider as customer_decider
from domain.customer import state as customer_state
from domain.customer.commands import CustomerCommand
from domain.message import Command
from domain.sla import publishing
from domain.sla.commands import PublishCalendar, PublishPolicy, SlaCommand
from domain.ticket import decider as ticket_decider
from domain.ticket import merging
from domain.ticket import state as ticket_state
from domain.ticket.commands import MergeCommand, TicketCommand

Decided = tuple[UUID, Any, datetime]
"""Stream, payload, and when it happened."""


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a command through its aggregate. States are Any here: each route knows its own.

    ``kind`` is what the topics of its streams begin with, ``looks_at`` the kinds of those that it only looks at.
    """

    kind: str
    initial: Any
    evolve: Callable[[Any, Any, datetime], Any]
    streams: Callable[[UUID, Any], Sequence[UUID]]
    decide: Callable[[Any, UUID, Sequence[Any], Actor, datetime], list[Decided]]
    looks_at: frozenset[str] = frozenset()


def route_of(command: Command) -> Route:
    """The route of a command; every command has one."""
    return _ROUTES[type(command)]


def route_of_stream(kind: str) -> Route:
    """The route whose fold fits a stream of a kind."""
    return _KINDS[kind]


def _one(stream: UUID, _command: Command) -> Sequence[UUID]:
    return (stream,)


def _two(stream: UUID, command: MergeCommand) -> Sequence[UUID]:
    return (stream, command.into)


def _policy_and_calendars(stream: UUID, command: PublishPolicy) -> Sequence[UUID]:
    return (stream, *publishing.calendars_of(command.policy))


def _decide_ticket(
    command: TicketCommand, stream: UUID, states: Sequence[ticket_state.Ticket], by: Actor, at: datetime
) -> list[Decided]:
    (ticket,) = states
    return [
        (stream, event, ticket_decider.occurred(event, ticket, at))
        for event in ticket_decider.decide(command, ticket, by)
    ]


def _decide_merge(
    command: MergeCommand, stream: UUID, states: Sequence[ticket_state.Ticket], _by: Actor, at: datetime
) -> list[Decided]:
    source, target = states
    ended, gone_on = merging.decide_merge(command, stream, source, target)
    at = max((ticket_decider.occurred(event, source, at) for event in ended), default=at)
    return [(stream, event, at) for event in ended] + [(command.into, event, at) for event in gone_on]


def _decide_customer(
    command: CustomerCommand, stream: UUID, states: Sequence[customer_state.Customer], by: Actor, at: datetime
) -> list[Decided]:
    (customer,) = states
    return [(stream, event, at) for event in customer_decider.decide(command, customer, by)]


def _decide_sla(
    command: SlaCommand, stream: UUID, states: Sequence[publishing.Published], _by: Actor, at: datetime
) -> list[Decided]:
    published, *calendars = states
    return [(stream, event, at) for event in publishing.decide(command, published, calendars)]


_TICKET = Route("ticket", ticket_state.Ticket(), ticket_state.evolve, _one, _decide_ticket)
_MERGE = Route("ticket", ticket_state.Ticket(), ticket_state.evolve, _two, _decide_merge)
_CUSTOMER = Route("customer", customer_state.Customer(), customer_state.evolve, _one, _decide_customer)
_POLICY = Route(
    "policy", publishing.Published(), publishing.evolve, _policy_and_calendars, _decide_sla, frozenset({"calendar"})
)
_CALENDAR = Route("calendar", publishing.Published(), publishing.evolve, _one, _decide_sla)


def _decide_nothing(
    _command: Command, _stream: UUID, _states: Sequence[AccessKey], _by: Actor, _at: datetime
) -> list[Decided]:
    return []


_KEY = Route("key", AccessKey(), evolve_key, _one, _decide_nothing)

_KINDS: Mapping[str, Route] = MappingProxyType(
    {route.kind: route for route in (_TICKET, _CUSTOMER, _POLICY, _CALENDAR, _KEY)}
)

_ROUTES: Mapping[type[Command], Route] = MappingProxyType(
    dict.fromkeys(cast("tuple[type[Command], ...]", get_args(TicketCommand)), _TICKET)
    | dict.fromkeys(cast("tuple[type[Command], ...]", get_args(MergeCommand)), _MERGE)
    | dict.fromkeys(cast("tuple[type[Command], ...]", get_args(CustomerCommand)), _CUSTOMER)
    | {PublishPolicy: _POLICY, PublishCalendar: _CALENDAR}
)
