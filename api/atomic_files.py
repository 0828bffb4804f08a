"""Files that are whole whenever they are seen, also after a loss of power."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_atomically(path: Path, text: str, *, mode: int = 0o644, replace: bool = True) -> None:
    """Writes a file and the name of it to the disk before it returns. Without ``replace`` one that is there stays."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(descriptor, mode)
            file.flush()
            os.fsync(descriptor)
        if replace:
            Path(unfinished).replace(path)
        else:
            with suppress(FileExistsError):
                path.hardlink_to(unfinished)
    finally:
        Path(unfinished).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
