"""The facts of the subjects of rules: gathered for a batch, and only what a condition or an effect asks for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from psycopg import Connection

from api.workers.switches import switches_of
from domain.automation.facts import Facts, Role
from domain.automation.fields import CONTRACT_FIELDS, TICKET_FIELDS, ContractFacts, RuleCondition, TicketFacts
from domain.automation.firing import HOUR
from domain.contract.events import ContractSigned
from domain.contract.state import Contract
from domain.contract.state import evolve as evolve_contract
from domain.definitions.kind import InEffect
from domain.definitions.kinds import SETTINGS, TEMPLATE, WORKFORCE
from domain.definitions.published import definition_in_effect
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.predicate import Value
from domain.segment.fields import FIELDS, Customer360
from domain.sla.calendar.business_time import CalendarVersion, business_time
from domain.sla.policy.published import calendar_in_effect, calendars_by_name
from domain.switches.state import Switches
from domain.template.definition import Template
from domain.template.rendering import MissingValues, rendered
from domain.text_folding import fold_name
from domain.ticket.events import TicketReceived
from domain.ticket.timeline import owner_of, rule_states
from domain.zones import zone_named
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import health_at

History = Sequence[RecordedEvent]
_SQL = sql_file("api.workers", "automation_facts.sql")
_REFERENCE = 8
"""The first digits of a ticket's id, which stand for a reference that it has not."""


Lately = Callable[[str, datetime], int]


def _never(_rule: str, _now: datetime) -> int:
    return 0


class World:
    """What the facts of all subjects share: published definitions and calendars, and the stop switches.

    It holds for the position of the log ``up_to`` and the instant ``now``.
    """

    def __init__(
        self, connection: Connection, tenant: str, up_to: int, now: datetime, switches: Switches | None = None
    ) -> None:
        self.connection = connection
        self.tenant = tenant
        self.up_to = up_to
        self.now = now
        self._switches = switches

    @cached_property
    def definitions(self) -> Sequence[RecordedEvent]:
        """The published definitions."""
        return reader.definitions(self.connection, self.tenant, self.up_to)

    @cached_property
    def switches(self) -> Switches:
        """The stop switches."""
        return switches_of(self.connection, self.tenant) if self._switches is None else self._switches

    @cached_property
    def settings(self) -> Any:
        """The settings of the tenant in effect."""
        return definition_in_effect(self.definitions, SETTINGS, self.now).body

    def is_open(self, calendar: str, at: datetime) -> bool | None:
        """Whether a calendar is open; None for one that was not published."""
        versions = self._calendars.get(fold_name(calendar))
        return None if versions is None else business_time(calendar_in_effect(versions, at).calendar).is_open(at)

    def later(self, calendar: str, at: datetime, seconds: int) -> datetime:
        """So many seconds of open time of a calendar later; of all time for one that was not published."""
        versions, duration = self._calendars.get(fold_name(calendar)), timedelta(seconds=seconds)
        if versions is None:
            return at + duration
        return business_time(calendar_in_effect(versions, at).calendar).add(at, duration)

    @cached_property
    def _calendars(self) -> Mapping[str, Sequence[CalendarVersion]]:
        return calendars_by_name(reader.rules(self.connection, self.tenant, self.up_to))

    def local(self, at: datetime) -> str:
        """An instant in the zone of the tenant, to the minute."""
        return f"{at.astimezone(zone_named(self.settings.zone)):%H:%M %d/%m/%Y}"

    def template_version(self, template: str) -> int:
        """The version of a template in effect; 0 for none."""
        found = self._template(template)
        return 0 if found is None else found.version or 0

    def rendered(self, template: str, data: Mapping[str, str]) -> str | None:
        """The body of a template in the language of the tenant; None without the template or one of its values."""
        found = self._template(template)
        if found is None:
            return None
        try:
            return rendered(found.body, self.settings.language, data).body
        except MissingValues:
            return None

    def _template(self, name: str) -> InEffect[Template] | None:
        try:
            return definition_in_effect(self.definitions, TEMPLATE, self.now, name)
        except LookupError:
            return None

    def lead_of(self, team: str) -> str | None:
        """The lead of a team by the published workforce."""
        workforce = definition_in_effect(self.definitions, WORKFORCE, self.now).body
        named = (each for each in workforce.teams if fold_name(each.name) == fold_name(team))
        return next((getattr(each, "lead", None) for each in named), None)

    def fired_lately(self, rule: str, most: int) -> int:
        """How often a rule fired in the last hour, at most ``most``, by rows that may lag a little."""
        parameters = {"actor": fold_name(f"rule:{rule}"[:200]), "since": self.now - HOUR, "most": most}
        row = self.connection.execute(_SQL["firings"].of(self.tenant), parameters).fetchone()
        return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class About:
    """What a subject belongs to: its customer, and the ticket that it is or is about."""

    customer: UUID | None
    ticket: UUID | None


