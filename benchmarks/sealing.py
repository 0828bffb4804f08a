"""What sealing costs: commands with a sealer beside them and without, and how fast a log is hashed."""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import uvloop

from api.migrations import migrate
from api.sealing import sealer as sealing
from api.sealing import tree_store
from api.sealing.key_file import WatchedKey, made_key
from api.sealing.sealer import Sealer
from api.sealing.signed_heads import signed_folder
from benchmarks.commands import commands_a_second
from benchmarks.figure import Figure
from benchmarks.rounds import medians, percentile
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_types import register_event_types

CALLERS, TICKETS = 32, 4_800
UNSEALED, SEALED = "unsealed", "sealed"
SIZES = {"one by one": 1, "in hundreds": 100, "in thousands": 1_000, "in batches of 5,000": 5_000}
HASHED = {1: 200, 100: 20_000, 1_000: 50_000, 5_000: 50_000}


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Both tenants are on one server; the sealer of one of them is a process of its own, as `serve` runs it."""
    register_event_types()
    for tenant in (UNSEALED, SEALED):
        migrate(dsn, tenant)
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "sealing_key"
        made_key(key)
        with _sealing(dsn, key):
            ways = {tenant: partial(_commands, dsn, tenant) for tenant in (UNSEALED, SEALED)}
            windows: list[float] = []
            median = medians({**ways, "window": partial(_window, dsn, windows)}, 4 if quick else 12)
        rates = {name: _hashed_a_second(dsn, key, size) for name, size in SIZES.items()}
    window = percentile(windows, 1.0)
    return [
        Figure(
            "commands with a sealer beside them, 32 callers", median[SEALED], "commands/s", "without a sealer",
            median[UNSEALED], floor=0.95,
        ),
        Figure("events that no checkpoint covers, at most", window, "ms", "asked for", 2_000, 1, at_most=True,
               note="the wait of the oldest, right after the commands"),
        *(
            Figure(f"events sealed {name}", rate, "events/s", "one by one", rates["one by one"])
            for name, rate in rates.items()
        ),
    ]  # fmt: skip


def _commands(dsn: str, tenant: str) -> float:
    return uvloop.run(commands_a_second(dsn, CALLERS, TICKETS // CALLERS, tenant))


def _window(dsn: str, windows: list[float]) -> float:
    with connect(dsn, ADMINISTRATION) as connection:
        windows.append(tree_store.window_of(connection, SEALED, "events").seconds * 1_000)
    return windows[-1]


@contextmanager
def _sealing(dsn: str, key: Path) -> Iterator[None]:
    """The sealer of SEALED in a process of its own."""
    child = subprocess.Popen([sys.executable, "-P", "-m", "benchmarks.sealing", dsn, str(key)])
    try:
        yield
    finally:
        child.terminate()
        child.wait()


def _hashed_a_second(dsn: str, key: Path, size: int) -> float:
    """How fast the log of SEALED is sealed anew in batches of a size."""
    usual, sealing.BATCH = sealing.BATCH, size
    sealer = Sealer(dsn, SEALED, WatchedKey(key), desk_dsn=dsn)
    try:
        with connect(dsn, ADMINISTRATION) as connection:
            for table in ("tree_tiles", "tree_sizes", "checkpoints"):
                connection.execute(f"truncate tenant_{SEALED}.{table}".encode())
            shutil.rmtree(signed_folder(key), ignore_errors=True)  # else nothing is sealed anew
            sealed, start = 0, time.perf_counter()
            while sealed < HASHED[size]:
                sealed += sealer.step(connection, "events")
            return sealed / (time.perf_counter() - start)
    finally:
        sealing.BATCH = usual


def main() -> None:
    """The sealer's process: seals until it is ended."""
    register_event_types()
    dsn, key = sys.argv[1], Path(sys.argv[2])
    Sealer(dsn, SEALED, WatchedKey(key), desk_dsn=dsn).run(threading.Event())


if __name__ == "__main__":
    main()
