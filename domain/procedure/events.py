"""The events of one running procedure. It keeps the version of its definition."""

from datetime import datetime
from uuid import UUID

from domain.messages import Event


class ProcedureStarted(Event):
    """``subject`` is the stream that it is about, ``subject_kind`` its kind."""

    topic = "procedure.started"
    procedure: str
    version: int
    subject: UUID
    subject_kind: str
    customer_id: UUID | None = None
    owner: str | None = None


class StepOpened(Event):
    """``kind`` is that of the step in the definition; who has to do it by when is settled here."""

    topic = "procedure.step_opened"
    step: str
    kind: str
    title: str
    role: str | None = None
    team: str | None = None
    agent: str | None = None
    due_at: datetime | None = None


class StepDone(Event):
    topic = "procedure.step_done"
    step: str
    result: str | None = None


class StepSkipped(Event):
    topic = "procedure.step_skipped"
    step: str


class StepOverdue(Event):
    topic = "procedure.step_overdue"
    step: str
    due_at: datetime


class ProcedureCompleted(Event):
    topic = "procedure.completed"
    outcome: str | None = None


class ProcedureAbandoned(Event):
    topic = "procedure.abandoned"


class ProcedureMigrated(Event):
    """It goes on by another version of its definition."""

    topic = "procedure.migrated"
    version: int


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
