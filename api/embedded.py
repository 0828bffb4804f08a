"""A PostgreSQL of the program's own in a data folder: started by its first user, stopped when the last one leaves.

In the data folder lie

    postgres/                the cluster (or a link to it, see below)
    server.log               what the server says
    socket                   a link to the folder of its socket, a new short one under /tmp at each start (a socket's
                             path may have about 100 bytes); mode 0700, and there is no TCP, so no passwords
    start.lock               held while a user starts or joins the server
    users.lock               held shared by every user; exclusively while the server stops because they have gone
    supervisor.lock          held by the server's supervisor (api/supervisor.py)
    server.lock              held by the supervisor and by every process of the server, which inherit it

The locks are flock()s: the kernel frees them however a process ends, so what they say is true after any kill -9. A free
server.lock means that not one process of an earlier server is left.

PostgreSQL refuses to run as root, so root's server runs as the owner of the cluster, `nobody` for a new one. No mode of
a folder that was there before is changed. Where that user cannot reach the data folder (root's home is closed to all
others), the cluster lies in /var/lib/ticketledger and `postgres` links to it; where it cannot read the programs, they
are copied there.
"""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.conninfo import make_conninfo

from api.postgres_programs import NoDatabaseError, Programs, find_programs

SUPERVISOR = Path(__file__).with_name("supervisor.py")
SYSTEM_STORE = Path("/var/lib/ticketledger")  # used by root alone
NAME = "ticketledger"  # of the database and of its owner
PATIENCE = 120.0  # seconds to wait for another process
RECOVERY = 600.0  # seconds to wait for a server that starts: after a crash it first works off up to max_wal_size
PAUSE = 0.02  # seconds between two looks
LOG_LIMIT = 10_000_000  # bytes; a longer log is put aside at the next start

SETTINGS = """
# Written once by ticketledger; yours to change.
listen_addresses = ''               # the socket only
timezone = 'UTC'
log_timezone = 'UTC'
shared_buffers = '256MB'
max_wal_size = '4GB'                # long imports without a checkpoint every few seconds
checkpoint_completion_target = 0.9
wal_compression = on
random_page_cost = 1.1              # solid state disks
jit = off                           # short queries
log_checkpoints = off
log_min_error_statement = panic     # statements hold the words of customers: not in a log
log_error_verbosity = terse         # likewise the details of an error
"""  # fsync and synchronous_commit stay on, as PostgreSQL has them: what was acknowledged is kept

_supervisors: list[subprocess.Popen[bytes]] = []  # started here; kept so that their end can be taken note of


class Account(NamedTuple):
    """The user that the server of root runs as."""

    uid: int
    gid: int


@contextmanager
def embedded(folder: Path, environ: Mapping[str, str], settings: Mapping[str, str]) -> Iterator[str]:
    """The conninfo of the server of this data folder, which runs at least until the block is left.

    `settings` are PostgreSQL's; they hold if this call starts the server, not if it joins a running one.
    Raises NoDatabaseError.
    """
    try:
        folder = _data_folder(folder)
        users = _lock(folder / "users.lock", fcntl.LOCK_SH)
    except OSError as error:
        message = f"The data folder {folder} cannot be used: {error}. Choose another with --data."
        raise NoDatabaseError(message) from error
    try:
        start = _lock(folder / "start.lock", fcntl.LOCK_EX)
        try:
            conninfo = _join(folder, environ, settings)
        except OSError as error:
            raise NoDatabaseError(f"PostgreSQL could not be started in {folder}: {error}.") from error
        finally:
            os.close(start)
        yield conninfo
    finally:
        _leave(folder, users)


