"""The date that the customer was told for the resolution of a ticket."""

from collections.abc import Sequence
from datetime import datetime

from domain.ticket.events import ExpectedByTold
from domain.ticket.timeline import LifeStep


def expected_date(life: Sequence[LifeStep], resolution: LifeStep | None) -> datetime | None:
    """The date that was told last, before the resolution where there is one."""
    date = None
    for step in life:
        if step is resolution:
            break
        if isinstance(step.event.payload, ExpectedByTold):
            date = step.event.payload.expected_by
    return date
