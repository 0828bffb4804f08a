"""The handlers of tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.customer_stream import CUSTOMER
from domain.command_handling.handler import (
    CommandHandler,
    DecidedEvent,
    Handlers,
    Parts,
    decided_alone,
    handled,
)
from domain.command_handling.task_stream import TASK
from domain.customer.decider import must_be_registered
from domain.task import decider
from domain.task.commands import OpenTask, TaskCommand


def _with_customer(stream: UUID, command: OpenTask) -> Parts:
    return ((stream, TASK),) if command.customer_id is None else ((stream, TASK), (command.customer_id, CUSTOMER))


def _decide_opening(
    command: OpenTask, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    task, *customers = states
    for customer, _ in customers:
        must_be_registered(customer)
    return [(stream, event, at) for event in decider.decide_opening(command, task)]


TASK_HANDLERS: Handlers = {
    **handled(TaskCommand, decided_alone(TASK, decider.decide)),
    OpenTask: CommandHandler(_with_customer, _decide_opening, others_only_read=True),
}
