"""The effects of rules: each word ``do`` has a model of what the rule says, which gives a command."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, ValidationError, model_validator

from domain.automation.commands import RuleCommand
from domain.automation.effect_targets import (
    EXPIRED,
    INVALID,
    NO_CUSTOMER,
    NO_SUBJECT,
    NOBODY,
    Firing,
    Person,
    Recipient,
)
from domain.automation.facts import Subject
from domain.automation.ticket_effects import TicketEffect
from domain.messages import Message, Word
from domain.notification.commands import NotificationChannel, Purpose, RecipientKind, RequestNotification, Value
from domain.notification.state import notification_stream
from domain.procedure.commands import ProcedureSubject, StartProcedure
from domain.sla.policy.policy import Seconds
from domain.task.commands import OpenTask
from domain.text_by_language import Title, in_language

_PROCEDURE_SUBJECTS: Mapping[str, ProcedureSubject] = {kind: kind for kind in get_args(ProcedureSubject)}


class Notify(Message):
    """Requests a notification. ``not_before`` and ``not_after`` are durations from now on.

    It is not sent when it is too late for the due instance either, such as behind a birthday.
    """

    do: Literal["notify"]
    to: Recipient
    channel: NotificationChannel
    purpose: Purpose = "service"
    template: Word
    data: dict[Word, Value] = Field(default_factory=dict, max_length=20)
    importance: Annotated[int, Field(strict=True, ge=0, le=100)] = 50
    not_before: Seconds | None = None
    not_after: Seconds | None = None

    @model_validator(mode="after")
    def _must_leave_time(self) -> Self:
        if self.not_before is not None and self.not_after is not None and self.not_after < self.not_before:
            raise ValueError("not_after is shorter than not_before")
        return self

    def command(self, firing: Firing, number: int) -> RuleCommand:
        recipient = self._recipient(firing)
        if recipient is None:
            why = NO_CUSTOMER if self.to == "customer" else NOBODY
            return RuleCommand(name=self.do, stream=firing.subject.stream, refused=why)
        kind, to = recipient
        not_before = None if self.not_before is None else firing.after(self.not_before)
        if not_before and firing.not_after and firing.not_after < not_before:
            return RuleCommand(name=self.do, stream=firing.subject.stream, refused=EXPIRED)
        subject, facts = firing.subject, firing.facts
        channel = self.channel
        if kind == "customer":
            channel = facts.channel(self.channel, self.purpose, self.template)
        key = str(firing.begun(number))
        own_end = None if self.not_after is None else firing.after(self.not_after)
        return RuleCommand(
            name=self.do,
            stream=notification_stream(key),
            command=RequestNotification(
                to_kind=kind,
                to=to,
                channel=channel,
                purpose=self.purpose,
                template=self.template,
                template_version=facts.template_version(self.template),
                language=facts.language,
                data=firing.data(self.data),
                about=subject.stream,
                about_kind=subject.kind,
                rule=firing.rule,
                due=firing.due,
                importance=self.importance,
                dedupe_key=key,
                not_before=not_before,
                not_after=min(filter(None, (own_end, firing.not_after)), default=None),
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
    """Opens a task for a person or a team, or for nobody yet. ``due`` counts open time of ``calendar``.

    Of a title in both languages the task has the one in the tenant's.
    """

    do: Literal["open-task"]
    title: Title
    to: Person | None = None
    due: Seconds | None = None
    calendar: Word | None = None

    def command(self, firing: Firing, number: int) -> RuleCommand:
        team, agent = (None, None) if self.to is None else firing.addressee(self.to)
        return RuleCommand(
            name=self.do,
            stream=firing.begun(number),
            command=OpenTask(
                title=in_language(self.title, firing.facts.language),
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
    TicketEffect | Notify | OpenTaskEffect | StartProcedureEffect,
    Field(discriminator="do"),
]
"""What a rule does, by the word ``do``."""


def commands_of(effects: tuple[Effect, ...], firing: Firing) -> tuple[RuleCommand, ...]:
    """The commands of the effects of a rule, in order."""
    return tuple(_command_of(effect, firing, number) for number, effect in enumerate(effects, 1))


def _command_of(effect: Effect, firing: Firing, number: int) -> RuleCommand:
    """The command of an effect; a command that its own model refuses is recorded as refused."""
    try:
        return effect.command(firing, number)
    except ValidationError:
        return RuleCommand(name=effect.do, stream=firing.subject.stream, refused=INVALID)
