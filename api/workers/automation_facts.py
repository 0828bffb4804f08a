"""The facts of the subjects of rules: gathered for a batch, and only what a condition or an effect asks for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from psycopg import Connection

from api.workers.automation_world import World
from domain.automation.facts import Facts, Role
from domain.automation.fields import CONTRACT_FIELDS, TICKET_FIELDS, ContractFacts, RuleCondition, TicketFacts
from domain.automation.template_values import LONGEST_VALUE
from domain.contact_rules.reachable_channel import reachable_channel
from domain.contract.events import ContractSigned
from domain.contract.state import contract_of
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.ids import short_reference
from domain.notification.commands import NotificationChannel, Purpose
from domain.predicate import Value
from domain.segment.fields import FIELDS, Customer360
from domain.template.placeholders import day_text
from domain.ticket.events import TicketReceived
from domain.ticket.timeline import owner_of, rule_states
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import health_at

History = Sequence[RecordedEvent]


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
        self.world = world
        self._gathered = customers
        self._histories = histories
        self._about = {stream: about(history) for stream, history in histories.items() if history}
        self._rows: dict[UUID, _Lazy] = {}

    def of(self, stream: UUID) -> Facts:
        """The facts of a subject."""
        known = self._rows.setdefault(stream, _Lazy(self, stream))
        world, belongs = self.world, self._about[stream]
        return Facts(
            value_of=known.value_of,
            ticket=belongs.ticket,
            customer=belongs.customer,
            person=known.person,
            placeholders=known.placeholders,
            language=world.settings.language,
            channel=known.channel,
            template_version=world.template_version,
            rendered=world.rendered,
            later=world.later,
            local=world.local,
            stopped=lambda rule: world.switches.stops("rule", rule),
            fired_lately=world.fired_lately,
        )

    def about(self, stream: UUID) -> About:
        """What a subject belongs to."""
        return self._about[stream]

    def history(self, stream: UUID) -> History:
        """The history of a subject, or of a ticket that one is about."""
        return self._histories.get(stream) or self._tickets.get(stream, ())

    @cached_property
    def _tickets(self) -> Mapping[UUID, History]:
        wanted = {each.ticket for each in self._about.values() if each.ticket is not None} - self._histories.keys()
        if not wanted:
            return {}
        world = self.world
        return reader.streams(world.connection, world.tenant, wanted, world.up_to)

    @cached_property
    def customers(self) -> GatheredCustomers:
        """The customers of all subjects."""
        if self._gathered is not None:
            return self._gathered
        world = self.world
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
        contract = contract_of(history)
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

    def person(self, role: Role) -> str | None:
        """Who is meant by a role."""
        if role == "owner":
            return self._owner()
        if self.ticket is None:
            return None
        ticket = self.ticket.ticket
        if role == "lead":
            return None if ticket.team is None else self._batch.world.lead_of(ticket.team)
        return ticket.agent if role == "holder" else ticket.team

    def _owner(self) -> str | None:
        """The owner of the contract, or of the customer's contract that was signed last."""
        if self.contract is not None:
            return self.contract.contract.owner
        customer = self._batch.about(self._stream).customer
        if customer is None:
            return None
        contracts = self._batch.customers.contracts_of(customer, self._batch.world.now)
        owners = (contract_of(history).owner for history in reversed(contracts))
        return next((owner for owner in owners if owner is not None), None)

    def channel(self, channel: NotificationChannel, purpose: Purpose, template: str) -> NotificationChannel:
        """The channel over which the customer of the subject is asked."""
        customer = self._batch.about(self._stream).customer
        if customer is None:
            return channel
        addresses = self._batch.customers.addresses_of(customer, self._batch.world.now)
        return reachable_channel(self._batch.world.contact_rules, channel, purpose, template, addresses)

    def placeholders(self) -> Mapping[str, str]:
        """Values for templates; a dash for what is not known."""
        business = self._batch.world.settings.business_name
        values: dict[str, str | None] = {"tenant": business, "customer_name": _UNKNOWN, "tier": _UNKNOWN}
        if self.ticket is not None:
            ticket, ticket_id = self.ticket.ticket, self._batch.about(self._stream).ticket
            reference = self.ticket.reference or (short_reference(ticket_id) if ticket_id else None)
            values |= {"ticket_reference": reference, "ticket_subject": ticket.subject, "priority": ticket.priority}
            values |= {"agent": ticket.agent or _UNKNOWN, "team": ticket.team or _UNKNOWN}
        if self.contract is not None:
            term = self.contract.contract.term
            values |= {"contract_number": self.contract.number, "agent": self.contract.contract.owner or business}
            values |= {"ends_on": None if term is None else day_text(term.ends_on)}
        if self.customer is not None:
            summary = self.customer.summary
            values |= {"customer_name": summary.name or _UNKNOWN, "tier": summary.tier or _UNKNOWN}
        return {name: value[:LONGEST_VALUE] for name, value in values.items() if value is not None}


_UNKNOWN = "-"


def gather(connection: Connection, tenant: str, histories: Sequence[History], now: datetime) -> Mapping[UUID, Facts]:
    """The facts of each subject with a history, by everything that is recorded."""
    world = World(connection, tenant, reader.head(connection, tenant), now)
    batch = FactsOfBatch(world, {history[0].stream: history for history in histories})
    return {history[0].stream: batch.of(history[0].stream) for history in histories}
