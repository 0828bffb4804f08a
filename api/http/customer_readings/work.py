"""The procedures and the tasks of a customer."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from api.http.customer_readings.facts import FactsOf
from domain.event_log.sql_files import sql_file
from projections.engine.projection import Projection
from projections.procedures.queries import ProcedureFilter
from projections.procedures.queries import procedures as all_procedures
from projections.procedures.table import PROCEDURES, ProcedureRow
from projections.tasks.queries import task_in
from projections.tasks.queries import tasks as all_tasks
from projections.tasks.table import TASKS, TaskRow

_SQL = sql_file("api.http.customer_readings", "customer_readings.sql")


class WorkForCustomer(NamedTuple):
    """Each list begins with what started last."""

    procedures: list[ProcedureRow]
    tasks: list[TaskRow]


def work_in(facts: FactsOf, most: int) -> WorkForCustomer:
    """The procedures and tasks that started last, ``most`` of each at the most."""
    if facts.reader.is_point_in_time:
        procedures = [_procedure(rows) for rows in _rows(facts, PROCEDURES, "procedure.started", most)]
        tasks = [_task(rows) for rows in _rows(facts, TASKS, "task.opened", most)]
        return WorkForCustomer([*filter(None, procedures)], [*filter(None, tasks)])
    view = facts.view
    started = [
        procedure
        for customer in facts.customers
        for procedure in all_procedures(
            view.connection, view.schema, ProcedureFilter(customer=customer), view.now, limit=most
        )[0]
    ]
    opened = [
        task
        for customer in facts.customers
        for task in all_tasks(view.connection, view.schema, {"customer": customer}, limit=most).tasks
    ]
    return WorkForCustomer(
        sorted(started, key=lambda procedure: procedure.started_at, reverse=True)[:most],
        sorted(opened, key=lambda task: task.opened_at, reverse=True)[:most],
    )


def _procedure(rows: list[Any]) -> ProcedureRow | None:
    return next((row for row in rows if isinstance(row, ProcedureRow)), None)


def _task(rows: list[Any]) -> TaskRow | None:
    return task_in(rows, lambda customer: customer)


def _rows(facts: FactsOf, projection: Projection, topic: str, most: int) -> Collection[list[Any]]:
    """The rows of each stream that began with the topic, the newest stream first."""
    statement = _SQL["started"].filled(schema=facts.view.schema)
    parameters = {"customers": facts.customers, "topic": topic, "most": most}
    streams: list[UUID] = [stream for (stream,) in facts.view.connection.execute(statement, parameters).fetchall()]
    rows = facts.rows_of(projection, streams)
    return [rows[stream] for stream in streams if stream in rows]
