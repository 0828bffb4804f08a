"""The folder of a test run, and the databases that its tests copy."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.event_log.roles import OWNER

RUN = pytest.StashKey[Path]()
MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
"""The free bytes in memory that a run needs at most."""


def reachable_folder(prefix: str) -> Path:
    """A new folder that the server's user may pass through, also when root runs the tests; in memory if that has room.

    Copying and removing a database takes a quarter of the time there.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if _serves(MEMORY) else None))
    folder.chmod(0o711)
    return folder


def _serves(memory: Path) -> bool:
    """Whether ``memory`` has room and may hold programs, and no other folder is asked for."""
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        return False
    return shutil.disk_usage(memory).free >= ROOM and not os.statvfs(memory).f_flag & os.ST_NOEXEC


class RunDatabases:
    """The databases of a run that tests copy or share. Each is made once, by whichever worker is first."""

    def __init__(self, server: str, run: Path) -> None:
        self._server = server
        self._connection = psycopg.connect(server, autocommit=True)
        self._run = run
        self._serial = count()
        self.left: list[str] = []
        """The databases of tests that are over."""

    def made(self, contents: str, fill: Callable[[str], object], source: str | None = None) -> str:
        """The name of the database with these contents. ``fill`` is given its conninfo when it is a copy of ``source``.

        Without a source it is an empty database.
        """
        name = f"{self._run.name.replace('-', '_').lower()}_{contents}"
        made = self._run / "databases" / name
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(hashtext(%s))", [name])
            if not made.exists():
                _copy(connection, source, name)
                fill(self.conninfo(name))
                made.parent.mkdir(exist_ok=True)
                made.touch()
        return name

    @contextmanager
    def copied(self, source: str) -> Iterator[str]:
        """The conninfo of a copy of a database, which is left at the end and dropped when the next one is."""
        name = f"{source}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(self._serial)}"
        _copy(self._connection, source, name)
        yield self.conninfo(name)
        self.drop_left()
        self.left.append(name)

    def drop_left(self) -> None:
        """Drops the copies that were left.

        PostgreSQL waits 100 ms when a connection to the database is just ending; those to a copy that was left before
        have ended.
        """
        while self.left:
            drop = sql.SQL("drop database {} with (force)").format(sql.Identifier(self.left[-1]))
            self._connection.execute(drop)
            self.left.pop()

    def close(self) -> None:
        self.drop_left()
        self._connection.close()

    def conninfo(self, name: str) -> str:
        return make_conninfo(self._server, dbname=name)


def _copy(connection: psycopg.Connection, source: str | None, name: str) -> None:
    """Make a database, as a copy of ``source`` or empty."""
    if source is None:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return
    copy = sql.SQL("create database {} template {} strategy file_copy")  # twice as fast here as wal_log
    connection.execute(copy.format(sql.Identifier(name), sql.Identifier(source)))
    rights = sql.SQL("grant create on database {} to {}")  # a copy has those of its tables alone
    connection.execute(rights.format(sql.Identifier(name), sql.Identifier(OWNER)))


def made_databases(run: Path) -> list[str]:
    """The names of all databases that were made in this run."""
    return sorted(path.name for path in (run / "databases").glob("*"))
