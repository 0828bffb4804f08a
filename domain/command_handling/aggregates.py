"""The aggregate registry: which streams a command reads, how they are folded, and which decider takes it."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.access.state import AccessKey
from domain.access.state import evolve as evolve_key
from domain.command_handling.assignment_handlers import AGENT, ASSIGNMENT_HANDLERS
from domain.command_handling.automation_handlers import automation_handlers
from domain.command_handling.conversation_handlers import CONVERSATION_HANDLERS
from domain.command_handling.customer_fact_handlers import FACT_AGGREGATES, FACT_HANDLERS
from domain.command_handling.customer_handlers import ADDRESS, CUSTOMER_HANDLERS
from domain.command_handling.customer_stream import CUSTOMER
from domain.command_handling.definition_handlers import DEFINITION_HANDLERS
from domain.command_handling.definition_stream import CALENDAR, DEFINITION, POLICY
from domain.command_handling.erasure_handlers import ERASURE, ERASURE_HANDLERS, closing_handlers
from domain.command_handling.handler import Aggregate, CommandHandler, decided_alone, handled
from domain.command_handling.notification_handlers import NOTIFICATION, NOTIFICATION_HANDLERS
from domain.command_handling.procedure_handlers import PROCEDURE_AGGREGATES, PROCEDURE_HANDLERS
from domain.command_handling.task_handlers import TASK_HANDLERS
from domain.command_handling.task_stream import TASK
from domain.command_handling.ticket_handlers import TICKET_HANDLERS
from domain.command_handling.ticket_stream import TICKET
from domain.issued_report import decider as report_decider
from domain.issued_report import state as report_state
from domain.issued_report.commands import IssueReport
from domain.messages import Command
from domain.sealing.state import SealingKeys
from domain.sealing.state import evolve as evolve_sealing
from domain.segment import membership
from domain.segment.commands import RecordMembership
from domain.switches import decider as switches_decider
from domain.switches import state as switches_state
from domain.switches.commands import SwitchCommand


def handler_of(command: Command) -> CommandHandler:
    """The handler of a command. Every command has one."""
    return _HANDLERS[type(command)]


def aggregate_of(kind: str) -> Aggregate:
    """The aggregate of a kind of streams."""
    return AGGREGATES[kind]


SEGMENT = Aggregate("segment", membership.SegmentMembership(), membership.evolve)
REPORT = Aggregate("report", report_state.IssuedReport(), report_state.evolve)
KEY = Aggregate("key", AccessKey(), evolve_key)
SEALING = Aggregate("sealing", SealingKeys(), evolve_sealing)
SWITCHES = Aggregate("switch", switches_state.Switches(), switches_state.evolve)

AGGREGATES: Mapping[str, Aggregate] = MappingProxyType(
    {
        aggregate.kind: aggregate
        for aggregate in (
            TICKET,
            CUSTOMER,
            ADDRESS,
            POLICY,
            CALENDAR,
            DEFINITION,
            SEGMENT,
            REPORT,
            KEY,
            SEALING,
            SWITCHES,
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
    TICKET_HANDLERS
    | CUSTOMER_HANDLERS
    | FACT_HANDLERS
    | DEFINITION_HANDLERS
    | {
        RecordMembership: decided_alone(SEGMENT, membership.decide),
        IssueReport: decided_alone(REPORT, report_decider.decide),
    }
    | handled(SwitchCommand, decided_alone(SWITCHES, switches_decider.decide))
    | automation_handlers(aggregate_of, handler_of)
    | ERASURE_HANDLERS
    | closing_handlers(aggregate_of)
    | NOTIFICATION_HANDLERS
    | PROCEDURE_HANDLERS
    | ASSIGNMENT_HANDLERS
    | CONVERSATION_HANDLERS
    | TASK_HANDLERS
)
