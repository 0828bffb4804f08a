"""What follows from all facts of one kind: totals of purchases, dates with their next occurrence."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict
from pydantic.dataclasses import dataclass

from domain.customer.facts.annual_day import next_occurrence
from domain.customer.facts.permission import ConsentWord, Permission, permission
from domain.days import day_after
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day
from domain.zones import TimeZone

_SQL = sql_file("projections.customers.facts", "facts.sql")


@dataclass(frozen=True, slots=True)
class PurchaseTotal:
    """Purchases in one currency: sums never cross currencies. Money is in minor units."""

    currency: str
    purchases: int
    bought: int
    returned: int


@dataclass(frozen=True, slots=True)
class FirstDays:
    """The local days of the first registration, purchase and contract; None where there was none."""

    registration: date | None
    first_purchase: date | None
    first_contract: date | None


class OccasionRow(BaseModel):
    """A day of every year with its next occurrence on or after the day of the reading.

    ``source`` is recorded for a date that somebody gave, and derived for an anniversary of a registration, a first
    purchase or a first contract.
    """

    model_config = ConfigDict(frozen=True)

    customer: UUID
    name: str
    source: Literal["recorded", "derived"]
    day: int
    month: int
    year: int | None
    lunar: bool
    next_on: date | None


def purchase_totals(connection: Connection, schema: str, customers: Collection[UUID]) -> list[PurchaseTotal]:
    """The totals of all purchases of some customers, a row for each currency."""
    statement = _SQL["purchase totals"].filled(schema=schema)
    with connection.cursor(row_factory=class_row(PurchaseTotal)) as cursor:
        return cursor.execute(statement, {"customers": list(customers)}).fetchall()


def totals_of(purchases: Iterable[dict[str, Any]]) -> list[PurchaseTotal]:
    """The same from rows of purchases."""
    sums: dict[str, list[int]] = {}
    for purchase in purchases:
        of_currency = sums.setdefault(purchase["currency"], [0, 0, 0])
        for index, value in enumerate((1, purchase["total"], purchase["returned"])):
            of_currency[index] += value
    return [PurchaseTotal(currency, *of_currency) for currency, of_currency in sorted(sums.items())]


def permission_of(rows: Iterable[dict[str, Any]], purpose: str, channel: str, day: date) -> Permission:
    """Whether the business may use a channel for a purpose on a local day; ``rows`` are consents, in any order."""
    words = [
        ConsentWord(row["at"], row["given"], tuple(row["channels"]), row["valid_until"])
        for row in sorted(rows, key=lambda row: (row["at"], row["customer"], row["version"]))
        if row["purpose"] == purpose
    ]
    return permission(purpose, channel, words, day)


def occasions(dates: Iterable[dict[str, Any]], first_days: FirstDays, survivor: UUID, today: date) -> list[OccasionRow]:
    """The recorded dates, and the anniversaries of the survivor's first days; the next one first."""
    dated = [
        OccasionRow(
            customer=row["customer"],
            name=row["name"],
            source="recorded",
            day=row["day"],
            month=row["month"],
            year=row["year"],
            lunar=row["lunar"],
            next_on=next_occurrence(row["day"], row["month"], today, lunar=row["lunar"]),
        )
        for row in dates
    ]
    began = {name: day for name, day in asdict(first_days).items() if day is not None}
    dated += [_anniversary(survivor, name, day, today) for name, day in began.items()]
    return sorted(dated, key=lambda occasion: (occasion.next_on or date.max, occasion.name, occasion.customer))


def first_days(connection: Connection, schema: str, customers: Collection[UUID], zone: TimeZone) -> FirstDays:
    """The first days of some customers together."""
    statement = _SQL["first days"].filled(schema=schema)
    registered, bought, signed = connection.execute(statement, {"customers": list(customers)}).fetchone() or (None,) * 3
    return FirstDays(registered and local_day(registered, zone), bought and local_day(bought, zone), signed)


def first_days_of(
    registered: Iterable[datetime],
    purchases: Iterable[dict[str, Any]],
    contracts: Iterable[dict[str, Any]],
    zone: TimeZone,
) -> FirstDays:
    """The same from the instants of registrations, rows of purchases and rows of contracts."""
    return FirstDays(
        min((local_day(at, zone) for at in registered), default=None),
        min((local_day(row["at"], zone) for row in purchases), default=None),
        min((row["began_on"] for row in contracts), default=None),
    )


def _anniversary(customer: UUID, name: str, began: date, today: date) -> OccasionRow:
    """The anniversary of a day; the day itself is none."""
    return OccasionRow(
        customer=customer,
        name=name,
        source="derived",
        day=began.day,
        month=began.month,
        year=began.year,
        lunar=False,
        next_on=next_occurrence(began.day, began.month, max(today, day_after(began))),
    )
