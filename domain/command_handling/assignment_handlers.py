"""The handlers of assignment: what is said of an agent's availability, and what routing assigns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.availability import decider as availability_decider
from domain.availability import state as availability_state
from domain.availability.commands import AvailabilityCommand
from domain.availability.state import Availability, availability_stream
from domain.command_context import Actor
from domain.command_handling.handler import Aggregate, CommandHandler, DecidedEvent, Handlers, Parts, alone, handled
from domain.command_handling.ticket_stream import TICKET
from domain.refusal import Refusal
from domain.ticket.commands import AssignByRouting
from domain.ticket.decider import decide_routing

AGENT = Aggregate("agent", Availability(), availability_state.evolve)


def _decide_availability(
    command: AvailabilityCommand, stream: UUID, states: Sequence[Availability], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (availability,) = states
    if stream != availability_stream(command.agent):
        rule = f"the stream is not that of the agent {command.agent!r}"
        raise Refusal("another_agent", rule, availability.state)
    return [(stream, event, at) for event in availability_decider.decide(command, availability, at)]


def _with_agent(stream: UUID, command: AssignByRouting) -> Parts:
    agent = () if command.agent is None else ((availability_stream(command.agent), AGENT),)
    return ((stream, TICKET), *agent)


def _decide_routing(
    command: AssignByRouting, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    """An agent who has gone away or taken a call since the choice is refused: the choice is made anew."""
    of_ticket, *agents = states
    for availability in agents:
        if availability.absence(at) is not None:
            rule = f"{command.agent} takes no new work; choose another agent"
            raise Refusal("agent_unavailable", rule, availability.state)
    return [(stream, event, at) for event in decide_routing(command, of_ticket.ticket)]


ASSIGNMENT_HANDLERS: Handlers = handled(
    AvailabilityCommand, CommandHandler(alone(AGENT), _decide_availability)
) | handled(AssignByRouting, CommandHandler(_with_agent, _decide_routing, others_only_read=True))
