"""A PostgreSQL of the test's own that can be killed and started again at the same place."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from api.cluster import NAME, bare_environment, create_cluster, runnable, server_account
from api.embedded import _accepts
from api.postgres_programs import find_programs

TIME_LIMIT = 60.0  # seconds until a start has failed


class ThrowAwayCluster:
    """Serves at ``url``, which stays the same however often it is killed. Durable as PostgreSQL is by default."""

    def __init__(self, folder: Path) -> None:
        self._data, self._socket = folder / "postgres", folder / "socket"
        self._account = server_account(self._data)
        self._programs = runnable(find_programs(os.environ), self._account)
        self._socket.mkdir(mode=0o700)
        if self._account:
            os.chown(self._socket, *self._account)
            folder.chmod(0o755)
        create_cluster(self._data, self._programs, self._account)
        self.url = make_conninfo(host=str(self._socket), port=5432, user=NAME, dbname=NAME)
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Comes back when the server takes connections; the remains of a killed one may have to go first."""
        deadline = time.monotonic() + TIME_LIMIT
        account = self._account
        user: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        while time.monotonic() < deadline:
            self._server = subprocess.Popen(
                [self._programs.folder / "postgres", "-D", self._data, "-k", self._socket, "-c", "listen_addresses="],
                cwd="/",
                env=bare_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **user,
            )
            if _accepts(self.url, deadline, self._runs):
                return
        raise TimeoutError

    def _runs(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def kill_server(self) -> None:
        """``kill -9``: its processes notice that their parent is gone, or were killed before they could."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def kill_backend(self) -> None:
        """``kill -9`` of one process that serves a connection: the server throws all others out and recovers."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            busy = "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
            row = connection.execute(f"{busy} order by random() limit 1").fetchone()
            if row is not None:
                os.kill(row[0], signal.SIGKILL)


@contextmanager
def throw_away_cluster(folder: Path) -> Iterator[ThrowAwayCluster]:
    """A running cluster in an empty folder."""
    cluster = ThrowAwayCluster(folder)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.kill_server()
