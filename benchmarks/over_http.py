"""Commands over HTTP: our endpoint beside FastAPI that does nothing and FastAPI with one INSERT, the same body each."""

import json
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from statistics import median
from typing import NamedTuple
from uuid import UUID

import uvicorn
import uvloop

from api.migrations import migrate
from api.serving.app import server
from api.settings import Settings
from benchmarks import http_load
from benchmarks.commands import open_desk, register_customers
from benchmarks.figure import Figure
from benchmarks.peers import bare_fastapi
from benchmarks.rounds import medians

CONNECTIONS = 32
CUSTOMER = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
BODY = json.dumps(
    {
        "customer_id": str(CUSTOMER),
        "channel": "zalo",
        "subject": "Không nhận được mã OTP",
        "category": "login",
        "priority": "P2",
        "body": "Tôi chờ mười phút rồi mà chưa có mã.",
    }
).encode()
SPAWN = multiprocessing.get_context("spawn")


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """One server process each, one more for the load; the servers take turns."""
    migrate(dsn)
    uvloop.run(prepare(dsn))
    bare_fastapi.prepare(dsn)
    with ExitStack() as stack:
        desk, bare = (
            stack.enter_context(running(serve, dsn)).port for serve in (desk_server, bare_fastapi.bare_server)
        )
        pool = stack.enter_context(SPAWN.Pool(1))
        loads: list[http_load.Load] = []
        seconds = 0.4 if quick else 8

        def answers_a_second(port: int, path: str) -> float:
            load: http_load.Load = pool.apply(http_load.post, (port, path, BODY, CONNECTIONS, seconds))
            if port == desk:
                loads.append(load)
            return load.a_second

        rates = medians(
            {
                "desk": partial(answers_a_second, desk, "/v1/tickets"),
                "nothing": partial(answers_a_second, bare, "/nothing"),
                "insert": partial(answers_a_second, bare, "/insert"),
            },
            4 if quick else 5,
        )
    took, slowest = (median(values) for values in zip(*(load[1:] for load in loads), strict=True))
    what, unit = f"POST /v1/tickets, {CONNECTIONS} connections", "answers/s"
    return [
        Figure(what, rates["desk"], unit, "FastAPI with one INSERT", rates["insert"], 1.5),
        Figure(what, rates["desk"], unit, "FastAPI that does nothing", rates["nothing"], 0.7),
        Figure(f"{what}, p99", slowest, "ms", "its median", took, 6, at_most=True),
    ]


class Running(NamedTuple):
    """A server's process and port, and the seconds of processor time that it has used up to now."""

    pid: int
    port: int
    used: Callable[[], float]


def desk_server(dsn: str) -> uvicorn.Server:
    return server(Settings(dsn, keyless="default"), "127.0.0.1", 0)


async def prepare(dsn: str, at: datetime | None = None) -> None:
    """Registers the customer of BODY, as of ``at`` or now."""
    desk = open_desk(dsn)
    await register_customers(desk, [CUSTOMER], at)
    await desk.close()


@contextmanager
def running(serve: Callable[[str], uvicorn.Server], dsn: str) -> Iterator[Running]:
    """A server in a process of its own."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(serve, dsn, there))
    process.start()

    def used() -> float:
        here.send(None)
        seconds: float = here.recv()
        return seconds

    try:
        yield Running(process.pid or 0, here.recv(), used)
    finally:
        process.terminate()
        process.join()


def _run(serve: Callable[[str], uvicorn.Server], dsn: str, parent: Connection) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(CONNECTIONS)
        parent.send(listener.getsockname()[1])
        threading.Thread(target=_tell_time, args=[parent], daemon=True).start()
        serve(dsn).run(sockets=[listener])


def _tell_time(parent: Connection) -> None:
    while True:
        parent.recv()
        parent.send(time.process_time())
