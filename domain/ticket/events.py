"""The events of a ticket.

Payloads hold business facts alone; who, when and why stand in the envelope. Fields are wider than those of commands: an
imported history is recorded as it was, also where our rules forbid it.
"""

from uuid import UUID

from domain.messages import Event, Message
from domain.ticket.routing_choice import RoutingChoice


class TicketReceived(Event):
    """``organisation_id`` is the organisation of the customer at that instant. ``candidates`` are the customers that
    share the address it came from, when it is ambiguous whose ticket it is.
    """

    topic = "ticket.received"
    customer_id: UUID
    channel: str
    subject: str
    category: str
    priority: str
    body: str | None = None
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
    subject: str


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
    topic = "ticket.put_on_hold"
    waiting_for: str


class WorkResumed(Event):
    topic = "ticket.work_resumed"


class MessageReceived(Event):
    topic = "ticket.message_received"
    body: str
    channel: str | None = None


class ReplySent(Event):
    topic = "ticket.reply_sent"
    body: str
    channel: str | None = None
    automated: bool = False


class NoteAdded(Event):
    topic = "ticket.note_added"
    in_figures = False
    body: str


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
    resolution: str
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
    comment: str | None = None


class Change(Message):
    """The old and the new value of a field."""

    old: str | None
    new: str | None


class TicketDetailsChanged(Event):
    """Changed fields of an imported ticket that no other event has a place for, by their names in the source."""

    topic = "ticket.details_changed"
    changes: dict[str, Change]


TicketEvent = (
    TicketReceived
    | CustomerCorrected
    | SubjectChanged
    | TicketCategorised
    | TicketPrioritised
    | TicketAssigned
    | AssignmentProposed
    | WorkStarted
    | WorkStopped
    | TicketPutOnHold
    | WorkResumed
    | MessageReceived
    | ReplySent
    | NoteAdded
    | TicketEscalated
    | EffortLogged
    | TicketResolved
    | TicketReopened
    | TicketClosed
    | TicketCancelled
    | TicketMerged
    | TicketAbsorbed
    | MergeUndone
    | AbsorptionUndone
    | SatisfactionRated
    | TicketDetailsChanged
)
