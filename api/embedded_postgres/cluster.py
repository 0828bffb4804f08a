"""The files of an embedded PostgreSQL: their folders, their owner, and how they are made.

PostgreSQL refuses to run as root, so root's server runs as the owner of the cluster, `nobody` for a new one. The modes
of existing folders stay as they are. If that user cannot reach the data folder (root's home is closed to others), the
cluster lies in /var/lib/ticketledger and `postgres` links to it; if it cannot read the programs, they are copied there.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from api.embedded_postgres.programs import NoDatabaseError, Programs

SYSTEM_STORE = Path("/var/lib/ticketledger")  # used by root alone
NAME = "ticketledger"  # of the database and of its owner

SETTINGS = """
# Written once by ticketledger; yours to change.
listen_addresses = ''               # the socket only
timezone = 'UTC'
log_timezone = 'UTC'
shared_buffers = '256MB'
max_wal_size = '4GB'                # long imports without a checkpoint every few seconds
checkpoint_completion_target = 0.9
random_page_cost = 1.1              # solid state disks
jit = off                           # short queries
client_connection_check_interval = '1s'  # a killed client does not hold its locks until its query ends
log_checkpoints = off
log_min_error_statement = panic     # statements hold texts of customers, which do not belong into a log
log_error_verbosity = terse         # likewise the details of an error
"""  # fsync and synchronous_commit stay on: acknowledged commands survive a crash
if sys.platform == "linux":
    SETTINGS += """\
recovery_init_sync_method = syncfs  # back after a kill in a third of the time
max_connections = 470               # 64 tenants in use: seven each, and ten
"""  # elsewhere initdb finds out how many: semaphores are scarce on macOS


class Account(NamedTuple):
    """The user as whom the server of root runs."""

    uid: int
    gid: int


def cluster_folder(folder: Path) -> Path:
    """The folder of the cluster: in the data folder, or behind a link where root's server user can go."""
    cluster = folder / "postgres"
    if os.geteuid() != 0 or cluster.exists() or cluster.is_symlink():
        return cluster
    if _succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", folder], server_account(cluster)):
        return cluster
    _system_store()
    cluster.symlink_to(SYSTEM_STORE / f"cluster-{secrets.token_hex(6)}")
    return cluster


def create_cluster(cluster: Path, programs: Programs, account: Account | None) -> None:
    """Makes the cluster beside its folder and renames it when it is complete, so that no incomplete one is used."""
    resolved = cluster.resolve()  # a link to the system store leads on
    for leftover in resolved.parent.glob(f"{resolved.name}.unfinished-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{resolved.name}.unfinished-", dir=resolved.parent))
    if account:
        os.chown(unfinished, *account)
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]  # the same on every system
    locale = provider if programs.major >= 17 else ["--locale=C.UTF-8"]  # noqa: PLR2004 -- the first version with this provider
    options = [f"--username={NAME}", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", *locale]
    _call([programs.folder / "initdb", "-D", unfinished, *options], account)
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(SETTINGS)
    alone = [programs.folder / "postgres", "--single", "-D", unfinished, "postgres"]
    _call(alone, account, f"create database {NAME}\n")
    unfinished.rename(resolved)
    _sync(resolved.parent)


def server_account(cluster: Path) -> Account | None:
    """The user of the server; None is the user of this program. Raises NoDatabaseError."""
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


def runnable(programs: Programs, account: Account | None) -> Programs:
    """The programs, or their copy in the system store if the server's user cannot run them in their folder."""
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
        with suppress(FileExistsError, OSError):  # another data folder made the copy at the same moment
            unfinished.rename(copy)
        shutil.rmtree(unfinished, ignore_errors=True)
    return Programs(copy / install.relative_to(package.parent) / "bin", programs.major)


def major_of(cluster: Path) -> int | None:
    """The major version of PostgreSQL that made the cluster; None before it is made."""
    version = cluster / "PG_VERSION"
    return int(version.read_text()) if version.is_file() else None


def _system_store() -> Path:
    SYSTEM_STORE.mkdir(mode=0o755, parents=True, exist_ok=True)
    return SYSTEM_STORE


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
    """Arguments of a subprocess that runs as this user in a bare environment."""
    user: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return {"cwd": "/", "env": bare_environment(), **user}


def bare_environment() -> dict[str, str]:
    """The environment of PostgreSQL's programs: no secrets of this program, no settings of clients."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", **kept}


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
