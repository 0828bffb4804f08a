"""The rows of customers' facts and of contracts agree with the states that decisions see, however they are folded."""

from collections.abc import Callable
from operator import attrgetter
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract.state import Contract
from domain.contract.state import evolve as evolve_contract
from domain.customer.facts.state import CustomerFacts, evolve
from domain.envelope import RecordedEvent
from domain.personal_data.declaration import is_lost
from projections.contracts.table import CONTRACTS, ContractMilestone, ContractTerm, StoredContract
from projections.customers.facts import rows as facts
from projections.customers.facts.queries import purchase_totals
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.owned_rows import owned_rows, owned_rows_as_they_were
from projections.engine.projection import NO_INPUTS, Projection
from projections.engine.stream import Stream
from projections.feedback.table import FEEDBACK
from projections.usage.table import USAGE
from tests.support.events import CUSTOMER
from tests.support.fact_histories import contract_histories, fact_histories
from tests.support.filled import SCHEMA, filled
from tests.support.folded import rows_of
from tests.support.golden import stored_history

CONTRACT = UUID(int=77)
APPEND_ONLY = {table.row for table in CUSTOMER_FACTS.tables if table.append_only}


@given(fact_histories())
def test_the_rows_of_a_customer_agree_with_what_decisions_see(events: list[RecordedEvent]) -> None:
    seen = CustomerFacts()
    for event in events[1:]:
        seen = evolve(seen, event.payload, event.occurred_at)
    bought = {row.purchase_id: row for row in rows_of(facts.StoredPurchase, CUSTOMER_FACTS, events)}
    offers = {row.offer_id: row for row in rows_of(facts.StoredOffer, CUSTOMER_FACTS, events)}
    dates = {row.name: row for row in rows_of(facts.StoredDate, CUSTOMER_FACTS, events)}
    assert bought.keys() >= seen.purchases.keys()
    for purchase_id, known in seen.purchases.items():
        row = bought[purchase_id]
        assert (row.currency, row.total) == (known.currency, known.total)
    assert {offer: row.answer or "open" for offer, row in offers.items()} == {
        offer: known.state for offer, known in seen.offers.items()
    }
    assert {name: (row.day, row.month, row.year, row.lunar) for name, row in dates.items()} == {
        name: tuple(day) for name, day in seen.dates.items() if not is_lost(day[0])
    }


@given(fact_histories(), st.data())
def test_facts_folded_in_two_batches_give_the_rows_of_one(events: list[RecordedEvent], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    whole = list(CUSTOMER_FACTS.fold(Stream(events), NO_INPUTS))
    first = list(CUSTOMER_FACTS.fold(Stream(events[:cut]), NO_INPUTS)) if cut else []
    second = list(CUSTOMER_FACTS.fold(Stream(events, cut), NO_INPUTS))
    kept = [row for row in first if type(row) in APPEND_ONLY]
    assert in_order([*kept, *second]) == in_order(whole)


@given(contract_histories(CONTRACT))
def test_the_row_of_a_contract_is_what_decisions_see(events: list[RecordedEvent]) -> None:
    seen = Contract()
    for event in events:
        seen = evolve_contract(seen, event.payload, event.occurred_at)
    (row,) = rows_of(StoredContract, CONTRACTS, events)
    assert seen.term is not None
    assert (row.state, row.term, row.starts_on, row.ends_on, row.value, row.currency) == (seen.state, *seen.term)
    assert (row.auto_renews, row.owner, row.terminated_on) == (seen.auto_renews, seen.owner, seen.terminated_on)
    assert (row.lapses_on is None) == (seen.state != "running")
    newest = rows_of(ContractTerm, CONTRACTS, events)[-1]
    assert (newest.starts_on, newest.ends_on, newest.value) == (row.starts_on, row.ends_on, row.value)
    milestones = rows_of(ContractMilestone, CONTRACTS, events)
    assert {milestone.milestone: (milestone.done, milestone.due_on) for milestone in milestones} == seen.milestones


@pytest.mark.parametrize("projection", [CUSTOMER_FACTS, CONTRACTS, USAGE, FEEDBACK], ids=attrgetter("name"))
def test_a_page_at_another_instant_is_the_page_of_the_same_rows(database_url: str, projection: Projection) -> None:
    """The live query and the fold in memory give the same values in the same order."""
    streams: dict[UUID, list[RecordedEvent]] = {}
    for event in stored_history():
        if projection.reads(event.kind):
            streams.setdefault(event.stream, []).append(event)
    with filled(database_url, [projection], *streams.values()) as connection:
        for table in projection.tables:
            if "customer" not in {column.name for column in table.columns} or table.name == "contract_terms":
                continue
            live = owned_rows(connection, SCHEMA, table, [UUID(int=0x2500)])
            folded = [
                row
                for history in streams.values()
                for row in projection.fold(Stream(history), NO_INPUTS)
                if type(row) is table.row and row.customer == UUID(int=0x2500)
            ]
            assert live, table.name
            assert [row["version"] for row in live] == [
                row.version
                for row in sorted(
                    folded, key=lambda row: (row.at, getattr(row, table.columns[0].name), row.version), reverse=True
                )
            ]
            assert owned_rows_as_they_were(connection, "default", SCHEMA, projection, table, [CUSTOMER]) == []


def in_order(rows: list[facts.StoredFact]) -> list[facts.StoredFact]:
    key: Callable[[facts.StoredFact], tuple[str, int]] = lambda row: (type(row).__name__, row.version)  # noqa: E731 -- short
    return sorted(rows, key=key)


def test_totals_of_purchases_may_be_larger_than_a_bigint(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("create schema huge")
        connection.execute("create table huge.purchases (customer uuid, currency text, total bigint, returned bigint)")
        connection.execute(
            "insert into huge.purchases select %s, 'VND', 1e15, 1e15 from generate_series(1, 10000)", [CUSTOMER]
        )
        (total,) = purchase_totals(connection, "huge", [CUSTOMER])
    assert (total.bought, total.returned, type(total.bought)) == (10**19, 10**19, int)
