"""The summaries of customers by rows of projections, at instants from which on nothing more happened to those rows.

All others are unsettled: who is merged, or has a row that was another one then. The log says how they were.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import sql

from domain.customer.facts.permission import ConsentWord
from domain.definitions.kind import InEffect
from domain.definitions.kinds import HEALTH
from domain.definitions.published import definition_in_effect
from domain.definitions.settings import settings_in_effect
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.health.definition import HealthDefinition
from domain.health.summarise import Histories, by_receipt, contract_summary, reported_usage, summarise, usage_by
from domain.health.summary import ContractSummary, CustomerSummary, Part, PurchaseSummary, Rating, TicketSummary
from domain.ids import as_array
from domain.local_time import local_day
from domain.sla.policy.published import policy_history_of
from domain.zones import TimeZone, zone_named
from projections.audit_history.table import AUDIT_HISTORY
from projections.backlog.table import BACKLOG
from projections.contacts.table import CONTACTS
from projections.contracts.table import CONTRACTS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.people import known_by
from projections.customers.table import CUSTOMERS
from projections.health.gather import LATE_WITHIN, Source, is_late
from projections.health.readings import AT_ONCE
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_histories import histories_of
from projections.tickets.table import TICKETS
from projections.usage.table import USAGE

_SQL = sql_file("projections.health", "settled.sql")
READ_BY_SETTLED = (CUSTOMERS, CUSTOMER_FACTS, CONTRACTS, USAGE, TICKETS, SLA_CLOCKS, BACKLOG, CONTACTS, AUDIT_HISTORY)
"""The projections whose rows say how customers were."""
MOMENTS_AT_ONCE = 20_000
"""The moments of one statement, which holds each of them as text."""
READ_OF_FACTS: frozenset[Part] = frozenset({"who", "organisations", "nps", "purchases", "consents"})
"""The parts that are made of the rows of customers and of their facts."""
OF_TICKETS: frozenset[Part] = frozenset({"tickets", "ratings", "contacts"})
"""The parts that are made of tickets."""


class CustomerMoment(NamedTuple):
    """A customer at an instant."""

    customer: UUID
    at: datetime


def batched_by_customer(moments: Iterable[CustomerMoment], customers: int) -> Iterator[list[CustomerMoment]]:
    """The moments of so many customers at a time."""
    of_each = groupby(sorted(moments), key=attrgetter("customer"))
    while batch := [moment for _, of in islice(of_each, customers) for moment in of]:
        yield batch


def in_batches(moments: Iterable[CustomerMoment]) -> Iterator[list[CustomerMoment]]:
    """The moments, MOMENTS_AT_ONCE at a time."""
    left = iter(moments)
    while batch := list(islice(left, MOMENTS_AT_ONCE)):
        yield batch


class SettledCustomers:
    """The settled ones among some customers at instants. ``parts`` are those of the summaries that are read.

    ``unsettled`` are to be judged from the log; ``unknown`` were no customers yet. ``contacts`` of a summary hold the
    last one alone.
    """

    def __init__(self, source: Source, moments: Collection[CustomerMoment], parts: frozenset[Part]) -> None:
        self.unsettled: set[CustomerMoment] = set()
        self.unknown: set[CustomerMoment] = set()
        self._definitions = reader.definitions(source.connection, source.tenant, source.up_to)
        self._source, self._moments = source, tuple(moments)
        self._judged = _table_of(self._moments)
        self._values: defaultdict[CustomerMoment, dict[str, Any]] = defaultdict(dict)
        self.day, self.definition = cache(self._day), cache(self._definition)
        self._find_unsettled(parts)
        for part in sorted(parts & _READ.keys()):
            for moment, rows in self._rows(part, late="late" in parts).items():
                self._values[moment] |= _READ[part](rows, self.day(moment.at))
        if parts & OF_TICKETS:
            self._read_unsettled_tickets(late="late" in parts)
        if "contracts" in parts:
            self._read_contracts()

    def summary(self, moment: CustomerMoment) -> CustomerSummary | None:
        """The summary of a customer that is not unsettled; None when it was unknown by then."""
        if moment in self.unknown:
            return None
        return CustomerSummary(*moment, self.day(moment.at), **self._values[moment])

    def _definition(self, at: datetime) -> InEffect[HealthDefinition]:
        return definition_in_effect(self._definitions, HEALTH, at)

    def _day(self, at: datetime) -> date:
        return local_day(at, self._zone(at))

    def _zone(self, at: datetime) -> TimeZone:
        return zone_named(settings_in_effect(self._definitions, at).zone)

    def _find_unsettled(self, parts: frozenset[Part]) -> None:
        names = ["unsettled"]
        names += ["unsettled purchases"] if "purchases" in parts else []
        for name in names:
            for number, unknown in self._execute(name):
                (self.unknown if unknown else self.unsettled).add(self._moments[number - 1])

    def _rows(self, name: str, *, late: bool = False) -> Mapping[CustomerMoment, list[tuple[Any, ...]]]:
        rows: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for number, *row in self._execute(name, late=late):
            rows[number].append(tuple(row))
        return {self._moments[number - 1]: of_moment for number, of_moment in rows.items()}

    def _execute(self, name: str, *, late: bool = False) -> Iterable[tuple[Any, ...]]:
        is_late = (
            _SQL["late"].composed(self._source.rows, within=sql.Literal(LATE_WITHIN)) if late else sql.SQL("false")
        )
        instants = sorted({moment.at for moment in self._moments})
        statement = _SQL[name].composed(
            self._source.rows,
            judged=self._judged,
            late=is_late,
            instants=sql.Literal(instants),
            days=sql.Literal(list(map(self.day, instants))),
        )
        return self._source.connection.execute(statement, binary=True)

    def _read_unsettled_tickets(self, *, late: bool) -> None:
        """Tickets to which something happened later are read from the log."""
        of_moments = self._rows("unsettled tickets")
        source = self._source
        policy_history = policy_history_of(reader.rules(source.connection, source.tenant, source.up_to))
        for batch in batched_by_customer(of_moments, AT_ONCE):
            streams = {ticket for moment in batch for (ticket,) in of_moments[moment]}
            histories = histories_of(source.connection, source.tenant, streams, source.up_to, policy_history)
            tickets = {history[0].stream: (history, tiers) for history, tiers in histories}
            for moment in batch:
                known = [(known_by(tickets[each][0], moment.at), tickets[each][1]) for (each,) in of_moments[moment]]
                were_late = {
                    history[0].stream
                    for history, tiers in known
                    if late and is_late(history, tiers, policy_history, moment.at)
                }
                self._add_tickets(moment, Histories((), [history for history, _ in known], late=were_late))

    def _add_tickets(self, moment: CustomerMoment, tickets: Histories) -> None:
        values, read = self._values[moment], summarise(moment.customer, tickets, moment.at, self._zone(moment.at))
        values["tickets"] = tuple(sorted(values.get("tickets", ()) + read.tickets, key=by_receipt))
        values["ratings"] = tuple(sorted(values.get("ratings", ()) + read.ratings))
        values["contacts"] = tuple(sorted(values.get("contacts", ()) + read.contacts)[-1:])

    def _read_contracts(self) -> None:
        """Contracts that changed later are read from the log: a row is that of the newest term alone."""
        of_moments = self._rows("contracts")
        changed = {contract for rows in of_moments.values() for contract, changed_later, *_ in rows if changed_later}
        source = self._source
        histories = reader.streams(source.connection, source.tenant, changed, source.up_to) if changed else {}
        for moment, rows in of_moments.items():
            summaries = (
                contract_summary(known_by(histories[contract], moment.at), self.day(moment.at))
                if changed_later
                else ContractSummary(contract, *row)
                for contract, changed_later, *row in rows
            )
            self._values[moment]["contracts"] = tuple(sorted(each for each in summaries if each is not None))


def _table_of(moments: Collection[CustomerMoment]) -> sql.SQL:
    """The moments as a table. It is one text: each statement holds it."""
    table = _SQL["moments"].composed(
        customers=sql.Literal(as_array(moment.customer for moment in moments)),
        instants=sql.Literal([moment.at for moment in moments]),
    )
    return sql.SQL(table.as_string())


Rows = Sequence[tuple[Any, ...]]


def _tuples(field: str, row: Callable[..., Any]) -> Callable[[Rows, date], dict[str, Any]]:
    return lambda rows, _day: {field: tuple(row(*values) for values in rows)}


def _usage(rows: Rows, day: date) -> dict[str, Any]:
    streams = groupby(rows, key=itemgetter(0))
    return {"usage": usage_by(((reported_usage(*report) for _, *report in of) for _, of in streams), day)}


def _consents(rows: Rows, _day: date) -> dict[str, Any]:
    words: defaultdict[str, tuple[ConsentWord, ...]] = defaultdict(tuple)
    for purpose, at, is_given, channels, valid_until in rows:
        words[purpose] += (ConsentWord(at, is_given, tuple(channels), valid_until),)
    return {"consents": words}


_READ: Mapping[Part, Callable[[Rows, date], dict[str, Any]]] = MappingProxyType(
    {
        "who": lambda rows, _: dict(zip(("tier", "party", "registered_at"), rows[0], strict=True)),
        "organisations": lambda rows, _: {"organisations": frozenset(organisation for (organisation,) in rows)},
        "tickets": _tuples("tickets", TicketSummary),
        "ratings": _tuples("ratings", Rating),
        "contacts": lambda rows, _: {"contacts": rows[0]},
        "nps": _tuples("nps", Rating),
        "purchases": _tuples("purchases", PurchaseSummary),
        "usage": _usage,
        "consents": _consents,
    }
)
"""The fields of a summary by the rows of a part of it."""
