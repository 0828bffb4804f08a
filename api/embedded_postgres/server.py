"""Joining the server of a data folder, starting it as its first user, and leaving it."""

import atexit
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

import psycopg

from api.embedded_postgres.cluster import (
    NAME,
    bare_environment,
    cluster_folder,
    create_cluster,
    major_of,
    runnable,
    server_account,
)
from api.embedded_postgres.locks import PATIENCE, hold, is_held, takes, try_to_hold
from api.embedded_postgres.programs import NoDatabaseError, find_programs
from api.embedded_postgres.server_socket import (
    accepts,
    becomes,
    conninfo_of,
    remove_socket_folder,
    says_ready,
    socket_folder,
)
from api.embedded_postgres.watchdog import kept_running

SUPERVISOR = Path(__file__).with_name("supervisor.py")
RECOVERY = 600.0  # seconds until a server must have started; after a crash it replays up to max_wal_size first
LOG_LIMIT = 10_000_000  # bytes; a longer log is put aside

_supervisors: list[subprocess.Popen[bytes]] = []  # started by this process, which has to reap them


@contextmanager
def embedded(folder: Path, environ: Mapping[str, str], settings: Mapping[str, str]) -> Iterator[str]:
    """The conninfo of the server of this data folder, which runs at least until the block ends.

    `settings` are PostgreSQL's; they count if this call starts the server, and not if it joins a running one.
    Raises NoDatabaseError.
    """
    try:
        folder = _data_folder(folder)
        users = hold(folder / "users.lock", fcntl.LOCK_SH)
    except OSError as error:
        message = f"The data folder {folder} cannot be used: {error}. Choose another with --data."
        raise NoDatabaseError(message) from error
    try:
        conninfo = _in_turn(folder, environ, settings)
        with kept_running(folder, partial(_in_turn, folder, environ, settings)):
            yield conninfo
    finally:
        _leave(folder, users)


