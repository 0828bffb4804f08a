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
    """An open step, and when it is due, by the version of its opening."""

    step: str
    due: DueInstance


def steps_due(history: Sequence[RecordedEvent]) -> list[StepDue]:
    """Each open step with a due time that is not recorded as overdue, in the order of their times."""
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
    found = [StepDue(step, DueInstance(identity_of(step, version), at)) for step, (version, at) in open_steps.items()]
    return sorted(found, key=lambda each: (each.due.due_at, each.step))
