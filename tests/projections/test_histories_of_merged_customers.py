"""Histories, addresses and dependents of customers who were merged."""

import psycopg
import pytest

from domain.customer.commands import ChangeCustomerDetails, ChangeTier, MergeCustomer, UndoCustomerMerge
from domain.event_log import reader
from projections.audit.queries import HistoryFilter, history_of
from projections.customers.during_merge import recorded_meanwhile
from projections.customers.family import family_of
from projections.customers.same_survivor import same_survivor, same_survivor_as_it_was
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.stream import Stream
from projections.sla.table import SLA_CLOCKS
from projections.tickets.of_customer import last_tickets
from tests.support.merged_customers import BY_TIER
from tests.support.told import TENANT, march, told


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_history_of_a_merged_customer_is_that_of_the_survivor(database_url: str, number: int) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        customers = [desk.customer() for _ in range(3)]
        first, second, third = customers
        ticket = desk.ticket(march(2), first)
        desk.send(first, MergeCustomer(into=second, reason="the same", occurred_at=march(3)))
        desk.send(second, MergeCustomer(into=third, reason="the same", occurred_at=march(4)))
        desk.follow()
        page = history_of(connection, "tenant_default", HistoryFilter(customer=customers[number]))
        assert {entry.stream for entry in page.entries} == {*customers, ticket}
        early = history_of(connection, "tenant_default", HistoryFilter(customer=first), as_of=march(3, 1))
        assert {entry.stream for entry in early.entries} == {first, second, ticket}


def test_what_was_recorded_meanwhile_follows_the_survivor_through_a_second_merge(database_url: str) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        first, second, third = desk.customer(), desk.customer(), desk.customer()
        desk.ticket(march(1), third)
        desk.send(first, MergeCustomer(into=second, reason="r", occurred_at=march(2)))
        on_second = desk.ticket(march(3), second)
        desk.send(second, MergeCustomer(into=third, reason="r", occurred_at=march(4)))
        on_third = desk.ticket(march(5), third)
        desk.send(first, UndoCustomerMerge(into=second, reason="r", occurred_at=march(6)))
        desk.ticket(march(7), third)
        desk.follow()
        listed = recorded_meanwhile(connection, TENANT, first, desk.head())
        assert listed is not None
        assert [each.stream for each in listed] == [on_second, on_third]


def test_the_last_use_of_an_address_counts_the_tickets_of_a_whole_chain_of_merges(database_url: str) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        first, second, third, other, silent = (desk.customer() for _ in range(5))
        desk.ticket(march(1), other)
        desk.ticket(march(3), first)
        desk.ticket(march(2), third)
        desk.send(first, MergeCustomer(into=second, reason="r", occurred_at=march(4)))
        desk.send(second, MergeCustomer(into=third, reason="r", occurred_at=march(5)))
        desk.follow()
        assert last_tickets(connection, "tenant_default", [third, other, silent]) == {
            third: march(3),
            other: march(1),
        }


def test_everybody_of_one_survivor_is_the_same_by_the_rows_the_log_and_the_audit_history(database_url: str) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        customers = [desk.customer() for _ in range(6)]
        for day, (source, into) in enumerate([(0, 1), (2, 1), (1, 3), (4, 3)], start=2):
            desk.send(customers[source], MergeCustomer(into=customers[into], reason="r", occurred_at=march(day)))
        desk.send(customers[2], UndoCustomerMerge(into=customers[1], reason="r", occurred_at=march(9)))
        desk.send(customers[2], MergeCustomer(into=customers[3], reason="r", occurred_at=march(10)))
        desk.follow()
        for customer in customers:
            now = set(same_survivor(connection, "tenant_default", customer))
            assert set(same_survivor_as_it_was(connection, TENANT, customer, as_of=march(11))) == now
            assert set(family_of(connection, "tenant_default", customer).members) == now
            for day in range(1, 12):
                then = same_survivor_as_it_was(connection, TENANT, customer, as_of=march(day))
                family = family_of(connection, "tenant_default", customer, as_of=march(day))
                assert (then[0], set(then)) == (family.survivor, set(family.members))


def test_of_a_customer_s_events_the_clocks_of_tickets_read_those_alone_that_change_tiers(database_url: str) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        desk.policy(BY_TIER)
        customer = desk.customer()
        desk.send(customer, ChangeCustomerDetails(name="Lan"))
        desk.send(customer, ChangeTier(tier="gold"))
        ticket = desk.ticket(march(2), customer)
        loader = FoldInputLoader(connection, TENANT, desk.head())
        loader.load([SLA_CLOCKS], [Stream(reader.streams(connection, TENANT, [ticket], desk.head())[ticket])])
        related = loader.of(SLA_CLOCKS).related[customer]
        assert [event.topic for event in related] == ["customer.registered", "customer.tier_changed"]
