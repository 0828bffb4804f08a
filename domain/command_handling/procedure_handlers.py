"""The handlers of procedures: what their decisions read besides their own stream, and where their events stand."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from domain.command_context import Actor
from domain.command_handling.customer_stream import CUSTOMER, CustomerStream, family
from domain.command_handling.definition_stream import CALENDAR, DEFINITION, TENANT_SETTINGS
from domain.command_handling.handler import Aggregate, CommandHandler, DecidedEvent, Handlers, Parts, handled
from domain.command_handling.notification_handlers import NOTIFICATION
from domain.command_handling.procedure_subject import customer_data, subject_inputs
from domain.command_handling.subjects import SUBJECTS, must_be_known
from domain.customer.addresses import Addresses, addresses_together
from domain.definitions.kind import DefinitionVersion
from domain.definitions.kinds import CONTACT_RULES, TEMPLATE, WORKFORCE
from domain.definitions.kinds import PROCEDURE as KIND
from domain.definitions.settings import SETTINGS
from domain.definitions.startable_procedure import startable_procedure
from domain.definitions.state import PublishedDefinition, definition_stream
from domain.notification.events import NotificationRequested
from domain.notification.state import notification_stream
from domain.procedure import claim as claims
from domain.procedure import decider, state
from domain.procedure.advance import Advanced, ProcedureInputs, TemplateInput
from domain.procedure.claim import ProcedureClaim, claim_stream, notice_key
from domain.procedure.commands import StartProcedure, StepCommand
from domain.procedure.deadline import TimeInputs, working_days
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.events import ProcedureClaimReleased, ProcedureClaimTaken, ProcedureStarted
from domain.procedure.state import Procedure
from domain.refusal import Refusal
from domain.sla.calendar.business_time import AROUND_THE_CLOCK
from domain.sla.policy import publishing
from domain.zones import zone_named

PROCEDURE = Aggregate("procedure", Procedure(), state.evolve)
CLAIM = Aggregate("procedure_claim", ProcedureClaim(), claims.evolve)
PROCEDURE_AGGREGATES = (PROCEDURE, CLAIM)
_OF_TENANT = (
    TENANT_SETTINGS,
    (definition_stream(WORKFORCE.name), DEFINITION),
    (definition_stream(CONTACT_RULES.name), DEFINITION),
)


def _to_start(stream: UUID, command: StartProcedure) -> Parts:
    return (
        (stream, PROCEDURE),
        *_OF_TENANT,
        (definition_stream(KIND.name, command.procedure), DEFINITION),
        (claim_stream(command.procedure, command.subject), CLAIM),
        (command.subject, SUBJECTS[command.subject_kind]),
    )


def _named_at_start(stream: UUID, command: StartProcedure, known: Mapping[UUID, Any]) -> Parts:
    customer = _customer_at_start(command, known[command.subject])
    named = _named_by(stream, known[definition_stream(KIND.name, command.procedure)])
    return (*_customer(customer, command.subject), *named, *_family(customer, known))


def _customer_at_start(command: StartProcedure, subject: Any) -> UUID | None:
    return command.customer_id or subject_inputs(subject, command.subject).customer


def _to_go_on(stream: UUID, _command: StepCommand) -> Parts:
    return ((stream, PROCEDURE), *_OF_TENANT)


def _named_by_instance(stream: UUID, _command: StepCommand, known: Mapping[UUID, Any]) -> Parts:
    """The definition, the claim and the subject of an instance, what the definition names, and who is the customer."""
    procedure: Procedure = known[stream]
    if procedure.subject is None:
        return ()
    definition = definition_stream(KIND.name, procedure.name)
    parts = (
        (definition, DEFINITION),
        (claim_stream(procedure.name, procedure.subject), CLAIM),
        (procedure.subject, SUBJECTS[procedure.subject_kind]),
    )
    return (
        *parts,
        *_customer(procedure.customer, procedure.subject),
        *(_named_by(stream, known[definition]) if definition in known else ()),
        *_family(procedure.customer, known),
    )


def _customer(customer: UUID | None, subject: UUID) -> Parts:
    """The customer of a subject that is none itself, for the name in notices."""
    return () if customer in {None, subject} else ((customer, CUSTOMER),)


def _family(customer: UUID | None, known: Mapping[UUID, Any]) -> Parts:
    """The customers of one person, for the addresses, as soon as the customer is known."""
    if customer is None or not isinstance(known.get(customer), CustomerStream):
        return ()
    return [(member, CUSTOMER) for member in family(customer, known)]


def _named_by(instance: UUID, published: PublishedDefinition) -> Parts:
    """The calendars, the templates and the notifications of any version of a definition that can be read."""
    bodies = _readable(published)
    calendars = frozenset[str]().union(*(body.calendars for body in bodies))
    templates = sorted({template for body in bodies for template in body.templates})
    notices = sorted({step.id for body in bodies for step in body.steps if step.notice is not None})
    return (
        *((calendar, CALENDAR) for calendar in publishing.calendar_streams(calendars)),
        *((definition_stream(TEMPLATE.name, template), DEFINITION) for template in templates),
        *((notification_stream(notice_key(instance, step)), NOTIFICATION) for step in notices),
    )


def _readable(published: PublishedDefinition) -> list[ProcedureDefinition]:
    """The bodies of the published versions, without those that this release cannot read."""
    return [body for body in map(_read, published.versions) if body is not None]


def _read(version: DefinitionVersion) -> ProcedureDefinition | None:
    try:
        return KIND.read(version)
    except ValidationError:
        return None


def _decide_start(
    command: StartProcedure, stream: UUID, states: Mapping[UUID, Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    procedure, subject = states[stream], states[command.subject]
    published = states[definition_stream(KIND.name, command.procedure)]
    claim = claim_stream(command.procedure, command.subject)
    version = startable_procedure(published, command.procedure, at, procedure.state)
    must_be_known(subject)
    customer = _customer_at_start(command, subject)
    started = ProcedureStarted(
        procedure=command.procedure,
        version=version.version or 0,
        subject=command.subject,
        subject_kind=command.subject_kind,
        customer_id=customer,
        owner=command.details.get("owner") or command.owner or subject_inputs(subject, command.subject).owner,
        details=command.details,
    )
    inputs = _inputs_of(published, command.subject, customer, states, at)
    advanced = decider.decide_start(stream, started, procedure, states[claim], version.body, inputs, at)
    taken = ProcedureClaimTaken(procedure=command.procedure, subject=command.subject, instance=stream)
    return [*_recorded(stream, advanced, at, taken, claim)]


def _decide_step(
    command: StepCommand, stream: UUID, states: Mapping[UUID, Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    procedure: Procedure = states[stream]
    if procedure.subject is None:
        raise Refusal("procedure_unknown", "there is no such procedure; start it first", procedure.state)
    published = states[definition_stream(KIND.name, procedure.name)]
    inputs = _inputs_of(published, procedure.subject, procedure.customer, states, at)
    advanced = decider.decide(command, stream, procedure, partial(_version_of, published), inputs, at)
    return [*_recorded(stream, advanced, at, None, claim_stream(procedure.name, procedure.subject))]


def _version_of(published: PublishedDefinition, number: int) -> ProcedureDefinition | None:
    return next((_read(version) for version in published.versions if version.version == number), None)


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


def _inputs_of(
    published: PublishedDefinition, subject: UUID, customer: UUID | None, states: Mapping[UUID, Any], at: datetime
) -> ProcedureInputs:
    """What the steps of a procedure about ``subject`` depend on."""
    settings, workforce, contact_rules = (states[part] for part, _ in _OF_TENANT)
    of_subject = subject_inputs(states[subject], subject)
    rules = SETTINGS.in_effect(settings.versions, at).body

    def template(name: str) -> TemplateInput | None:
        versions = states[definition_stream(TEMPLATE.name, name)].versions
        try:
            version = TEMPLATE.in_effect(versions, at, name)
        except LookupError:
            return None
        return TemplateInput(version.version or 0, version.body.placeholders(rules.language))

    names = frozenset[str]().union(*(body.calendars for body in _readable(published)))
    calendars = {AROUND_THE_CLOCK.name: AROUND_THE_CLOCK} | {
        name: states[publishing.calendar_stream(name)].content for name in names - {AROUND_THE_CLOCK.name}
    }
    team = of_subject.people.team
    lead = None if team is None else WORKFORCE.in_effect(workforce.versions, at).body.lead_of(team)
    people = of_subject.people._replace(lead=lead)
    week = working_days(rules.zone, rules.working_week)
    time = TimeInputs(zone_named(rules.zone), week, calendars, of_subject.ends_on)
    business = {"tenant": rules.business_name, "agent": rules.business_name}
    data = {**business, **of_subject.data, **customer_data(None if customer is None else states.get(customer))}
    contacts = CONTACT_RULES.in_effect(contact_rules.versions, at).body
    return ProcedureInputs(time, people, template, data, rules.language, contacts, _addresses(customer, states))


def _addresses(customer: UUID | None, states: Mapping[UUID, Any]) -> Addresses:
    """The addresses of the person."""
    return addresses_together([states[member].customer.addresses for member, _ in _family(customer, states)])


PROCEDURE_HANDLERS: Handlers = handled(
    StartProcedure, CommandHandler(_to_start, _decide_start, further=_named_at_start)
) | handled(StepCommand, CommandHandler(_to_go_on, _decide_step, further=_named_by_instance))
