"""Files that hold personal data: only their owner reads them."""

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Writes a file with mode 0600, in place of an earlier one. Raises OSError."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        os.fchmod(file.fileno(), 0o600)  # an earlier file keeps its mode
        file.write(content)
