"""The events of one running procedure, which keeps the version of its definition, and those of its claim."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.messages import PERSONAL, Event


class ProcedureStarted(Event):
    """``subject`` is the stream that it is about, ``subject_kind`` its kind. ``details`` are known at the start."""

    topic = "procedure.started"
    procedure: str
    version: int
    subject: UUID
    subject_kind: str
    customer_id: UUID | None = None
    owner: str | None = None
    details: Annotated[dict[str, str], PERSONAL] = Field(default_factory=dict)


class StepOpened(Event):
    """``kind`` is that of the step in the definition; who has to do it by when is settled here.

    ``title`` is Vietnamese, ``title_en`` English.
    """

    topic = "procedure.step_opened"
    step: str
    kind: str
    title: str
    title_en: str | None = None
    role: str | None = None
    team: str | None = None
    agent: str | None = None
    due_at: datetime | None = None


class StepDone(Event):
    """``result`` is the answer of a decision, or what was said. ``details`` are new or changed."""

    topic = "procedure.step_done"
    step: str
    result: Annotated[str | None, PERSONAL] = None
    details: Annotated[dict[str, str], PERSONAL] = Field(default_factory=dict)


class StepSkipped(Event):
    topic = "procedure.step_skipped"
    step: str


class StepOverdue(Event):
    topic = "procedure.step_overdue"
    step: str
    due_at: datetime


class ProcedureCompleted(Event):
    """What ended, and with which outcome, so that rules and other procedures can begin with it."""

    topic = "procedure.completed"
    procedure: str
    subject: UUID
    subject_kind: str
    customer_id: UUID | None = None
    outcome: str | None = None


class ProcedureAbandoned(Event):
    topic = "procedure.abandoned"
    procedure: str
    subject: UUID
    subject_kind: str
    customer_id: UUID | None = None


class ProcedureMigrated(Event):
    """It goes on by another version of its definition."""

    topic = "procedure.migrated"
    version: int


class ProcedureClaimTaken(Event):
    """``instance`` is the procedure that runs for the subject from now on; no other one of the name starts."""

    topic = "procedure_claim.taken"
    in_figures = False
    procedure: str
    subject: UUID
    instance: UUID


class ProcedureClaimReleased(Event):
    """The procedure has ended; another one of the name may start for the subject."""

    topic = "procedure_claim.released"
    in_figures = False
    instance: UUID


ProcedureEvent = (
    ProcedureStarted
    | StepOpened
    | StepDone
    | StepSkipped
    | StepOverdue
    | ProcedureCompleted
    | ProcedureAbandoned
    | ProcedureMigrated
)
"""What happens to a running procedure."""

ProcedureClaimEvent = ProcedureClaimTaken | ProcedureClaimReleased
"""Which procedure of a name runs for a subject."""
