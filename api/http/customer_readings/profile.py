"""The profile of a customer: who it is, what is open, what was bought and said, what happened last."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
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
from projections.customers.facts.queries import PurchaseTotal
from projections.customers.facts.readings import CheckInRow, ConsentRow, NoteRow, NpsRow, OfferRow, PurchaseRow
from projections.customers.queries import CustomerRow, customer_in, customers_of
from projections.customers.table import CUSTOMERS
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


_LISTS: Mapping[str, int] = MappingProxyType(
    {
        "contracts": LATEST,
        "purchases": NEWEST,
        "offers": NEWEST,
        "nps-answers": NEWEST,
        "check-ins": NEWEST,
        "consents": NEWEST,
        "notes": NEWEST,
    }
)
"""How many facts of each reading a profile lists."""


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
        **{word.replace("-", "_"): newest for word, newest in facts.newest(_LISTS).items()},
        "latest": [described(entry, language) for entry in latest.entries],
    }


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
