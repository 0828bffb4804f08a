"""What belongs to a ticket: tickets that were merged, tasks, and steps of procedures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from api.http.read_session import ReadSession
from api.screen.actions.form import form_of
from api.screen.actions.of_tasks import OPEN_TASK
from api.screen.page import Content
from api.screen.pages.ticket.stream import history_of, row_of
from api.screen.pages.work_forms import forms_of_steps, forms_of_task, may_act
from api.screen.visit import Visit
from projections.engine.projection import Projection, Row
from projections.point_in_time.readings import rows_of_streams_as_they_were
from projections.procedures.queries import ProcedureFilter, is_overdue, procedures
from projections.procedures.table import PROCEDURES, StepRow
from projections.tasks.queries import is_late, tasks
from projections.tasks.table import TASKS, TaskRow
from projections.tickets.names_in_use import names_in_use
from projections.tickets.table import TICKETS, TicketRow

_MOST = 50
"""Things of each kind."""


def merged(visit: Visit, session: ReadSession) -> Content:
    """The ticket that goes on for this one, and those that this one goes on for."""
    row = row_of(visit, session, history_of(visit, session))
    into = [] if row.merged_into is None else _tickets(visit, session, [row.merged_into])
    return {"into": into, "absorbed": _tickets(visit, session, row.absorbed[:_MOST])}


def work(visit: Visit, session: ReadSession) -> Content:
    """The tasks and the procedures about the ticket, with the forms of those that are open."""
    row = row_of(visit, session, history_of(visit, session))
    about = tasks(session.connection, session.schema, {"about": row.ticket}, limit=_MOST)
    rows = _as_they_were(visit, session, TASKS, [task.task for task in about.tasks])
    listed = [each for each in rows if isinstance(each, TaskRow)]
    going, _ = procedures(
        session.connection, session.schema, ProcedureFilter(subject=row.ticket), session.now, limit=_MOST
    )
    parts = _as_they_were(visit, session, PROCEDURES, [each.procedure_stream for each in going])
    steps = [each for each in parts if isinstance(each, StepRow) and each.kind != "wait"]
    may = may_act(visit)
    lists = names_in_use(session.connection, session.schema) if may else {}
    open_tasks = [task for task in listed if task.state == "open"] if may else []
    open_steps = [(step.procedure_stream, step.step) for step in steps if step.ended_at is None] if may else []
    of_tasks = {task.task: forms_of_task(visit, task, lists) for task in open_tasks}
    of_steps = forms_of_steps(visit, session, open_steps)
    open_task = None
    if may:
        held: dict[str, Any] = {"customer_id": row.customer, "team": row.team, "agent": row.agent}
        open_task = form_of(visit, OPEN_TASK, {}, lists=lists, about=row.ticket, about_kind="ticket", **held)
    return {
        "tasks": [(task, is_late(task, session.now), of_tasks.get(task.task, [])) for task in listed],
        "steps": [
            (step, is_overdue(step, session.now), of_steps.get((step.procedure_stream, step.step), []))
            for step in steps
        ],
        "open_task": open_task,
    }


def _tickets(visit: Visit, session: ReadSession, ids: Sequence[UUID]) -> list[TicketRow]:
    return [row for row in _as_they_were(visit, session, TICKETS, ids) if isinstance(row, TicketRow)]


def _as_they_were(visit: Visit, session: ReadSession, projection: Projection, ids: Sequence[UUID]) -> list[Row]:
    """The rows of some streams at the instants of the visit."""
    if not ids:
        return []
    reader = visit.reader
    return rows_of_streams_as_they_were(session.connection, reader.tenant, projection, ids, **reader.instants)
