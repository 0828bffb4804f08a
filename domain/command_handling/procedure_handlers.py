"""The handlers of procedures: what their decisions read besides their own stream, and where their events stand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.customer_fact_handlers import OWNERS
from domain.command_handling.customer_stream import CustomerStream
from domain.command_handling.definition_stream import DEFINITION, TENANT_SETTINGS
from domain.command_handling.handler import Aggregate, CommandHandler, DecidedEvent, Handlers, Parts, handled
from domain.command_handling.notification_handlers import NOTIFICATION
from domain.command_handling.ticket_stream import TicketStream
from domain.contract.state import Contract
from domain.customer.decider import must_be_registered
from domain.definitions.kinds import PROCEDURE as KIND
from domain.definitions.kinds import SETTINGS, TEMPLATE, WORKFORCE
from domain.definitions.publishing import PublishedDefinition, definition_stream
from domain.notification.events import NotificationRequested
from domain.notification.state import notification_stream
from domain.procedure import claim as claims
from domain.procedure import decider, state
from domain.procedure.advance import Advanced, People, Surroundings, TemplateGiven
from domain.procedure.claim import ProcedureClaim, claim_stream, notice_key
from domain.procedure.commands import StartProcedure, StepCommand
from domain.procedure.deadline import TimeGiven
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.events import ProcedureClaimReleased, ProcedureClaimTaken, ProcedureStarted
from domain.procedure.state import Procedure
from domain.refusal import Refusal
from domain.sla.calendar.business_time import AROUND_THE_CLOCK
from domain.sla.policy import publishing
from domain.text_folding import fold_name
from domain.ticket.decider import must_exist
from domain.workforce.definition import Workforce
from domain.zones import zone_named

PROCEDURE = Aggregate("procedure", Procedure(), state.evolve)
CLAIM = Aggregate("procedure_claim", ProcedureClaim(), claims.evolve)
PROCEDURE_AGGREGATES = (PROCEDURE, CLAIM)
_CALENDAR = Aggregate("calendar", publishing.Published(), publishing.evolve)
_WORKFORCE = (definition_stream(WORKFORCE.name), DEFINITION)


class _Subject(NamedTuple):
    """What the subject of a procedure says of the people and of the customer."""

    customer: UUID | None
    people: People
    owner: str | None
    data: dict[str, str]
    ends_on: Any = None


def _to_start(stream: UUID, command: StartProcedure) -> Parts:
    return (
        (stream, PROCEDURE),
        TENANT_SETTINGS,
        _WORKFORCE,
        (definition_stream(KIND.name, command.procedure), DEFINITION),
        (claim_stream(command.procedure, command.subject), CLAIM),
        (command.subject, OWNERS[command.subject_kind]),
    )


def _named_at_start(stream: UUID, command: StartProcedure, known: Mapping[UUID, Any]) -> Parts:
    return _named_by(stream, known[definition_stream(KIND.name, command.procedure)])


def _to_go_on(stream: UUID, _command: StepCommand) -> Parts:
    return ((stream, PROCEDURE), TENANT_SETTINGS, _WORKFORCE)


def _named_by_instance(stream: UUID, _command: StepCommand, known: Mapping[UUID, Any]) -> Parts:
    """The definition, the claim and the subject of an instance, then the calendars and templates of the definition."""
    procedure: Procedure = known[stream]
    if procedure.subject is None:
        return ()
    definition = definition_stream(KIND.name, procedure.name)
    parts = (
        (definition, DEFINITION),
        (claim_stream(procedure.name, procedure.subject), CLAIM),
        (procedure.subject, OWNERS[procedure.subject_kind]),
    )
    return (*parts, *(_named_by(stream, known[definition]) if definition in known else ()))


def _named_by(instance: UUID, published: PublishedDefinition) -> Parts:
    """The calendars, the templates and the notifications of any version of a definition."""
    bodies = [KIND.read(version) for version in published.versions]
    calendars = frozenset[str]().union(*(body.calendars for body in bodies))
    templates = sorted({template for body in bodies for template in body.templates})
    notices = sorted({step.id for body in bodies for step in body.steps if step.notice is not None})
    return (
        *((calendar, _CALENDAR) for calendar in publishing.calendar_streams(calendars)),
        *((definition_stream(TEMPLATE.name, template), DEFINITION) for template in templates),
        *((notification_stream(notice_key(instance, step)), NOTIFICATION) for step in notices),
    )


def _decide_start(
    command: StartProcedure, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    procedure, settings, workforce, published, claim, subject, *named = states
    try:
        version = KIND.in_effect(published.versions, at, fold_name(command.procedure))
    except LookupError:
        rule = f"no procedure {command.procedure!r} is in effect; publish it first"
        raise Refusal("procedure_unknown", rule, procedure.state) from None
    if not version.body.enabled:
        rule = f"the procedure {command.procedure!r} is not enabled; publish a version that is"
        raise Refusal("procedure_disabled", rule, procedure.state)
    of_subject = _subject_of(subject, command.subject, starting=True)
    started = ProcedureStarted(
        procedure=command.procedure,
        version=version.version or 0,
        subject=command.subject,
        subject_kind=command.subject_kind,
        customer_id=command.customer_id or of_subject.customer,
        owner=command.details.get("owner") or command.owner or of_subject.owner,
        details=command.details,
    )
    given = _surroundings(stream, published, named, of_subject, settings, workforce, at)
    advanced = decider.decide_start(stream, started, procedure, claim, version.body, given, at)
    taken = ProcedureClaimTaken(procedure=command.procedure, subject=command.subject, instance=stream)
    return [*_recorded(stream, advanced, at, taken, claim_stream(command.procedure, command.subject))]


def _decide_step(
    command: StepCommand, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    procedure, settings, workforce, *further = states
    if procedure.subject is None:
        raise Refusal("procedure_unknown", "there is no such procedure; start it first", procedure.state)
    published, _, subject, *named = further
    given = _surroundings(stream, published, named, _subject_of(subject, procedure.subject), settings, workforce, at)

    def version_of(number: int) -> ProcedureDefinition | None:
        return next((KIND.read(each) for each in published.versions if each.version == number), None)

    advanced = decider.decide(command, stream, procedure, version_of, given, at)
    return [*_recorded(stream, advanced, at, None, claim_stream(procedure.name, procedure.subject))]


def _recorded(
    stream: UUID, advanced: Advanced, at: datetime, taken: ProcedureClaimTaken | None, claim: UUID
) -> Iterator[DecidedEvent]:
    """The events of the instance, of its claim and of the notifications that it requests."""
    yield from ((stream, event, at) for event in advanced.events)
    if taken is not None:
        yield claim, taken, at
    if advanced.events and advanced.procedure.state != "running":
        yield claim, ProcedureClaimReleased(instance=stream), at
    for request in advanced.requests:
        yield notification_stream(request.dedupe_key), NotificationRequested(**request.facts()), at


def _surroundings(
    instance: UUID,
    published: PublishedDefinition,
    named: Sequence[Any],
    subject: _Subject,
    settings: PublishedDefinition,
    workforce: PublishedDefinition,
    at: datetime,
) -> Surroundings:
    """What the steps depend on. ``named`` are the states that ``_named_by`` names, in order."""
    streams = dict(zip((stream for stream, _ in _named_by(instance, published)), named, strict=True))

    rules = SETTINGS.in_effect(settings.versions, at).body

    def template(name: str) -> TemplateGiven | None:
        versions = streams[definition_stream(TEMPLATE.name, name)].versions
        try:
            version = TEMPLATE.in_effect(versions, at, name)
        except LookupError:
            return None
        return TemplateGiven(version.version or 0, version.body.placeholders(rules.language))

    bodies = [KIND.read(version) for version in published.versions]
    calendars = {AROUND_THE_CLOCK.name: AROUND_THE_CLOCK}
    for name in frozenset[str]().union(*(body.calendars for body in bodies)) - {AROUND_THE_CLOCK.name}:
        calendars[name] = streams[publishing.calendar_stream(name)].content
    lead = _lead_of(WORKFORCE.in_effect(workforce.versions, at).body, subject.people.team)
    people = subject.people._replace(lead=lead)
    return Surroundings(
        TimeGiven(zone_named(rules.zone), calendars, subject.ends_on), people, template, subject.data, rules.language
    )


def _lead_of(workforce: Workforce, team: str | None) -> str | None:
    if team is None:
        return None
    teams = {fold_name(each.name): each for each in workforce.teams}
    return getattr(teams.get(fold_name(team)), "lead", None)


def _subject_of(subject: Any, stream: UUID, *, starting: bool = False) -> _Subject:
    """What a ticket, customer or contract says. Raises Refusal when a procedure cannot start for it."""
    if isinstance(subject, TicketStream):
        ticket = subject.ticket
        if starting:
            must_exist(ticket)
        data = {"ticket_subject": ticket.subject[:200]} if ticket.subject else {}
        return _Subject(ticket.owner.customer if ticket.owner else None, People(ticket.team, ticket.agent), None, data)
    if isinstance(subject, CustomerStream):
        if starting:
            must_be_registered(subject.customer)
        name = subject.customer.name
        return _Subject(stream, People(), None, {"customer_name": name[:200]} if name else {})
    contract: Contract = subject
    if starting and contract.state == "none":
        raise Refusal("contract_unknown", "there is no such contract; sign it first", contract.state)
    ends_on = contract.term.ends_on if contract.term else None
    data = {"ends_on": ends_on.isoformat()} if ends_on else {}
    return _Subject(contract.customer, People(agent=contract.owner), contract.owner, data, ends_on)


PROCEDURE_HANDLERS: Handlers = handled(
    StartProcedure, CommandHandler(_to_start, _decide_start, further=_named_at_start)
) | handled(StepCommand, CommandHandler(_to_go_on, _decide_step, further=_named_by_instance))
