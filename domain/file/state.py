"""The state of a file that decisions need, and how each event changes it."""

from datetime import datetime
from typing import Literal, NamedTuple, assert_never

from domain.file import events as e


class File(NamedTuple):
    """``scan`` is the last verdict and its scanner."""

    state: Literal["none", "attached", "withdrawn"] = "none"
    scan: tuple[str, str] | None = None


def evolve(file: File, event: e.FileEvent, at: datetime) -> File:  # noqa: ARG001 -- the shape every fold has
    """The file after one more event. Total: any history folds."""
    match event:
        case e.FileAttached():
            return File("attached")
        case e.FileScanned(verdict=verdict, scanner=scanner):
            return file._replace(scan=(verdict, scanner))
        case e.FileWithdrawn():
            return file._replace(state="withdrawn")
        case _:
            assert_never(event)
