"""The forms of a task and of a step of a procedure, as lists of work offer them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from api.http.read_session import ReadSession
from api.screen.actions.form import Form, form_of
from api.screen.actions.of_procedures import ANSWER_DECISION, COMPLETE_STEP, SKIP_STEP
from api.screen.actions.of_tasks import ASSIGN_TASK, CANCEL_TASK, COMPLETE_TASK, RESCHEDULE_TASK
from api.screen.visit import Visit
from domain.definitions.kinds import PROCEDURE
from domain.definitions.published import body_of_version
from domain.procedure.definition import ProcedureDefinition, ProcedureStep
from projections.procedures.queries import one_procedure
from projections.tasks.table import TaskRow

Lists = Mapping[str, Sequence[str]]


def may_act(visit: Visit) -> bool:
    """Whether the page offers forms: not in the past, and not to a key that may only read."""
    return not visit.is_past and visit.may("tickets:write")


def forms_of_task(visit: Visit, task: TaskRow, lists: Lists) -> list[Form]:
    """Done, another due time, another holder, cancelled."""
    path, version = {"task_id": task.task}, task.version
    return [
        form_of(visit, COMPLETE_TASK, path, version=version),
        form_of(visit, RESCHEDULE_TASK, path, version=version, due_at=task.due_at),
        form_of(visit, ASSIGN_TASK, path, version=version, lists=lists, team=task.team, agent=task.agent),
        form_of(visit, CANCEL_TASK, path, version=version),
    ]


def forms_of_steps(
    visit: Visit, session: ReadSession, steps: Collection[tuple[UUID, str]]
) -> dict[tuple[UUID, str], list[Form]]:
    """The forms of open steps, by procedure and step: what each asks for is in its definition."""
    return {step: list(_of_step(visit, step, definition)) for step, definition in _defined(visit, session, steps)}


def _defined(
    visit: Visit, session: ReadSession, steps: Collection[tuple[UUID, str]]
) -> Iterator[tuple[tuple[UUID, str], ProcedureStep]]:
    """Each step with its definition, by the version that its procedure goes by."""
    if not steps:
        return
    definitions = session.definitions(visit.reader.tenant)
    bodies: dict[UUID, ProcedureDefinition | None] = {}
    for procedure, name in steps:
        if procedure not in bodies:
            details = one_procedure(session.connection, session.schema, procedure)
            if details is None:
                bodies[procedure] = None
                continue
            row = details.procedure
            bodies[procedure] = body_of_version(definitions, PROCEDURE, row.procedure, row.definition_version)
        body = bodies[procedure]
        step = None if body is None else body.step(name)
        if step is not None:
            yield (procedure, name), step


def _of_step(visit: Visit, step: tuple[UUID, str], definition: ProcedureStep) -> Iterator[Form]:
    procedure, name = step
    path = {"procedure_id": procedure}
    if definition.kind == "decide":
        lists = {"answer": definition.answers}
        yield form_of(visit, ANSWER_DECISION, path, lists=lists, details=definition.asks, step=name)
    elif not definition.told:
        yield form_of(visit, COMPLETE_STEP, path, details=definition.asks, step=name)
    yield form_of(visit, SKIP_STEP, path, step=name)
