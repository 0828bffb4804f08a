"""The rows of tasks and procedures say who acted and what that is: for whom a program acts is a person."""

from typing import Any

import pytest

from domain.command_context import Actor, ActorKind
from domain.procedure import events as p
from domain.task.events import TaskDone, TaskOpened
from projections.procedures.table import PROCEDURES, ProcedureRow
from projections.tasks.table import TASKS, StoredTask
from tests.support.events import CUSTOMER, at, history
from tests.support.folded import rows_of

ACTORS: list[tuple[Actor, tuple[str, ActorKind]]] = [
    (Actor(id="lan", kind="agent"), ("lan", "agent")),
    (Actor(id="rule:csat", kind="system"), ("rule:csat", "system")),
    (Actor(id="gateway", kind="system", on_behalf_of="Minh"), ("Minh", "agent")),
]


@pytest.mark.parametrize(("actor", "expected"), ACTORS)
def test_who_opened_and_who_ended_a_task(actor: Actor, expected: tuple[str, ActorKind]) -> None:
    other = Actor(id="sms", kind="customer")
    for opener, ender in ((actor, other), (other, actor)):
        (row,) = rows_of(StoredTask, TASKS, history(at(0, TaskOpened(title="call"), opener), at(1, TaskDone(), ender)))
        acted = [(row.opened_by, row.opened_by_kind), (row.ended_by, row.ended_by_kind)]
        assert acted == [expected if by is actor else ("sms", "customer") for by in (opener, ender)]


@pytest.mark.parametrize(("actor", "expected"), ACTORS)
def test_who_started_and_who_ended_a_procedure(actor: Actor, expected: tuple[str, ActorKind]) -> None:
    about: dict[str, Any] = {
        "procedure": "care",
        "subject": CUSTOMER,
        "subject_kind": "customer",
        "customer_id": CUSTOMER,
    }
    started, abandoned = p.ProcedureStarted(version=1, **about), p.ProcedureAbandoned(**about)
    other = Actor(id="sms", kind="customer")
    for starter, ender in ((actor, other), (other, actor)):
        facts = history(at(0, started, starter), at(1, abandoned, ender))
        (row,) = rows_of(ProcedureRow, PROCEDURES, facts)
        acted = [(row.started_by, row.started_by_kind), (row.ended_by, row.ended_by_kind)]
        assert acted == [expected if by is actor else ("sms", "customer") for by in (starter, ender)]
