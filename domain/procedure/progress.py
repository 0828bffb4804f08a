"""What an event means for procedures: it starts some, ends steps of running ones, or ends them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.messages import Command
from domain.procedure import commands as c
from domain.procedure.claim import instance_stream
from domain.procedure.conditions import named_by
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.state import Procedure
from domain.text_folding import fold_name

MOST_DEPTH = 8
"""The reactions that may lead to one another before the chain is cut."""


class RunningInstance(NamedTuple):
    """An instance with the definition that it goes by. ``opened`` is the position at which each open step opened."""

    stream: UUID
    procedure: Procedure
    definition: ProcedureDefinition
    started: int
    opened: Mapping[str, int]


class StartableProcedure(NamedTuple):
    """A definition in effect; events up to ``position``, at which it was published, do not start it."""

    name: str
    position: int
    definition: ProcedureDefinition


class ProgressCommand(NamedTuple):
    """A command to ``stream``. ``command_id`` names the event that leads to it."""

    stream: UUID
    command_id: str
    command: Command


def progress(
    event: RecordedEvent, instances: Iterable[RunningInstance], startable: Iterable[StartableProcedure]
) -> list[ProgressCommand]:
    """The commands that an event leads to. An import leads to none, nor does what MOST_DEPTH reactions led to.

    ``instances`` are those that run for the subjects and customers that the event names.
    """
    if event.envelope.actor.kind == "import" or (event.envelope.depth or 0) >= MOST_DEPTH:
        return []
    cause, commands = event.envelope.event_id, []
    for instance in instances:
        if not _concerns(event, instance):
            continue
        behind = {name for name, position in instance.opened.items() if position < event.position}
        for command in commands_of(event.topic, event.payload, instance.procedure, instance.definition, cause, behind):
            step = getattr(command, "step", "end")
            commands.append(ProgressCommand(instance.stream, f"procedure/{instance.stream}/{step}/{cause}", command))
    return [*commands, *_starts(event, startable)]


def commands_of(
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
        if step is None or match is None or name not in procedure.open:
            continue
        if step.kind == "decide":
            if match.result is not None:
                yield c.AnswerDecision(step=name, answer=match.result, details=match.details_of(payload))
        else:
            yield c.CompleteStep(step=name, result=match.result, details=match.details_of(payload), event=event)


def _concerns(event: RecordedEvent, instance: RunningInstance) -> bool:
    about = {instance.procedure.subject, instance.procedure.customer}
    return event.position > instance.started and not about.isdisjoint(named_by(event.stream, event.payload))


def _starts(event: RecordedEvent, startable: Iterable[StartableProcedure]) -> Iterator[ProgressCommand]:
    for each in startable:
        definition = each.definition
        if not definition.enabled or event.position <= each.position:
            continue
        match = next((match for match in definition.starts_on if match.takes(event.topic, event.payload)), None)
        subject = subject_of(event, definition)
        if match is None or subject is None:
            continue
        details = match.details_of(event.payload)
        command = c.StartProcedure(
            procedure=each.name, subject=subject, subject_kind=definition.subject, details=details
        )
        cause = event.envelope.event_id
        command_id = f"procedure/{fold_name(each.name)}/{subject}/{cause}"
        yield ProgressCommand(instance_stream(each.name, subject, cause), command_id, command)


def subject_of(event: RecordedEvent, definition: ProcedureDefinition) -> UUID | None:
    """The subject of a procedure that an event starts; None when the event names none of that kind."""
    if event.kind == definition.subject:
        return event.stream
    if getattr(event.payload, "subject_kind", None) == definition.subject:
        return event.payload.subject  # type: ignore[no-any-return]  # of a procedure that has ended
    named = getattr(event.payload, f"{definition.subject}_id", None)
    return named if isinstance(named, UUID) else None
