"""What an event means for procedures: it starts some, ends steps of running ones, or ends them.

Commands that an event leads to happen at its instant, so that it does not matter when the log is read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.command_context import MOST_DEPTH
from domain.envelope import RecordedEvent
from domain.messages import Command
from domain.procedure import commands as c
from domain.procedure import events as e
from domain.procedure.claim import instance_stream, step_of_notice
from domain.procedure.conditions import named_by
from domain.procedure.definition import SENT, ProcedureDefinition
from domain.procedure.state import Procedure, evolve
from domain.text_folding import fold_name

STALE = timedelta(hours=24)
"""A fact that is recorded so much later than it happened starts nothing."""


VersionOf = Callable[[str, int], ProcedureDefinition | None]
"""Gives a version of a procedure by its name and number."""


class RunningInstance(NamedTuple):
    """An instance with the definition that it goes by. ``causes``: the id of the event that opened each open step."""

    stream: UUID
    procedure: Procedure
    definition: ProcedureDefinition
    causes: Mapping[str, str | None]

    @classmethod
    def of(cls, history: Sequence[RecordedEvent], version_of: VersionOf) -> "RunningInstance | None":
        """The instance of a history; None when it does not run, or when its version cannot be read."""
        procedure, causes = Procedure(), dict[str, str | None]()
        for event in history:
            if isinstance(event.payload, e.ProcedureEvent):
                procedure = evolve(procedure, event.payload, event.occurred_at)
                if isinstance(event.payload, e.StepOpened):
                    causes[event.payload.step] = event.envelope.causation_id
        definition = version_of(procedure.name, procedure.version)
        if procedure.state != "running" or definition is None:
            return None
        return cls(history[0].stream, procedure, definition, causes)


class StartableProcedure(NamedTuple):
    """A definition in effect; events up to ``position``, at which it was published, do not start it."""

    name: str
    version: int
    position: int
    definition: ProcedureDefinition


class ProgressCommand(NamedTuple):
    """A command to ``stream``. ``command_id`` names the event that leads to it."""

    stream: UUID
    command_id: str
    command: Command


class StaleStart(NamedTuple):
    """A procedure that an event would have started, if it had been recorded in time."""

    procedure: StartableProcedure
    subject: UUID


def progress(event: RecordedEvent, instances: Iterable[RunningInstance]) -> Iterator[ProgressCommand]:
    """The commands that an event leads to in running procedures. It is on the subject or the customer, or names one.

    It ends no step that opened after it happened, and none that it has opened itself.
    """
    if not may_lead_on(event):
        return
    cause, names = event.envelope.event_id, named_by(event.stream, event.payload)
    for instance in instances:
        procedure = instance.procedure
        if names.isdisjoint({procedure.subject, procedure.customer}):
            continue
        if procedure.started_at is None or event.occurred_at < procedure.started_at:
            continue
        steps = [
            name
            for name, opened in procedure.open.items()
            if event.occurred_at >= opened.opened_at and instance.causes.get(name) != cause
        ]
        for command in step_commands(event.topic, event.payload, procedure, instance.definition, cause, steps):
            given = command.model_copy(update={"occurred_at": event.occurred_at})
            step = getattr(command, "step", "end")
            yield ProgressCommand(instance.stream, f"procedure/{instance.stream}/{step}/{cause}", given)


def step_told(handed_over: RecordedEvent, dedupe_key: str) -> ProgressCommand | None:
    """The command that the hand-over of a notification leads to: the step is done that requested it under its key."""
    requested_by = step_of_notice(dedupe_key)
    if requested_by is None:
        return None
    (instance, step), cause = requested_by, handed_over.envelope.event_id
    command = c.CompleteStep(step=step, result=SENT, event=cause, occurred_at=handed_over.occurred_at)
    return ProgressCommand(instance, f"procedure/{instance}/{step}/{cause}", command)


def starts(
    event: RecordedEvent, startable: Iterable[StartableProcedure], now: datetime
) -> Iterator[ProgressCommand | StaleStart]:
    """The procedures that an event starts ``now``, or would start if it were not stale."""
    if not may_lead_on(event):
        return
    for each in startable:
        definition = each.definition
        if not definition.enabled or event.position <= each.position:
            continue
        match = next((match for match in definition.starts_on if match.takes(event.topic, event.payload)), None)
        subject = subject_of(event, definition)
        if match is None or subject is None:
            continue
        if event.known_at(now) - event.occurred_at > STALE:
            yield StaleStart(each, subject)
            continue
        cause = event.envelope.event_id
        command = c.StartProcedure(
            procedure=each.name,
            subject=subject,
            subject_kind=definition.subject,
            details=match.details_of(event.payload),
            occurred_at=event.occurred_at,
        )
        stream = instance_stream(each.name, subject, cause)
        yield ProgressCommand(stream, f"procedure/{fold_name(each.name)}/{subject}/{cause}", command)


def may_lead_on(event: RecordedEvent) -> bool:
    """Whether an event may lead to anything: an import does not, nor does the end of a long chain of reactions."""
    return not event.is_imported and (event.envelope.depth or 0) < MOST_DEPTH


def step_commands(
    topic: str,
    payload: Any,
    procedure: Procedure,
    definition: ProcedureDefinition,
    event: str,
    steps: Iterable[str] | None = None,
) -> Iterator[c.StepCommand]:
    """The commands of an event to one running procedure.

    ``event`` is its id, ``steps`` are those that it may end, by default all open ones.
    """
    if procedure.state != "running":
        return
    for end in definition.ends_on:
        if end.takes(topic, payload):
            yield c.EndProcedure(outcome=end.result) if end.result else c.AbandonProcedure(reason=f"ended by {topic}")
            return
    for name in sorted(procedure.open if steps is None else steps):
        step = definition.step(name)
        match = next((each for each in step.done_when if each.takes(topic, payload)), None) if step else None
        if step is None or match is None:
            continue
        details = match.details_of(payload)
        if step.kind != "decide":
            yield c.CompleteStep(step=name, result=match.result, details=details, event=event)
        elif match.result is not None:
            yield c.AnswerDecision(step=name, answer=match.result, details=details)


def subject_of(event: RecordedEvent, definition: ProcedureDefinition) -> UUID | None:
    """The subject of a procedure that an event starts; None when the event names none of that kind."""
    if event.kind == definition.subject:
        return event.stream
    if getattr(event.payload, "subject_kind", None) == definition.subject:
        return event.payload.subject  # type: ignore[no-any-return]  # of a procedure that has ended
    named = getattr(event.payload, f"{definition.subject}_id", None)
    return named if isinstance(named, UUID) else None
