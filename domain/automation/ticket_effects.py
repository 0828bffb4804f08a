"""The effects of rules on the ticket that the subject is or is about."""

from typing import Annotated, Literal

from pydantic import Field

from domain.automation.commands import RuleCommand
from domain.automation.effect_targets import NO_TEMPLATE, NO_VALUE, NOBODY, ROLES, Firing, Person
from domain.messages import CancelledAs, Channel, Message, Priority, Text, WaitingFor, Word
from domain.sla.policy.policy import Seconds
from domain.template.rendering import MissingValues
from domain.ticket import commands as t
from domain.ticket.conversation.review import NEEDS_REVIEW


class Assign(Message):
    do: Literal["assign"]
    to: Person

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        team, agent = firing.addressee(self.to)
        if team is None and agent is None:
            return RuleCommand(name=self.do, stream=firing.subject.stream, refused=NOBODY)
        return firing.to_ticket(self.do, t.AssignTicket(team=team, agent=agent))


class Prioritise(Message):
    do: Literal["prioritise"]
    priority: Priority
    reason: Text | None = None

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        given = t.PrioritiseTicket(priority=self.priority, reason=firing.reason(self.reason))
        return firing.to_ticket(self.do, given)


class Categorise(Message):
    do: Literal["categorise"]
    category: Word

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        return firing.to_ticket(self.do, t.CategoriseTicket(category=self.category))


class AddNoteEffect(Message):
    do: Literal["add-note"]
    body: Text

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        return firing.to_ticket(self.do, t.AddNote(body=self.body))


class Escalate(Message):
    """``to`` is a name, or a role such as lead."""

    do: Literal["escalate"]
    to: Word
    level: Annotated[int, Field(strict=True, ge=1, le=9)] = 1
    reason: Text | None = None

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        to = self.to
        if to in ROLES:
            team, agent = firing.addressee(to)
            to = agent or team or to
        return firing.to_ticket(self.do, t.EscalateTicket(to=to, level=self.level, reason=firing.reason(self.reason)))


class PutOnHoldEffect(Message):
    """``until`` is a duration from now on, after which work is resumed."""

    do: Literal["put-on-hold"]
    waiting_for: WaitingFor
    until: Seconds | None = None
    reason: Text | None = None

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        until = None if self.until is None else firing.after(self.until)
        return firing.to_ticket(
            self.do, t.PutOnHold(waiting_for=self.waiting_for, until=until, reason=firing.reason(self.reason))
        )


class Resume(Message):
    do: Literal["resume"]

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        return firing.to_ticket(self.do, t.ResumeWork())


class Resolve(Message):
    do: Literal["resolve"]
    resolution: Text
    code: Word = "solved"

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        return firing.to_ticket(self.do, t.ResolveTicket(resolution=self.resolution, code=self.code))


class Reopen(Message):
    do: Literal["reopen"]
    reason: Text | None = None

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        return firing.to_ticket(self.do, t.ReopenTicket(reason=firing.reason(self.reason)))


class Close(Message):
    do: Literal["close"]

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        return firing.to_ticket(self.do, t.CloseTicket(closed_by="rule"))


class Cancel(Message):
    do: Literal["cancel"]
    cancelled_as: CancelledAs = "other"

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        return firing.to_ticket(self.do, t.CancelTicket(cancelled_by="rule", cancelled_as=self.cancelled_as))


class Reply(Message):
    """A public reply with the text of a template, marked as automated; a proposed one where replies need a review."""

    do: Literal["reply"]
    template: Word
    channel: Channel | None = None
    data: dict[Word, Text] = Field(default_factory=dict, max_length=50)

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        try:
            body = firing.facts.rendered(self.template, firing.data(self.data))
        except MissingValues:
            return RuleCommand(name=self.do, stream=firing.subject.stream, refused=NO_VALUE)
        if body is None:
            return RuleCommand(name=self.do, stream=firing.subject.stream, refused=NO_TEMPLATE)
        given = firing.to_ticket(self.do, t.SendReply(body=body, channel=self.channel, automated=True))
        if given.command is None:
            return given
        proposal = t.ProposeReply(body=body, channel=self.channel, automated=True)
        return given.model_copy(update={"otherwise": proposal, "refused": NEEDS_REVIEW})


TicketEffect = (
    Assign
    | Prioritise
    | Categorise
    | AddNoteEffect
    | Escalate
    | PutOnHoldEffect
    | Resume
    | Resolve
    | Reopen
    | Close
    | Cancel
    | Reply
)
"""What a rule does to a ticket."""
