"""Everything that can be asked of a ticket."""

from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator

from domain.messages import (
    CancelledAs,
    Channel,
    Closer,
    Command,
    EffortKind,
    Id,
    Priority,
    Text,
    WaitingFor,
    Word,
)


class ReceiveTicket(Command):
    """A customer asks for something through one of the channels."""

    begins = True

    customer_id: Id
    channel: Channel
    subject: Word
    category: Word
    priority: Priority
    body: Text | None = None
    external_reference: Word | None = None


class CategoriseTicket(Command):
    category: Word


class PrioritiseTicket(Command):
    priority: Priority
    reason: Text


class AssignTicket(Command):
    """To a team, to an agent, or to an agent of a team. A new team without an agent leaves the agent open."""

    team: Word | None = None
    agent: Word | None = None

    @model_validator(mode="after")
    def _to_somebody(self) -> Self:
        if self.team is None and self.agent is None:
            raise ValueError("give a team, an agent or both")
        return self


class StartWork(Command):
    """The actor begins; an unassigned ticket becomes theirs first."""


class PutOnHold(Command):
    waiting_for: WaitingFor
    reason: Text


class ResumeWork(Command):
    """What was waited for has come, or is waited for no longer."""


class ReceiveMessage(Command):
    """The customer says something more."""

    body: Text
    channel: Channel | None = None


class SendReply(Command):
    """A public answer; ``automated`` marks one that no person wrote."""

    body: Text
    channel: Channel | None = None
    automated: StrictBool = False


class AddNote(Command):
    body: Text


class EscalateTicket(Command):
    to: Word
    level: Annotated[int, Field(strict=True, ge=1, le=9)]
    reason: Text


class LogEffort(Command):
    """Handling time of one agent, in whole seconds, at most one day."""

    agent: Word
    kind: EffortKind
    seconds: Annotated[int, Field(strict=True, ge=1, le=86_400)]


class ResolveTicket(Command):
    resolution: Text
    code: Word = "solved"


class ReopenTicket(Command):
    reason: Text


class CloseTicket(Command):
    closed_by: Closer = "agent"


class CancelTicket(Command):
    """``cancelled_as``: a duplicate and spam are no contact of the customer; anything else is."""

    cancelled_by: Closer = "agent"
    cancelled_as: CancelledAs = "other"


class MergeTicket(Command):
    """This ticket ends; ``into`` goes on for both."""

    into: Id
    reason: Text


class UndoMerge(Command):
    """``into`` names the ticket that had absorbed this one; both become what they were."""

    into: Id
    reason: Text


class RateSatisfaction(Command):
    """1 (bad) to 5 (good), of the resolution that held at ``occurred_at``."""

    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: Text | None = None


TicketCommand = (
    ReceiveTicket
    | CategoriseTicket
    | PrioritiseTicket
    | AssignTicket
    | StartWork
    | PutOnHold
    | ResumeWork
    | ReceiveMessage
    | SendReply
    | AddNote
    | EscalateTicket
    | LogEffort
    | ResolveTicket
    | ReopenTicket
    | CloseTicket
    | CancelTicket
    | RateSatisfaction
)
"""What one ticket decides alone."""

MergeCommand = MergeTicket | UndoMerge
"""What two tickets decide together."""
