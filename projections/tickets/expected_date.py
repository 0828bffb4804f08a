"""The date that the customer was told for the resolution of a ticket."""

from collections.abc import Sequence
from datetime import datetime

from domain.ticket.timeline import LifeStep


def expected_date(steps: Sequence[LifeStep], resolution: LifeStep | None) -> datetime | None:
    """The date that was told last, before the resolution where there is one. ``steps`` are those that tell dates."""
    if resolution is not None:
        steps = [step for step in steps if (step.at, step.event.version) < (resolution.at, resolution.event.version)]
    return steps[-1].event.payload.expected_by if steps else None
