"""The profile of a customer: who it is, what is open, what was bought and said, what happened last."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel

from api.http.customer_readings.answers import totals_in
from api.http.customer_readings.facts import FactsOf, facts_of
from api.http.customer_readings.tickets import tickets_in
from api.http.customer_readings.timeline import DescribedTimelineEntry, described
from api.http.problems import unknown_id
from api.http.read_session import ReadRequest, ReadSession
from domain.readable import Language
from projections.contracts.queries import ContractRow
from projections.contracts.table import CONTRACTS
from projections.customers.facts.queries import PurchaseTotal
from projections.customers.facts.shown import CheckInRow, ConsentRow, NoteRow, NpsRow, OfferRow, PurchaseRow, ShownFact
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.queries import CustomerRow, customer_in, customers_of
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.tickets.of_customer import TicketsOfCustomer
from projections.timeline.queries import timeline

NEWEST = 5
"""How many of each kind a profile shows; the whole stands at the address of that kind."""
LATEST = 20


class CustomerProfile(BaseModel):
    """``customer`` is the survivor of merges, ``absorbed`` those merged into it; all else is that of all of them.

    Each list begins with the newest. ``latest`` are the newest entries of the timeline.
    """

    customer: CustomerRow
    absorbed: list[CustomerRow]
    tickets: TicketsOfCustomer
    contracts: list[ContractRow]
    purchase_totals: list[PurchaseTotal]
    purchases: list[PurchaseRow]
    offers: list[OfferRow]
    nps_answers: list[NpsRow]
    check_ins: list[CheckInRow]
    consents: list[ConsentRow]
    notes: list[NoteRow]
    latest: list[DescribedTimelineEntry]


class _Newest(NamedTuple):
    """The newest rows of a table, at most ``limit``, as ``model`` shows them."""

    model: type[ShownFact] | type[ContractRow]
    table: str
    limit: int = NEWEST
    projection: Projection = CUSTOMER_FACTS


_LISTS: Mapping[str, _Newest] = MappingProxyType(
    {
        "contracts": _Newest(ContractRow, "contracts", LATEST, CONTRACTS),
        "purchases": _Newest(PurchaseRow, "purchases"),
        "offers": _Newest(OfferRow, "offers"),
        "nps_answers": _Newest(NpsRow, "nps_answers"),
        "check_ins": _Newest(CheckInRow, "check_ins"),
        "consents": _Newest(ConsentRow, "consents"),
        "notes": _Newest(NoteRow, "customer_notes"),
    }
)


def profile_of(reader: ReadRequest, view: ReadSession, customer: UUID, language: Language) -> dict[str, Any]:
    """The fields of a CustomerProfile, now or at the instants of the reading. Raises Problem (not_found)."""
    facts = facts_of(reader, view, customer)
    survivor, *absorbed = customers_in(facts)
    latest = timeline(
        view.connection,
        view.schema,
        facts.customers,
        order="newest",
        limit=LATEST,
        known_at=reader.known_at,
        as_of=reader.as_of,
    )
    return {
        "customer": survivor,
        "absorbed": absorbed,
        "tickets": tickets_in(facts, NEWEST),
        "purchase_totals": totals_in(facts),
        **_lists_in(facts),
        "latest": [described(entry, language) for entry in latest.entries],
    }


def _lists_in(facts: FactsOf) -> dict[str, list[ShownFact | ContractRow]]:
    rows_of_each = facts.newest([(kept.projection, kept.table, kept.limit) for kept in _LISTS.values()])
    return {
        name: [kept.model.of(row, facts.today, facts.zone) for row in rows]
        for (name, kept), rows in zip(_LISTS.items(), rows_of_each, strict=True)
    }


def newest_in(facts: FactsOf, table: str, model: type[ShownFact], most: int = NEWEST) -> list[ShownFact]:
    """The newest facts of a table."""
    return [model.of(row, facts.today, facts.zone) for row in facts.page(CUSTOMER_FACTS, table, None, most)]


def customers_in(facts: FactsOf) -> list[CustomerRow]:
    """The customers of the reading, the survivor first. Raises Problem (not_found)."""
    if facts.reader.is_point_in_time:
        rows = facts.rows_of(CUSTOMERS, facts.customers)
        customers = [row for customer in facts.customers if (row := customer_in(rows.get(customer, [])))]
    else:
        customers = customers_of(facts.view.connection, facts.view.schema, facts.customers)
    if not customers or customers[0].customer != facts.customers[0]:
        raise unknown_id("no customer")
    return customers
