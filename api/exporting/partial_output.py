"""Output that appears whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.exporting.snapshot import ExportRefused


@contextmanager
def whole_or_nothing(to: Path) -> Iterator[Path]:
    """A hidden work folder beside ``to``, on the same disk. It is removed when the block ends, with all it then holds.

    What the block has written is moved out of it by ``put``. A folder that a killed export left behind is emptied.
    Raises ExportRefused while another export writes to the same place.
    """
    work = to.with_name(f".{to.name}.partial")
    descriptor = _locked(work)
    if descriptor is None:
        raise ExportRefused(f"Another export is writing to {to}: wait for it, or choose another place.")
    try:
        _empty(work)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    finally:
        os.close(descriptor)


def put(made: Path, to: Path) -> None:
    """Moves a complete file or folder to its place. A file replaces an older one, a folder only an empty one.

    The disk holds all of it before it appears, and its name when this returns.
    """
    for part in (*(made.iterdir() if made.is_dir() else ()), made):
        _flush(part)
    made.replace(to)
    _flush(to.parent)


def checked_target(to: Path, *, folder: bool) -> Path:
    """The target behind links. Raises ExportRefused for one that cannot take the file or the folder."""
    resolved = to.resolve()
    _check_parent(resolved)
    if folder and resolved.exists() and not (resolved.is_dir() and not any(resolved.iterdir())):
        raise ExportRefused(f"{to} exists already: choose a new folder.")
    if not folder and resolved.exists() and not resolved.is_file():
        raise ExportRefused(f"{to} is no file: choose another name.")
    return resolved


def _check_parent(target: Path) -> None:
    if not target.parent.is_dir():
        raise ExportRefused(f"{target.parent} is no folder: make it first.")


def _locked(work: Path) -> int | None:
    """The folder, made if need be, open and locked; None when another export holds or has just removed it."""
    try:
        work.mkdir(exist_ok=True)
        descriptor = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        _check_parent(work)
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), work.stat()):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(descriptor)
    return None


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _empty(folder: Path) -> None:
    for left in folder.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
