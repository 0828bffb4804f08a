"""Readings over HTTP with the access journal and without it, in turns; each reading is of another ticket."""

from contextlib import ExitStack
from functools import partial
from uuid import UUID

import psycopg
import uvicorn

from api.http.access_recorder import AccessRecorder
from api.migrations import migrate
from benchmarks import http_load
from benchmarks.figure import Figure
from benchmarks.log_filling import fill, tidy
from benchmarks.over_http import SPAWN, desk_server, running
from benchmarks.rounds import medians
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

CONNECTIONS = 8
TICKETS = 2_000
"""So many different entries can be in the batch of a second."""


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """One server process with the journal, one without; they take turns."""
    migrate(dsn)
    fill(dsn, "default", 30_000 if quick else 200_000)
    rebuild(dsn, "default", PROJECTIONS, views=VIEWS)
    tidy(dsn)
    with psycopg.connect(dsn) as connection:
        found: list[tuple[UUID]] = connection.execute(
            "select ticket from tenant_default.tickets limit %s", [TICKETS]
        ).fetchall()
    paths = [f"/v1/tickets/{ticket}" for (ticket,) in found]
    with ExitStack() as stack:
        with_journal, without = (
            stack.enter_context(running(serve, dsn)).port for serve in (desk_server, server_without_journal)
        )
        pool = stack.enter_context(SPAWN.Pool(1))
        seconds = 2 if quick else 8

        def answers_a_second(port: int) -> float:
            load: http_load.Load = pool.apply(http_load.get, (port, paths, CONNECTIONS, seconds))
            return load.a_second

        rounds = {"with": partial(answers_a_second, with_journal), "without": partial(answers_a_second, without)}
        rates = medians(rounds, 8 if quick else 10)
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select position from tenant_default.access_head").fetchone() or (0,)
    return [
        Figure(
            f"GET /v1/tickets/ID, {CONNECTIONS} connections, with the access journal",
            rates["with"],
            "answers/s",
            "without it",
            rates["without"],
            0.95,
            note=f"{row[0]:,} entries written",
        )
    ]


def server_without_journal(dsn: str) -> uvicorn.Server:
    """The same server whose recorder notes nothing; the process serves nothing else."""
    AccessRecorder.record = lambda *_: None  # type: ignore[method-assign]
    return desk_server(dsn)
