"""The processor time of this process, of the children of another, and of the database server."""

import os
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import psycopg

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _OWN, _ENDED = 1, slice(11, 13), slice(13, 15)


def of_this_process() -> float:
    """The seconds of this process and of its children that have ended."""
    used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def of_children(pid: int) -> float:
    """The seconds of all children of a process and of theirs, those that have ended included."""
    ended = sum(map(int, _stat(pid)[_ENDED])) / _TICKS
    return ended + sum(sum(map(int, _stat(child)[_OWN])) / _TICKS + of_children(child) for child in _children(pid))


def of_database(dsn: str) -> float:
    """The seconds of the database server on this computer, with all its sessions."""
    with psycopg.connect(dsn) as connection:
        server = int(_stat(connection.info.backend_pid)[_PARENT])
        return sum(map(int, _stat(server)[_OWN])) / _TICKS + of_children(server)


def _children(pid: int) -> list[int]:
    try:
        tasks = [(task / "children").read_text(encoding="ascii") for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it has ended
        return []
    return [int(child) for children in tasks for child in children.split()]


def _stat(pid: int) -> list[str]:
    """The fields behind the name of a process; zeros when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ["0"] * 50
