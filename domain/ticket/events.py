"""Everything that can have happened to a ticket.

Payloads hold business facts alone; who, when and why stand in the envelope. They are wider than the commands: a history
that comes from another system is recorded as it was, whatever our rules would have said.
"""

from datetime import datetime
from typing import ClassVar, Literal, NamedTuple
from uuid import UUID

from domain.messages import Event, Instant, Message


class TicketReceived(Event):
    topic = "ticket.received"
    customer_id: UUID
    channel: str
    subject: str
    category: str
    priority: str
    body: str | None = None
    external_reference: str | None = None


class TicketCategorised(Event):
    topic = "ticket.categorised"
    category: str


class TicketPrioritised(Event):
    topic = "ticket.prioritised"
    priority: str


class TicketAssigned(Event):
    """The assignment as it is from now on: both fields count, None means nobody."""

    topic = "ticket.assigned"
    team: str | None
    agent: str | None


class WorkStarted(Event):
    topic = "ticket.work_started"


class WorkStopped(Event):
    """The ticket goes back to the queue: received, or assigned when somebody holds it. Only imports record it."""

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
    """On the ticket that ends."""

    topic = "ticket.merged"
    into: UUID


class TicketAbsorbed(Event):
    """On the ticket that goes on."""

    topic = "ticket.absorbed"
    ticket_id: UUID


class MergeUndone(Event):
    """On the ticket that had ended: it is again what it was before the merge."""

    topic = "ticket.merge_undone"
    into: UUID


class AbsorptionUndone(Event):
    """On the ticket that had gone on for both."""

    topic = "ticket.absorption_undone"
    ticket_id: UUID


class SatisfactionRated(Event):
    topic = "ticket.satisfaction_rated"
    score: int
    comment: str | None = None


class InstanceId(NamedTuple):
    """Which instance of a target: ``activated_by`` is the version of the event that activated it, which no late fact
    moves. What was recorded before that was kept has the ``number`` instead, as it was counted then.
    """

    target: str
    activated_by: int | None = None
    number: int | None = None


class Before(NamedTuple):
    """A warning point at so many ``seconds`` of the target's calendar before the deadline."""

    seconds: int


WarningPoint = float | Before
"""Where a target instance is warned of: at a share of the target that is used up, or at a time before the deadline."""


class OfTargetInstance(Event):
    """What is told of one target instance. ``instance`` is its number among those of the target as it was known then;
    ``activated_by`` is the version of the event that activated it, None in what was recorded before that was kept.
    """

    schema_version: ClassVar[int] = 2
    target: str
    instance: int
    activated_by: int | None

    @property
    def of(self) -> InstanceId:
        """The instance that it is told of."""
        if self.activated_by is None:
            return InstanceId(self.target, number=self.instance)
        return InstanceId(self.target, self.activated_by)


class SlaWarned(OfTargetInstance):
    """One warning point of one target instance was reached. ``fraction`` is the share of the target that was used.

    ``before``: the seconds before the deadline at which the policy wants the warning; None where it names a share.
    """

    topic = "ticket.sla_warned"
    fraction: float
    before: int | None = None
    reached_at: datetime
    due_at: datetime

    @property
    def point(self) -> WarningPoint:
        """The warning point as the policy says it."""
        return self.fraction if self.before is None else Before(self.before)


class SlaBreached(OfTargetInstance):
    """A target instance went past its target; ``due_at`` is the true instant, however late it was noticed."""

    topic = "ticket.sla_breached"
    due_at: datetime


class SlaResult(Message):
    """What a fulfilled target instance came to, and by which versions. ``due_at``: None when a pause left it open."""

    verdict: Literal["met", "breached"]
    due_at: Instant | None
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int


class SlaCorrected(OfTargetInstance):
    """Somebody decided that what a target instance came to counts otherwise; the clock's own facts stay as they are.

    ``was`` is what counted until then. ``ended_at`` is the end that was judged: a reopened instance that ends anew is
    not what was corrected.
    """

    topic = "ticket.sla_corrected"
    ended_at: datetime
    was: SlaResult
    now: SlaResult


class Change(Message):
    """One field as it was and as it is."""

    old: str | None
    new: str | None


class TicketDetailsChanged(Event):
    """A fact of an imported history that no other event of ours tells, each field by its own name there."""

    topic = "ticket.details_changed"
    changes: dict[str, Change]


TicketEvent = (
    TicketReceived
    | TicketCategorised
    | TicketPrioritised
    | TicketAssigned
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
    | SlaWarned
    | SlaBreached
    | SlaCorrected
    | TicketDetailsChanged
)
