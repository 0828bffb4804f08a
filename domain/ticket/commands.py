"""The commands to a ticket."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from domain.holder import AssignToHolder
from domain.messages import (
    CancelledAs,
    Channel,
    Closer,
    Command,
    EffortKind,
    Id,
    Instant,
    Priority,
    Text,
    WaitingFor,
    Word,
)
from domain.ticket.routing_choice import RoutingChoice

EventVersion = Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]
"""The version of an event on the ticket's stream."""


class ReceiveTicket(Command):
    """Opens a ticket for what a registered customer wants.

    Without an ``organisation_id`` the ticket gets the organisation that the person belongs to at ``occurred_at``: the
    main one, or the only one. ``candidates`` are the customers who share the address it came from.
    """

    begins = True

    customer_id: Id
    channel: Channel
    subject: Word
    category: Word
    priority: Priority
    body: Text | None = None
    external_reference: Word | None = None
    organisation_id: Id | None = None
    candidates: Annotated[tuple[Id, ...], Field(max_length=50)] = ()


class CorrectCustomer(Command):
    """Says that the ticket is, and always was, another customer's. ``organisation_id`` as in ``ReceiveTicket``."""

    customer_id: Id
    organisation_id: Id | None = None
    reason: Text


class ChangeSubject(Command):
    subject: Word
    reason: Text


class CategoriseTicket(Command):
    category: Word


class PrioritiseTicket(Command):
    priority: Priority
    reason: Text


class AssignTicket(AssignToHolder):
    """Assigns to a team, an agent, or an agent of a team. A new team without an agent clears the agent."""


class AssignByRouting(Command):
    """Assigns as the routing chose; ``agent`` None leaves the ticket to the team.

    What somebody else has assigned stays as it is, and the choice is recorded as a proposal.
    """

    team: Word
    agent: Word | None = None
    routing: RoutingChoice


class StartWork(Command):
    """Starts work; a ticket without an agent is assigned to the actor first."""


class PutOnHold(Command):
    """Puts a ticket on hold; with ``until`` work is resumed then, unless something ends the wait before."""

    waiting_for: WaitingFor
    until: Instant | None = None
    reason: Text


class ResumeWork(Command):
    """Ends a wait."""


class ReceiveMessage(Command):
    """Adds a message of the customer; it ends a wait for the customer and reopens a resolved ticket."""

    body: Text
    channel: Channel | None = None


class SendReply(Command):
    """Adds a public reply; ``automated`` marks one that no person wrote."""

    body: Text
    channel: Channel | None = None
    automated: StrictBool = False


class ProposeReply(Command):
    """Gives a reply to another person to look at before the customer gets it; ``automated`` as in ``SendReply``."""

    body: Text
    channel: Channel | None = None
    automated: StrictBool = False


class ApproveReply(Command):
    """Sends a proposed reply. ``proposal`` is the version of the event that proposed it."""

    proposal: EventVersion


class RejectReply(Command):
    proposal: EventVersion
    reason: Text


class PromiseCallback(Command):
    """Promises the customer a call ``at`` an instant. The name of the promise is the version of its event."""

    at: Instant


class KeepCallback(Command):
    promise: EventVersion


class WithdrawCallback(Command):
    promise: EventVersion
    reason: Text


class TellExpectedBy(Command):
    """Records that the customer was told by when the ticket will be resolved."""

    expected_by: Instant


class TakeBackThanks(Command):
    """Says that a message taken for thanks asks for something. It reopens a resolved ticket at the message's instant.

    ``message`` is the version of the message's event.
    """

    message: EventVersion
    reason: Text


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
    """``cancelled_as``: duplicates and spam do not count as a contact of the customer."""

    cancelled_by: Closer = "agent"
    cancelled_as: CancelledAs = "other"


class MergeTicket(Command):
    """Ends this ticket; ``into`` goes on for both."""

    into: Id
    reason: Text


class UndoMerge(Command):
    """Undoes a merge; ``into`` names the ticket that had absorbed this one."""

    into: Id
    reason: Text


class RateSatisfaction(Command):
    """Rates the resolution that held at ``occurred_at``, from 1 (bad) to 5 (good)."""

    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: Text | None = None


TicketCommand = (
    ChangeSubject
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

ConversationCommand = (
    ProposeReply
    | ApproveReply
    | RejectReply
    | PromiseCallback
    | KeepCallback
    | WithdrawCallback
    | TellExpectedBy
    | TakeBackThanks
)
"""What one ticket decides on what was said to the customer and what came of it."""

OwnershipCommand = ReceiveTicket | CorrectCustomer
"""What a ticket and its customer decide together."""

MergeCommand = MergeTicket | UndoMerge
"""What two tickets decide together."""
