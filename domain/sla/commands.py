"""The commands about the target instances of a ticket.

The SLA watch and the command line give them.
"""

from typing import Annotated

from pydantic import Field

from domain.messages import Command, Instant, Text, Word
from domain.sla.events import SlaResult


class WarnOfSla(Command):
    """A target instance has reached a warning point. The fields are those of SlaWarned."""

    target: Word
    instance: int
    activated_by: int
    fraction: Annotated[float, Field(gt=0, lt=1)]
    before: Annotated[int, Field(gt=0)] | None = None
    reached_at: Instant
    due_at: Instant


class RecordSlaBreach(Command):
    """A target instance has passed its deadline ``due_at``."""

    target: Word
    instance: int
    activated_by: int
    due_at: Instant


class CorrectSla(Command):
    """The verdict on a target instance that ended at ``ended_at`` is corrected from ``was`` to ``now``."""

    target: Word
    instance: int
    activated_by: int
    ended_at: Instant
    was: SlaResult
    now: SlaResult
    reason: Text


TargetInstanceCommand = WarnOfSla | RecordSlaBreach | CorrectSla
