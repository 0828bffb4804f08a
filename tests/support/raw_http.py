"""Connections that say exactly what a test wants, and what comes back on them."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

TIME_LIMIT = 60.0
HEAD = b"Host: 127.0.0.1\r\n"


@contextmanager
def connected(address: str, *, receive_buffer: int = 0) -> Iterator[socket.socket]:
    """A connection to a server."""
    with socket.socket() as client:
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(TIME_LIMIT)
        parts = urlsplit(address)
        client.connect((parts.hostname, parts.port))
        yield client


def rest(client: socket.socket) -> bytes:
    """All that comes until the server closes."""
    received = b""
    try:
        while more := client.recv(1 << 16):
            received += more
    except ConnectionResetError:
        pass
    return received


def told(address: str, sent: bytes) -> bytes:
    """What a server says to ``sent`` until it closes."""
    with connected(address) as client:
        client.sendall(sent)
        return rest(client)


def status(received: bytes) -> int:
    return int(received.split(b" ", 2)[1])


def statuses(received: bytes) -> list[int]:
    """Those of all answers, none of which holds the words HTTP/1.1 itself."""
    return [int(answer[:3]) for answer in received.split(b"HTTP/1.1 ")[1:]]


def is_closed(client: socket.socket) -> bool:
    """Whether the server closes within TIME_LIMIT, without anything being read."""
    poll = select.poll()
    poll.register(client, select.POLLRDHUP)
    return bool(poll.poll(TIME_LIMIT * 1000))
