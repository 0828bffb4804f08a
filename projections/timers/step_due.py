"""When the open steps of a procedure are due."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain.due.instance import DueInstance, identity_of
from domain.envelope import RecordedEvent
from domain.procedure import events as e

_ENDS_STEP = (e.StepDone, e.StepSkipped, e.StepOverdue)
_ENDS_ALL = (e.ProcedureCompleted, e.ProcedureAbandoned)


class StepDue(NamedTuple):
    """An open step with a due time that is not recorded as overdue; ``version`` is that of its opening."""

    step: str
    version: int
    due_at: datetime


def steps_due(history: Sequence[RecordedEvent]) -> list[DueInstance]:
    """The same as due instances, each by the version of its opening."""
    return [DueInstance(identity_of(each.step, each.version), each.due_at) for each in open_steps_due(history)]


def open_steps_due(history: Sequence[RecordedEvent]) -> list[StepDue]:
    """The open steps of a procedure that become due."""
    open_steps: dict[str, tuple[int, datetime]] = {}
    for event in history:
        payload = event.payload
        if isinstance(payload, e.StepOpened):
            open_steps.pop(payload.step, None)
            if payload.due_at is not None:
                open_steps[payload.step] = event.version, payload.due_at
        elif isinstance(payload, _ENDS_STEP):
            open_steps.pop(payload.step, None)
        elif isinstance(payload, _ENDS_ALL):
            open_steps.clear()
    return [StepDue(step, version, due_at) for step, (version, due_at) in open_steps.items()]
