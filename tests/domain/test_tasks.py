"""The decider of a task: what is recorded, what is so already, and what is refused."""

from datetime import UTC, datetime

import pytest

from domain.messages import Command, Event
from domain.task import commands as c
from domain.task import events as e
from domain.task.decider import decide, decide_opening
from domain.task.state import Task, evolve
from tests.support.specification import Specification

MONDAY, TUESDAY = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC)
OPENED = e.TaskOpened(title="call back", team="Support", agent="Lan", due_at=MONDAY)
DONE, CANCELLED, REOPENED = e.TaskDone(result="reached"), e.TaskCancelled(), e.TaskReopened()
TO_TUESDAY, WITHOUT_TIME = (c.RescheduleTask(due_at=at, reason="asked for") for at in (TUESDAY, None))
CANCEL, REOPEN = c.CancelTask(reason="no longer needed"), c.ReopenTask(reason="not over")
OPEN = c.OpenTask(title="call back", team="Support", agent="Lan", due_at=MONDAY)
task = Specification(Task(), evolve, lambda command, state, _by: decide(command, state))
new_task = Specification(Task(), evolve, lambda command, state, _by: decide_opening(command, state))


def test_a_task_is_opened_once() -> None:
    new_task.given().when(OPEN).then(OPENED)
    for ended in ((), (DONE,), (CANCELLED,)):
        new_task.given(OPENED, *ended).when(OPEN).then_refused("task_exists")


@pytest.mark.parametrize("command", [c.AssignTask(agent="Minh"), TO_TUESDAY, c.CompleteTask(), CANCEL, REOPEN])
def test_a_task_that_was_never_opened_is_unknown(command: Command) -> None:
    task.given().when(command).then_refused("task_unknown")


@pytest.mark.parametrize(
    ("before", "command", "event"),
    [
        ((), c.AssignTask(team="Sales"), e.TaskAssigned(team="Sales", agent=None)),
        ((), TO_TUESDAY, e.TaskRescheduled(due_at=TUESDAY)),
        ((), WITHOUT_TIME, e.TaskRescheduled(due_at=None)),
        ((), c.CompleteTask(result="reached"), DONE),
        ((), c.CompleteTask(), e.TaskDone()),
        ((), CANCEL, CANCELLED),
        ((DONE,), REOPEN, REOPENED),
        ((CANCELLED,), REOPEN, REOPENED),
        ((DONE, REOPENED), c.CompleteTask(), e.TaskDone()),
    ],
)
def test_a_change_is_recorded(before: tuple[Event, ...], command: Command, event: Event) -> None:
    task.given(OPENED, *before).when(command).then(event)


@pytest.mark.parametrize(
    ("before", "command"),
    [
        ((), c.AssignTask(team="Support", agent="Lan")),
        ((), c.RescheduleTask(due_at=MONDAY, reason="asked for")),
        ((e.TaskRescheduled(due_at=TUESDAY),), TO_TUESDAY),
        ((DONE,), c.CompleteTask(result="reached")),
        ((DONE,), c.CompleteTask()),
        ((CANCELLED,), CANCEL),
        ((), REOPEN),
    ],
)
def test_what_is_so_already_is_not_recorded_again(before: tuple[Event, ...], command: Command) -> None:
    task.given(OPENED, *before).when(command).then_quiet()


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (DONE, c.AssignTask(agent="Minh")),
        (DONE, TO_TUESDAY),
        (DONE, c.RescheduleTask(due_at=MONDAY, reason="asked for")),
        (DONE, c.CompleteTask(result="not reached")),
        (DONE, CANCEL),
        (CANCELLED, c.CompleteTask()),
        (CANCELLED, TO_TUESDAY),
    ],
)
def test_a_task_that_ended_takes_no_other_change(before: Event, command: Command) -> None:
    task.given(OPENED, before).when(command).then_refused("task_not_open")


def test_the_state_holds_the_last_of_each() -> None:
    assert task.given(
        OPENED, e.TaskAssigned(team="Sales", agent=None), e.TaskRescheduled(due_at=TUESDAY)
    ).state == Task("open", "Sales", None, TUESDAY)
    assert task.given(OPENED, DONE).state == Task("done", "Support", "Lan", MONDAY, "reached")
    assert task.given(OPENED, DONE, REOPENED).state == Task("open", "Support", "Lan", MONDAY)
