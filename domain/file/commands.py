"""The commands to a file."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, StringConstraints, model_validator

from domain.messages import Command, Id, Text, Word

FileOwner = Literal["ticket", "customer", "contract"]
Verdict = Literal["clean", "infected", "failed"]
Digest = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")]
MediaType = Annotated[str, StringConstraints(to_lower=True, max_length=200, pattern=r"^[\w.+-]+/[\w.+-]+$")]


class AttachFile(Command):
    """Records the facts of a file of a ticket, a customer or a contract: ``stream`` is the id of that.

    ``message`` is the version of the ticket's message that it came with. ``where`` is an address of its bytes.
    """

    begins = True

    of: FileOwner
    stream: Id
    message: Annotated[StrictInt, Field(ge=1)] | None = None
    name: Word
    media_type: MediaType
    size: Annotated[StrictInt, Field(ge=0, le=2**50)]
    sha256: Digest
    where: Text

    @model_validator(mode="after")
    def _message_of_a_ticket(self) -> Self:
        if self.message is not None and self.of != "ticket":
            raise ValueError("only a file of a ticket comes with a message")
        return self


class RecordScan(Command):
    verdict: Verdict
    scanner: Word


class WithdrawFile(Command):
    """The file is no longer offered."""

    reason: Text


FileCommand = RecordScan | WithdrawFile
"""What one file decides alone."""
