"""The parts of a command that nobody shares a commit with: two processes' processor time, the log's bytes, the rest."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple
from uuid import uuid4

import psycopg
import uvloop
from psycopg import AsyncConnection

from api.migrations import migrate
from benchmarks.callers import COMMANDS_A_TICKET
from benchmarks.commands import CUSTOMERS, one_ticket, open_desk, register_customers
from benchmarks.figure import Figure
from benchmarks.peers import by_hand, library
from benchmarks.processor_time import of_this_process
from benchmarks.rounds import say
from domain.event_log.append import Batch, append_statement
from domain.event_log.database_connections import COMMANDS
from domain.ids import new_id, new_id_text

TICKETS = 50
_FLUSHES = "select coalesce(sum(fsyncs), 0) from pg_stat_io where object = 'wal'"
_BACKENDS = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


class Parts(NamedTuple):
    """Of a command: microseconds, bytes of the server's log, and how often the log was flushed to the disk."""

    elapsed: float
    process: float
    server: float
    written: float
    flushes: float

    @property
    def rest(self) -> float:
        """What neither process works: the wait for the disk, and for being woken."""
        return self.elapsed - self.process - self.server


class _Watch:
    """Measures some work between ``begin`` and ``end``, over a connection of its own."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        self._before: tuple[float, ...] = ()
        self.commands = 0
        """All of the work, with those before ``begin``."""
        self.per_command: tuple[float, ...] = ()

    def begin(self, commands: int = COMMANDS_A_TICKET) -> None:
        """``commands`` is how many came before."""
        self.commands = commands + TICKETS * COMMANDS_A_TICKET
        self._before = (*self._server(), of_this_process() * 1e6, time.perf_counter() * 1e6)

    def end(self) -> None:
        elapsed, process = time.perf_counter() * 1e6, of_this_process() * 1e6
        after = (*self._server(), process, elapsed)
        commands = TICKETS * COMMANDS_A_TICKET
        self.per_command = tuple((now - then) / commands for now, then in zip(after, self._before, strict=True))

    def flushes(self) -> float:
        """So far, of the sessions that have ended."""
        return float(self._row(_FLUSHES))

    def close(self) -> None:
        self._connection.close()

    def _server(self) -> tuple[float, float]:
        """The bytes of the log so far, and the processor time of the other sessions of this database."""
        pids = [pid for (pid,) in self._connection.execute(_BACKENDS).fetchall()]
        nanoseconds = [int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids]
        return float(self._row("select pg_current_wal_insert_lsn() - '0/0'")), sum(nanoseconds) / 1e3

    def _row(self, statement: str) -> float:
        (value,) = self._connection.execute(statement.encode()).fetchone() or (0,)
        return float(value)


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Of a desk, beside the library and beside the append that the desk makes, sent without a desk."""
    if not _can_be_seen(dsn):
        say("  not measured: this takes a PostgreSQL 18 on a Linux computer, this one")
        return []
    migrate(dsn)
    rounds = 4 if quick else 20
    ways: dict[str, Callable[[_Watch], None]] = {
        "desk": lambda watch: uvloop.run(_through_desk(dsn, watch)),
        "library": lambda watch: _through_library(dsn, watch),
        "append": lambda watch: uvloop.run(_appended(dsn, watch)),
    }
    measured: dict[str, list[Parts]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in ways if number % 2 == 0 else reversed(ways):
            measured[name].append(_parts(dsn, ways[name]))
            say(f"  round {number + 1} of {rounds}: {name} alone: {measured[name][-1]}")
    of = {name: Parts(*map(median, zip(*parts, strict=True))) for name, parts in measured.items()}
    rest = {name: median(part.rest for part in parts) for name, parts in measured.items()}
    desk, other = of["desk"], of["library"]
    beside = "eventsourcing"
    return [
        Figure("a command alone: its process", desk.process, "us of processor time", beside, other.process),
        Figure("a command alone: its server", desk.server, "us of processor time", beside, other.server),
        Figure("a command alone: the rest", rest["desk"], "us", beside, rest["library"], note="disk, being woken"),
        Figure("a command alone: written", desk.written, "bytes of the log", beside, other.written),
        Figure("a command alone: flushes", desk.flushes, "of the log", beside, other.flushes),
        Figure("the append alone: its process", of["append"].process, "us of processor time", "desk", desk.process),
        Figure("the append alone, 1 caller", 1e6 / of["append"].elapsed, "commands/s", beside, 1e6 / other.elapsed),
    ]


def _can_be_seen(dsn: str) -> bool:
    """Whether the server counts flushes of its log, and its processes are here."""
    with psycopg.connect(dsn) as connection:
        info = connection.info
        return info.server_version >= 180_000 and Path(f"/proc/{info.backend_pid}/schedstat").exists()


def _parts(dsn: str, work: Callable[[_Watch], None]) -> Parts:
    watch = _Watch(dsn)
    flushes = watch.flushes()
    work(watch)
    written, server, process, elapsed = watch.per_command
    flushed = (watch.flushes() - flushes) / watch.commands
    watch.close()
    return Parts(elapsed, process, server, written, flushed)


async def _watched(watch: _Watch, ticket: Callable[[], Awaitable[None]], before: int = 0) -> None:
    """One ticket, which opens and prepares what it needs, then the others under watch; ``before`` commands came."""
    await ticket()
    watch.begin(before + COMMANDS_A_TICKET)
    for _ in range(TICKETS):
        await ticket()
    watch.end()


async def _through_desk(dsn: str, watch: _Watch) -> None:
    desk = open_desk(dsn)
    await register_customers(desk)

    async def ticket() -> None:
        async for _ in one_ticket(desk):
            pass

    await _watched(watch, ticket, len(CUSTOMERS))
    await desk.close()


def _through_library(dsn: str, watch: _Watch) -> None:
    application = library.Desk(env=library.environment(dsn))
    application.ticket()
    watch.begin()
    for _ in range(TICKETS):
        application.ticket()
    watch.end()
    application.close()


async def _appended(dsn: str, watch: _Watch) -> None:
    """The statement of the desk with events that are ready, by the same driver."""
    async with await AsyncConnection.connect(COMMANDS.address(dsn), autocommit=True) as connection:
        cursor, statement = connection.cursor(), append_statement("default")
        ready = iter([batch for _ in range(TICKETS + 1) for batch in _batches()])

        async def ticket() -> None:
            for _ in by_hand.TOPICS:
                await cursor.execute(statement, next(ready), prepare=True)
                await cursor.fetchone()

        await _watched(watch, ticket)


def _batches() -> list[dict[str, str]]:
    """The parameters of the four appends of a ticket."""
    stream, batches = new_id(), []
    for version, topic in enumerate(by_hand.TOPICS, start=1):
        command = new_id_text()
        batch = Batch({stream: version - 1}, [command])
        batch.add_event(stream, version, topic, by_hand.STATE)
        batch.add_command(command, uuid4().hex, stream, version, 1)
        batches.append(batch.parameters())
    return batches
