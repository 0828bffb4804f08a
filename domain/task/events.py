"""The events of a task."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.messages import PERSONAL, Event


class TaskOpened(Event):
    """``about`` is the stream that the task is about, ``about_kind`` its kind. ``source`` says what opened it:
    ``person``, ``rule:NAME`` or ``procedure:NAME``.
    """

    topic = "task.opened"
    title: Annotated[str, PERSONAL]
    about: UUID | None = None
    about_kind: str | None = None
    customer_id: UUID | None = None
    team: str | None = None
    agent: str | None = None
    due_at: datetime | None = None
    source: str = "person"


class TaskAssigned(Event):
    """The whole assignment from now on; None means nobody."""

    topic = "task.assigned"
    team: str | None
    agent: str | None


class TaskRescheduled(Event):
    topic = "task.rescheduled"
    due_at: datetime | None


class TaskDone(Event):
    topic = "task.done"
    result: Annotated[str | None, PERSONAL] = None


class TaskCancelled(Event):
    topic = "task.cancelled"


class TaskReopened(Event):
    topic = "task.reopened"


TaskEvent = TaskOpened | TaskAssigned | TaskRescheduled | TaskDone | TaskCancelled | TaskReopened
"""What happens to a task."""
