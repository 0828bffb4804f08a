"""What the encryption of personal data costs: commands and the follower with it and without it, in turns."""

import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg
import uvloop

from api.key_store.setup import KeyStoreAddress, make
from api.migrations import migrate
from benchmarks.callers import COMMANDS_A_TICKET
from benchmarks.commands import commands_a_second
from benchmarks.databases import empty_database
from benchmarks.figure import Figure
from benchmarks.processor_time import of_this_process
from benchmarks.rounds import medians
from domain.event_log import reader
from domain.personal_data.data_keys import using
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS

PLAIN, ENCRYPTED = "plain", "encrypted"
CALLERS, TICKETS = 32, 1_600


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """In commands and events for each second of this process's processor time: the disk is the same for both."""
    with empty_database(dsn) as other, tempfile.TemporaryDirectory() as folder:
        keys = KeyStoreAddress(other, Path(folder) / "key_encryption_key")
        make(keys)
        migrate(dsn, PLAIN)
        migrate(dsn, ENCRYPTED, keys)
        with closing(keys.store()) as store, using(store):
            ways = {
                f"{what} {tenant}": partial(measured, dsn, tenant, keys)
                for what, measured in (("commands", _commands), ("follower", _follower))
                for tenant in (PLAIN, ENCRYPTED)
            }
            median = medians(ways, 3 if quick else 9)
    return [
        _figure("commands, encrypted", "commands", "commands/s of processor time", median, 0.85),
        _figure("follower, encrypted", "follower", "events/s of processor time", median, 0.8),
    ]


def _figure(name: str, what: str, unit: str, median: dict[str, float], floor: float) -> Figure:
    return Figure(name, median[f"{what} {ENCRYPTED}"], unit, "without encryption", median[f"{what} {PLAIN}"], floor)


def _commands(dsn: str, tenant: str, _keys: KeyStoreAddress) -> float:
    return (
        TICKETS
        * COMMANDS_A_TICKET
        / _seconds_of(lambda: uvloop.run(commands_a_second(dsn, CALLERS, TICKETS // CALLERS, tenant)))
    )


def _follower(dsn: str, tenant: str, keys: KeyStoreAddress) -> float:
    """The events of two rounds of commands at most, read by a process that has none of their keys."""
    uvloop.run(commands_a_second(dsn, CALLERS, TICKETS // CALLERS, tenant))
    follower = Follower(dsn, tenant, PROJECTIONS)
    with psycopg.connect(dsn) as connection, closing(keys.store()) as store, using(store):
        (before,) = connection.execute(
            f"select min(position) from tenant_{tenant}.projection_positions"
        ).fetchone() or (0,)
        events = reader.head(connection, tenant) - before
        seconds = _seconds_of(follower.catch_up)
    follower.close()
    return float(events / seconds)


def _seconds_of(work: Callable[[], object]) -> float:
    start = of_this_process()
    work()
    return of_this_process() - start
