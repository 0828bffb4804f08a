"""The listening socket, bound before anything else is started, and the server on it."""

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from fastapi import FastAPI

from api.serving.app import build_routes, server
from api.settings import ListenRefused, Settings

COULD_NOT_START = 1
INTERRUPTED = 128 + signal.SIGINT


class Listening:
    """A server on its bound socket, not yet running."""

    def __init__(self, settings: Settings, host: str, listener: socket.socket) -> None:
        self._listener = listener
        self._server = server(settings, host, listener.getsockname()[1])
        build_routes(cast("FastAPI", self._server.config.app))

    def run(self) -> None:
        """Serves until a signal arrives, which the server raises again once it has stopped. It never returns."""
        self._server.run(sockets=[self._listener])
        sys.exit(INTERRUPTED if self._server.started else COULD_NOT_START)


@contextmanager
def listening(settings: Settings, host: str, port: int) -> Iterator[tuple[Listening, str]]:
    """A server and its address. Raises ListenRefused when the socket cannot be bound."""
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()  # connections made before the server runs wait for it
        except OSError as error:
            reason = error.strerror or error
            raise ListenRefused(
                f"{host} port {port} cannot be listened at ({reason}): choose another with --host or --port."
            ) from error
        name = f"[{host}]" if family == socket.AF_INET6 else host
        yield Listening(settings, host, listener), f"http://{name}:{listener.getsockname()[1]}"
