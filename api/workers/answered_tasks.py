"""The tasks that routing opened for leads are done when an agent holds the ticket, or when the ticket has ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from api.workers.due import Due, DueCommand, JudgedStream, candidates_by
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.task import events as e
from domain.task.commands import OF_ROUTING, CompleteTask
from domain.ticket.timeline import rule_states
from projections.tasks.table import TASKS

_SQL = sql_file("api.workers", "answered_tasks.sql")


def _judge(
    connection: Connection, tenant: str, tasks: Sequence[UUID], _now: datetime, _quiet: timedelta
) -> list[JudgedStream]:
    head = reader.head(connection, tenant)
    histories = reader.streams(connection, tenant, tasks, head)
    abouts = {task: _about(history) for task, history in histories.items()}
    tickets = reader.streams(connection, tenant, {about for about in abouts.values() if about is not None}, head)
    judged = []
    for task, history in histories.items():
        about = abouts[task]
        answered = about is not None and _is_answered(tickets.get(about, []))
        command = DueCommand(task, len(history), f"routing/answered/{task}/{len(history)}", CompleteTask())
        # The ticket may change without the task: nothing about it is settled but by a command.
        judged.append(JudgedStream(task, history[-1].position if answered else 0, [command] if answered else []))
    return judged


def _about(history: Sequence[RecordedEvent]) -> UUID | None:
    """The ticket of an open task that routing opened; None for every other task."""
    open_, about = False, None
    for event in history:
        match event.payload:
            case e.TaskOpened(source=source, about=ticket) if source == OF_ROUTING:
                open_, about = True, ticket
            case e.TaskDone() | e.TaskCancelled():
                open_ = False
            case e.TaskReopened():
                return None  # a person wants it to stay
            case _:
                pass
    return about if open_ else None


def _is_answered(history: Sequence[RecordedEvent]) -> bool:
    if not history:
        return False
    ticket = rule_states(history)[-1]
    return ticket.agent is not None or not ticket.is_open


def _next_at(_connection: Connection, _tenant: str, _now: datetime) -> None:
    """Only events answer a task, no time."""


ANSWERED_TASKS = Due(
    "answered tasks", TASKS, candidates_by(_SQL["answered tasks"], source=OF_ROUTING), _judge, _next_at
)