def about(history: History) -> About:
    """The customer and the ticket of a subject, as its events name them."""
    stream, kind, first = history[0].stream, history[0].kind, history[0].payload
    if kind == "customer":
        return About(stream, None)
    if kind == "ticket":
        owner = owner_of(history)
        return About(owner.customer if owner else None, stream)
    ticket = getattr(first, "ticket", None)
    for name in ("about", "subject"):
        if getattr(first, f"{name}_kind", None) == "ticket":
            ticket = getattr(first, name)
    customer = getattr(first, "customer_id", None)
    return About(customer if isinstance(customer, UUID) else None, ticket if isinstance(ticket, UUID) else None)


class FactsOfBatch:
    """The facts of some subjects. The tickets that they are about and customers are loaded once, when they are asked
    for.
    """

    def __init__(
        self, world: World, histories: Mapping[UUID, History], customers: GatheredCustomers | None = None
    ) -> None:
        """``customers`` hold those of all subjects; None: they are gathered when they are asked for."""
        self._world = world
        self._gathered = customers
        self._histories = histories
        self._about = {stream: about(history) for stream, history in histories.items() if history}
        self._rows: dict[UUID, _Lazy] = {}

    def of(self, stream: UUID, lately: Lately = _never) -> Facts:
        """The facts of a subject. ``lately(rule, now)`` says how often a rule fired by what rows may not hold yet."""
        known = self._rows.setdefault(stream, _Lazy(self, stream))
        world, belongs = self._world, self._about[stream]
        return Facts(
            value_of=known.value_of,
            ticket=belongs.ticket,
            customer=belongs.customer,
            people=known.people,
            placeholders=known.placeholders,
            language=world.settings.language,
            template_version=world.template_version,
            rendered=world.rendered,
            later=world.later,
            local=world.local,
            stopped=lambda rule: world.switches.stops("rule", rule),
            fired_lately=lambda rule, most: max(lately(fold_name(rule), world.now), world.fired_lately(rule, most)),
        )

    def about(self, stream: UUID) -> About:
        """What a subject belongs to."""
        return self._about[stream]

    def history(self, stream: UUID) -> History:
        """The history of a subject, or of a ticket that one is about."""
        return self._histories.get(stream) or self._tickets.get(stream, ())

    @property
    def world(self) -> World:
        """What all subjects share."""
        return self._world

    @cached_property
    def _tickets(self) -> Mapping[UUID, History]:
        wanted = {each.ticket for each in self._about.values() if each.ticket is not None} - self._histories.keys()
        if not wanted:
            return {}
        world = self._world
        return reader.streams(world.connection, world.tenant, wanted, world.up_to)

    @cached_property
    def customers(self) -> GatheredCustomers:
        """The customers of all subjects."""
        if self._gathered is not None:
            return self._gathered
        world = self._world
        wanted: Collection[UUID] = {each.customer for each in self._about.values() if each.customer is not None}
        return GatheredCustomers(Source(world.connection, world.tenant, schema_of(world.tenant), world.up_to), wanted)


