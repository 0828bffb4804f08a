"""Queries of tasks: one, and a page."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Literal, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.text_folding import fold_name
from projections.engine.projection import Row
from projections.engine.table import column_names, selected
from projections.tasks.table import StoredTask, TaskRow

Criterion = Literal["state", "team", "agent", "about", "customer"]
_COLUMNS: Mapping[Criterion, LiteralString] = {
    "state": "state",
    "team": "team_key",
    "agent": "agent_key",
    "about": "about",
    "customer": "customer",
}
_values_of = attrgetter(*column_names(TaskRow))


class TaskKey(NamedTuple):
    """Where a task stands in the order of a list."""

    opened_at: datetime
    task: UUID


class TaskPage(NamedTuple):
    """``following`` continues behind the last task; None when that was all."""

    tasks: list[TaskRow]
    following: TaskKey | None


def one_task(connection: Connection, schema: str, task: UUID) -> TaskRow | None:
    """One task; None when it was not opened."""
    statement = sql.SQL("select {} from {} where task = %s").format(selected(TaskRow), sql.Identifier(schema, "tasks"))
    with connection.cursor(row_factory=class_row(TaskRow)) as cursor:
        return cursor.execute(statement, [task]).fetchone()


def tasks_of(connection: Connection, schema: str, ids: Collection[UUID]) -> dict[UUID, TaskRow]:
    """Some tasks by their ids; one that was not opened is absent."""
    statement = sql.SQL("select {} from {} where task = any(%s)").format(
        selected(TaskRow), sql.Identifier(schema, "tasks")
    )
    with connection.cursor(row_factory=class_row(TaskRow)) as cursor:
        return {row.task: row for row in cursor.execute(statement, [list(ids)])}


def task_in(rows: Iterable[Row], _survivor: Callable[[UUID], UUID]) -> TaskRow | None:
    """The same from the rows of one stream."""
    stored = next((row for row in rows if isinstance(row, StoredTask)), None)
    return None if stored is None else TaskRow(*_values_of(stored))


def is_late(task: TaskRow, now: datetime) -> bool:
    """Whether a task is open past its due time."""
    return task.state == "open" and task.due_at is not None and task.due_at < now


def tasks(
    connection: Connection,
    schema: str,
    where: Mapping[Criterion, str | UUID | None],
    *,
    after: TaskKey | None = None,
    limit: int,
) -> TaskPage:
    """The newest tasks first. Names count in any spelling; None finds tasks without one."""
    conditions = [_holds(_COLUMNS[name], value) for name, value in where.items()]
    if after is not None:
        conditions.append(sql.SQL("(opened_at, task) < (%(opened_at)s, %(task)s)"))
    statement = sql.SQL(
        "select {columns} from {tasks} where {where} order by opened_at desc, task desc limit %(limit)s"
    ).format(
        columns=selected(TaskRow),
        tasks=sql.Identifier(schema, "tasks"),
        where=sql.SQL(" and ").join(conditions or [sql.SQL("true")]),
    )
    wanted = {_COLUMNS[name]: fold_name(value) if isinstance(value, str) else value for name, value in where.items()}
    parameters = {**wanted, **(after._asdict() if after else {}), "limit": limit + 1}
    with connection.cursor(row_factory=class_row(TaskRow)) as cursor:
        rows = cursor.execute(statement, parameters).fetchall()
    page = rows[:limit]
    return TaskPage(page, TaskKey(page[-1].opened_at, page[-1].task) if len(rows) > limit else None)


def _holds(column: LiteralString, value: str | UUID | None) -> sql.SQL:
    return sql.SQL(f"{column} is null" if value is None else f"{column} = %({column})s")
