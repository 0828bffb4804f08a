"""What limits at the door cost, and what others who are there cost a caller: idle connections, readers, strangers."""

import socket
import time
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from typing import Any

import uvicorn

from api.app import server
from api.http_limits import HttpLimits
from api.migration import migrate
from api.settings import Settings
from benchmarks import http_load, over_http
from benchmarks.crowd import Seen, crowd
from benchmarks.figure import Figure
from benchmarks.rounds import medians, say

IDLE, READERS = 1_000, 200
PACED_SECONDS = 5.0
HEAD = b"Host: 127.0.0.1\r\n"


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """The same application behind our protocol, uvicorn's own and h11; then our own with others beside the load."""
    migrate(dsn)
    seconds = 2.0 if quick else 8.0
    rounds = 4 if quick else 6
    with ExitStack() as stack:
        ours, plain, h11 = (stack.enter_context(over_http.running(serve, dsn)) for serve in (_ours, _plain, _h11))
        pool = stack.enter_context(over_http.SPAWN.Pool(3))

        def load(port: int, connections: int = over_http.CONNECTIONS) -> http_load.Load:
            arguments = (port, "/v1/tickets", over_http.BODY, connections, seconds)
            found: http_load.Load = pool.apply(http_load.post, arguments)
            return found

        def beside_a_crowd() -> float:
            with crowd(ours, IDLE, READERS, _head(ours)) as seen:
                found = load(ours).a_second
                say(f"  each reader saw {seen().fewest:,} events or more")
            return found

        protocols = medians(
            {name: partial(_a_second, load, port) for name, port in (("ours", ours), ("plain", plain), ("h11", h11))},
            rounds,
        )
        crowded = medians({"alone": partial(_a_second, load, ours), "crowded": beside_a_crowd}, rounds)
        beside, alone = crowded["crowded"], crowded["alone"]
        paced, events = _paced(ours)
        what, httptools = "POST /v1/tickets", "uvicorn with httptools"
        figures = [
            Figure(f"{what}, with limits", protocols["ours"], "answers/s", httptools, protocols["plain"], 0.95),
            Figure(f"{what}, behind h11", protocols["h11"], "answers/s", httptools, protocols["plain"]),
            Figure(f"{what}, {IDLE} idle, {READERS} readers", beside, "answers/s", "alone", alone, 0.9),
            Figure(f"each of {READERS} readers, 100 events/s", paced.fewest, "events", "recorded", events, 1),
            Figure("from recorded to read, p99", paced.p99, "ms", "asked for", 1_000, 1, at_most=True),
        ]
        for what, sent in HOSTILE.items():
            figures.append(_beside_a_stranger(pool, load, ours, what, sent, rounds))
    return figures


HOSTILE = {
    "a header without end": b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 1_000_000,
    "a hundred thousand headers": b"GET / HTTP/1.1\r\n" + HEAD + b"X: 1\r\n" * 100_000,
    "an address without end": b"GET /" + b"a" * 1_000_000,
    "a body of 12 MB": b"POST /v1/tickets HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
    b"Content-Length: 12000000\r\n\r\n" + b" " * 12_000_000,
    "the document, again and again, unread": (b"GET /openapi.json HTTP/1.1\r\n" + HEAD + b"\r\n") * 50,
    "readiness, again and again": (b"GET /readyz HTTP/1.1\r\n" + HEAD + b"\r\n") * 50,
}
"""What one stranger sends, over and over, on one connection at a time."""


def stranger(port: int, sent: bytes, seconds: float) -> int:
    """Sends it as often as it is let; how often."""
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.settimeout(1.0)
            try:
                connection.sendall(sent)
                connection.recv(1 << 16)
            except OSError:
                pass
        count += 1
    return count


def _beside_a_stranger(pool: Any, load: Any, port: int, what: str, sent: bytes, rounds: int) -> Figure:
    def beside() -> float:
        other = pool.apply_async(stranger, (port, sent, 3.0))
        found: http_load.Load = load(port, 8)
        other.get()
        return found.p99

    found = medians({"alone": lambda: load(port, 8).p99, "beside": beside}, rounds)
    return Figure(f"p99 beside {what}", found["beside"], "ms", "alone", found["alone"], 1.1, at_most=True)


def _a_second(load: Any, port: int) -> float:
    found: http_load.Load = load(port)
    return found.a_second


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
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /v1/events?after=4611686018427387903 HTTP/1.0\r\n" + HEAD + b"\r\n")
        said = b""
        while more := connection.recv(1 << 16):
            said += more
    return int(said.rpartition(b'"head":')[2].rstrip(b"}"))


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
