"""The exported tickets: the columns of a ticket, and how its last instance of each usual target stands."""

from typing import LiteralString

from psycopg import sql

from api.exporting.exported_table import AddedColumns, Expression, exported
from api.exporting.snapshot import ExportSnapshot
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.sla.policy.policy import TargetName
from projections.engine.table import Column, SqlType
from projections.sla.late_clocks import is_late
from projections.sla.running_clocks import calendars_of, running_clocks
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS, TicketRow

_SQL = sql_file("api.exporting", "exporting.sql")
TARGETS: tuple[TargetName, ...] = ("first_response", "resolution")
"""The targets of the default policy. All instances of all targets are in the table of SLA instances."""

_FACTS: dict[str, tuple[LiteralString, LiteralString]] = {
    "state": ("text", "{clock}.state"),
    "due_at": ("timestamptz", "{clock}.due_at"),
    "verdict": ("text", "{clock}.verdict_then"),
    "corrected_verdict": ("text", "{clock}.corrected_verdict"),
    "elapsed_seconds": ("double precision", "{clock}.elapsed_then / 1e6::double precision"),
}
"""What is exported of an instance: the type of the column, and the expression."""


def _sla_columns() -> tuple[Expression, ...]:
    return tuple(
        (
            Column(f"{target}_{fact}", SqlType(type_name, type_name), nullable=True),
            sql.SQL(expression).format(clock=sql.Identifier(target)),
        )
        for target in TARGETS
        for fact, (type_name, expression) in _FACTS.items()
    )


def _last_instances(snapshot: ExportSnapshot) -> sql.Composable:
    """The joins of the last instance of each target. What runs too long at the instant of the export is breached."""
    _fill_running(snapshot)
    return sql.SQL(" ").join(
        _SQL["last instance"].composed(
            snapshot.schema,
            late=is_late(sql.Literal(snapshot.instant)),
            target=sql.Literal(target),
            name=sql.Identifier(target),
        )
        for target in TARGETS
    )


def _fill_running(snapshot: ExportSnapshot) -> None:
    """Puts the time that running clocks have run, by their calendars, into a temporary table."""
    connection = snapshot.connection
    connection.execute(_SQL["running clocks"].filled())
    calendars = calendars_of(reader.rules(connection, snapshot.tenant, snapshot.position))
    running = list(running_clocks(connection, snapshot.schema, calendars, snapshot.instant))
    with connection.cursor() as cursor, cursor.copy("copy pg_temp.running_clocks from stdin") as copy:
        for clock in running:
            copy.write_row(clock)
    connection.execute("analyze pg_temp.running_clocks")


EXPORTED_TICKETS = exported(
    TICKETS,
    TICKETS.tables[0],
    "One row for each ticket, as it stood at the position.",
    row=TicketRow,
    order="t.received_at, t.ticket",
    added=AddedColumns(_sla_columns(), _last_instances, (SLA_CLOCKS,)),
)
