"""The supervisor process of one PostgreSQL server, which runs while it has users."""

import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

PATIENCE = 60  # seconds of a fast stop until the server is stopped at once, and recovers at its next start
LOG_LOOK = 1.0  # seconds between two looks at the size of the log
SET_PARENT_DEATH_SIGNAL, SET_CHILD_SUBREAPER = 1, 36  # PR_... of <linux/prctl.h>


class SupervisorTask(TypedDict):
    """The task, as JSON in the only argument."""

    command: list[str]
    environment: dict[str, str]
    account: list[int]  # user and group of the server; empty: those of this process
    users_lock: str  # every user of the server holds it shared
    server_lock: int  # descriptor: held until the last process of the server is gone
    socket_folder: str
    log: str  # the file that this process and the server write to, both only to its end
    log_limit: int  # bytes


def supervise(task: SupervisorTask) -> int:
    """Runs the server until its last user has left or it ends by itself; returns its exit code.

    The kernel frees a user's lock however the user ends, so the wait for the exclusive lock ends when no user is left.
    If this process is killed, Linux sends the server its fast-stop signal; elsewhere the next start stops it.
    """
    users_lock = Path(task["users_lock"])
    adopt_orphans()
    uid, gid = task["account"] or (None, None)
    server = subprocess.Popen(
        task["command"],
        cwd="/",
        env=task["environment"],
        stdin=subprocess.DEVNULL,
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
        pass_fds=[task["server_lock"]],
        preexec_fn=die_with_parent(),  # noqa: PLW1509 -- this process has no second thread yet
    )
    signal.signal(signal.SIGALRM, lambda *_: server.send_signal(signal.SIGQUIT))

    def stop(*_: object) -> None:
        server.send_signal(signal.SIGINT)
        signal.alarm(PATIENCE)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=wait_until_unused, args=[users_lock], daemon=True).start()
    threading.Thread(target=keep_short, args=[Path(task["log"]), task["log_limit"]], daemon=True).start()
    code = server.wait()
    end_orphans()
    if not is_used(users_lock):
        shutil.rmtree(task["socket_folder"], ignore_errors=True)
    return code


def keep_short(log: Path, limit: int) -> None:
    """Rotates the log when it grows beyond the limit: at most twice the limit is kept."""
    while True:
        with suppress(OSError):  # the disk may be full, or the data folder gone
            put_aside(log, limit)
        time.sleep(LOG_LOOK)  # a daemon thread, which ends with the process


def put_aside(log: Path, limit: int) -> None:
    """Copies a log that is too long and empties it: processes that have it open go on at its end."""
    if log.stat().st_size <= limit:
        return
    aside = log.with_suffix(".log.1")
    with log.open("rb") as source, aside.open("wb") as target:
        aside.chmod(0o600)
        source.seek(-limit, os.SEEK_END)
        shutil.copyfileobj(source, target)
    os.truncate(log, 0)


def wait_until_unused(users_lock: Path) -> None:
    """Stops the server when no user holds the lock; keeps the lock, so that new users wait until it has stopped."""
    users = os.open(users_lock, os.O_RDWR)
    fcntl.flock(users, fcntl.LOCK_EX)
    os.kill(os.getpid(), signal.SIGTERM)


def is_used(users_lock: Path) -> bool:
    """Whether the server may be used again; the last user to leave holds the lock exclusively until it has stopped."""
    try:
        with users_lock.open() as users:
            fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):  # it is held, or the data folder was removed
        return False
    return True


def adopt_orphans() -> None:
    """Linux: the processes of a killed server become children of this one."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1)


def end_orphans() -> None:
    """Ends the processes that a killed server left: a busy one notices late, and the next server would wait for it."""
    for children in Path("/proc/self/task").glob("*/children"):
        for orphan in children.read_text().split():
            os.kill(int(orphan), signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.wait()


def die_with_parent() -> Callable[[], None] | None:
    """A function for the server's process before it becomes the server: it asks to be stopped with this process."""
    if sys.platform != "linux":
        return None
    parent, prctl = os.getpid(), ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return ask


if __name__ == "__main__":
    os._exit(supervise(json.loads(sys.argv[1])) & 0xFF)  # not exit(): a thread may still wait for a lock
