"""The file of the verifier, as an auditor gets it."""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from api.auditing import verify


class VerifierFile(NamedTuple):
    """The content of the file, and its SHA-256 in hexadecimal."""

    content: bytes
    digest: str


@cache
def verifier() -> VerifierFile:
    """The verifier of this release."""
    content = Path(verify.__file__).read_bytes()
    return VerifierFile(content, hashlib.sha256(content).hexdigest())
