"""The decider of a procedure: events and requested notifications, nothing when it is so already, or a refusal."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never
from uuid import UUID

from domain.procedure import commands as c
from domain.procedure import events as e
from domain.procedure.advance import Advanced, ProcedureInputs, advance, completed, ended
from domain.procedure.claim import ProcedureClaim
from domain.procedure.definition import DUE, ProcedureDefinition, ProcedureStep
from domain.procedure.state import OpenStep, Procedure, evolve
from domain.refusal import Refusal
from domain.text_folding import fold_code


def decide_start(
    instance: UUID,
    started: e.ProcedureStarted,
    procedure: Procedure,
    claim: ProcedureClaim,
    definition: ProcedureDefinition,
    inputs: ProcedureInputs,
    at: datetime,
) -> Advanced:
    """The start of an instance, with its first steps. Raises Refusal when one runs or the subject does not fit."""
    if procedure.state != "none":
        raise Refusal("procedure_exists", "this procedure was started already; start another one", procedure.state)
    if claim.running is not None:
        rule = f"the procedure {started.procedure!r} runs for this subject already; complete or abandon it first"
        raise Refusal("procedure_running", rule, "running", instance=claim.running)
    _must_be_about(started.subject_kind, definition, procedure)
    return advance(instance, procedure, [started], definition, inputs, at)


def decide(
    command: c.StepCommand,
    instance: UUID,
    procedure: Procedure,
    version_of: Callable[[int], ProcedureDefinition | None],
    inputs: ProcedureInputs,
    at: datetime,
) -> Advanced:
    """What a command leads to. ``version_of`` gives the published versions of its definition. Raises Refusal."""
    definition = _version(procedure.version, version_of, procedure)
    match command:
        case c.AbandonProcedure():
            event = e.ProcedureAbandoned(**ended(procedure))
            return _end(procedure, event, at, quiet=procedure.state == "abandoned")
        case c.EndProcedure(outcome=outcome):
            same = procedure.state == "completed" and procedure.outcome == outcome
            return _end(procedure, completed(procedure, outcome), at, quiet=same)
        case c.MigrateProcedure(version=version):
            if version == procedure.version:
                return Advanced(procedure, [], [])
            _must_run(procedure)
            definition = _version(version, version_of, procedure)
            _must_be_about(procedure.subject_kind, definition, procedure)
            left = [e.StepSkipped(step=step) for step in procedure.open if definition.step(step) is None]
            begun: list[e.ProcedureEvent] = [e.ProcedureMigrated(version=version), *left]
        case _:
            ending = _end_of_step(command, procedure, definition, at)
            if ending is None:
                return Advanced(procedure, [], [])
            begun = [ending]
    return advance(instance, procedure, begun, definition, inputs, at)


def _version(
    version: int, version_of: Callable[[int], ProcedureDefinition | None], procedure: Procedure
) -> ProcedureDefinition:
    definition = version_of(version)
    if definition is None:
        rule = f"the procedure {procedure.name!r} has no version {version}; choose a published one"
        raise Refusal("version_unknown", rule, procedure.state)
    return definition


def _end(procedure: Procedure, event: e.ProcedureEvent, at: datetime, *, quiet: bool) -> Advanced:
    if quiet:
        return Advanced(procedure, [], [])
    _must_run(procedure)
    return Advanced(evolve(procedure, event, at), [event], [])


def _end_of_step(
    command: c.CompleteStep | c.AnswerDecision | c.SkipStep | c.RecordStepOverdue,
    procedure: Procedure,
    definition: ProcedureDefinition,
    at: datetime,
) -> e.ProcedureEvent | None:
    """The event of a command to one step; None when it is so already."""
    step = definition.step(command.step)
    if step is None:
        rule = f"the procedure has no step {command.step!r}: {', '.join(each.id for each in definition.steps)}"
        raise Refusal("step_unknown", rule, procedure.state)
    match command:
        case c.RecordStepOverdue(due_at=due_at):
            return _due(step, procedure, due_at, at)
        case c.SkipStep():
            over = procedure.ended.get(step.id)
            if over is not None and over.skipped:
                return None
            _must_be_open(step, procedure)
            return e.StepSkipped(step=step.id)
        case c.AnswerDecision(answer=answer):
            known = step.answer(answer)
            if known is None:
                rule = f"{answer!r} is no answer of {step.id}: {', '.join(step.answers) or 'it is no decision'}"
                raise Refusal("answer_unknown", rule, procedure.state)
            return _done(step, procedure, known, command.details)
        case c.CompleteStep(result=result):
            if step.kind == "decide":
                rule = f"the step {step.id} is a decision; answer it: {', '.join(step.answers)}"
                raise Refusal("answer_needed", rule, procedure.state)
            if step.told and command.event is None and step.id in procedure.open:
                ends = ", ".join(match.topic for match in step.done_when) or "no event"
                rule = f"the step {step.id} tells the customer and ends by {ends}; skip it with a reason, or wait"
                raise Refusal("not_told", rule, procedure.state)
            return _done(step, procedure, result, command.details)
        case _:
            assert_never(command)


def _done(step: ProcedureStep, procedure: Procedure, result: str | None, details: dict[str, str]) -> e.StepDone | None:
    over = procedure.ended.get(step.id)
    if over is not None and not over.skipped and over.result == result:
        return None
    _must_be_open(step, procedure)
    known = {fold_code(name) for name, _ in (*procedure.details.items(), *details.items())}
    missing = [name for name in step.asks if fold_code(name) not in known]
    if missing:
        raise Refusal("details_missing", f"give these details too: {', '.join(missing)}", procedure.state)
    return e.StepDone(step=step.id, result=result, details=details)


def _due(step: ProcedureStep, procedure: Procedure, due_at: datetime, at: datetime) -> e.ProcedureEvent | None:
    """The end of a wait, or that a step is overdue; None when the step has ended or its due time is another one."""
    opened = procedure.open.get(step.id)
    if opened is None or opened.overdue or opened.due_at != due_at:
        return None
    if at < due_at:
        raise Refusal("not_due_yet", f"the step {step.id} is due at {due_at.isoformat()}", procedure.state)
    if opened.kind == "wait":
        return e.StepDone(step=step.id, result=DUE)
    return e.StepOverdue(step=step.id, due_at=due_at)


def _must_be_about(kind: str, definition: ProcedureDefinition, procedure: Procedure) -> None:
    if kind != definition.subject:
        rule = f"the procedure is about a {definition.subject}; name one as its subject"
        raise Refusal("subject_of_another_kind", rule, procedure.state)


def _must_be_open(step: ProcedureStep, procedure: Procedure) -> OpenStep:
    _must_run(procedure)
    opened = procedure.open.get(step.id)
    if opened is None:
        are = ", ".join(procedure.open) or "none"
        raise Refusal("step_not_open", f"the step {step.id} is not open; the open steps are: {are}", procedure.state)
    return opened


def _must_run(procedure: Procedure) -> None:
    if procedure.state != "running":
        raise Refusal("procedure_ended", "it has ended; start the procedure again", procedure.state)
