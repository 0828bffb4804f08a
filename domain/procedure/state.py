"""The state of a running procedure, and how each event changes it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple, assert_never
from uuid import UUID

from domain.procedure import events as e


class OpenStep(NamedTuple):
    """A step that somebody has to do. ``overdue``: its due time has passed, and that is recorded."""

    kind: str
    opened_at: datetime
    due_at: datetime | None = None
    overdue: bool = False


class EndedStep(NamedTuple):
    """A step that is over, ``result`` being None where it has none. ``skipped``: nobody did it."""

    result: str | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Procedure:
    """``version`` is that of the definition it goes by. Steps are kept by their ids.

    ``overdue`` are the steps that were ever overdue. ``details`` are those known by now.
    """

    state: Literal["none", "running", "completed", "abandoned"] = "none"
    name: str = ""
    version: int = 0
    subject: UUID | None = None
    subject_kind: str = ""
    customer: UUID | None = None
    owner: str | None = None
    started_at: datetime | None = None
    details: dict[str, str] = field(default_factory=dict)
    open: dict[str, OpenStep] = field(default_factory=dict)
    ended: dict[str, EndedStep] = field(default_factory=dict)
    overdue: tuple[str, ...] = ()
    outcome: str | None = None


def evolve(procedure: Procedure, event: e.ProcedureEvent, at: datetime) -> Procedure:  # noqa: PLR0911 -- one case an event
    """The procedure after one more event. Total: any history folds."""
    match event:
        case e.ProcedureStarted():
            return Procedure(
                state="running",
                name=event.procedure,
                version=event.version,
                subject=event.subject,
                subject_kind=event.subject_kind,
                customer=event.customer_id,
                owner=event.owner,
                started_at=at,
                details=event.details,
            )
        case e.StepOpened(step=step, kind=kind, due_at=due_at):
            ended = {name: how for name, how in procedure.ended.items() if name != step}
            return replace(procedure, open={**procedure.open, step: OpenStep(kind, at, due_at)}, ended=ended)
        case e.StepDone(step=step, result=result, details=details):
            owner = details.get("owner", procedure.owner)
            return replace(
                _ended(procedure, step, EndedStep(result)), details={**procedure.details, **details}, owner=owner
            )
        case e.StepSkipped(step=step):
            return _ended(procedure, step, EndedStep(skipped=True))
        case e.StepOverdue(step=step):
            known = procedure.open.get(step)
            open_steps = {**procedure.open, step: known._replace(overdue=True)} if known else procedure.open
            return replace(procedure, open=open_steps, overdue=tuple(sorted({*procedure.overdue, step})))
        case e.ProcedureCompleted(outcome=outcome):
            return replace(procedure, state="completed", open={}, outcome=outcome)
        case e.ProcedureAbandoned():
            return replace(procedure, state="abandoned", open={})
        case e.ProcedureMigrated(version=version):
            return replace(procedure, version=version)
        case _:
            assert_never(event)


def _ended(procedure: Procedure, step: str, how: EndedStep) -> Procedure:
    still_open = {name: each for name, each in procedure.open.items() if name != step}
    return replace(procedure, open=still_open, ended={**procedure.ended, step: how})
