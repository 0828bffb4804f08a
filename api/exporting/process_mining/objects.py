"""The objects of a tenant's log, each with the changes of its attributes and its links to others."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID

from api.exporting.process_mining.ocel import (
    BEGINNING,
    OBJECT_ATTRIBUTES,
    Attribute,
    ObjectQualifier,
    ObjectType,
    OcelObject,
)
from api.exporting.snapshot import ExportSnapshot
from domain.contract.state import Contract
from domain.contract.state import evolve as contract_after
from domain.customer.events import CustomerEvent
from domain.customer.memberships import memberships_at
from domain.customer.state import Customer
from domain.customer.state import evolve as customer_after
from domain.envelope import RecordedEvent
from domain.event_log.database_connections import server_cursor
from domain.event_log.sql_files import sql_file
from domain.text_folding import fold_name
from domain.ticket import events as e
from projections.contracts.table import CONTRACTS
from projections.customers.table import CUSTOMERS
from projections.engine.past_histories import HistoriesThen
from projections.engine.replay import streams_where
from projections.engine.stream import Stream
from projections.feedback.table import FEEDBACK
from projections.files.table import FILES
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS
from projections.usage.table import USAGE

_SQL = sql_file("api.exporting.process_mining", "process_mining.sql")
PROJECTIONS = (TICKETS, CUSTOMERS, CONTRACTS, SLA_CLOCKS, FEEDBACK, USAGE, FILES)
"""Those that name the objects."""
Links = list[tuple[str, ObjectQualifier]]
_CUSTOMER_EVENTS = frozenset(get_args(CustomerEvent))


def agent_id(name: str) -> str:
    """The id of an agent; names that are spelt alike are one."""
    return f"agent:{fold_name(name)}"


def team_id(name: str) -> str:
    """The id of a team."""
    return f"team:{fold_name(name)}"


def instance_id(ticket: object, target: str, activated_by: object) -> str:
    """The id of an instance of a target."""
    return f"{ticket}/{target}/{activated_by}"


def objects_of(snapshot: ExportSnapshot) -> Iterator[OcelObject]:
    """Every object: tickets, customers and contracts stream by stream, then the others."""
    then = HistoriesThen(snapshot.connection, snapshot.tenant, snapshot.position, snapshot.as_of)
    joined = {
        ticket
        for (ticket,) in snapshot.connection.execute(_SQL["merged into"].filled(schema=snapshot.schema)).fetchall()
    }
    people: dict[str, OcelObject] = {}
    for _, history in streams_where(snapshot.connection, snapshot.tenant, "position <= %s", [snapshot.position]):
        events = then.of(history)
        of_stream = _of_stream(Stream(events), joined) if events else None
        for event in events:
            if of_stream or _is_about_a_customer(event):
                _add_people(people, event)
        if of_stream:
            yield of_stream
    yield from people.values()
    yield from _not_registered(snapshot)
    yield from _sla_instances(snapshot)


def _is_about_a_customer(event: RecordedEvent) -> bool:
    """Whether an event of a stream that is no object is exported: it names a customer."""
    return event.kind != "ticket" and getattr(event.payload, "customer_id", None) is not None


def _of_stream(stream: Stream, joined: set[UUID]) -> OcelObject | None:
    match stream.kind:
        case "ticket" if stream.timeline.steps:
            return _ticket(stream, joined)
        case "customer":
            return _customer(stream)
        case "contract":
            return _contract(stream)
        case _:
            return None


def _ticket(stream: Stream, joined: set[UUID]) -> OcelObject:
    steps = stream.timeline.steps
    into = steps[-1].after.merged_into
    related: Links = [(str(into), "absorbed_into")] if into in joined else []
    return object_of(str(stream.id), "ticket", [(step.at, step.after) for step in steps], related)


def _customer(stream: Stream) -> OcelObject:
    customer, states = Customer(), []
    for event in stream.all:
        if type(event.payload) in _CUSTOMER_EVENTS:
            customer = customer_after(customer, event.payload, event.occurred_at)
            states.append((event.occurred_at, customer))
    related: Links = [(str(customer.merged_into), "absorbed_into")] if customer.merged_into else []
    related += [(str(membership.organisation), "member_of") for membership in memberships_at(customer.memberships)]
    kind: ObjectType = "organisation" if customer.party == "organisation" else "customer"
    return object_of(str(stream.id), kind, states, related)


def _contract(stream: Stream) -> OcelObject:
    contract, states = Contract(), []
    for event in stream.all:
        contract = contract_after(contract, event.payload, event.occurred_at)
        states.append((event.occurred_at, contract))
    return object_of(str(stream.id), "contract", states, [])


def object_of(id_: str, kind: ObjectType, states: Sequence[tuple[datetime, object]], related: Links) -> OcelObject:
    """An object whose attributes are fields of its states, one after the other.

    The standard has no null: a field that has lost its value has the empty text.
    """
    changes: list[Attribute] = []
    last: dict[str, object] = {}
    for at, state in states:
        for name in OBJECT_ATTRIBUTES[kind]:
            value = getattr(state, name)
            if last.get(name) != value:
                changes.append(Attribute(name, "" if value is None else value, at))
            last[name] = value
    return OcelObject(id_, kind, changes, related)


def _add_people(people: dict[str, OcelObject], event: RecordedEvent) -> None:
    """Adds the agents and teams that an event names, under the spelling of the first."""
    actor, payload = event.envelope.actor, event.payload
    agents = [actor.id] if actor.kind == "agent" else []
    teams: list[str | None] = []
    if isinstance(payload, e.TicketAssigned):
        agents += [payload.agent] if payload.agent else []
        teams.append(payload.team)
    elif isinstance(payload, e.TicketEscalated):
        teams.append(payload.to)
    for name in agents:
        people.setdefault(agent_id(name), OcelObject(agent_id(name), "agent", [Attribute("name", name, BEGINNING)], []))
    for team in filter(None, teams):
        people.setdefault(team_id(team), OcelObject(team_id(team), "team", [Attribute("name", team, BEGINNING)], []))


def _not_registered(snapshot: ExportSnapshot) -> Iterator[OcelObject]:
    """The customers that others name and that were never registered, as in old logs and imports."""
    for (customer,) in snapshot.connection.execute(_SQL["not registered"].filled(schema=snapshot.schema)).fetchall():
        yield OcelObject(str(customer), "customer", [], [])


def _sla_instances(snapshot: ExportSnapshot) -> Iterator[OcelObject]:
    with server_cursor(snapshot.connection, "sla_instances") as cursor:
        for ticket, target, number, seconds, began, state, ended in cursor.execute(
            _SQL["instances"].filled(schema=snapshot.schema)
        ):
            attributes = [Attribute("target", target, BEGINNING), Attribute("target_seconds", seconds, BEGINNING)]
            if ended is not None:
                attributes.append(Attribute("state", "running", began))
            attributes.append(Attribute("state", state, ended or began))
            yield OcelObject(instance_id(ticket, target, number), "sla_instance", attributes, [])
