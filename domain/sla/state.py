"""What the decisions on target instances need to know of the past, and how each event changes it."""

from datetime import datetime
from typing import NamedTuple, assert_never

from domain.sla.events import InstanceId, SlaBreached, SlaCorrected, SlaWarned, TargetInstanceEvent, WarningPoint


class SlaMarks(NamedTuple):
    """What the stream of a ticket records of its target instances.

    ``alerts`` holds each warning point and breach that was recorded, ``corrections`` the last correction of each
    instance.
    """

    alerts: frozenset[tuple[InstanceId, WarningPoint]] = frozenset()
    corrections: frozenset[SlaCorrected] = frozenset()


def evolve(marks: SlaMarks, event: TargetInstanceEvent, at: datetime) -> SlaMarks:  # noqa: ARG001 -- the shape every fold has
    """The marks after one more event. Total: any history folds."""
    match event:
        case SlaWarned(of=of, point=point) | SlaBreached(of=of, point=point):
            return marks._replace(alerts=marks.alerts | {(of, point)})
        case SlaCorrected(of=of):
            others = {correction for correction in marks.corrections if correction.of != of}
            return marks._replace(corrections=frozenset(others | {event}))
        case _:
            assert_never(event)
