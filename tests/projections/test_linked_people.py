"""Customers in groups: all whom a chain of merges links. Who is who in a group does not depend on the others."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from domain.customer.commands import MergeCustomer, UndoCustomerMerge
from domain.event_log import reader
from projections.customers import people
from projections.customers.people import History, linked_groups, linked_histories, people_at
from projections.health.gather import GatheredCustomers, Source
from tests.support.told import Told, march, told


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as teller:
        yield teller


def names(groups: Mapping[UUID, Mapping[UUID, History]]) -> dict[UUID, set[UUID]]:
    return {customer: set(group) for customer, group in groups.items()}


def test_a_chain_of_merges_is_one_group_also_when_one_was_undone(database_url: str, desk: Told) -> None:
    first, second, third, fourth, fifth, alone = customers = [desk.customer() for _ in range(6)]
    desk.send(first, MergeCustomer(into=second, reason="r", occurred_at=march(2)))
    desk.send(third, MergeCustomer(into=second, reason="r", occurred_at=march(3)))
    desk.send(third, UndoCustomerMerge(into=second, reason="r", occurred_at=march(4)))
    desk.send(fourth, MergeCustomer(into=fifth, reason="r", occurred_at=march(5)))
    with psycopg.connect(database_url) as connection:
        histories = linked_histories(connection, "default", customers, reader.head(connection, "default"))
    chain, pair = {first, second, third}, {fourth, fifth}
    groups = linked_groups(histories)
    assert names(groups) == dict.fromkeys(chain, chain) | dict.fromkeys(pair, pair) | {alone: {alone}}
    for at in (march(1, 12), march(2, 12), march(3, 12), march(4, 12), march(5, 12)):
        whole = people_at(histories, at)
        for customer in customers:
            assert people_at(groups[customer], at).same_person(customer) == whole.same_person(customer)


def test_a_customer_at_an_instant_costs_its_own_group_alone(
    database_url: str, desk: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers = [desk.customer() for _ in range(5)]
    read: list[History] = []
    known_by = people.known_by

    def counted(history: History, at: datetime) -> History:
        read.append(history)
        return known_by(history, at)

    with psycopg.connect(database_url) as connection:
        up_to = reader.head(connection, "default")
        gathered = GatheredCustomers(Source(connection, "default", "tenant_default", up_to), customers, ())
        monkeypatch.setattr(people, "known_by", counted)
        for number, customer in enumerate(customers):
            assert gathered.summary(customer, march(9) + timedelta(hours=number)) is not None
    assert len(read) == len(customers)
