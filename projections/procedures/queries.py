"""Questions about procedures: one with its steps, and lists of them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from domain.event_log.sql_files import sql_file
from domain.text_folding import fold_name
from projections.engine.projection import Row
from projections.procedures.table import ProcedureRow, StepRow, StoredStep

_SQL = sql_file("projections.procedures", "procedures.sql")
MOST = 500
"""The procedures of one page."""
_CONDITIONS: Mapping[str, LiteralString] = MappingProxyType(
    {
        "procedure": "p.procedure = %(procedure)s",
        "state": "p.state = %(state)s",
        "subject": "p.subject = %(subject)s",
        "customer": "p.customer = %(customer)s",
        "after": "(p.started_at, p.procedure_stream) < (%(started_at)s, %(procedure_stream)s)",
    }
)


class ProcedureDetails(BaseModel):
    """A procedure with its steps in the order of their opening."""

    model_config = ConfigDict(frozen=True)

    procedure: ProcedureRow
    steps: list[StepRow]

    @property
    def version(self) -> int:
        """The version of the stream."""
        return self.procedure.version


class ProcedureCursor(NamedTuple):
    """The last procedure of a page."""

    started_at: datetime
    procedure_stream: UUID


class ProcedureFilter(NamedTuple):
    """Which procedures are listed; None takes all. ``overdue``: with an open step whose due time has passed."""

    procedure: str | None = None
    state: str | None = None
    subject: UUID | None = None
    customer: UUID | None = None
    overdue: bool = False


def procedures(
    connection: Connection,
    schema: str,
    wanted: ProcedureFilter,
    now: datetime,
    *,
    after: ProcedureCursor | None = None,
    limit: int = 50,
) -> tuple[list[ProcedureRow], ProcedureCursor | None]:
    """The procedures that started last first, and where the next page begins; None when that was all."""
    given: dict[str, Any] = {name: value for name, value in wanted._asdict().items() if value}
    if wanted.procedure is not None:
        given["procedure"] = fold_name(wanted.procedure)
    size = min(limit, MOST)
    overdue = [_SQL["overdue"].composed(schema)] if given.pop("overdue", False) else []
    names = [*given, *(["after"] if after else [])]
    conditions = [*(sql.SQL(_CONDITIONS[name]) for name in names), *overdue] or [sql.SQL("true")]
    statement = _SQL["page"].composed(schema, conditions=sql.SQL(" and ").join(conditions))
    parameters = {**given, "now": now, "limit": size + 1, **(after._asdict() if after else {})}
    with connection.cursor(row_factory=class_row(ProcedureRow)) as cursor:
        rows = cursor.execute(statement, parameters).fetchall()
    last = rows[size - 1] if len(rows) > size else None
    return rows[:size], None if last is None else ProcedureCursor(last.started_at, last.procedure_stream)


def running_for(connection: Connection, schema: str, streams: list[UUID]) -> list[UUID]:
    """The procedures that run for one of the streams as its subject or its customer."""
    statement = _SQL["running"].filled(schema=schema)
    return [stream for (stream,) in connection.execute(statement, {"streams": streams}).fetchall()]


def one_procedure(connection: Connection, schema: str, procedure: UUID) -> ProcedureDetails | None:
    """A procedure with its steps; None when there is none."""
    rows: list[Row] = []
    kinds: dict[str, type[Any]] = {"procedures": ProcedureRow, "procedure_steps": StoredStep}
    for table, kind in kinds.items():
        statement = sql.SQL("select * from {} where procedure_stream = %s").format(sql.Identifier(schema, table))
        with connection.cursor(row_factory=class_row(kind)) as cursor:
            rows += cursor.execute(statement, [procedure]).fetchall()
    return procedure_in(rows)


def steps_of(connection: Connection, schema: str, procedures: Collection[UUID]) -> dict[UUID, list[StepRow]]:
    """The steps of some procedures, each procedure's in the order of their opening."""
    statement = sql.SQL(
        "select * from {} where procedure_stream = any(%s) order by procedure_stream, version, step"
    ).format(sql.Identifier(schema, "procedure_steps"))
    with connection.cursor(row_factory=class_row(StoredStep)) as cursor:
        rows = cursor.execute(statement, [list(procedures)]).fetchall()
    return {procedure: list(steps) for procedure, steps in groupby(rows, lambda row: row.procedure_stream)}


def is_overdue(step: StepRow, now: datetime) -> bool:
    """Whether a step that people do ended, or is open, after its due time."""
    return step.kind != "wait" and step.due_at is not None and step.due_at < (step.ended_at or now)


def procedure_in(rows: list[Row]) -> ProcedureDetails | None:
    """A procedure from its rows; None when it has none."""
    procedure = next((row for row in rows if isinstance(row, ProcedureRow)), None)
    if procedure is None:
        return None
    steps = sorted((row for row in rows if isinstance(row, StepRow)), key=lambda row: (row.version, row.step))
    return ProcedureDetails(procedure=procedure, steps=steps)
