"""Tasks, a row each: what is to be done, by whom and by when, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Literal
from uuid import UUID

from domain.command_context import ActorKind
from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.task import events as e
from domain.task.commands import OF_ROUTING
from domain.task.state import Task, evolve
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import BigInt, Table
from projections.next_due import NEVER, keys

_IN_WORLD_ORDER = attrgetter("envelope.occurred_at", "version")
_ENDS: frozenset[type[Event]] = frozenset({e.TaskDone, e.TaskCancelled})


@dataclass(slots=True)
class TaskRow:
    """``about`` is the stream that the task is about, ``about_kind`` its kind. ``source`` says what opened it.

    ``ended_at`` is None of an open task. ``version`` and ``position`` are those of the last event.
    """

    task: UUID
    title: str
    about: UUID | None
    about_kind: str | None
    customer: UUID | None
    team: str | None
    agent: str | None
    due_at: datetime | None
    state: Literal["open", "done", "cancelled"]
    source: str
    opened_at: datetime
    opened_by: str
    opened_by_kind: ActorKind
    ended_at: datetime | None
    ended_by: str | None
    ended_by_kind: ActorKind | None
    result: str | None
    version: int
    position: BigInt


@dataclass(slots=True)
class StoredTask(TaskRow):
    """``late_after`` is the due time, and NEVER without one. The keys are the folded names."""

    late_after: datetime
    team_key: str | None
    agent_key: str | None


def fold(stream: Stream, _inputs: FoldInputs) -> list[StoredTask]:
    """The row of a task; none before its opening. The state is that in world order, the opening first."""
    opened = next((event for event in stream.all if type(event.payload) is e.TaskOpened), None)
    if opened is None:
        return []
    later = sorted((event for event in stream.all if event is not opened), key=_IN_WORLD_ORDER)
    task, ended = _outcome((opened, *later))
    team_key, agent_key = keys(task.team, task.agent)
    fields: e.TaskOpened = opened.payload
    return [
        StoredTask(
            task=stream.id,
            title=fields.title,
            about=fields.about,
            about_kind=fields.about_kind,
            customer=fields.customer_id,
            team=task.team,
            agent=task.agent,
            due_at=task.due_at,
            state="open" if task.state == "none" else task.state,
            source=fields.source,
            opened_at=opened.occurred_at,
            opened_by=opened.envelope.actor.person,
            opened_by_kind=opened.envelope.actor.person_kind,
            ended_at=ended and ended.occurred_at,
            ended_by=ended and ended.envelope.actor.person,
            ended_by_kind=ended and ended.envelope.actor.person_kind,
            result=task.result,
            version=stream.all[-1].version,
            position=stream.all[-1].position,
            late_after=task.due_at or NEVER,
            team_key=team_key,
            agent_key=agent_key,
        )
    ]


def _outcome(history: Sequence[RecordedEvent]) -> tuple[Task, RecordedEvent | None]:
    """The task after its events, and the one that ended it; None of an open task."""
    task, ended = Task(), None
    for event in history:
        task = evolve(task, event.payload, event.occurred_at)
        if type(event.payload) in _ENDS:
            ended = event
    return task, None if task.state == "open" else ended


TASKS = Projection(
    name="tasks",
    version=3,
    kinds=frozenset({"task"}),
    tables=(
        Table(
            "tasks",
            StoredTask,
            key=("task",),
            indexes=(
                "(agent_key, late_after, task) where state = 'open'",
                "(team_key, late_after, task) where state = 'open'",
                "(opened_at, task)",
                "(about) where about is not null",
                "(customer) where customer is not null",
                f"(opened_at, task) where state = 'open' and source = '{OF_ROUTING}'",
            ),
        ),
    ),
    fold=fold,
)
