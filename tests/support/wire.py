"""A proxy between a client and the server that breaks or stops the connection at a chosen moment."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Wire:
    """Passes on the bytes of both sides. ``url`` is the address for the client.

    ``cut_at`` is a text in a client's words: it reaches the server and is carried out, but instead of the answer the
    wire is ``cut``, once. While ``dead``, whatever anybody says is swallowed.
    """

    def __init__(self, url: str, folder: str) -> None:
        parts = conninfo_to_dict(url)
        self._host, self._port = str(parts["host"]), int(str(parts.get("port") or 5432))
        self.url = make_conninfo(url, host=folder, port=5432, sslmode="disable")
        self.cut_at: bytes | None = None
        self.cut = threading.Event()
        self.dead = False
        self._sockets: list[socket.socket] = []
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(Path(folder) / ".s.PGSQL.5432"))
        self._door.listen()
        self._threads = [threading.Thread(target=self._let_in)]
        self._threads[0].start()

    def end(self) -> None:
        """Closes all connections."""
        for end in (self._door, *self._sockets):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._door, *self._sockets):
            end.close()

    def _let_in(self) -> None:
        with suppress(OSError):  # the door was shut
            while True:
                client = self._door.accept()[0]
                server = socket.socket(socket.AF_UNIX if self._host.startswith("/") else socket.AF_INET)
                self._sockets += [client, server]
                if self._host.startswith("/"):
                    server.connect(f"{self._host}/.s.PGSQL.{self._port}")
                else:
                    server.connect((self._host, self._port))
                was_asked = threading.Event()
                for ends in ((client, server, True), (server, client, False)):
                    thread = threading.Thread(target=self._pass_on, args=(*ends, was_asked))
                    self._threads.append(thread)
                    thread.start()

    def _pass_on(
        self, source: socket.socket, target: socket.socket, from_client: bool, was_asked: threading.Event
    ) -> None:
        with suppress(OSError):  # one end has hung up
            while words := source.recv(65_536):
                if self.dead:
                    continue
                if from_client and self.cut_at is not None and self.cut_at in words:
                    self.cut_at = None
                    was_asked.set()
                if not from_client and was_asked.is_set():
                    self.cut.set()
                    break
                target.sendall(words)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """A proxy to the server of a conninfo."""
    with tempfile.TemporaryDirectory(prefix="wire-") as folder:
        made = Wire(url, folder)
        try:
            yield made
        finally:
            made.end()
