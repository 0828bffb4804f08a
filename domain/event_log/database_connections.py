"""Connections to the database: one purpose for each kind of work, with its time-outs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, ServerCursor
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_FORMS = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
}
"""How values are written. A login can give its role other settings, and a database may have them."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a connection is for. Times are in seconds; None leaves a time-out to the server.

    ``lock``, ``statement`` and ``idle`` (in a transaction) end what takes longer, ``opening`` an attempt to connect.
    A session that is not ``durable`` does not wait for the disk at each commit: what it writes can be made again.
    In a session with ``snapshots`` all statements of a transaction see one state of the database.
    ``prepare`` is how often a statement is executed before the server keeps its plan. ``memory`` is what one step of a
    statement, such as a sort, may take before it goes to the disk, in MB; None leaves it to the server. A hash table
    may take four times as much: the server expects more groups than there are, and would sort what it can count.
    """

    lock: int | None = None
    statement: float | None = None
    idle: int | None = None
    opening: int | None = None
    durable: bool = True
    snapshots: bool = False
    prepare: int = 5
    memory: int | None = None

    def address(self, dsn: str) -> str:
        """The conninfo for such sessions. The DSN's own options go before these; all sessions
        write values in the same forms."""
        limits = {"lock_timeout": self.lock, "statement_timeout": self.statement}
        limits["idle_in_transaction_session_timeout"] = self.idle
        options = [f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items() if seconds is not None]
        if self.memory is not None:
            options.append(f"-c work_mem={self.memory}MB -c hash_mem_multiplier=4")
        if not self.durable:
            options.append("-c synchronous_commit=off")
        options.append(_own_options(dsn))
        if self.snapshots:
            options.append(r"-c default_transaction_isolation=repeatable\ read")
        options += [f"-c {name}={value}" for name, value in _FORMS.items()]
        options.append("-c jit=off")  # compiling a statement takes longer than most of ours run
        opening = {} if self.opening is None else {"connect_timeout": self.opening}
        return make_conninfo(dsn, options=" ".join(filter(None, options)), client_encoding="utf8", **opening)


ADMINISTRATION = Purpose()
"""Migrations, the command line, health checks: as long as it takes."""
COMMANDS = Purpose(lock=4, statement=30, idle=60, opening=5)
"""The desk's loads and appends."""
READINGS = Purpose(lock=4, statement=20, opening=5, snapshots=True, memory=16)
"""Readings over HTTP, and the feed."""
KEYS = Purpose(lock=4, statement=4, opening=5, durable=False)
"""Finding the principal of a key. It writes when a key was used, and nothing else."""
ACCESS = Purpose(lock=4, statement=10, opening=5)
"""The writer of the access journal."""
READINESS = Purpose(lock=2, statement=2, opening=2)
"""The readiness probe."""
REPORTS = Purpose(snapshots=True, memory=16)
"""Reports of the command line, which may take long."""
WHAT_IF = Purpose(lock=4, statement=30, snapshots=True)
"""A what-if over HTTP."""
PROJECTIONS = Purpose(lock=10, durable=False, prepare=2)
"""The follower: a projection's rows and its checkpoint are committed together, and can be made again from the log."""
REBUILD = Purpose(durable=False)
"""Replays of the log."""
ALERTS = Purpose(statement=30, opening=5, prepare=2)
"""Listening and reading of the SLA watch."""
NOTIFICATIONS = Purpose(opening=5)
"""Listening, with small statements about positions."""
SEALING = Purpose(lock=10, statement=60, opening=5, prepare=2)
"""Listening of the sealer, and its batches."""
LIBRARY = Purpose(lock=4, idle=60)
"""The recorders of the eventsourcing library."""


def connect(dsn: str, purpose: Purpose) -> Connection:
    """A connection in autocommit for the purpose."""
    return psycopg.connect(purpose.address(dsn), autocommit=True, prepare_threshold=purpose.prepare)


@contextmanager
def server_cursor(connection: Connection, name: str, **given: Any) -> Iterator[ServerCursor[Any]]:
    """A cursor of the server, for more rows than memory should hold. Its end raises nothing.

    A generator with such a cursor may end after the connection was lost: another statement has said so by then.
    """
    cursor: ServerCursor[Any] = connection.cursor(name, **given)
    try:
        yield cursor
    finally:
        try:
            cursor.close()
        except psycopg.OperationalError:
            connection.close()  # it is lost; now the cursor need not ask the server
            cursor.close()


def with_options(dsn: str, options: str) -> str:
    """The conninfo with command-line options for its sessions; options that it has already go before these."""
    return make_conninfo(dsn, options=f"{options} {_own_options(dsn)}".strip())


def _own_options(dsn: str) -> str:
    return str(conninfo_to_dict(dsn).get("options") or "")
