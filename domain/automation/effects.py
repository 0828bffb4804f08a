"""The effects of rules: each name has a model of what the rule says, and gives a command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.automation.commands import RuleCommand
from domain.automation.facts import Facts, Role, Subject
from domain.ids import Namespace
from domain.messages import CancelledAs, Channel, Command, Message, Priority, Text, WaitingFor, Word
from domain.notification.commands import NotificationChannel, Purpose, RecipientKind, RequestNotification
from domain.notification.state import notification_stream
from domain.procedure.commands import ProcedureSubject, StartProcedure
from domain.sla.policy.policy import Seconds
from domain.task.commands import OpenTask
from domain.ticket import commands as t

_BEGUN = Namespace(UUID("5d0b7f0a-2c1e-5b61-9f60-3a0d9b1c7e21"))
"""The ids of streams that effects begin, by the id of the firing and the number of the effect."""
Person = Annotated[str, StringConstraints(pattern=r"^(holder|team|lead|owner|agent:.{1,190}|team:.{1,190})$")]
"""A role, or an agent or a team by name."""
Recipient = Annotated[
    str,
    StringConstraints(pattern=r"^(customer|holder|team|lead|owner|agent:.{1,180}|team:.{1,180}|endpoint:.{1,180})$"),
]
"""The customer, a person, or an endpoint of a webhook by name."""
NO_TICKET, NO_SUBJECT, NO_CUSTOMER, NOBODY = "no_ticket", "no_subject", "no_customer", "nobody"
NO_TEMPLATE = "template_unknown"


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule that is about to fire ``now``; ``id`` is that of its command.

    ``said`` are values for templates that the event or the due instance gives.
    """

    rule: str
    subject: Subject
    facts: Facts
    id: str
    now: datetime
    said: Mapping[str, str] = field(default_factory=dict)

    def data(self, given: Mapping[str, str]) -> dict[str, str]:
        """Values for a template; those that the rule gives come first."""
        return {**self.facts.placeholders(), **self.said, **given}

    def begun(self, number: int) -> UUID:
        """The id of the stream that effect ``number`` begins."""
        return _BEGUN.id_of(f"{self.id}/{number}")

    def to_ticket(self, name: str, command: Command) -> RuleCommand:
        """A command to the ticket that the subject is or is about."""
        if self.facts.ticket is None:
            return RuleCommand(name=name, stream=self.subject.stream, refused=NO_TICKET)
        return RuleCommand(name=name, stream=self.facts.ticket, command=command)

    def reason(self, given: str | None) -> str:
        """The reason that the rule gives, or its name."""
        return given or f"rule {self.rule}"

    def after(self, seconds: int, calendar: str | None = None) -> datetime:
        """So many seconds of open time later, or of all time without a calendar."""
        if calendar is None:
            return self.now + timedelta(seconds=seconds)
        return self.facts.later(calendar, self.now, seconds)

    def addressee(self, to: str) -> tuple[str | None, str | None]:
        """The team and the agent that are meant; without a holder, a lead or an owner it is the ticket's team."""
        kind, named, name = to.partition(":")
        if named:
            return (name.strip(), None) if kind == "team" else (None, name.strip())
        people = self.facts.people()
        team, agent = people.get("team"), people.get(_ROLES[to])
        return (team, None) if to == "team" else (team if agent is None else None, agent)


_ROLES: Mapping[str, Role] = {"holder": "holder", "team": "team", "lead": "lead", "owner": "owner"}


_PROCEDURE_SUBJECTS: Mapping[str, ProcedureSubject] = {kind: kind for kind in get_args(ProcedureSubject)}


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


class AddNote(Message):
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
        if to in _ROLES:
            team, agent = firing.addressee(to)
            to = agent or team or to
        return firing.to_ticket(self.do, t.EscalateTicket(to=to, level=self.level, reason=firing.reason(self.reason)))


class PutOnHold(Message):
    do: Literal["put-on-hold"]
    waiting_for: WaitingFor
    reason: Text | None = None

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        return firing.to_ticket(self.do, t.PutOnHold(waiting_for=self.waiting_for, reason=firing.reason(self.reason)))


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
    """A public reply with the text of a template, marked as automated."""

    do: Literal["reply"]
    template: Word
    channel: Channel | None = None
    data: dict[Word, Text] = Field(default_factory=dict, max_length=50)

    def command(self, firing: Firing, _number: int) -> RuleCommand:
        body = firing.facts.rendered(self.template, firing.data(self.data))
        if body is None:
            return RuleCommand(name=self.do, stream=firing.subject.stream, refused=NO_TEMPLATE)
        return firing.to_ticket(self.do, t.SendReply(body=body, channel=self.channel, automated=True))


