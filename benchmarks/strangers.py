"""Strangers: what they send again and again, and a sink that takes it in the place of the server."""

import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from itertools import cycle
from multiprocessing.connection import Connection
from threading import Thread
from typing import NamedTuple

from api.http_limits import HttpLimits

TRY_SECONDS = 0.1
PATIENCE = 0.5
PIECE = 256 * 1024
HEAD = b"Host: 127.0.0.1\r\n"
PAST = "/v1/reports/backlog?as_of=2020-01-01T00:00:00Z"
_JSON = b"Content-Type: application/json\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
_SHIFTS = [f"{m // 60:02}:{m % 60:02}-{(m + 1) // 60:02}:{(m + 1) % 60:02}" for m in range(0, 1438, 2)]


def request(method: str, path: str, headers: bytes = b"") -> bytes:
    """The head of a request, without the blank line."""
    return f"{method} {path} HTTP/1.1\r\n".encode() + HEAD + headers


def get(path: str, headers: bytes = b"") -> bytes:
    return request("GET", path, headers) + b"\r\n"


def post(path: str, body: bytes, headers: bytes = _JSON) -> bytes:
    return request("POST", path, headers) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def what_if(shifts: int) -> bytes:
    """A policy over ten years on a calendar with so many shifts a day."""
    calendar = {"name": "k", "zone": "America/New_York", "week": {"mon-sun": _SHIFTS[:shifts]}}
    policy = {"name": "x", "rules": [{"resolution": {"duration": "3000d", "calendar": "k"}}]}
    return post("/v1/sla/whatif", json.dumps({"calendars": [calendar], "policy": policy}).encode())


HOSTILE: Mapping[str, Sequence[bytes]] = {
    "heads without end": (
        request("GET", "/") + b"X: " + b"a" * 10_000_000,
        request("GET", "/") + b"X: 1\r\n" * 100_000,
        b"GET /" + b"a" * 1_000_000,
        get("/healthz", b"Cookie: " + b"a=b; " * 12_000 + b"\r\n"),
        get("/healthz", b'Cookie: ticketledger_session="' + rb"\b" * 4_000 + b'"\r\n'),
    ),
    "bodies without end": (
        post("/v1/tickets", b" " * 12_000_000),
        request("POST", "/v1/tickets", _JSON + _CHUNKED) + b"1\r\n \r\n" * 100_000,
        request("POST", "/v1/tickets", _JSON + b"Expect: 100-continue\r\nContent-Length: 60000\r\n\r\n"),
        post("/sign-in", b"--x\r\n\r\n" * 9_000, b"Content-Type: multipart/form-data; boundary=x\r\n"),
        post("/sign-in", b"a=1&" * 16_000, b"Content-Type: application/x-www-form-urlencoded\r\n"),
    ),
    "answers that nobody reads": (get("/openapi.json") * 50, get("/v1/events?limit=1000") * 20),
    "readiness, a hundred at once": (get("/readyz") * 100, get("/nothing/here") * 100),
    "requests that are none": (
        get("/healthz", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n"),
        request("TRACE", "/") + b"\r\n",
        request("CONNECT", "a:1") + b"\r\n",
        get("http://elsewhere.example/healthz"),
        get("/v1/tickets%2f%2e%2e%00%0a"),
        get("/v1/events?after=%D9%A1&limit=" + "9" * 5_000),
        get("/v1/tickets?" + "&".join(f"p{number}=1" for number in range(1_500))),
        get("/static-offline-docs/swagger-ui-bundle.js", b"Range: bytes=" + b"0-1," * 2_000 + b"0-1\r\n"),
        request("POST", "/v1/tickets", _JSON + b"Content-Length: 5\r\n" + _CHUNKED) + b"0\r\n\r\n",
        request("POST", "/v1/tickets", _JSON + b"Transfer-Encoding: chunked, identity\r\n\r\n") + b"0\r\n\r\n",
        request("POST", "/v1/tickets", _JSON + b"Content-Length: \xd9\xa5\r\n\r\n"),
    ),
    "bodies that are no commands": tuple(
        post("/v1/tickets", body)
        for body in (
            b"[" * 60_000,
            b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
            b'{"priority": ' + b"9" * 60_000 + b"}",
            b'{"priority": NaN, "customer_id": 1e400}',
            b'{"subject": "' + b"\\u0000" * 9_000 + b'"}',
            b"{" + b",".join(b'"k%d": 1' % number for number in range(5_000)) + b"}",
        )
    ),
    "what-ifs": (what_if(12), what_if(700)),
    "readings of the past": (
        get(PAST) * 4,
        get("/v1/tickets?after=4000000000&wait=30") * 4,
    ),
}
"""What one stranger sends ten times a second, each in turn on a connection of its own."""
INSISTENT: Mapping[str, bytes] = {"readings of the past without a pause": get(PAST)}
"""What a stranger sends on one connection, again as soon as it is answered."""
SLOW: Sequence[bytes] = (b"", request("GET", "/healthz"), post("/v1/tickets", b"{}")[:-1]) * 30
"""What a stranger sends on as many connections at once, each without its end; then a byte now and then."""


class Turn(NamedTuple):
    """Until when a stranger turns to a port."""

    until: float
    port: int


def stranger(turns: Sequence[Turn], kinds: Sequence[str]) -> None:
    """Sends every kind at once, turn by turn."""
    threads = [Thread(target=_way(kind), args=(turns, kind), daemon=True) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _way(kind: str) -> Callable[[Sequence[Turn], str], None]:
    if kind == "slow":
        return _drip
    return _insist if kind in INSISTENT else _send


def _send(turns: Sequence[Turn], kind: str) -> None:
    sent = cycle(HOSTILE[kind])
    for until, port in turns:
        while (left := until - time.perf_counter()) > 0:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as connection:  # else cut off
                connection.settimeout(min(PATIENCE, left))
                connection.sendall(next(sent))
                connection.recv(1 << 16)
            time.sleep(TRY_SECONDS)


def _insist(turns: Sequence[Turn], kind: str) -> None:
    for until, port in turns:
        while (left := until - time.perf_counter()) > 0:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as connection:
                connection.settimeout(left)
                while time.perf_counter() < until:
                    connection.sendall(INSISTENT[kind])
                    if not connection.recv(1 << 16):
                        break


def _drip(turns: Sequence[Turn], _kind: str) -> None:
    for until, port in turns:
        with ExitStack() as stack:
            held = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in SLOW]
            for connection, sent in zip(held, SLOW, strict=True):
                connection.sendall(sent)
            turn = cycle(held)
            while time.perf_counter() < until:
                with suppress(OSError):
                    next(turn).send(b"a")
                time.sleep(4 / len(held))


def sink(parent: Connection) -> None:
    """Refuses each request and reads on as slowly as the server does; each connection in a thread."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        parent.send(listener.getsockname()[1])
        while True:
            Thread(target=_refuse, args=(listener.accept()[0],), daemon=True).start()


def _refuse(connection: socket.socket) -> None:
    rate = HttpLimits().linger_bytes
    with connection, suppress(OSError):  # the stranger has gone
        connection.recv(PIECE)
        connection.sendall(b"HTTP/1.1 431 x\r\n\r\n")
        while read := connection.recv(PIECE):
            time.sleep(len(read) / rate)
