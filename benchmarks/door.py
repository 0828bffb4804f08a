"""What limits at the door cost, and what others who are there cost a caller: idle connections, readers, strangers.

What the server spends on an answer is its processor time: other work on the computer hardly touches it.
"""

import time
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from itertools import chain
from multiprocessing.pool import Pool
from typing import Any

import uvicorn
import uvloop

from api.http_limits import HttpLimits
from api.migrations import migrate
from api.serving.app import server
from api.settings import Settings
from benchmarks import http_load, over_http
from benchmarks.crowd import Seen, crowd
from benchmarks.door_memory import under_attack
from benchmarks.figure import Figure
from benchmarks.over_http import Running
from benchmarks.processes import port_of
from benchmarks.rounds import medians, say
from benchmarks.strangers import HOSTILE, sink, stranger

IDLE, READERS = 1_000, 200
PACED_SECONDS = 5.0
FEW = 8


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """The same application behind our protocol, uvicorn's own and h11; then our own with others beside the load."""
    migrate(dsn)
    uvloop.run(over_http.prepare(dsn))
    seconds, rounds = (2.0, 4) if quick else (8.0, 7)
    with ExitStack() as stack:
        ours, plain, h11 = (stack.enter_context(over_http.running(serve, dsn)) for serve in (_ours, _plain, _h11))
        bench = Bench(ours, stack.enter_context(over_http.SPAWN.Pool(2)), seconds, rounds)
        beside = chain.from_iterable(map(bench.beside, HOSTILE))
        return [*bench.protocols(plain, h11), *bench.crowded(), *beside, *under_attack(ours)]


class Bench:
    """The server that is measured, and who asks it."""

    def __init__(self, ours: Running, pool: Pool, seconds: float, rounds: int) -> None:
        self._ours = ours
        self._pool = pool
        self._seconds = seconds
        self._rounds = rounds

    def protocols(self, plain: Running, h11: Running) -> list[Figure]:
        """Behind other protocols."""
        spent = medians(
            {
                name: partial(self._spent, server)
                for name, server in (("ours", self._ours), ("plain", plain), ("h11", h11))
            },
            self._rounds,
        )
        what, unit, beside = "processor time of an answer", "us", "uvicorn with httptools"
        return [
            Figure(f"{what}, with limits", spent["ours"], unit, beside, spent["plain"], 1 / 0.95, at_most=True),
            Figure(f"{what}, behind h11", spent["h11"], unit, beside, spent["plain"]),
        ]

    def crowded(self) -> list[Figure]:
        """With idle connections and readers of every event."""
        port = self._ours.port

        def in_a_crowd() -> float:
            with crowd(port, IDLE, READERS, _head(port)) as seen:
                spent = self._spent(self._ours)
                say(f"  each reader saw {seen().fewest:,} events or more")
            return spent

        spent = medians({"alone": partial(self._spent, self._ours), "crowd": in_a_crowd}, self._rounds)
        paced, events = _paced(port)
        what, most = f"the same, {IDLE:,} idle and {READERS} readers", 1 / 0.9
        return [
            Figure(what, spent["crowd"], "us", "without them", spent["alone"], most, at_most=True),
            Figure(f"seen by each of {READERS} readers at 100 events/s", paced.fewest, "events", "recorded", events, 1),
            Figure("from recorded to read, p99", paced.p99, "ms", "asked for", 1_000, 1, at_most=True),
        ]

    def beside(self, what: str) -> list[Figure]:
        """How long callers wait beside one stranger; beside the same one at a sink it is the stranger's own share."""

        def with_a_stranger(port: int) -> float:
            other = self._pool.apply_async(stranger, (port, HOSTILE[what], self._seconds + 1))
            p99 = self._load(self._ours, FEW).p99
            other.get()
            return p99

        with port_of(sink) as elsewhere:
            p99s = medians(
                {
                    "alone": lambda: self._load(self._ours, FEW).p99,
                    "at a sink": partial(with_a_stranger, elsewhere),
                    "beside": partial(with_a_stranger, self._ours.port),
                },
                self._rounds,
            )
        elsewhere_p99 = p99s["at a sink"]
        return [
            Figure(f"p99 beside {what}", p99s["beside"], "ms", "the same at a sink", elsewhere_p99, 1.1, at_most=True),
            Figure(f"p99, {what} at a sink", elsewhere_p99, "ms", "alone", p99s["alone"]),
        ]

    def _load(self, server: Running, connections: int) -> http_load.Load:
        arguments = (server.port, "/v1/tickets", over_http.BODY, connections, self._seconds)
        load: http_load.Load = self._pool.apply(http_load.post, arguments)
        return load

    def _spent(self, server: Running) -> float:
        """Microseconds of processor time for each answer; the answers of the warm-up are taken for as many."""
        before = server.used()
        answers = self._load(server, over_http.CONNECTIONS).a_second * (self._seconds + http_load.WARM_UP_SECONDS)
        return (server.used() - before) / answers * 1e6


def _paced(port: int) -> tuple[Seen, int]:
    """What readers see while 100 events a second are recorded, one after the other, and how many there were."""
    count = int(PACED_SECONDS * 100)
    connection = HTTPConnection("127.0.0.1", port)
    with crowd(port, 0, READERS, _head(port)) as seen:
        begun = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, begun + number / 100 - time.monotonic()))
            connection.request("POST", "/v1/tickets", over_http.BODY, {"Content-Type": "application/json"})
            response = connection.getresponse()
            assert response.status == 201, response.read()
            response.read()
        time.sleep(2.0)  # what is not there by then is too late
        return seen(), count


def _head(port: int) -> int:
    """The newest position."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("HEAD", "/v1/events?limit=1")
    return int(connection.getresponse().headers["Ledger-Position"])


def _ours(dsn: str) -> uvicorn.Server:
    """Idle connections may stay for the whole measure."""
    return server(Settings(dsn, keyless="default", http=HttpLimits(first_byte=600.0)), "127.0.0.1", 0)


def _plain(dsn: str) -> uvicorn.Server:
    return _behind("httptools", dsn)


def _h11(dsn: str) -> uvicorn.Server:
    return _behind("h11", dsn)


def _behind(protocol: Any, dsn: str) -> uvicorn.Server:
    serving = _ours(dsn)
    serving.config.http = protocol
    return serving
