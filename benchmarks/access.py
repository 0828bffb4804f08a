"""Readings over HTTP with the access journal and without it, in turns; each reading is of another ticket."""

import os
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from uuid import UUID

import psycopg
import uvicorn

from api.http.access_recorder import AccessRecorder
from api.migrations import migrate
from benchmarks import http_load
from benchmarks.figure import Figure
from benchmarks.log_filling import fill, tidy
from benchmarks.over_http import SPAWN, Running, desk_server, running
from benchmarks.rounds import medians
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

CONNECTIONS = 8
SETTLING_SECONDS = 1.2
TICKETS = 2_000
"""So many different entries can be in the batch of a second."""


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """One server process with the journal, one without; they take turns."""
    migrate(dsn)
    fill(dsn, "default", 30_000 if quick else 200_000)
    rebuild(dsn, "default", PROJECTIONS, views=VIEWS)
    tidy(dsn)
    with psycopg.connect(dsn) as connection:
        tickets: list[tuple[UUID]] = connection.execute(
            "select ticket from tenant_default.tickets limit %s", [TICKETS]
        ).fetchall()
    paths = [f"/v1/tickets/{ticket}" for (ticket,) in tickets]
    with ExitStack() as stack:
        with_journal, without = (
            stack.enter_context(running(serve, dsn)) for serve in (desk_server, server_without_journal)
        )
        database = stack.enter_context(psycopg.connect(dsn, autocommit=True))
        pool = stack.enter_context(SPAWN.Pool(1))
        seconds = 2 if quick else 8

        by_processor: dict[str, list[float]] = {"with": [], "without": []}

        def answers_a_second(name: str, server: Running) -> float:
            used = server.used() + processor_seconds(database)
            load: http_load.Load = pool.apply(http_load.get, (server.port, paths, CONNECTIONS, seconds))
            time.sleep(SETTLING_SECONDS)  # the last batch is written
            used = server.used() + processor_seconds(database) - used
            by_processor[name].append(load.a_second * (seconds + http_load.WARM_UP_SECONDS) / used)
            return load.a_second

        rounds = {name: partial(answers_a_second, name, server) for name, server in
                  {"with": with_journal, "without": without}.items()}  # fmt: skip
        rates = medians(rounds, 8 if quick else 10)
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select position from tenant_default.access_head").fetchone() or (0,)
    what = f"GET /v1/tickets/ID, {CONNECTIONS} connections, with the access journal"
    processor = {name: median(values) for name, values in by_processor.items()}
    return [
        Figure(what, rates["with"], "answers/s", "without it", rates["without"], 0.95),
        Figure(
            f"{what}, by processor time of the server and the database",
            processor["with"],
            "answers a second",
            "without it",
            processor["without"],
            0.95,
            note=f"{row[0]:,} entries written",
        ),
    ]


def processor_seconds(connection: psycopg.Connection) -> float:
    """The processor time that the database server's processes have used, those that have ended among them."""
    (pid,) = connection.execute("select pg_backend_pid()").fetchone() or (0,)
    server = _fields(pid)[1]
    processes = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    times = [_times(fields) for process in processes if (fields := _fields(process)) and fields[1] == server]
    return (sum(times) + _times(_fields(int(server)), ended=True)) / os.sysconf("SC_CLK_TCK")


def _fields(process: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; none when the process has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _times(fields: list[str], *, ended: bool = False) -> int:
    """The ticks in user and system mode; ``ended``: with those of children that have ended."""
    return sum(map(int, fields[11 : 15 if ended else 13]))


def server_without_journal(dsn: str) -> uvicorn.Server:
    """The same server whose recorder notes nothing; the process serves nothing else."""
    AccessRecorder.record = lambda *_: None  # type: ignore[method-assign]
    return desk_server(dsn)