def _data_folder(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            folder.chmod(0o711)  # the server's user passes through, and sees nothing
    return folder


def _join(folder: Path, environ: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """Join the server of this folder or start one; the caller holds start.lock and a share of users.lock."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        server = _try_lock(folder / "server.lock", fcntl.LOCK_EX)
        if server is not None:
            return _start(folder, environ, settings, server)
        conninfo = _conninfo((folder / "socket").readlink()) if (folder / "socket").is_symlink() else ""
        if not _is_supervised(folder):
            _stop_orphan(folder, conninfo)
            os.close(_lock(folder / "server.lock", fcntl.LOCK_SH))
        elif _accepts(conninfo, deadline, lambda: _is_locked(folder / "server.lock")):
            return conninfo
    raise NoDatabaseError(f"The PostgreSQL in {folder} does not answer. It said last:\n{_last_words(folder)}")


def _start(folder: Path, environ: Mapping[str, str], settings: Mapping[str, str], server_lock: int) -> str:
    """Start the server; the lock goes to its processes, which hold it until the last of them has ended."""
    supervisor_lock = _lock(folder / "supervisor.lock", fcntl.LOCK_EX)
    try:
        cluster = _cluster_place(folder)
        account = _account(cluster)
        programs = _readable(find_programs(environ, _major_of(cluster)), account)
        if not cluster.is_dir():
            _create_cluster(cluster, programs, account)
        _forget_killed_server(cluster)
        socket = _new_socket_folder(folder, account)
        options = {"unix_socket_directories": str(socket), "listen_addresses": "", "port": "5432", **settings}
        task = {
            "command": [
                str(programs.folder / "postgres"),
                *("-D", str(cluster.resolve())),
                *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
            ],
            "environment": _bare_environment(),
            "account": account or [],
            "users_lock": str(folder / "users.lock"),
            "server_lock": server_lock,
            "socket_folder": str(socket),
        }
        with _log(folder).open("ab") as log:
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
    conninfo = _conninfo(socket)
    if not _accepts(conninfo, time.monotonic() + RECOVERY, lambda: supervisor.poll() is None):
        raise NoDatabaseError(f"PostgreSQL did not start in {folder}. It said last:\n{_last_words(folder)}")
    return conninfo


def _leave(folder: Path, users: int) -> None:
    """Give up the share in the server; whoever was the last user waits until the server is gone."""
    supervisor_lock = folder / "supervisor.lock"
    with suppress(NoDatabaseError, OSError):  # whatever happens here, the kernel tells the supervisor that we left
        if _takes(users, fcntl.LOCK_EX):  # nobody else is left, and nobody can come
            if _is_supervised(folder):
                with suppress(ValueError, ProcessLookupError):
                    os.kill(int(supervisor_lock.read_bytes()), signal.SIGTERM)
            os.close(_lock(supervisor_lock, fcntl.LOCK_SH))
            os.close(_lock(folder / "server.lock", fcntl.LOCK_SH))
        elif not _takes(users, fcntl.LOCK_SH):  # the supervisor was faster and is stopping the server
            os.close(_lock(folder / "users.lock", fcntl.LOCK_SH))
    os.close(users)
    _supervisors[:] = [supervisor for supervisor in _supervisors if supervisor.poll() is None]


def _create_cluster(cluster: Path, programs: Programs, account: Account | None) -> None:
    """Make the cluster beside its place and move it there when it is whole, so that a half-made one is never used."""
    place = cluster.resolve()  # a link to the system store leads on
    for leftover in place.parent.glob(f"{place.name}.unfinished-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{place.name}.unfinished-", dir=place.parent))
    if account:
        os.chown(unfinished, *account)
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]  # the same on every system
    locale = provider if programs.major >= 17 else ["--locale=C.UTF-8"]  # noqa: PLR2004  where the provider began
    options = [f"--username={NAME}", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", *locale]
    _call([programs.folder / "initdb", "-D", unfinished, *options], account)
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(SETTINGS)
    alone = [programs.folder / "postgres", "--single", "-D", unfinished, "postgres"]
    _call(alone, account, f"create database {NAME}\n")
    unfinished.rename(place)
    _sync(place.parent)


def _cluster_place(folder: Path) -> Path:
    """Where the cluster is or will be: in the data folder, or through a link where root's server user can go."""
    cluster = folder / "postgres"
    if os.geteuid() != 0 or cluster.exists() or cluster.is_symlink():
        return cluster
    if _succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", folder], _account(cluster)):
        return cluster
    _system_store()
    cluster.symlink_to(SYSTEM_STORE / f"cluster-{secrets.token_hex(6)}")
    return cluster


def _account(cluster: Path) -> Account | None:
    if os.geteuid() != 0:
        return None
    if cluster.is_dir() and cluster.stat().st_uid != 0:
        return Account(cluster.stat().st_uid, cluster.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        message = "PostgreSQL cannot run as root, and there is no user `nobody`: start as another user."
        raise NoDatabaseError(message) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def _readable(programs: Programs, account: Account | None) -> Programs:
    """The programs, or a copy of them in the system store if the server's user cannot run them where they are."""
    if account is None or _succeeds([programs.folder / "postgres", "--version"], account):
        return programs
    install, version = programs.folder.parent, (programs.folder / "postgres").stat()
    package = install.parent
    key = hashlib.sha256(f"{install} {version.st_mtime_ns} {version.st_size}".encode()).hexdigest()[:12]
    copy = _system_store() / f"programs-{programs.major}-{key}"
    if not copy.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix=f"{copy.name}.unfinished-", dir=copy.parent))
        libraries = package.with_name(f"{package.name}.libs")  # a wheel's, which its programs find by relative path
        for part in (install / "bin", install / "lib", install / "share", libraries):
            if part.is_dir():
                shutil.copytree(part, unfinished / part.relative_to(package.parent), symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        with suppress(FileExistsError, OSError):  # another data folder's start was faster
            unfinished.rename(copy)
        shutil.rmtree(unfinished, ignore_errors=True)
    return Programs(copy / install.relative_to(package.parent) / "bin", programs.major)


def _system_store() -> Path:
    SYSTEM_STORE.mkdir(mode=0o755, parents=True, exist_ok=True)
    return SYSTEM_STORE


def _major_of(cluster: Path) -> int | None:
    version = cluster / "PG_VERSION"
    return int(version.read_text()) if version.is_file() else None


def _forget_killed_server(cluster: Path) -> None:
    """Remove the pid file that a killed server of ours left, as the caller holds server.lock and so knows it is gone.

    PostgreSQL would trust the number in it, which another process may have by now, or a zombie that nobody buries.
    A server that somebody started by hand has its socket elsewhere; its file stays, and PostgreSQL refuses.
    """
    pid_file = cluster / "postmaster.pid"
    lines = pid_file.read_text().splitlines() if pid_file.is_file() else []
    if any(Path(line).name.startswith(f"{NAME}-") for line in lines[4:5]):  # the fifth line names the socket's folder
        pid_file.unlink()


def _new_socket_folder(folder: Path, account: Account | None) -> Path:
    """A new short folder for the socket; the link to the one of a killed server is replaced, and that one removed."""
    link = folder / "socket"
    if link.is_symlink() and link.readlink().name.startswith(f"{NAME}-"):
        shutil.rmtree(link.readlink(), ignore_errors=True)
    link.unlink(missing_ok=True)
    socket = Path(tempfile.mkdtemp(prefix=f"{NAME}-", dir="/tmp"))  # a new name, mode 0700
    if account:
        os.chown(socket, *account)
    link.symlink_to(socket)
    return socket


def _conninfo(socket: Path) -> str:
    return make_conninfo(host=str(socket), port=5432, user=NAME, dbname=NAME)


def _accepts(conninfo: str, deadline: float, still_there: Callable[[], bool]) -> bool:
    """Wait until the server takes connections; False if it ends first, or at the deadline (of time.monotonic)."""
    while time.monotonic() < deadline:
        here = still_there()
        try:
            psycopg.connect(conninfo, connect_timeout=10).close()
        except psycopg.OperationalError:
            if not here:
                return False
            time.sleep(PAUSE)
        else:
            return True
    return False


def _stop_orphan(folder: Path, conninfo: str) -> None:
    """Stop a server that lost its supervisor; only one that answers, as the number of a dead one may be another's."""
    if not conninfo:
        return
    with suppress(psycopg.OperationalError, FileNotFoundError, ProcessLookupError):
        psycopg.connect(conninfo, connect_timeout=10).close()
        os.kill(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)


def _is_supervised(folder: Path) -> bool:
    return _is_locked(folder / "supervisor.lock")


def _is_locked(path: Path) -> bool:
    lock = _try_lock(path, fcntl.LOCK_SH)
    if lock is None:
        return True
    os.close(lock)
    return False


def _lock(path: Path, kind: int) -> int:
    """Wait for the lock, at most PATIENCE, and give the descriptor that holds it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        lock = _try_lock(path, kind)
        if lock is not None:
            return lock
        time.sleep(PAUSE)
    raise NoDatabaseError(f"Another process has held {path} for {PATIENCE:.0f} seconds: end what it waits for, or it.")


def _try_lock(path: Path, kind: int) -> int | None:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if _takes(lock, kind):
        return lock
    os.close(lock)
    return None


def _takes(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _call(command: list[Any], account: Account | None, words: str = "") -> None:
    result = subprocess.run(command, input=words, capture_output=True, text=True, check=False, **_as(account))
    if result.returncode != 0:
        raise NoDatabaseError(f"PostgreSQL's {Path(command[0]).name} failed:\n{result.stdout}{result.stderr}".strip())


def _succeeds(command: list[Any], account: Account | None) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, **_as(account)).returncode == 0
    except PermissionError:
        return False


def _as(account: Account | None) -> dict[str, Any]:
    """Arguments of a subprocess that runs as this user, with nothing of ours in its environment."""
    user: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return {"cwd": "/", "env": _bare_environment(), **user}


def _bare_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", **kept}


def _log(folder: Path) -> Path:
    log = folder / "server.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return log


def _last_words(folder: Path) -> str:
    log = folder / "server.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else "nothing"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
