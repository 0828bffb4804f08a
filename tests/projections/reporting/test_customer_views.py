"""The views of customers show what the readings of facts show, and name the survivor beside each customer."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from psycopg import sql
from psycopg.rows import dict_row

from domain.contract.events import ContractLapsed, ContractRenewed, ContractSigned, ContractTerminated
from domain.customer.events import CustomerAbsorbed, CustomerMerged, CustomerRegistered, TierChanged
from domain.customer.facts.events import OfferAccepted, OfferDeclined, OfferMade
from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.zones import zone_named
from projections.contracts.table import CONTRACTS
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.facts.readings import NpsRow, OfferRow, PurchaseRow
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.usage.queries import usage_days
from projections.usage.table import USAGE
from tests.support.events import CUSTOMER, OTHER_CUSTOMER, at, history
from tests.support.examples import examples
from tests.support.fact_histories import fact_histories
from tests.support.filled import SCHEMA, add, filled
from tests.support.golden import stored_history

READ = (CUSTOMERS, CUSTOMER_GROUPS, CUSTOMER_FACTS)
ZONE = zone_named("Asia/Ho_Chi_Minh")
THIRD_CUSTOMER = UUID(int=1003)
SHOWN: dict[str, tuple[str, type[Any], dict[str, str]]] = {
    "purchase": (
        "purchases",
        PurchaseRow,
        {"purchase_id": "purchase_id", "state": "state", "total": "total_minor_units",
         "returned": "returned_minor_units", "currency": "currency",
         "warranty_until": "warranty_until", "corrected": "is_corrected", "at": "bought_at"},
    ),
    "offer": (
        "offers",
        OfferRow,
        {"offer_id": "offer_id", "value": "value_minor_units", "agreed": "agreed_minor_units",
         "answered_at": "answered_at", "valid_until": "valid_until", "recurring": "is_recurring", "at": "made_at"},
    ),
    "nps_answer": (
        "nps_answers", NpsRow, {"score": "score", "group": "nps_group", "ticket": "ticket_id", "at": "answered_at"}
    ),
}  # fmt: skip
"""By view: the table, the shown fact, and the columns of the view by the fields of the fact."""


def is_storable(events: list[RecordedEvent]) -> bool:
    """Whether no text holds a NUL, which the database refuses."""
    return r"\x00" not in repr(events)


def rows(connection: psycopg.Connection, statement: str) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql.SQL(statement)).fetchall()


def test_facts_stand_in_the_views_as_readings_show_them(database_url: str) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(60))
        @given(fact_histories().filter(is_storable))
        def the_same(events: list[RecordedEvent]) -> None:
            today = datetime.now(ZONE).date()
            with connection.transaction(force_rollback=True):
                add(connection, READ, events)
                for name, (table, shown, columns) in SHOWN.items():
                    facts = [shown.of(row, today, ZONE) for row in rows(connection, f"select * from {SCHEMA}.{table}")]
                    seen = rows(connection, f"select * from reporting_of_default.{name}")
                    expected = {fact.version: [getattr(fact, field) for field in columns] for fact in facts}
                    assert {row["version"]: [row[column] for column in columns.values()] for row in seen} == expected

        the_same()


TODAY = datetime.now(ZONE).date()
"""It may be yesterday when a test runs: no example depends on one day."""


def renewed(ends_in: int) -> ContractRenewed:
    ends_on = TODAY + timedelta(days=ends_in)
    return ContractRenewed(term=2, starts_on=date(2026, 1, 1), ends_on=ends_on, value=700, currency="VND")


@pytest.mark.parametrize(
    ("ended", "later", "terms"),
    [
        (-29, [], [("open", False, None)]),
        (-32, [], [("lapsed", True, None)]),
        (400, [ContractTerminated(term=1, on=TODAY)], [("terminated", True, None)]),
        (-2, [ContractLapsed(term=1)], [("lapsed", True, None)]),
        (-2, [renewed(9)], [("renewed", True, 700), ("open", False, None)]),
        (-80, [renewed(-60)], [("renewed", True, 700), ("lapsed", True, None)]),
    ],
)
def test_what_became_of_a_term_is_what_was_said_and_lapsed_when_the_grace_is_over(
    database_url: str, ended: int, later: list[Event], terms: list[tuple[str, bool, int | None]]
) -> None:
    signed = ContractSigned(
        number="HD-1",
        customer_id=CUSTOMER,
        starts_on=date(2020, 1, 1),
        ends_on=TODAY + timedelta(days=ended),
        value=500,
        currency="VND",
    )
    events = history(*(at(minute, payload) for minute, payload in enumerate([signed, *later])), ticket=UUID(int=77))
    with filled(database_url, [CONTRACTS, CUSTOMERS], events) as connection:
        outcomes = rows(connection, "select * from reporting_of_default.contract_term order by term")
        assert [(row["became"], row["is_final"], row["renewed_value_minor_units"]) for row in outcomes] == terms


def test_an_offer_shows_its_answer_and_no_state_that_the_rules_of_upselling_decide(database_url: str) -> None:
    offers = [
        OfferMade(offer_id=name, product="plus", value=5, currency="VND", valid_until=until)
        for name, until in (("A", None), ("B", TODAY - timedelta(days=9)), ("C", None), ("D", None))
    ]
    answers = [OfferAccepted(offer_id="C"), OfferDeclined(offer_id="D")]
    events = history(*(at(minute, payload) for minute, payload in enumerate([*offers, *answers])), ticket=CUSTOMER)
    with filled(database_url, READ, events) as connection:
        answered = rows(connection, "select * from reporting_of_default.offer order by offer_id")
        assert [(row["answer"], row["is_final"]) for row in answered] == [
            (None, False), (None, False), ("accepted", True), ("declined", True),
        ]  # fmt: skip
        assert "state" not in answered[0]


def test_a_merged_customer_stands_beside_the_one_that_it_was_merged_into(database_url: str) -> None:
    merged = [
        history(at(0, CustomerRegistered(name="Lan")), at(2, CustomerMerged(into=OTHER_CUSTOMER)), ticket=CUSTOMER),
        history(
            at(0, CustomerRegistered(name="N. T. Lan", tier="gold")),
            at(1, TierChanged(tier="silver")),
            at(2, CustomerAbsorbed(customer_id=CUSTOMER)),
            at(3, CustomerMerged(into=THIRD_CUSTOMER)),
            ticket=OTHER_CUSTOMER,
        ),
        history(at(0, CustomerRegistered(name="Nguyễn Thị Lan")), ticket=THIRD_CUSTOMER),
    ]
    with filled(database_url, READ, *merged) as connection:
        customers = rows(connection, "select customer_id, survivor_id, is_survivor from reporting_of_default.customer")
        assert {row["customer_id"]: (row["survivor_id"], row["is_survivor"]) for row in customers} == {
            CUSTOMER: (THIRD_CUSTOMER, False),
            OTHER_CUSTOMER: (THIRD_CUSTOMER, False),
            THIRD_CUSTOMER: (THIRD_CUSTOMER, True),
        }
        tiers = rows(
            connection, "select * from reporting_of_default.customer_tier where tier <> 'standard' order by since_at"
        )
        assert [(row["tier"], row["survivor_id"], row["until_at"] is None) for row in tiers] == [
            ("gold", THIRD_CUSTOMER, False), ("silver", THIRD_CUSTOMER, False),
        ]  # fmt: skip
        names = rows(connection, "select name, customer_name from reporting_personal_of_default.customer order by name")
        assert {row["customer_name"] for row in names} == {"Nguyễn Thị Lan"}
        assert len({row["name"] for row in names}) == 3


def test_the_last_recorded_value_of_a_day_of_usage_counts(database_url: str) -> None:
    events = [event for event in stored_history() if event.kind == "usage"]
    streams = {event.stream for event in events}
    histories = [[event for event in events if event.stream == stream] for stream in streams]
    with filled(database_url, [USAGE], *histories) as connection:
        customers = [history[0].payload.customer_id for history in histories]
        expected = {(row.usage, row.product, row.metric, row.day): row.value
                    for row in usage_days(connection, SCHEMA, customers)}  # fmt: skip
        seen = rows(connection, "select * from reporting_of_default.usage")
        assert {(r["usage_id"], r["product"], r["metric"], r["used_on"]): r["value"] for r in seen} == expected
        assert len(seen) == len(expected) > 0
