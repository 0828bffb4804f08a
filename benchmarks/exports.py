"""Exports of a log with a million events: seconds, rows a second, and the most memory of the process."""

import multiprocessing
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from psycopg import sql

from api.exporting.events import EVENTS
from api.exporting.exported_table import ExportedTable
from api.exporting.exporter import Export, ExportForm, Format, write_export
from api.exporting.snapshot import NOW
from api.exporting.tables import Noun
from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.log_filling import fill, tidy
from benchmarks.multiplied import multiply
from benchmarks.rounds import say
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.schema import schema_of
from domain.event_types import register_event_types
from domain.zones import UTC_ZONE
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

TENANT = "default"
FLOORS: dict[Format, float] = {"parquet": 15, "xlsx": 120}
"""Seconds for a million rows."""
COPIES = 10
"""Each filled ticket stands in the log so many times."""
_NARROW = ("position", "stream", "version", "topic", "recorded_at")


class Measured(NamedTuple):
    """Seconds, rows and MiB."""

    seconds: float
    rows: int
    memory: float


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """A table of five columns against the floors, then events and tickets with all their columns."""
    migrate(dsn, TENANT)
    fill(dsn, TENANT, (30_000 if quick else 1_000_000) // COPIES)
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    multiply(dsn, TENANT, PROJECTIONS, COPIES)
    tidy(dsn)
    figures = []
    for kind, floor in FLOORS.items():
        measured = _measured(dsn, "events", kind, narrow=True)
        allowed = floor * measured.rows / 1_000_000
        figures.append(_figure(f"five columns to {kind}", measured, allowed, 1.0))
    for noun, kind in (("events", "parquet"), ("tickets", "parquet"), ("tickets", "csv"), ("tickets", "xlsx")):
        figures.append(_figure(f"{noun} to {kind}", _measured(dsn, noun, kind), None, None))  # type: ignore[arg-type]  # from the line above
    return figures


def _figure(name: str, measured: Measured, allowed: float | None, floor: float | None) -> Figure:
    note = (
        f"{measured.rows:,} rows, {measured.rows / measured.seconds:,.0f} a second,"
        f" at most {measured.memory:,.0f} MiB in the process"
    )
    reference = measured.seconds if allowed is None else allowed
    beside = "itself" if allowed is None else "asked for"
    return Figure(name, measured.seconds, "s", beside, reference, floor, at_most=True, note=note)


def _measured(dsn: str, noun: Noun, kind: Format, *, narrow: bool = False) -> Measured:
    """In a process of its own, whose memory nothing else has used."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        measured = Measured(*pool.apply(_export, (dsn, noun, kind, narrow)))
    say(f"  {noun} to {kind}: {measured.seconds:.1f} s")
    return measured


def _export(dsn: str, noun: Noun, kind: Format, narrow: bool) -> tuple[float, int, float]:
    register_event_types()
    if narrow:
        Export.tables = property(lambda _: (_narrow(),))  # type: ignore[assignment,method-assign]  # no export has it
    rows = 0

    def count(_phase: str, done: int) -> None:
        nonlocal rows
        rows = max(rows, done)

    folder = Path(tempfile.mkdtemp(prefix="ticketledger-bench-"))
    try:
        with connect(dsn, ADMINISTRATION) as connection:
            began = time.perf_counter()
            export = Export(noun, ExportForm(kind, bom=False, zone=UTC_ZONE), NOW, count)
            write_export(connection, TENANT, export, folder / "file")
            seconds = time.perf_counter() - began
    finally:
        shutil.rmtree(folder)
    return seconds, rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _narrow() -> ExportedTable:
    columns = tuple(column for column in EVENTS.columns if column.name in _NARROW)
    statement = sql.SQL("select {} from {} order by position").format(
        sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
        sql.Identifier(schema_of(TENANT), "events"),
    )
    return ExportedTable("log", "One row for each event.", ("position",), columns, (), lambda _: statement)
