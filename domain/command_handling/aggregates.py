"""The aggregate registry: which streams a command reads, how they are folded, and which decider takes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from domain.access.state import AccessKey
from domain.access.state import evolve as evolve_key
from domain.command_context import Actor
from domain.command_handling import ticket_owner
from domain.command_handling.assignment_handlers import AGENT, ASSIGNMENT_HANDLERS
from domain.command_handling.automation_handlers import automation_handlers
from domain.command_handling.conversation_handlers import CONVERSATION_HANDLERS
from domain.command_handling.customer_fact_handlers import FACT_AGGREGATES, FACT_HANDLERS
from domain.command_handling.customer_stream import CUSTOMER as _CUSTOMER
from domain.command_handling.customer_stream import CustomerStream
from domain.command_handling.definition_stream import DEFINITION as _DEFINITION
from domain.command_handling.erasure_handlers import ERASURE, ERASURE_HANDLERS, closing_handlers
from domain.command_handling.handler import Aggregate, CommandHandler, DecidedEvent, Parts
from domain.command_handling.handler import alone as _alone
from domain.command_handling.handler import handled as _of
from domain.command_handling.notification_handlers import NOTIFICATION, NOTIFICATION_HANDLERS
from domain.command_handling.procedure_handlers import PROCEDURE_AGGREGATES, PROCEDURE_HANDLERS
from domain.command_handling.task_handlers import TASK, TASK_HANDLERS
from domain.command_handling.ticket_stream import TICKET as _TICKET
from domain.command_handling.ticket_stream import TicketStream
from domain.customer import address_claim, claiming, joining, matching
from domain.customer import decider as customer_decider
from domain.customer import merging as customer_merging
from domain.customer.address_case import AddressCase
from domain.customer.address_keys import NOBODY, WrittenAddress, keys_of
from domain.customer.commands import (
    AddressCommand,
    CustomerCommand,
    CustomerMergeCommand,
    JoinOrganisation,
    LeaveOrganisation,
    MatchCommand,
    MergeCustomer,
    UndoCustomerMerge,
)
from domain.definitions import publishing as definition_publishing
from domain.definitions.commands import PublishDefinition
from domain.definitions.kinds import IDENTITY
from domain.issued_report import decider as report_decider
from domain.issued_report import state as report_state
from domain.issued_report.commands import IssueReport
from domain.messages import Command
from domain.sealing.state import SealingKeys
from domain.sealing.state import evolve as evolve_sealing
from domain.segment import membership
from domain.segment.commands import RecordMembership
from domain.sla import decider as sla_decider
from domain.sla.commands import TargetInstanceCommand
from domain.sla.policy import publishing
from domain.sla.policy.commands import PublishCalendar, PublishPolicy, SlaCommand
from domain.switches import decider as switches_decider
from domain.switches import state as switches_state
from domain.switches.commands import SwitchCommand
from domain.ticket import decider as ticket_decider
from domain.ticket import merging
from domain.ticket.commands import MergeCommand, OwnershipCommand, TicketCommand


def handler_of(command: Command) -> CommandHandler:
    """The handler of a command. Every command has one."""
    return _HANDLERS[type(command)]


def aggregate_of(kind: str) -> Aggregate:
    """The aggregate of a kind of streams."""
    return AGGREGATES[kind]


def _ticket_and_owner(stream: UUID, command: OwnershipCommand) -> Parts:
    owner = ((stream, _TICKET), (command.customer_id, _CUSTOMER))
    return owner if command.organisation_id is None else (*owner, (command.organisation_id, _CUSTOMER))


def _two_tickets(stream: UUID, command: MergeCommand) -> Parts:
    return ((stream, _TICKET), (command.into, _TICKET))


_IDENTITY_RULES = definition_publishing.definition_stream(IDENTITY.name)


def _customer_and_address(stream: UUID, command: AddressCommand) -> Parts:
    claims = ((claim, _ADDRESS) for claim in _claims_of(command).values())
    return ((stream, _CUSTOMER), (_IDENTITY_RULES, _DEFINITION), *claims)


def _claims_of(command: AddressCommand) -> Mapping[str, UUID]:
    return _claims_at(command.written)


@lru_cache(4_096)
def _claims_at(written: WrittenAddress) -> Mapping[str, UUID]:
    """The streams of an address by its keys, the newest first."""
    return {
        key: address_claim.address_stream(written.channel, key, written.scope)
        for _, key in sorted(keys_of(written).items(), reverse=True)
        if key != NOBODY
    }


def _person_and_organisation(stream: UUID, command: JoinOrganisation) -> Parts:
    return ((stream, _CUSTOMER), (command.organisation, _CUSTOMER))


def _two_customers(stream: UUID, command: CustomerMergeCommand | MatchCommand) -> Parts:
    other = command.into if isinstance(command, MergeCustomer | UndoCustomerMerge) else command.other
    return ((stream, _CUSTOMER), (other, _CUSTOMER))


def _policy_and_calendars(stream: UUID, command: PublishPolicy) -> Parts:
    return (
        (stream, _POLICY),
        *((calendar, _CALENDAR) for calendar in publishing.calendar_streams(command.policy.calendars)),
    )


def _definition_and_calendars(stream: UUID, command: PublishDefinition) -> Parts:
    calendars = publishing.calendar_streams(definition_publishing.calendars_of(command))
    return ((stream, _DEFINITION), *((calendar, _CALENDAR) for calendar in calendars))


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


def _decide_customer(
    command: CustomerCommand, stream: UUID, states: Sequence[CustomerStream], by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((customer, _),) = states
    return [(stream, event, at) for event in customer_decider.decide(command, customer, by)]


def _decide_address(
    command: AddressCommand, stream: UUID, states: Sequence[Any], by: Actor, at: datetime
) -> list[DecidedEvent]:
    (customer, _), published, *claims = states
    rules = IDENTITY.in_effect(published.versions, at).body
    streams = _claims_of(command)
    case = AddressCase.of(command.written, stream, customer, dict(zip(streams, claims, strict=True)))
    of_customer, of_address = claiming.decide_address(command, case, rules, by)
    return [(stream, event, at) for event in of_customer] + [(streams[event.key], event, at) for event in of_address]


def _decide_joining(
    command: JoinOrganisation, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (person, _), (organisation, _) = states
    return [(stream, event, at) for event in joining.decide_joining(command, person, organisation, at)]


def _decide_leaving(
    command: LeaveOrganisation, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((person, _),) = states
    return [(stream, event, at) for event in joining.decide_leaving(command, person, at)]


def _decide_customer_merge(
    command: CustomerMergeCommand, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (source, _), (target, _) = states
    ended, survivor = customer_merging.decide_customer_merge(command, stream, source, target)
    at = max(at, customer_merging.merged_at_the_earliest(source, target) or at)
    _, (into, _) = _two_customers(stream, command)
    return [(stream, event, at) for event in ended] + [(into, event, at) for event in survivor]


def _decide_match(
    command: MatchCommand, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (customer, _), (other, _) = states
    of_customer, of_other = matching.decide_match(command, stream, customer, other)
    return [(stream, event, at) for event in of_customer] + [(command.other, event, at) for event in of_other]


def _decide_sla(
    command: SlaCommand, stream: UUID, states: Sequence[publishing.Published], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    published, *calendars = states
    return [(stream, event, at) for event in publishing.decide(command, published, calendars)]


def _decide_definition(
    command: PublishDefinition,
    stream: UUID,
    states: Sequence[Any],
    _by: Actor,
    at: datetime,
) -> list[DecidedEvent]:
    published, *calendars = states
    return [(stream, event, at) for event in definition_publishing.decide(command, published, calendars)]


def _decide_membership_in_segment(
    command: RecordMembership, stream: UUID, states: Sequence[membership.SegmentMembership], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (known,) = states
    return [(stream, event, at) for event in membership.decide(command, known)]


def _decide_report(
    command: IssueReport, stream: UUID, states: Sequence[report_state.IssuedReport], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (report,) = states
    return [(stream, event, at) for event in report_decider.decide(command, report)]


def _decide_switch(
    command: SwitchCommand, stream: UUID, states: Sequence[switches_state.Switches], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (switches,) = states
    return [(stream, event, at) for event in switches_decider.decide(command, switches)]


_ADDRESS = Aggregate("address", address_claim.AddressClaim(), address_claim.evolve, without=address_claim.without)
_POLICY = Aggregate("policy", publishing.Published(), publishing.evolve)
_CALENDAR = Aggregate("calendar", publishing.Published(), publishing.evolve)
_SEGMENT = Aggregate("segment", membership.SegmentMembership(), membership.evolve)
_REPORT = Aggregate("report", report_state.IssuedReport(), report_state.evolve)
_KEY = Aggregate("key", AccessKey(), evolve_key)
_SEALING = Aggregate("sealing", SealingKeys(), evolve_sealing)
_SWITCHES = Aggregate("switch", switches_state.Switches(), switches_state.evolve)

AGGREGATES: Mapping[str, Aggregate] = MappingProxyType(
    {
        aggregate.kind: aggregate
        for aggregate in (
            _TICKET,
            _CUSTOMER,
            _ADDRESS,
            _POLICY,
            _CALENDAR,
            _DEFINITION,
            _SEGMENT,
            _REPORT,
            _KEY,
            _SEALING,
            _SWITCHES,
            NOTIFICATION,
            AGENT,
            TASK,
            ERASURE,
            *FACT_AGGREGATES,
            *PROCEDURE_AGGREGATES,
        )
    }
)
"""By kind."""


_HANDLERS: Mapping[type[Command], CommandHandler] = MappingProxyType(
    _of(TicketCommand, CommandHandler(_alone(_TICKET), _decide_ticket))
    | _of(OwnershipCommand, CommandHandler(_ticket_and_owner, _decide_ownership, others_only_read=True))
    | _of(TargetInstanceCommand, CommandHandler(_alone(_TICKET), _decide_target_instance))
    | _of(MergeCommand, CommandHandler(_two_tickets, _decide_merge))
    | _of(CustomerCommand, CommandHandler(_alone(_CUSTOMER), _decide_customer))
    | _of(AddressCommand, CommandHandler(_customer_and_address, _decide_address))
    | {
        JoinOrganisation: CommandHandler(_person_and_organisation, _decide_joining, others_only_read=True),
        LeaveOrganisation: CommandHandler(_alone(_CUSTOMER), _decide_leaving),
    }
    | _of(CustomerMergeCommand, CommandHandler(_two_customers, _decide_customer_merge))
    | _of(MatchCommand, CommandHandler(_two_customers, _decide_match))
    | {
        PublishPolicy: CommandHandler(_policy_and_calendars, _decide_sla, others_only_read=True),
        PublishCalendar: CommandHandler(_alone(_CALENDAR), _decide_sla),
        PublishDefinition: CommandHandler(_definition_and_calendars, _decide_definition, others_only_read=True),
        RecordMembership: CommandHandler(_alone(_SEGMENT), _decide_membership_in_segment),
        IssueReport: CommandHandler(_alone(_REPORT), _decide_report),
    }
    | FACT_HANDLERS
    | _of(SwitchCommand, CommandHandler(_alone(_SWITCHES), _decide_switch))
    | automation_handlers(aggregate_of, handler_of)
    | ERASURE_HANDLERS
    | closing_handlers(aggregate_of)
    | NOTIFICATION_HANDLERS
    | PROCEDURE_HANDLERS
    | ASSIGNMENT_HANDLERS
    | CONVERSATION_HANDLERS
    | TASK_HANDLERS
)
