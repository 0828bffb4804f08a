"""The handlers of erasures, and of the command that closes a stream of any kind."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.customer_stream import CUSTOMER, CustomerStream
from domain.command_handling.definition_stream import TENANT_SETTINGS, local_day_by
from domain.command_handling.handler import Aggregate, CommandHandler, DecidedEvent, Handlers, Parts, alone, handled
from domain.erasure import decider
from domain.erasure.commands import CustomerErasureCommand, EraseStream, ErasureCommand
from domain.erasure.events import PersonalDataErased
from domain.erasure.state import Erasure, erasure_stream, evolve

ERASURE = Aggregate("erasure", Erasure(), evolve)


def _with_customer(stream: UUID, command: CustomerErasureCommand) -> Parts:
    return ((stream, ERASURE), (command.customer_id, CUSTOMER), TENANT_SETTINGS)


def _of_absorbed(_stream: UUID, command: CustomerErasureCommand, known: Mapping[UUID, Any]) -> Parts:
    """The legal holds of the customers that were merged into this one."""
    customer: CustomerStream = known[command.customer_id]
    return tuple((erasure_stream(other), ERASURE) for other in sorted(customer.customer.absorbed))


def _decide_with_customer(
    command: CustomerErasureCommand, stream: UUID, states: Mapping[UUID, Any], by: Actor, at: datetime
) -> list[DecidedEvent]:
    customer = states[command.customer_id].customer
    of_absorbed = [states[absorbed] for absorbed, _ in _of_absorbed(stream, command, states)]
    today = local_day_by(states[TENANT_SETTINGS[0]], at)
    decided = decider.decide_with_customer(command, states[stream], customer, of_absorbed, by, today)
    return [(stream, event, at) for event in decided]


def _decide(
    command: ErasureCommand, stream: UUID, states: Sequence[Erasure], by: Actor, at: datetime
) -> list[DecidedEvent]:
    (erasure,) = states
    return [(stream, event, at) for event in decider.decide(command, erasure, by)]


def _close(command: EraseStream, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime) -> list[DecidedEvent]:
    decider.must_be_started(states[0])
    return [(command.stream, PersonalDataErased(erasure=stream, customer_id=command.customer_id), at)]


def closing_handlers(aggregate_of: Callable[[str], Aggregate]) -> Handlers:
    """The handler of EraseStream, which is to streams of every kind. The registry of aggregates passes its look-up."""

    def parts(stream: UUID, command: EraseStream) -> Parts:
        return ((stream, ERASURE), (command.stream, aggregate_of(command.stream_kind)))

    return handled(EraseStream, CommandHandler(parts, _close))


ERASURE_HANDLERS: Handlers = handled(
    CustomerErasureCommand,
    CommandHandler(_with_customer, _decide_with_customer, others_only_read=True, further=_of_absorbed),
) | handled(ErasureCommand, CommandHandler(alone(ERASURE), _decide))
