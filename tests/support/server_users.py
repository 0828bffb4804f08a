"""Processes that use a data folder's server, and what a test asks of it."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from api import database as database_module

ALONE = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TICKETLEDGER_DATA")}
TIME_LIMIT = 30  # seconds

# A user of the server: says its conninfo, and stays until its standard input is closed.
USER = """
import sys
from pathlib import Path
from api.database import database
with database(Path(sys.argv[1])) as conninfo:
    print(conninfo, flush=True)
    sys.stdin.read()
"""


@contextmanager
def user_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", USER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ALONE | {"PYTHONPATH": str(Path(database_module.__file__).parents[1])},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def conninfo_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def postmaster_of(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def supervisor_of(folder: Path) -> int:
    return int((folder / "supervisor.lock").read_text())


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_free(lock: Path) -> None:
    def wait() -> None:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(TIME_LIMIT)
    assert not waiting.is_alive(), f"{lock.name} is still held"


def wait_until_no_process_of_the_server_is_left(folder: Path) -> None:
    """Every process of the server holds its lock, so the wait for it ends when the last one has gone."""
    wait_until_free(folder / "server.lock")
    wait_until_free(folder / "supervisor.lock")


def wait_for_words(log: Path, words: str) -> bool:
    """Whether they are written into the log within TIME_LIMIT."""
    deadline = time.monotonic() + TIME_LIMIT
    while time.monotonic() < deadline:
        if words in log.read_text():
            return True
        time.sleep(0.01)
    return False


def ask(conninfo: str, question: str) -> object:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]