class Notify(Message):
    """Requests a notification. ``not_before`` and ``not_after`` are durations from now on."""

    do: Literal["notify"]
    to: Recipient
    channel: NotificationChannel
    purpose: Purpose = "service"
    template: Word
    data: dict[Word, Text] = Field(default_factory=dict, max_length=20)
    importance: Annotated[int, Field(strict=True, ge=0, le=100)] = 50
    not_before: Seconds | None = None
    not_after: Seconds | None = None

    def command(self, firing: Firing, number: int) -> RuleCommand:
        found = self._recipient(firing)
        if found is None:
            why = NO_CUSTOMER if self.to == "customer" else NOBODY
            return RuleCommand(name=self.do, stream=firing.subject.stream, refused=why)
        kind, to = found
        subject, facts = firing.subject, firing.facts
        key = str(firing.begun(number))
        return RuleCommand(
            name=self.do,
            stream=notification_stream(key),
            command=RequestNotification(
                to_kind=kind,
                to=to,
                channel=self.channel,
                purpose=self.purpose,
                template=self.template,
                template_version=facts.template_version(self.template),
                language=facts.language,
                data=firing.data(self.data),
                about=subject.stream,
                about_kind=subject.kind,
                rule=firing.rule,
                importance=self.importance,
                dedupe_key=key,
                not_before=None if self.not_before is None else firing.after(self.not_before),
                not_after=None if self.not_after is None else firing.after(self.not_after),
            ),
        )

    def _recipient(self, firing: Firing) -> tuple[RecipientKind, str] | None:
        kind, _, name = self.to.partition(":")
        if kind == "endpoint":
            return "endpoint", name.strip()
        if kind == "customer":
            return None if firing.facts.customer is None else ("customer", str(firing.facts.customer))
        team, agent = firing.addressee(self.to)
        if agent is not None:
            return "agent", agent
        return None if team is None else ("team", team)


class OpenTaskEffect(Message):
    """Opens a task for a person or a team, or for nobody yet. ``due`` counts open time of ``calendar``."""

    do: Literal["open-task"]
    title: Word
    to: Person | None = None
    due: Seconds | None = None
    calendar: Word | None = None

    def command(self, firing: Firing, number: int) -> RuleCommand:
        team, agent = (None, None) if self.to is None else firing.addressee(self.to)
        return RuleCommand(
            name=self.do,
            stream=firing.begun(number),
            command=OpenTask(
                title=self.title,
                about=firing.subject.stream,
                about_kind=firing.subject.kind,
                customer_id=firing.facts.customer,
                team=team,
                agent=agent,
                due_at=None if self.due is None else firing.after(self.due, self.calendar),
                source=f"rule:{firing.rule}"[:200],
            ),
        )


class StartProcedureEffect(Message):
    """Starts a procedure for the subject, or for its customer; ``owner`` is who answers for it."""

    do: Literal["start-procedure"]
    procedure: Word
    about: Literal["subject", "customer"] = "subject"
    owner: Person | None = None

    def command(self, firing: Firing, number: int) -> RuleCommand:
        subject, customer = firing.subject, firing.facts.customer
        if self.about == "customer":
            if customer is None:
                return RuleCommand(name=self.do, stream=subject.stream, refused=NO_CUSTOMER)
            subject = Subject(customer, "customer")
        kind = _PROCEDURE_SUBJECTS.get(subject.kind)
        if kind is None:
            return RuleCommand(name=self.do, stream=subject.stream, refused=NO_SUBJECT)
        team, agent = (None, None) if self.owner is None else firing.addressee(self.owner)
        return RuleCommand(
            name=self.do,
            stream=firing.begun(number),
            command=StartProcedure(
                procedure=self.procedure,
                subject=subject.stream,
                subject_kind=kind,
                customer_id=customer,
                owner=agent or team,
            ),
        )


Effect = Annotated[
    Assign
    | Prioritise
    | Categorise
    | AddNote
    | Escalate
    | PutOnHold
    | Resume
    | Resolve
    | Reopen
    | Close
    | Cancel
    | Reply
    | Notify
    | OpenTaskEffect
    | StartProcedureEffect,
    Field(discriminator="do"),
]
"""What a rule does, by the word ``do``."""


def commands_of(effects: tuple[Effect, ...], firing: Firing) -> tuple[RuleCommand, ...]:
    """The commands of the effects of a rule, in order."""
    return tuple(effect.command(firing, number) for number, effect in enumerate(effects, 1))
