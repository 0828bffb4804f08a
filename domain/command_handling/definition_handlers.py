"""The handlers of what is published: policies, calendars, and definitions with what they name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.definition_stream import CALENDAR, DEFINITION, POLICY
from domain.command_handling.handler import CommandHandler, DecidedEvent, Handlers, Parts, alone
from domain.definitions.commands import PublishDefinition
from domain.definitions.kinds import PROCEDURE, TEMPLATE
from domain.definitions.publishing import decide, needs_of
from domain.definitions.state import definition_stream
from domain.sla.policy import publishing
from domain.sla.policy.commands import PublishCalendar, PublishPolicy, SlaCommand


def _policy_and_calendars(stream: UUID, command: PublishPolicy) -> Parts:
    return (
        (stream, POLICY),
        *((calendar, CALENDAR) for calendar in publishing.calendar_streams(command.policy.calendars)),
    )


def _definition_with_what_it_names(stream: UUID, command: PublishDefinition) -> Parts:
    needs = needs_of(command)
    return (
        (stream, DEFINITION),
        *((calendar, CALENDAR) for calendar in publishing.calendar_streams(needs.calendars)),
        *((definition_stream(TEMPLATE.name, needed.template), DEFINITION) for needed in needs.texts),
        *((definition_stream(PROCEDURE.name, needed.procedure), DEFINITION) for needed in needs.procedures),
    )


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
    published, *named = states
    return [(stream, event, at) for event in decide(command, published, at, named)]


DEFINITION_HANDLERS: Handlers = {
    PublishPolicy: CommandHandler(_policy_and_calendars, _decide_sla, others_only_read=True),
    PublishCalendar: CommandHandler(alone(CALENDAR), _decide_sla),
    PublishDefinition: CommandHandler(_definition_with_what_it_names, _decide_definition, others_only_read=True),
}
