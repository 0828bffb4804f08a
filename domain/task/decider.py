"""The decider of a task: events, no events when what the command wants is already so, or a refusal."""

from typing import assert_never

from domain.holder import Holder
from domain.refusal import Refusal
from domain.task import commands as c
from domain.task import events as e
from domain.task.state import Task

TaskEvents = list[e.TaskEvent]


def decide_opening(command: c.OpenTask, task: Task) -> TaskEvents:
    """The event of a new task. Raises Refusal."""
    if task.state != "none":
        raise Refusal("task_exists", "this task is open already; open another one", task.state)
    return [e.TaskOpened(**command.facts())]


def decide(command: c.TaskCommand, task: Task) -> TaskEvents:  # noqa: PLR0911 -- one case a command
    """The events of a command; an empty list when what it wants is already so. Raises Refusal."""
    if task.state == "none":
        raise Refusal("task_unknown", "there is no such task; open it first", task.state)
    match command:
        case c.AssignTask():
            return _assign(command, task)
        case c.RescheduleTask(due_at=due_at):
            _must_be_open(task, "rescheduled")
            return [] if task.due_at == due_at else [e.TaskRescheduled(due_at=due_at)]
        case c.CompleteTask(result=result):
            if task.state == "done" and result in {None, task.result}:
                return []
            _must_be_open(task, "done")
            return [e.TaskDone(result=result)]
        case c.CancelTask():
            if task.state == "cancelled":
                return []
            _must_be_open(task, "cancelled")
            return [e.TaskCancelled()]
        case c.ReopenTask():
            return [] if task.state == "open" else [e.TaskReopened()]
        case _:
            assert_never(command)


def _assign(command: c.AssignTask, task: Task) -> TaskEvents:
    _must_be_open(task, "assigned")
    holder = Holder(task.team, task.agent).after(command)
    return [] if holder is None else [e.TaskAssigned(team=holder.team, agent=holder.agent)]


def _must_be_open(task: Task, done: str) -> None:
    if task.state != "open":
        raise Refusal("task_not_open", f"only an open task can be {done}; reopen it first", task.state)
