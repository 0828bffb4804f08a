"""What follows when a step has ended: the steps that open, the notices that they request, and the end of it all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.contact_rules.definition import ContactRules
from domain.contact_rules.reachable_channel import reachable_channel
from domain.customer.addresses import Addresses
from domain.notification.commands import RequestNotification
from domain.procedure import events as e
from domain.procedure.claim import notice_key
from domain.procedure.deadline import TimeInputs, due_at
from domain.procedure.definition import OVERDUE, Notice, ProcedureDefinition, ProcedureStep
from domain.procedure.state import Procedure, evolve
from domain.readable import Language
from domain.template.placeholders import minute_text
from domain.text_by_language import in_language
from domain.text_folding import fold_code, fold_name

REQUESTED = "requested"
"""The result of a step whose notice was requested."""


class People(NamedTuple):
    """Who has to do with the subject: the team and the agent that hold it, and the lead of that team."""

    team: str | None = None
    agent: str | None = None
    lead: str | None = None


class TemplateInput(NamedTuple):
    """The version of a template, and the placeholders that it needs."""

    version: int = 0
    placeholders: frozenset[str] = frozenset()


class ProcedureInputs(NamedTuple):
    """What the steps of a procedure depend on besides its own events.

    ``template`` gives what is in effect of a template by its folded name; None: nothing is. ``data`` are values of
    placeholders that the subject gives. ``language`` is the tenant's. ``addresses`` are those of the customer.
    """

    time: TimeInputs
    people: People
    template: Callable[[str], TemplateInput | None]
    data: dict[str, str]
    language: Language = "vi"
    contact_rules: ContactRules = ContactRules()
    addresses: Addresses = ()


class Advanced(NamedTuple):
    """The procedure after the events, the events, and the notifications that are requested with them."""

    procedure: Procedure
    events: list[e.ProcedureEvent]
    requests: list[RequestNotification]


def advance(
    instance: UUID,
    procedure: Procedure,
    begun: list[e.ProcedureEvent],
    definition: ProcedureDefinition,
    inputs: ProcedureInputs,
    at: datetime,
) -> Advanced:
    """Adds to the events ``begun`` of a running procedure what follows from them.

    A step opens once. A notice is requested as soon as its step opens, which ends the step unless the customer must
    have been told. Without a receiver, or without the value of a placeholder, the step stays open for a person. Without
    an open step the procedure is completed. Raises Refusal when a deadline lies outside the years of calendars.
    """
    events = list(begun)
    for event in begun:
        procedure = evolve(procedure, event, at)
    requests: list[RequestNotification] = []

    def add(event: e.ProcedureEvent) -> None:
        nonlocal procedure
        events.append(event)
        procedure = evolve(procedure, event, at)

    while steps := opening(definition, procedure):
        for step in steps:
            add(_opened(step, procedure, definition, inputs, at))
            if step.notice is not None:
                request = _request(instance, step, step.notice, procedure, inputs, at)
                if request is not None:
                    requests.append(request)
                    if not step.told:
                        add(e.StepDone(step=step.id, result=REQUESTED))
    if not procedure.open:
        add(completed(procedure, _outcome(definition, procedure)))
    return Advanced(procedure, events, requests)


def completed(procedure: Procedure, outcome: str | None) -> e.ProcedureCompleted:
    """The completion of a running procedure."""
    return e.ProcedureCompleted(outcome=outcome, **ended(procedure))


def ended(procedure: Procedure) -> dict[str, Any]:
    """What the event of an end says of the procedure."""
    return {
        "procedure": procedure.name,
        "subject": procedure.subject,
        "subject_kind": procedure.subject_kind,
        "customer_id": procedure.customer,
    }


def opening(definition: ProcedureDefinition, procedure: Procedure) -> list[ProcedureStep]:
    """The steps that have not opened yet and may open now, in the order of the definition."""
    return [
        step
        for step in definition.steps
        if step.id not in procedure.open
        and step.id not in procedure.ended
        and all(holds(item, procedure) for item in step.enter.all)
        and (not step.enter.any or any(holds(item, procedure) for item in step.enter.any))
    ]


def holds(item: str, procedure: Procedure) -> bool:
    """Whether an item of an entry holds."""
    name, equals, result = item.partition("=")
    if result == OVERDUE:
        return name in procedure.overdue
    ended = procedure.ended.get(name)
    if ended is None or not equals:
        return ended is not None
    return ended.result is not None and fold_code(ended.result) == fold_code(result)


def assigned(role: str | None, owner: str | None, people: People) -> tuple[str | None, str | None]:
    """The team and the agent of a role. A role that nobody has is the team's, or nobody's."""
    if role is None or role == "holder":
        return people.team, people.agent
    if role.startswith("team:"):
        return role.removeprefix("team:"), None
    if role == "lead":
        return people.team, people.lead
    return (None, owner) if owner else (people.team, people.agent)


def _opened(
    step: ProcedureStep, procedure: Procedure, definition: ProcedureDefinition, inputs: ProcedureInputs, at: datetime
) -> e.StepOpened:
    due = None
    if step.due is not None:
        since = procedure.started_at if step.due.since == "started" and procedure.started_at else at
        due = due_at(step.due, definition.calendar_of(step.due), since, inputs.time)
    team, agent = assigned(step.role, procedure.owner, inputs.people)
    return e.StepOpened(
        step=step.id,
        kind=step.kind,
        title=step.title.vi,
        title_en=step.title.en,
        role=step.role,
        team=team,
        agent=agent,
        due_at=due,
    )


def _request(
    instance: UUID, step: ProcedureStep, notice: Notice, procedure: Procedure, inputs: ProcedureInputs, at: datetime
) -> RequestNotification | None:
    """The notification of a step; None when nobody is to get it, or when a placeholder has no value."""
    to_kind, to = _receiver(notice, procedure, inputs.people)
    template = inputs.template(fold_name(notice.template))
    title = in_language(step.title, inputs.language)
    people = {"agent": procedure.owner or inputs.people.agent, "due_at": _due_text(step.id, procedure, inputs, at)}
    known = {name: value for name, value in people.items() if value}
    data = {**notice.data, **inputs.data, **known, **procedure.details, "procedure": procedure.name, "step": title}
    if to is None or template is None or not template.placeholders <= data.keys():
        return None
    channel = notice.channel
    if to_kind == "customer":
        channel = reachable_channel(inputs.contact_rules, channel, notice.purpose, notice.template, inputs.addresses)
    return RequestNotification.model_validate(
        {
            "to_kind": to_kind,
            "to": to,
            "channel": channel,
            "purpose": notice.purpose,
            "template": notice.template,
            "template_version": template.version,
            "language": inputs.language,
            "data": {name: data[name] for name in sorted(template.placeholders)},
            "about": procedure.subject,
            "about_kind": procedure.subject_kind,
            "importance": notice.importance,
            "dedupe_key": notice_key(instance, step.id),
            "not_after": at + timedelta(seconds=notice.not_after) if notice.not_after else None,
        }
    )


def _due_text(step: str, procedure: Procedure, inputs: ProcedureInputs, at: datetime) -> str | None:
    """The local time at which the step, or the first open one with a due time, is due."""
    own = procedure.open[step].due_at
    coming = [each.due_at for each in procedure.open.values() if each.due_at is not None and each.due_at > at]
    due = own or min(coming, default=None)
    return None if due is None else minute_text(due, inputs.time.zone)


def _receiver(notice: Notice, procedure: Procedure, people: People) -> tuple[str, str | None]:
    if notice.to == "customer":
        return "customer", str(procedure.customer) if procedure.customer else None
    team, agent = assigned(notice.to, procedure.owner, people)
    return ("agent", agent) if agent else ("team", team)


def _outcome(definition: ProcedureDefinition, procedure: Procedure) -> str | None:
    """The answer of the last decision, by the order of the definition."""
    decided = [procedure.ended.get(step.id) for step in definition.steps if step.kind == "decide"]
    return next((ended.result for ended in reversed(decided) if ended is not None and ended.result), None)
