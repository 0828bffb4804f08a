"""The forms of a task and of a step of a procedure, as lists of work offer them."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from api.http.read_session import ReadSession
from api.screen.actions.form import Form, form_of
from api.screen.actions.of_procedures import ANSWER_DECISION, COMPLETE_STEP, SKIP_STEP
from api.screen.actions.of_tasks import ASSIGN_TASK, CANCEL_TASK, COMPLETE_TASK, RESCHEDULE_TASK
from api.screen.visit import Visit
from domain.definitions.kinds import PROCEDURE
from domain.definitions.published import body_of_version
from domain.procedure.definition import ProcedureDefinition
from projections.procedures.queries import one_procedure
from projections.procedures.table import StepRow
from projections.tasks.table import TaskRow

Lists = Mapping[str, Sequence[str]]


def may_act(visit: Visit) -> bool:
    """Whether the page offers forms: not in the past, and not to a key that may only read."""
    return visit.may_record("tickets:write")


def forms_of_task(visit: Visit, task: TaskRow, lists: Lists) -> list[Form]:
    """Done, another due time, another holder, cancelled."""
    path, version = {"task_id": task.task}, task.version
    return [
        form_of(visit, COMPLETE_TASK, path, version=version),
        form_of(visit, RESCHEDULE_TASK, path, version=version, due_at=task.due_at),
        form_of(visit, ASSIGN_TASK, path, version=version, lists=lists, team=task.team, agent=task.agent),
        form_of(visit, CANCEL_TASK, path, version=version),
    ]


def forms_of_step(visit: Visit, step: StepRow, definition: ProcedureDefinition | None, version: int) -> list[Form]:
    """The forms that end an open step: an answer for a decision, else its completion, and skipping it.

    ``definition`` says what the step asks for; None where it cannot be read. ``version`` is that of the procedure.
    """
    path = {"procedure_id": step.procedure_stream}
    defined = definition and definition.step(step.step)
    skip = form_of(visit, SKIP_STEP, path, version=version, step=step.step)
    if step.kind == "wait" or (defined and defined.told):
        return [skip]
    asks = defined.asks if defined else ()
    if step.kind == "decide":
        lists = {"answer": defined.answers} if defined else {}
        answer = form_of(visit, ANSWER_DECISION, path, version=version, lists=lists, details=asks, step=step.step)
        return [answer, skip]
    return [form_of(visit, COMPLETE_STEP, path, version=version, details=asks, step=step.step), skip]


def forms_of_steps(
    visit: Visit, session: ReadSession, steps: Collection[tuple[UUID, str]]
) -> dict[tuple[UUID, str], list[Form]]:
    """The forms of open steps, by procedure and step."""
    if not steps:
        return {}
    definitions = session.definitions(visit.reader.tenant)
    forms: dict[tuple[UUID, str], list[Form]] = {}
    for procedure in {procedure for procedure, _ in steps}:
        details = one_procedure(session.connection, session.schema, procedure)
        if details is None:
            continue
        row = details.procedure
        body = body_of_version(definitions, PROCEDURE, row.procedure, row.definition_version)
        for step in details.steps:
            if (procedure, step.step) in steps and step.ended_at is None:
                forms[procedure, step.step] = forms_of_step(visit, step, body, details.version)
    return forms
