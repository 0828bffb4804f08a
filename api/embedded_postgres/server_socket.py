"""The socket of an embedded server: in a short private folder, the same as long as the server has users."""

import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.embedded_postgres.cluster import NAME, Account
from domain.backoff import Backoff, Pauses

PAUSES = Pauses(0.02, 0.2)  # between two looks at a server that starts
STATUS_LINE = 7  # of postmaster.pid, from 0
PRIVATE = 0o700  # the mode that tempfile.mkdtemp gives


def socket_folder(folder: Path, account: Account | None) -> Path:
    """An empty folder of mode 0700 for the socket of this data folder's server, which must not run.

    It is the folder that `socket` links to, so that users of a killed server reach the next one at the same address. A
    new folder replaces it when the data folder is a copy, or when another user has taken the name.
    """
    known = _known(folder)
    if known and _made_or_emptied(known, account):
        return known
    link = folder / "socket"
    link.unlink(missing_ok=True)
    new = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir="/tmp"))  # a socket's path may have about 100 bytes
    try:
        _give(new, account)
        link.symlink_to(new)
    except OSError:
        new.rmdir()
        raise
    return new


def remove_socket_folder(folder: Path) -> None:
    """Removes the folder of a server that did not start; a server that stopped has removed its own."""
    if known := _known(folder):
        shutil.rmtree(known, ignore_errors=True)


def conninfo_of(socket: Path) -> str:
    """The conninfo of the server with this socket folder."""
    return make_conninfo(host=str(socket), port=5432, user=NAME, dbname=NAME)


def is_embedded(conninfo: str) -> bool:
    """Whether the address is that of an embedded server, as its superuser."""
    parts = conninfo_to_dict(conninfo)
    return parts.get("user") == NAME and Path(str(parts.get("host"))).name.startswith(f"{NAME}-")


def accepts(conninfo: str, deadline: float, still_there: Callable[[], bool]) -> bool:
    """Waits until the server takes connections; False if it ends first, or at the deadline (of time.monotonic)."""
    return becomes(partial(_connects, conninfo), deadline, still_there)


def says_ready(cluster: Path) -> bool:
    """Whether the server says in its pid file that it takes connections; before, each attempt is a FATAL in its log."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()[STATUS_LINE].strip() == "ready"
    except (FileNotFoundError, IndexError):
        return False


def becomes(state: Callable[[], bool], deadline: float, still_there: Callable[[], bool]) -> bool:
    """Waits until the server is in a state; False if it ends first, or at the deadline."""
    backoff = Backoff(PAUSES)
    while time.monotonic() < deadline:
        here = still_there()
        if state():
            return True
        if not here:
            return False
        time.sleep(backoff.failed())  # the server cannot notify before it accepts connections
    return False


def _connects(conninfo: str) -> bool:
    try:
        psycopg.connect(conninfo, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _known(folder: Path) -> Path | None:
    """The folder that `socket` links to, unless the link was copied with another data folder."""
    link = folder / "socket"
    known = link.readlink() if link.is_symlink() else None
    return known if known and known.name.startswith(_prefix(folder)) else None


def _prefix(folder: Path) -> str:
    return f"{NAME}-{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:8]}-"


def _made_or_emptied(socket: Path, account: Account | None) -> bool:
    """Makes or empties the folder; False when it is not this server's, as any user can make it in /tmp."""
    try:
        socket.mkdir(mode=PRIVATE)
    except FileExistsError:
        status = socket.lstat()
        owner = account.uid if account else os.geteuid()
        if not stat.S_ISDIR(status.st_mode) or stat.S_IMODE(status.st_mode) != PRIVATE or status.st_uid != owner:
            return False
        for leftover in socket.iterdir():
            leftover.unlink()
    else:
        _give(socket, account)
    return True


def _give(socket: Path, account: Account | None) -> None:
    if account:
        os.chown(socket, *account)
