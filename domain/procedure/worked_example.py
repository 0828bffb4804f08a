"""A worked example of a procedure: what happens when, and how its steps stand at the end."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from domain.messages import Instant, Message, Word
from domain.procedure import commands as c
from domain.procedure.advance import Advanced, People, ProcedureInputs, TemplateInput
from domain.procedure.claim import ProcedureClaim, step_of_notice
from domain.procedure.commands import ProcedureSubject
from domain.procedure.deadline import TimeInputs, working_days
from domain.procedure.decider import decide, decide_start
from domain.procedure.definition import SENT, ProcedureDefinition
from domain.procedure.events import ProcedureStarted
from domain.procedure.progress import step_commands
from domain.procedure.state import Procedure
from domain.readable import Language
from domain.refusal import Refusal
from domain.sla.calendar.business_time import AROUND_THE_CLOCK, CalendarDefinition
from domain.template.shipped_templates import ShippedTemplates
from domain.tenant_settings import WEEKDAYS, TenantSettings
from domain.text_by_language import Title
from domain.text_folding import fold_name
from domain.zones import ZoneName, zone_named

_INSTANCE, _SUBJECT = UUID(int=1), UUID(int=2)
Payload = dict[Word, StrictStr | StrictInt | StrictBool | tuple[dict[Word, StrictStr], ...]]
"""Fields of an event; a field of several parts is a list of tables."""
REFUSED = "it is refused: "
"""Stands before the rule that refuses a line of a story."""
OF_SUBJECT: Mapping[ProcedureSubject, frozenset[str]] = MappingProxyType(
    {
        "ticket": frozenset({"ticket_reference", "ticket_subject"}),
        "customer": frozenset(),
        "contract": frozenset({"ends_on"}),
    }
)
"""The placeholders that a subject always gives, beside those of its customer."""


class StoryLine(Message):
    """What happens ``at`` an instant: a step is done, answered or skipped, or an event with a payload is recorded."""

    at: Instant
    done: Word | None = None
    answer: Word | None = None
    skip: Word | None = None
    event: Word | None = None
    result: Word | None = None
    details: dict[Word, Word] = Field(default_factory=dict)
    payload: Payload = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_of_four(self) -> Self:
        if sum(part is not None for part in (self.done, self.answer, self.skip, self.event)) != 1:
            raise ValueError("a line says one of done, answer, skip and event")
        if self.answer is not None and self.result is None:
            raise ValueError("the line of an answer has the answer as its `result`")
        return self

    def commands(self, definition: ProcedureDefinition, procedure: Procedure) -> Iterator[c.StepCommand]:
        """The commands that the line gives."""
        if self.done is not None:
            yield c.CompleteStep(step=self.done, result=self.result, details=self.details)
        elif self.answer is not None:
            yield c.AnswerDecision(step=self.answer, answer=self.result or "", details=self.details)
        elif self.skip is not None:
            yield c.SkipStep(step=self.skip, reason="example")
        else:
            yield from step_commands(self.event or "", _event(self.payload), procedure, definition, "example")


class ProcedureExample(Message):
    """A procedure that starts at ``starts``, its ``story``, and what is expected at ``asked``.

    ``calendars`` are those it counts on; one that is missing never closes. ``sent`` are the notices that were
    requested: as in earnest, one of a shipped template is not when a placeholder has no value. What is left out is not
    checked. ``starts_on``: an event that starts it, or does not when ``starts`` is left out; it tells details.
    """

    name: Title
    starts: Instant | None = None
    asked: Instant | None = None
    zone: ZoneName = "Asia/Ho_Chi_Minh"
    calendars: tuple[CalendarDefinition, ...] = ()
    owner: Word | None = None
    team: Word | None = None
    agent: Word | None = None
    lead: Word | None = None
    ends_on: date | None = None
    details: dict[Word, Word] = Field(default_factory=dict)
    story: tuple[StoryLine, ...] = Field(default=(), max_length=200)
    starts_on: Word | None = None
    payload: Payload = Field(default_factory=dict)
    state: Literal["none", "running", "completed", "abandoned"] | None = None
    outcome: Word | None = None
    open: tuple[Word, ...] | None = None
    done: tuple[Word, ...] | None = None
    skipped: tuple[Word, ...] | None = None
    overdue: tuple[Word, ...] | None = None
    sent: tuple[Word, ...] | None = None
    due: dict[Word, Instant] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        instants = [line.at for line in self.story]
        if instants != sorted(instants):
            raise ValueError("story: the lines stand in the order of their instants")
        if self.starts is None and self.starts_on is None:
            raise ValueError("give `starts`, or an event as `starts_on`")
        return self

    def differences(self, body: ProcedureDefinition) -> list[str]:
        """Where the steps stand otherwise than expected."""
        if self.starts_on is not None:
            starts = any(match.takes(self.starts_on, _event(self.payload)) for match in body.starts_on)
            if starts != (self.starts is not None):
                return [f"{self.starts_on} {'starts' if starts else 'does not start'} it"]
        if self.starts is None:
            return []
        try:
            procedure, sent = self._played(body, self.starts)
        except Refusal as refusal:
            return [f"{REFUSED}{refusal.rule}"]
        differences = [*self._compared(procedure, sent)]
        return differences and [*differences, *_unsent(body, procedure)]

    def _played(self, body: ProcedureDefinition, starts: datetime) -> tuple[Procedure, list[str]]:
        inputs, details = self._inputs(body), self._details(body)
        started = ProcedureStarted(
            procedure="example",
            version=1,
            subject=_SUBJECT,
            subject_kind=body.subject,
            customer_id=_SUBJECT,
            owner=details.get("owner") or self.owner,
            details=details,
        )
        sent: list[str] = []

        procedure = Procedure()

        def take(advanced: Advanced, at: datetime) -> None:
            """What a command leads to. Its notices are handed over at once."""
            nonlocal procedure
            procedure = advanced.procedure
            sent.extend(request.template for request in advanced.requests)
            for _, step in filter(None, (step_of_notice(request.dedupe_key) for request in advanced.requests)):
                if step in procedure.open:
                    give(c.CompleteStep(step=step, result=SENT, event="example"), at)

        def give(command: c.StepCommand, at: datetime) -> None:
            take(decide(command, _INSTANCE, procedure, lambda _: body, inputs, at), at)

        take(decide_start(_INSTANCE, started, procedure, ProcedureClaim(), body, inputs, starts), starts)

        def wait_until(at: datetime) -> None:
            while coming := _next_due(procedure, at):
                step, due_at = coming
                give(c.RecordStepOverdue(step=step, due_at=due_at), max(due_at, starts))

        for line in self.story:
            wait_until(line.at)
            for command in line.commands(body, procedure):
                give(command, line.at)
        if self.asked is not None:
            wait_until(self.asked)
        return procedure, sent

    def _inputs(self, body: ProcedureDefinition) -> ProcedureInputs:
        calendars = dict.fromkeys(body.calendars, AROUND_THE_CLOCK)
        calendars |= {fold_name(calendar.name): calendar for calendar in self.calendars}
        people = People(self.team, self.agent, self.lead)
        time = TimeInputs(zone_named(self.zone), working_days(self.zone, WEEKDAYS[:5]), calendars, self.ends_on)
        settings = TenantSettings()
        business = {"tenant": settings.business_name, "agent": settings.business_name, "customer_name": "Lan"}
        data = {**business, **dict.fromkeys(OF_SUBJECT[body.subject], "example")}
        return ProcedureInputs(time, people, partial(_template, settings.language), data, settings.language)

    def _details(self, body: ProcedureDefinition) -> dict[str, str]:
        """Those of the event at the start, and those that are given."""
        payload = _event(self.payload)
        details = (match.details_of(payload) for match in body.starts_on if match.takes(self.starts_on or "", payload))
        return {**next(details, {}), **self.details}

    def _compared(self, procedure: Procedure, sent: list[str]) -> Iterator[str]:
        ended = procedure.ended.items()
        answers: dict[str, tuple[Any, Any]] = {
            "state": (procedure.state, self.state),
            "outcome": (procedure.outcome, self.outcome),
            "open": (sorted(procedure.open), _sorted(self.open)),
            "done": (sorted(step for step, how in ended if not how.skipped), _sorted(self.done)),
            "skipped": (sorted(step for step, how in ended if how.skipped), _sorted(self.skipped)),
            "overdue": (sorted(procedure.overdue), _sorted(self.overdue)),
            "sent": (sorted(sent), _sorted(self.sent)),
        }
        for what, (is_so, expected) in answers.items():
            if expected is not None and is_so != expected:
                yield f"{what} is {_shown(is_so)}, not {_shown(expected)}"
        for step, due_at in self.due.items():
            opened = procedure.open.get(step)
            is_due = opened.due_at if opened else None
            if is_due != due_at:
                shown = is_due.astimezone(zone_named(self.zone)).isoformat() if is_due else "never"
                yield f"{step} is due {shown}, not {due_at.astimezone(zone_named(self.zone)).isoformat()}"


def _unsent(body: ProcedureDefinition, procedure: Procedure) -> Iterator[str]:
    """Why the open steps with a notice are open."""
    for step in body.steps:
        if step.notice is not None and step.id in procedure.open:
            yield f"{step.id} is open: nobody is to get {step.notice.template}, or a placeholder of it has no value"


def _event(payload: Payload) -> Any:
    """A payload as an event has it."""

    def part(value: Any) -> Any:
        return tuple(SimpleNamespace(**each) for each in value) if isinstance(value, tuple) else value

    return SimpleNamespace(**{name: part(value) for name, value in payload.items()})


def _template(language: Language, name: str) -> TemplateInput:
    """What a shipped template needs; nothing of one that is not shipped."""
    shipped = ShippedTemplates().get(name)
    return TemplateInput() if shipped is None else TemplateInput(0, shipped.placeholders(language))


def _next_due(procedure: Procedure, at: datetime) -> tuple[str, datetime] | None:
    """The open step that is due first by an instant, and its due time."""
    due = [
        (opened.due_at, step)
        for step, opened in procedure.open.items()
        if opened.due_at is not None and opened.due_at <= at and not opened.overdue
    ]
    return min(due)[::-1] if due else None


def _sorted(words: tuple[str, ...] | None) -> list[str] | None:
    return None if words is None else sorted(words)


def _shown(value: Any) -> str:
    return (", ".join(value) or "none") if isinstance(value, list) else str(value)
