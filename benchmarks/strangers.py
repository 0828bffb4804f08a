"""Strangers: what one sends again and again without a key, and a sink that takes it in the place of the server."""

import socket
import time
from multiprocessing.connection import Connection

from api.http_limits import HttpLimits

TRY_SECONDS = 0.1
PIECE = 256 * 1024
HEAD = b"Host: 127.0.0.1\r\n"
HOSTILE = {
    "a header without end": b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 10_000_000,
    "a hundred thousand headers": b"GET / HTTP/1.1\r\n" + HEAD + b"X: 1\r\n" * 100_000,
    "an address without end": b"GET /" + b"a" * 1_000_000,
    "a body of 12 MB": b"POST /v1/tickets HTTP/1.1\r\n"
    + HEAD
    + b"Content-Type: application/json\r\nContent-Length: 12000000\r\n\r\n"
    + b" " * 12_000_000,
    "the document, unread": (b"GET /openapi.json HTTP/1.1\r\n" + HEAD + b"\r\n") * 50,
    "readiness": (b"GET /readyz HTTP/1.1\r\n" + HEAD + b"\r\n") * 50,
}
"""What one stranger sends ten times a second, on one connection at a time."""


def stranger(port: int, sent: bytes, seconds: float) -> None:
    """Sends it again and again, on a new connection when it was refused."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.settimeout(1.0)
            try:
                connection.sendall(sent)
                connection.recv(1 << 16)
            except OSError:
                pass  # cut off
        time.sleep(TRY_SECONDS)


def sink(parent: Connection) -> None:
    """Refuses each request and reads on as slowly as the server does."""
    rate = HttpLimits().linger_bytes
    with socket.create_server(("127.0.0.1", 0)) as listener:
        parent.send(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.recv(PIECE)
                    connection.sendall(b"HTTP/1.1 431 x\r\n\r\n")
                    while read := connection.recv(PIECE):
                        time.sleep(len(read) / rate)
                except OSError:
                    pass  # the stranger has gone
