"""Small histories of customers and contracts by local days in Hanoi, and the figures that are asked of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from domain.contract import events as c
from domain.customer import events as e
from domain.customer.facts import events as f
from domain.definitions.events import DefinitionPublished
from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.zones import zone_named
from projections.contacts.table import CONTACTS
from projections.contracts.table import CONTRACTS
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.feedback.table import FEEDBACK
from projections.figures.figure import FigureRow
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS
from projections.usage.table import USAGE
from tests.support.events import Fact, history
from tests.support.figure_answers import LONG_AGO, question, the_row

Days = tuple[datetime, datetime]
READ = (TICKETS, CUSTOMERS, CUSTOMER_GROUPS, CUSTOMER_FACTS, CONTRACTS, USAGE, FEEDBACK, CONTACTS)
HANOI = zone_named("Asia/Ho_Chi_Minh")
LAN, BINH, ACME = UUID(int=1001), UUID(int=1002), UUID(int=1004)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
END = date(2026, 3, 31)
History = list[RecordedEvent]
Happened = tuple[datetime, Event]


def day(month: int, number: int, hour: int = 12, year: int = 2026) -> datetime:
    """An hour of a local day in Hanoi."""
    return datetime(year, month, number, hour, tzinfo=HANOI).astimezone(UTC)


MARCH, APRIL = (day(3, 1, 0), day(4, 1, 0)), (day(4, 1, 0), day(5, 1, 0))


def of(stream: UUID, *facts: Happened) -> History:
    """The history of a stream."""
    return history(*(Fact(instant, payload) for instant, payload in facts), ticket=stream)


def customer(stream: UUID, *facts: Happened, party: str = "person") -> History:
    """A customer who was registered long ago."""
    return of(stream, (LONG_AGO, e.CustomerRegistered(name="A", tier="gold", party=party)), *facts)


def published(kind: str, name: str = "tenant", **body: Any) -> History:
    """A definition that has been in effect for long."""
    event = DefinitionPublished(kind=kind, name=name, version=1, effective_from=LONG_AGO, body=body)
    return of(UUID(int=9), (LONG_AGO, event))


def ask(tables: psycopg.Connection, days: Days, now: datetime = LATER, **others: Any) -> FigureQuery:
    """A question about local days in Hanoi."""
    return question(tables, *days, now=now, **{"zone": HANOI} | others)


def row(tables: psycopg.Connection, name: str, days: Days, now: datetime = LATER, **others: Any) -> FigureRow:
    """The only row of a figure."""
    return the_row(name, ask(tables, days, now, **others))


def answered(score: int, wave: str | None = "Q1", **others: Any) -> f.NpsAnswered:
    return f.NpsAnswered(score=score, wave=wave, **others)


def bought(purchase: str) -> f.PurchaseRecorded:
    items = (f.PurchasedItem(name="x", total=1),)
    return f.PurchaseRecorded(purchase_id=purchase, items=items, total=1, currency="VND")


def made(until: date | None = None) -> f.OfferMade:
    """An offer of 200 VND."""
    return f.OfferMade(offer_id="a", product="more", value=200, currency="VND", valid_until=until)


def term(first: date, last: date, customer_id: UUID = LAN, value: int = 100, currency: str = "VND") -> c.ContractSigned:
    return c.ContractSigned(
        number="1", customer_id=customer_id, starts_on=first, ends_on=last, value=value, currency=currency
    )


def contract(number: int, *later: Happened, last: date = END, value: int = 100) -> History:
    """A contract of Lan over a year that ends on ``last``."""
    first = last - timedelta(days=364)
    return of(UUID(int=5_000 + number), (LONG_AGO, term(first, last, value=value)), *later)


def renewed(value: int = 100, currency: str = "VND", *, late: bool = False) -> c.ContractRenewed:
    """The second term, of a year from the day after END on."""
    first, last = END + timedelta(days=1), END + timedelta(days=365)
    return c.ContractRenewed(term=2, starts_on=first, ends_on=last, value=value, currency=currency, late=late)
