"""The events of a ticket.

Payloads hold business facts alone; who, when and why stand in the envelope. Fields are wider than those of commands: an
imported history is recorded as it was, also where our rules forbid it.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.messages import PERSONAL, Event, Message
from domain.ticket.routing_choice import RoutingChoice


class TicketReceived(Event):
    """``organisation_id`` is the organisation of the customer at that instant. ``candidates`` are the customers that
    share the address it came from, when it is ambiguous whose ticket it is.
    """

    topic = "ticket.received"
    customer_id: UUID
    channel: str
    subject: Annotated[str, PERSONAL]
    category: str
    priority: str
    body: Annotated[str | None, PERSONAL] = None
    external_reference: str | None = None
    organisation_id: UUID | None = None
    candidates: tuple[UUID, ...] = ()


class CustomerCorrected(Event):
    """The ticket is another customer's, and always was: it happened at the receipt. Nobody else is a candidate."""

    topic = "ticket.customer_corrected"
    customer_id: UUID
    organisation_id: UUID | None = None


class SubjectChanged(Event):
    topic = "ticket.subject_changed"
    subject: Annotated[str, PERSONAL]


class TicketCategorised(Event):
    topic = "ticket.categorised"
    category: str


class TicketPrioritised(Event):
    topic = "ticket.prioritised"
    priority: str


class TicketAssigned(Event):
    """The whole assignment from now on; None means nobody. ``routing``: routing chose it, and why."""

    topic = "ticket.assigned"
    team: str | None
    agent: str | None
    routing: RoutingChoice | None = None


class AssignmentProposed(Event):
    """Routing would assign the ticket so, and leaves it to people: somebody else has assigned it before."""

    topic = "ticket.assignment_proposed"
    in_figures = False
    team: str
    agent: str | None
    routing: RoutingChoice


class WorkStarted(Event):
    topic = "ticket.work_started"


class WorkStopped(Event):
    """The ticket is received again, or assigned when somebody holds it. Only imports record it."""

    topic = "ticket.work_stopped"


class TicketPutOnHold(Event):
    """``until``: work is resumed then, unless something ends the wait before; None: it has no end."""

    topic = "ticket.put_on_hold"
    waiting_for: str
    until: datetime | None = None


class WorkResumed(Event):
    topic = "ticket.work_resumed"


class MessageReceived(Event):
    topic = "ticket.message_received"
    body: Annotated[str, PERSONAL]
    channel: str | None = None


class ReplySent(Event):
    topic = "ticket.reply_sent"
    body: Annotated[str, PERSONAL]
    channel: str | None = None
    automated: bool = False


class ReplyProposed(Event):
    """A reply that another person looks at before the customer gets it. Its name is the version of this event.

    ``proposed_by`` is the person, or the program that acts on nobody's behalf.
    """

    topic = "ticket.reply_proposed"
    body: Annotated[str, PERSONAL]
    channel: str | None = None
    automated: bool = False
    proposed_by: str


class ReplyApproved(Event):
    """``proposal`` is the version of the event that proposed the reply, which is sent with this event."""

    topic = "ticket.reply_approved"
    proposal: int


class ReplyRejected(Event):
    topic = "ticket.reply_rejected"
    proposal: int


class CallbackPromised(Event):
    """The customer was promised a call ``at`` an instant. The name of the promise is the version of this event."""

    topic = "ticket.callback_promised"
    at: datetime


class CallbackKept(Event):
    """``promise`` is the version of the event that made the promise."""

    topic = "ticket.callback_kept"
    promise: int


class CallbackWithdrawn(Event):
    topic = "ticket.callback_withdrawn"
    promise: int


class ExpectedByTold(Event):
    """The customer was told the instant by which the ticket will be resolved; a later one takes its place."""

    topic = "ticket.expected_by_told"
    expected_by: datetime


class ThanksRecognised(Event):
    """The customer's message only says thanks, so that it reopens nothing and waits for no answer.

    ``message`` is the version of its event, ``definition`` that of the definition of thanks.
    """

    topic = "ticket.thanks_recognised"
    message: int
    definition: int


class ThanksTakenBack(Event):
    """The message asks for something after all: a ticket that is resolved is open again."""

    topic = "ticket.thanks_taken_back"
    message: int


class NoteAdded(Event):
    topic = "ticket.note_added"
    in_figures = False
    body: Annotated[str, PERSONAL]


class TicketEscalated(Event):
    topic = "ticket.escalated"
    to: str
    level: int


class EffortLogged(Event):
    topic = "ticket.effort_logged"
    agent: str
    kind: str
    seconds: int


class TicketResolved(Event):
    topic = "ticket.resolved"
    resolution: Annotated[str, PERSONAL]
    code: str


class TicketReopened(Event):
    topic = "ticket.reopened"


class TicketClosed(Event):
    topic = "ticket.closed"
    closed_by: str


class TicketCancelled(Event):
    """``cancelled_as``: duplicate, spam or other."""

    topic = "ticket.cancelled"
    cancelled_by: str
    cancelled_as: str = "other"


class TicketMerged(Event):
    """Recorded on the ticket that ends."""

    topic = "ticket.merged"
    into: UUID


class TicketAbsorbed(Event):
    """Recorded on the ticket that goes on."""

    topic = "ticket.absorbed"
    ticket_id: UUID


class MergeUndone(Event):
    """Recorded on the ticket that had ended: it has the state of before the merge again."""

    topic = "ticket.merge_undone"
    into: UUID


class AbsorptionUndone(Event):
    """Recorded on the ticket that had gone on for both."""

    topic = "ticket.absorption_undone"
    ticket_id: UUID


class SatisfactionRated(Event):
    topic = "ticket.satisfaction_rated"
    score: int
    comment: Annotated[str | None, PERSONAL] = None


class Change(Message):
    """The old and the new value of a field."""

    old: str | None
    new: str | None


class TicketDetailsChanged(Event):
    """Changed fields of an imported ticket that no other event has a place for, by their names in the source."""

    topic = "ticket.details_changed"
    changes: Annotated[dict[str, Change], PERSONAL]


ChangingEvent = (
    TicketAssigned
    | WorkStarted
    | WorkResumed
    | TicketPutOnHold
    | TicketResolved
    | TicketClosed
    | TicketReceived
    | CustomerCorrected
    | SubjectChanged
    | TicketCategorised
    | TicketPrioritised
    | AssignmentProposed
    | WorkStopped
    | ThanksTakenBack
    | TicketEscalated
    | TicketReopened
    | TicketCancelled
    | TicketMerged
    | MergeUndone
    | SatisfactionRated
)
"""The events that may change the state that decisions need."""

TicketEvent = (
    ChangingEvent
    | MessageReceived
    | ReplySent
    | ReplyProposed
    | ReplyApproved
    | ReplyRejected
    | CallbackPromised
    | CallbackKept
    | CallbackWithdrawn
    | ExpectedByTold
    | ThanksRecognised
    | NoteAdded
    | EffortLogged
    | TicketAbsorbed
    | AbsorptionUndone
    | TicketDetailsChanged
)
