"""The decider of a file."""

from typing import assert_never
from uuid import UUID

from domain.file import commands as c
from domain.file import events as e
from domain.file.state import File
from domain.refusal import Refusal

FileEvents = list[e.FileEvent]


def decide_attaching(command: c.AttachFile, file: File, customer: UUID | None) -> FileEvents:
    """The event of a new file. ``customer`` is that of its customer or contract. Raises Refusal."""
    if file.state != "none":
        raise Refusal("file_exists", "this file is attached already; attach another one", file.state)
    return [e.FileAttached(customer_id=customer, **command.facts())]


def decide(command: c.FileCommand, file: File) -> FileEvents:
    """The events of a command; an empty list when what it wants is already so. Raises Refusal."""
    if file.state == "none":
        raise Refusal("file_unknown", "there is no such file; attach it first", file.state)
    match command:
        case c.RecordScan(verdict=verdict, scanner=scanner):
            if file.scan == (verdict, scanner):
                return []
            if file.state == "withdrawn":
                raise Refusal("file_withdrawn", "a file that was withdrawn is not scanned", file.state)
            return [e.FileScanned(verdict=verdict, scanner=scanner)]
        case c.WithdrawFile():
            return [] if file.state == "withdrawn" else [e.FileWithdrawn()]
        case _:
            assert_never(command)
