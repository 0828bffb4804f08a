"""Files with personal data, which no other user of the computer reads."""

import os
from pathlib import Path


def write_private(path: Path, content: bytes, *, new: bool = False) -> None:
    """Writes a file of mode 0600. One that is there is replaced, and has that mode too.

    Raises FileExistsError for a ``new`` one that is there.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC), 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 -- a descriptor has no path
        os.fchmod(descriptor, 0o600)  # it was there
        file.write(content)


def private_folder(path: Path) -> None:
    """Makes a folder of mode 0700 with those above it; one that is there stays as it is."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
