"""Procedures, a row each, and a row for each of their steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import PlainSerializer
from pydantic_core import from_json, to_json

from domain.command_context import ActorKind
from domain.envelope import RecordedEvent
from domain.procedure import events as e
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import BigInt, ClampedInt, JsonText, Table
from projections.next_due import NEVER, keys

StepEnd = Literal["done", "skipped", "left"]


def as_object(details: Any) -> dict[str, str]:
    """The details as an answer shows them: the database gives an object, a fold its text."""
    return from_json(details) if isinstance(details, str) else details  # type: ignore[no-any-return]


@dataclass(slots=True)
class ProcedureRow:
    """A procedure. ``outcome`` is that of its completion. ``ended_at`` is None while it runs."""

    procedure_stream: UUID
    version: int
    position: BigInt
    procedure: str
    definition_version: ClampedInt
    subject: UUID
    subject_kind: str
    customer: UUID | None
    owner: str | None
    details: Annotated[JsonText, PlainSerializer(as_object, return_type=dict[str, str])]
    state: Literal["running", "completed", "abandoned"]
    outcome: str | None
    started_at: datetime
    started_by: str
    started_by_kind: ActorKind
    ended_at: datetime | None
    ended_by: str | None
    ended_by_kind: ActorKind | None
    reason: str | None


@dataclass(slots=True)
class StepRow:
    """A step. ``version`` is that of its opening.

    ``ended_as``: done, skipped, or left when the procedure ended before it.
    """

    procedure_stream: UUID
    step: str
    version: int
    procedure: str
    kind: str
    title_vi: str
    title_en: str
    role: str | None
    team: str | None
    agent: str | None
    opened_at: datetime
    due_at: datetime | None
    overdue_at: datetime | None
    ended_at: datetime | None
    ended_as: StepEnd | None
    ended_by: str | None
    ended_by_kind: ActorKind | None
    result: str | None
    reason: str | None
    subject: UUID
    subject_kind: str
    customer: UUID | None


@dataclass(slots=True)
class StoredStep(StepRow):
    """``late_after`` is the due time, and NEVER without one. The keys are the folded names."""

    late_after: datetime
    team_key: str | None
    agent_key: str | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[ProcedureRow | StoredStep]:
    """The rows of one procedure; none for a stream that does not begin with a start.

    What an event ends never begins after it: an instant that lies before the start, or before the opening of the step,
    counts as that one.
    """
    started = stream.all[0]
    if not isinstance(started.payload, e.ProcedureStarted):
        return
    procedure = _row(started, started.payload)
    steps: dict[str, StoredStep] = {}
    details = dict(started.payload.details)
    for event in stream.all:
        procedure.version, procedure.position = event.version, event.position
        _add(event, procedure, steps, details)
    procedure.details = to_json(dict(sorted(details.items()))).decode()
    yield procedure
    yield from steps.values()


def _row(event: RecordedEvent, started: e.ProcedureStarted) -> ProcedureRow:
    return ProcedureRow(
        procedure_stream=event.stream,
        version=event.version,
        position=event.position,
        procedure=started.procedure,
        definition_version=started.version,
        subject=started.subject,
        subject_kind=started.subject_kind,
        customer=started.customer_id,
        owner=started.owner,
        details="{}",
        state="running",
        outcome=None,
        started_at=event.occurred_at,
        started_by=event.envelope.actor.person,
        started_by_kind=event.envelope.actor.person_kind,
        ended_at=None,
        ended_by=None,
        ended_by_kind=None,
        reason=None,
    )


def _add(event: RecordedEvent, procedure: ProcedureRow, steps: dict[str, StoredStep], details: dict[str, str]) -> None:
    payload, at = event.payload, max(event.occurred_at, procedure.started_at)
    match payload:
        case e.StepOpened(step=step):
            steps[step] = _opened(event, payload, procedure, at)
        case e.StepDone(step=step, result=result, details=recorded):
            details |= recorded
            procedure.owner = recorded.get("owner", procedure.owner)
            _end(steps.get(step), "done", event, at, result)
        case e.StepSkipped(step=step):
            _end(steps.get(step), "skipped", event, at)
        case e.StepOverdue(step=step) if step in steps:
            steps[step].overdue_at = at
        case e.ProcedureMigrated(version=version):
            procedure.definition_version = version
        case e.ProcedureCompleted() | e.ProcedureAbandoned():
            completed = isinstance(payload, e.ProcedureCompleted)
            procedure.state = "completed" if completed else "abandoned"
            procedure.outcome = payload.outcome if isinstance(payload, e.ProcedureCompleted) else None
            actor = event.envelope.actor
            procedure.ended_at, procedure.reason = at, event.envelope.reason
            procedure.ended_by, procedure.ended_by_kind = actor.person, actor.person_kind
            for row in steps.values():
                if row.ended_at is None:
                    _end(row, "left", event, at)
        case _:
            pass


def _opened(event: RecordedEvent, opened: e.StepOpened, procedure: ProcedureRow, at: datetime) -> StoredStep:
    team_key, agent_key = keys(opened.team, opened.agent)
    return StoredStep(
        procedure_stream=event.stream,
        step=opened.step,
        version=event.version,
        procedure=procedure.procedure,
        kind=opened.kind,
        title_vi=opened.title,
        title_en=opened.title_en or opened.title,
        role=opened.role,
        team=opened.team,
        agent=opened.agent,
        opened_at=at,
        due_at=opened.due_at,
        overdue_at=None,
        ended_at=None,
        ended_as=None,
        ended_by=None,
        ended_by_kind=None,
        result=None,
        reason=None,
        subject=procedure.subject,
        subject_kind=procedure.subject_kind,
        customer=procedure.customer,
        late_after=opened.due_at or NEVER,
        team_key=team_key,
        agent_key=agent_key,
    )


def _end(row: StepRow | None, ended_as: StepEnd, event: RecordedEvent, at: datetime, result: str | None = None) -> None:
    if row is not None:
        actor = event.envelope.actor
        row.ended_at, row.ended_as = max(at, row.opened_at), ended_as
        row.ended_by, row.ended_by_kind = actor.person, actor.person_kind
        row.result, row.reason = result, event.envelope.reason


PROCEDURES = Projection(
    name="procedures",
    version=4,
    kinds=frozenset({"procedure"}),
    tables=(
        Table(
            "procedures",
            ProcedureRow,
            key=("procedure_stream",),
            indexes=(
                "(subject)",
                "(customer) where state = 'running'",
                "(started_at, procedure_stream)",
                "(ended_at)",
            ),
        ),
        Table(
            "procedure_steps",
            StoredStep,
            key=("procedure_stream", "step"),
            indexes=(
                "(agent_key, late_after, procedure_stream, version) where ended_at is null and kind <> 'wait'",
                "(team_key, late_after, procedure_stream, version) where ended_at is null and kind <> 'wait'",
                "(ended_at)",
                "(due_at)",
            ),
        ),
    ),
    fold=fold,
)
