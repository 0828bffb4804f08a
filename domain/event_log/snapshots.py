"""Snapshots: the stored states of long streams, which shorten their loading.

A snapshot can be lost: then its stream is loaded from the first event. It counts for the fold that made it alone.
"""

from typing import NamedTuple
from uuid import UUID

SNAPSHOT = "snapshot"
"""The topic of a snapshot among the rows of its stream."""

NO_FOLD = ""
"""The fold that no snapshot has."""


class Snapshot(NamedTuple):
    """A stream's state at a version, as text; ``fold`` names the code that made it."""

    stream: UUID
    version: int
    fold: str
    state: str
