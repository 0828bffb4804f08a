"""A command that waits for its answer, and what it may be answered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from domain.command_handling.command_request import CommandRequest
from domain.errors import LedgerError
from domain.event_log.append import Answer
from domain.personal_data.blinding import Blinding


class CommandResult(NamedTuple):
    """The answer to a command; ``repeated`` says that an earlier command with the same id got it."""

    answer: Answer
    repeated: bool


class CommandIdReused(LedgerError):  # noqa: N818 -- names what happened
    """The command id was used before, for another command."""

    kind = "idempotency_key_reused"

    @property
    def detail(self) -> str:
        return "choose a new Idempotency-Key for a new command"


@dataclass(slots=True, eq=False)
class PendingCommand:
    """``attempts`` counts how often its streams were stale; ``alone`` keeps it out of batches with others."""

    request: CommandRequest
    future: asyncio.Future[CommandResult]
    attempts: int = 0
    alone: bool = False
    is_blinded: bool = False

    @property
    def streams_to_load(self) -> Sequence[UUID]:
        """The streams that may have events: at the first attempt not the one that the command begins."""
        if self.request.command.begins and not self.attempts:
            return [stream for stream in self.request.streams if stream != self.request.stream]
        return self.request.streams

    def blind(self, blinding: Blinding) -> None:
        """Gives the request the hashes of an encrypted log, once."""
        if not self.is_blinded:
            self.request, self.is_blinded = self.request.blinded(blinding), True

    def finish(self, outcome: Answer | Exception, *, repeated: bool = False) -> None:
        """Gives the caller the answer or raises the error there."""
        if isinstance(outcome, Exception):
            self.fail(outcome)
        elif not self.future.done():
            self.future.set_result(CommandResult(outcome, repeated))

    def fail(self, error: Exception) -> None:
        """Raises the error in the caller, if the caller still waits."""
        if not self.future.done():
            self.future.set_exception(error)
