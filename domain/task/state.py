"""The state of a task that decisions need, and how each event changes it."""

from datetime import datetime
from typing import Literal, NamedTuple, assert_never, cast, get_args

from domain.messages import Event
from domain.task import events as e

_OWN_EVENTS: frozenset[type[Event]] = frozenset(get_args(e.TaskEvent))


class Task(NamedTuple):
    """``result`` is that of a task that is done."""

    state: Literal["none", "open", "done", "cancelled"] = "none"
    team: str | None = None
    agent: str | None = None
    due_at: datetime | None = None
    result: str | None = None


def evolve(task: Task, event: Event, at: datetime) -> Task:  # noqa: ARG001 -- the shape every fold has
    """The task after one more event. Total: any history folds. Events of other packages leave the task as it is."""
    return _evolve(task, cast("e.TaskEvent", event)) if type(event) in _OWN_EVENTS else task


def _evolve(task: Task, event: e.TaskEvent) -> Task:
    match event:
        case e.TaskOpened(team=team, agent=agent, due_at=due_at):
            return Task("open", team, agent, due_at)
        case e.TaskAssigned(team=team, agent=agent):
            return task._replace(team=team, agent=agent)
        case e.TaskRescheduled(due_at=due_at):
            return task._replace(due_at=due_at)
        case e.TaskDone(result=result):
            return task._replace(state="done", result=result)
        case e.TaskCancelled():
            return task._replace(state="cancelled")
        case e.TaskReopened():
            return task._replace(state="open", result=None)
        case _:
            assert_never(event)
