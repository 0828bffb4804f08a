"""The embedded server with the durability of users, and ways to kill its processes. Its users restart it."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from api.database import database
from tests.support.recovery import RECOVERY

ALONE = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


@dataclass(frozen=True)
class EmbeddedServer:
    """Serves at ``url``, which stays the same however often it is killed."""

    folder: Path
    url: str

    def kill_postmaster(self) -> None:
        """Kills the server as soon as one runs: a backend may still answer after an earlier kill of its server."""
        deadline = time.monotonic() + RECOVERY
        while True:
            try:
                os.kill(int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            except (ProcessLookupError, FileNotFoundError, IndexError):
                assert time.monotonic() < deadline, "nobody started the server again"
                time.sleep(0.01)  # the file is the last server's, or is being written
            else:
                return

    def kill_supervisor(self) -> None:
        os.kill(int((self.folder / "supervisor.lock").read_text()), signal.SIGKILL)

    def kill_both(self) -> None:
        self.kill_supervisor()
        self.kill_postmaster()

    def kill_backend(self) -> None:
        """Kills one backend process: the server ends all connections and recovers."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            busy = "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
            row = connection.execute(f"{busy} order by random() limit 1").fetchone()
            if row is not None:
                os.kill(row[0], signal.SIGKILL)


@contextmanager
def embedded_server(folder: Path) -> Iterator[EmbeddedServer]:
    """A running server on a data folder, in use by this process within the block."""
    with database(folder, ALONE) as url:
        yield EmbeddedServer(folder, url)