class _Lazy:
    """The facts of one subject, each computed when it is first asked for."""

    def __init__(self, batch: FactsOfBatch, stream: UUID) -> None:
        self._batch = batch
        self._stream = stream

    def value_of(self, condition: RuleCondition) -> Value:
        """What stands in the field of a condition."""
        match condition.of:
            case "ticket":
                return None if self.ticket is None else TICKET_FIELDS[condition.name].read(self.ticket)
            case "contract":
                return None if self.contract is None else CONTRACT_FIELDS[condition.name].read(self.contract)
            case "customer":
                customer = self.customer
                field = FIELDS[condition.name]  # type: ignore[index]  # the condition was read with one of them
                return None if customer is None else field.read(customer, condition.parameters)
            case "calendar" if condition.calendar is not None:
                return self._batch.world.is_open(condition.calendar, self._batch.world.now)
            case _:
                return None

    @cached_property
    def ticket(self) -> TicketFacts | None:
        """The ticket that the subject is or is about."""
        ticket = self._batch.about(self._stream).ticket
        history = self._batch.history(ticket) if ticket is not None else ()
        receipt = next((event.payload for event in history if type(event.payload) is TicketReceived), None)
        if receipt is None:
            return None
        return TicketFacts(rule_states(history)[-1], receipt.channel, receipt.external_reference)

    @cached_property
    def contract(self) -> ContractFacts | None:
        """The contract that the subject is."""
        history = self._batch.history(self._stream)
        signed = history[0].payload
        if not isinstance(signed, ContractSigned):
            return None
        contract = Contract()
        for event in history:
            contract = evolve_contract(contract, event.payload, event.occurred_at)
        today = self._batch.world.settings.local_day(self._batch.world.now)
        left = None if contract.term is None else (contract.term.ends_on - today).days
        return ContractFacts(contract, signed.number, left)

    @cached_property
    def customer(self) -> Customer360 | None:
        """The customer that the subject belongs to."""
        customer = self._batch.about(self._stream).customer
        if customer is None:
            return None
        gathered = self._batch.customers
        summary = gathered.summary(customer, self._batch.world.now)
        return None if summary is None else Customer360(summary, lambda: health_at(gathered, summary))

    def people(self) -> Mapping[Role, str]:
        """Who is meant by each role."""
        ticket = self.ticket.ticket if self.ticket is not None else None
        found: dict[Role, str | None] = {}
        if ticket is not None:
            found = {"holder": ticket.agent, "team": ticket.team}
            found["lead"] = None if ticket.team is None else self._batch.world.lead_of(ticket.team)
        found["owner"] = self.contract.contract.owner if self.contract is not None else None
        return {role: name for role, name in found.items() if name is not None}

    def placeholders(self) -> Mapping[str, str]:
        """Values for templates."""
        found: dict[str, str | None] = {}
        if self.ticket is not None:
            ticket, ticket_id = self.ticket.ticket, self._batch.about(self._stream).ticket
            reference = self.ticket.reference or str(ticket_id)[:_REFERENCE]
            found |= {"ticket_reference": reference, "ticket_subject": ticket.subject, "priority": ticket.priority}
            found |= {"agent": ticket.agent, "team": ticket.team}
        if self.contract is not None:
            term = self.contract.contract.term
            found |= {"contract_number": self.contract.number}
            found |= {"ends_on": None if term is None else f"{term.ends_on:%d/%m/%Y}"}
        if self.customer is not None:
            found |= {"customer_name": self.customer.summary.name, "tier": self.customer.summary.tier}
        return {name: value[:_LONGEST] for name, value in found.items() if value is not None}


_LONGEST = 1_000
"""The longest value of a placeholder."""


def gather(connection: Connection, tenant: str, histories: Sequence[History], now: datetime) -> Mapping[UUID, Facts]:
    """The facts of each subject with a history, by everything that is recorded."""
    world = World(connection, tenant, reader.head(connection, tenant), now)
    batch = FactsOfBatch(world, {history[0].stream: history for history in histories})
    return {history[0].stream: batch.of(history[0].stream) for history in histories}