def _data_folder(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.geteuid() == 0:
            folder.chmod(0o711)  # the server's user passes through, and sees nothing
    return folder


def _in_turn(folder: Path, environ: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """The conninfo of the server, joined or started, while no other process does either."""
    start = hold(folder / "start.lock", fcntl.LOCK_EX)
    try:
        return _join(folder, environ, settings)
    except OSError as error:
        raise NoDatabaseError(f"PostgreSQL could not be started in {folder}: {error}.") from error
    finally:
        os.close(start)


def _join(folder: Path, environ: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """Joins the server of this folder or starts one; the caller holds start.lock and a share of users.lock."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        server = try_to_hold(folder / "server.lock", fcntl.LOCK_EX)
        if server is not None:
            return _start(folder, environ, settings, server)
        conninfo = conninfo_of((folder / "socket").readlink()) if (folder / "socket").is_symlink() else ""
        if not _is_supervised(folder):
            _stop_orphan(folder, conninfo)
            os.close(hold(folder / "server.lock", fcntl.LOCK_SH))
        elif accepts(conninfo, deadline, lambda: is_held(folder / "server.lock")):
            return conninfo
    raise NoDatabaseError(f"The PostgreSQL in {folder} does not answer. It said last:\n{_last_words(folder)}")


def _start(folder: Path, environ: Mapping[str, str], settings: Mapping[str, str], server_lock: int) -> str:
    """Starts the server; the lock goes to its processes, and is held until the last of them has ended."""
    supervisor_lock = hold(folder / "supervisor.lock", fcntl.LOCK_EX)
    try:
        cluster = cluster_folder(folder)
        account = server_account(cluster)
        programs = runnable(find_programs(environ, major_of(cluster)), account)
        if not cluster.is_dir():
            create_cluster(cluster, programs, account)
        _forget_killed_server(cluster)
        socket = socket_folder(folder, account)
        options = {"unix_socket_directories": str(socket), "listen_addresses": "", "port": "5432", **settings}
        task = {
            "command": [
                str(programs.folder / "postgres"),
                *("-D", str(cluster.resolve())),
                *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
            ],
            "environment": bare_environment(),
            "account": account or [],
            "users_lock": str(folder / "users.lock"),
            "server_lock": server_lock,
            "socket_folder": str(socket),
            "log": str(folder / "server.log"),
            "log_limit": LOG_LIMIT,
        }
        with _opened(folder / "server.log") as log:
            supervisor = subprocess.Popen(
                [sys.executable, "-I", "-S", SUPERVISOR, json.dumps(task)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[server_lock, supervisor_lock],
                start_new_session=True,  # Ctrl-C in a terminal is for the program, not for its server
            )
        _supervisors.append(supervisor)
        os.pwrite(supervisor_lock, f"{supervisor.pid:<10}\n".encode(), 0)
    finally:
        os.close(supervisor_lock)
        os.close(server_lock)
    conninfo, deadline = conninfo_of(socket), time.monotonic() + RECOVERY

    def still_there() -> bool:
        return supervisor.poll() is None

    if not (becomes(partial(says_ready, cluster), deadline, still_there) and accepts(conninfo, deadline, still_there)):
        raise NoDatabaseError(f"PostgreSQL did not start in {folder}. It said last:\n{_last_words(folder)}")
    return conninfo


def _leave(folder: Path, users: int) -> None:
    """Gives up the share of users.lock; the last user waits until the server has stopped."""
    supervisor_lock = folder / "supervisor.lock"
    with suppress(NoDatabaseError, OSError):  # after an error, too, the kernel frees the lock
        if takes(users, fcntl.LOCK_EX):  # no other user is left, and none can come
            if _is_supervised(folder):
                with suppress(ValueError, ProcessLookupError):
                    os.kill(int(supervisor_lock.read_bytes()), signal.SIGTERM)
            os.close(hold(supervisor_lock, fcntl.LOCK_SH))
            os.close(hold(folder / "server.lock", fcntl.LOCK_SH))
            remove_socket_folder(folder)
        elif not takes(users, fcntl.LOCK_SH):  # the supervisor holds it and is stopping the server
            os.close(hold(folder / "users.lock", fcntl.LOCK_SH))
    os.close(users)
    _supervisors[:] = [supervisor for supervisor in _supervisors if supervisor.poll() is None]


@atexit.register
def _let_supervisors_go() -> None:
    """A supervisor whose server has other users outlives this process, and subprocess must not warn of it."""
    for supervisor in _supervisors:
        if supervisor.poll() is None:
            supervisor.returncode = 0


def _forget_killed_server(cluster: Path) -> None:
    """Removes the pid file of a killed server. The caller holds server.lock, so no process of that server is left.

    PostgreSQL would trust its process id, which another process or a zombie may have by now. A server started by hand
    has its socket elsewhere: its file stays, and PostgreSQL refuses to start.
    """
    pid_file = cluster / "postmaster.pid"
    lines = pid_file.read_text().splitlines() if pid_file.is_file() else []
    if any(Path(line).name.startswith(f"{NAME}-") for line in lines[4:5]):  # the fifth line names the socket's folder
        pid_file.unlink()


def _stop_orphan(folder: Path, conninfo: str) -> None:
    """Stops a server without a supervisor, if it answers: the process id of a dead one may be another process's."""
    if not conninfo:
        return
    with suppress(psycopg.OperationalError, FileNotFoundError, ProcessLookupError):
        psycopg.connect(conninfo, connect_timeout=10).close()
        os.kill(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)


def _is_supervised(folder: Path) -> bool:
    return is_held(folder / "supervisor.lock")


def _opened(log: Path) -> BinaryIO:
    """The log, readable by this user alone, opened for appending."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.fchmod(descriptor, 0o600)  # one of an earlier release
    return os.fdopen(descriptor, "ab")


def _last_words(folder: Path) -> str:
    log = folder / "server.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else "nothing"
