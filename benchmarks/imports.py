"""Rows of another system's history a second, until every projection shows them."""

import csv
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psycopg

from api.importing.importer import import_file
from api.importing.mapping import SHIPPED, read_mapping
from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.following import following, wait_for
from benchmarks.log_filling import SEED
from benchmarks.processor_time import of_this_process
from domain.event_log import reader

TENANT = "default"
ASKED_FOR = 5_000
LIFE = ("New", "Assigned", "In progress", "Waiting for customer", "In progress", "Resolved", "Closed")


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """A file in the shape of the plain mapping, a follower beside it, until the last row can be seen everywhere."""
    migrate(dsn, TENANT)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.csv"
        rows = write_history(path, tickets=3_000 if quick else 30_000)
        with following(dsn, TENANT), psycopg.connect(dsn, autocommit=True) as connection:
            start, used = time.perf_counter(), of_this_process()
            outcome = import_file(
                connection, TENANT, path, read_mapping(SHIPPED / "plain.toml"), Path(folder) / "rejected.csv"
            )
            recorded, used = time.perf_counter() - start, of_this_process() - used
            assert outcome.recorded == rows, outcome
            wait_for(dsn, TENANT, reader.head(connection, TENANT))
            shown = time.perf_counter() - start
    note = f"{rows:,} rows, {outcome.events:,} events; in the log at {rows / recorded:,.0f} rows/s; {cost(used, rows)}"
    return [Figure("import, projections included", rows / shown, "rows/s", "asked for", ASKED_FOR, 1.0, note=note)]


def cost(used: float, rows: int) -> str:
    """What a row cost this process, which other work beside it changes less than the time that passes; its memory."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{used / rows * 1e6:,.0f} us of processor time a row, {peak:,.0f} MiB at most"


def write_history(path: Path, tickets: int) -> int:
    """Tickets side by side, one row a change of status; returns how many rows."""
    random = Random(SEED)
    at, rows = datetime(2025, 1, 1, tzinfo=UTC), 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("ticket", "status", "time", "agent"))
        for first in range(0, tickets, 100):
            for status in LIFE:
                for number in range(first, min(first + 100, tickets)):
                    at += timedelta(seconds=random.randrange(60))
                    writer.writerow((f"T{number}", status, at.isoformat(), random.choice(("an", "binh", "chi"))))
                    rows += 1
    return rows
