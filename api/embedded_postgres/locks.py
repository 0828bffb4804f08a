"""Locks on files, which the kernel frees however their holder ends."""

import fcntl
import os
import time
from pathlib import Path

from api.embedded_postgres.programs import NoDatabaseError

PATIENCE = 120.0  # seconds to wait for another process
PAUSE = 0.02  # seconds between two attempts


def hold(path: Path, kind: int) -> int:
    """Waits for the lock, at most PATIENCE; returns the descriptor that holds it. Raises NoDatabaseError."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        lock = try_to_hold(path, kind)
        if lock is not None:
            return lock
        time.sleep(PAUSE)  # flock() has no time-out
    raise NoDatabaseError(f"Another process has held {path} for {PATIENCE:.0f} seconds: end what it waits for, or it.")


def try_to_hold(path: Path, kind: int) -> int | None:
    """The descriptor that holds the lock (fcntl.LOCK_SH or LOCK_EX); None while another process holds it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if takes(lock, kind):
        return lock
    os.close(lock)
    return None


def takes(descriptor: int, kind: int) -> bool:
    """Whether the open file gets the lock at once. A lock of the other kind that it holds is given up in any case."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Whether a process holds the lock exclusively."""
    lock = try_to_hold(path, fcntl.LOCK_SH)
    if lock is None:
        return True
    os.close(lock)
    return False
