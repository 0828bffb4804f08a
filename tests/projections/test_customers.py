"""Customers as they are, found by id, by address and page by page."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customer import events as e
from domain.customer.state import Customer, evolve
from domain.envelope import RecordedEvent
from domain.messages import Event
from projections.customers.customers_at_address import customers_at
from projections.customers.queries import Address, customer, customers
from projections.customers.table import CUSTOMERS, StoredAddress, StoredCustomer
from tests.support.events import CUSTOMER, OTHER_CUSTOMER, at, history, instant
from tests.support.filled import SCHEMA, add, filled
from tests.support.folded import rows_of

LAN = e.CustomerRegistered(name="Lan", tier="gold", external_reference="crm-7")
ZALO = e.AddressAdded(channel="zalo", handle="lan.1")
EMAIL = e.AddressAdded(channel="email", handle="lan@example.com")

WORDS = st.sampled_from(["a", "b"])
FACTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(e.CustomerRegistered, name=WORDS, tier=WORDS),
    st.builds(e.CustomerDetailsChanged, name=WORDS),
    st.builds(e.AddressAdded, channel=WORDS, handle=WORDS),
    st.builds(e.AddressRemoved, channel=WORDS, handle=WORDS),
    st.builds(e.TierChanged, tier=WORDS),
)


def of(*payloads: Event, stream: UUID = CUSTOMER) -> list[RecordedEvent]:
    return history(*(at(minute, payload) for minute, payload in enumerate(payloads)), ticket=stream)


@given(st.lists(FACTS, min_size=1, max_size=8))
def test_every_history_gives_the_customer_that_decisions_see(payloads: list[Event]) -> None:
    events = of(*payloads)
    seen = Customer()
    for event in events:
        seen = evolve(seen, event.payload, event.occurred_at)
    (row,) = rows_of(StoredCustomer, CUSTOMERS, events)
    addresses = rows_of(StoredAddress, CUSTOMERS, events)
    assert (row.customer, row.name, row.tier) == (CUSTOMER, seen.name, seen.tier)
    assert row.version == len(events)
    assert {(address.channel, address.handle) for address in addresses} == {
        (address.channel, address.handle) for address in seen.addresses
    }
    assert len(addresses) == len(seen.addresses)


def test_a_customer_is_read_whole(database_url: str) -> None:
    with filled(database_url, [CUSTOMERS], of(LAN, ZALO, EMAIL)) as connection:
        row = customer(connection, SCHEMA, CUSTOMER)
        assert customer(connection, SCHEMA, OTHER_CUSTOMER) is None
    assert row is not None
    assert (row.name, row.tier, row.external_reference, row.version) == ("Lan", "gold", "crm-7", 3)
    assert row.registered_at == instant(0)
    assert row.addresses == [
        Address(channel="email", handle="lan@example.com"),
        Address(channel="zalo", handle="lan.1"),
    ]


@pytest.mark.parametrize(
    ("channel", "handle"), [("zalo", "lan.1"), ("email", "lan@example.com"), ("email", "LAN@Example.com\u200b")]
)
def test_any_known_address_finds_the_same_customer(channel: str, handle: str, database_url: str) -> None:
    other = of(e.CustomerRegistered(name="Minh"), stream=OTHER_CUSTOMER)
    with filled(database_url, [CUSTOMERS], of(LAN, ZALO, EMAIL), other) as connection:
        assert [row.customer for row in customers_at(connection, SCHEMA, channel, handle)] == [CUSTOMER]
        assert customers_at(connection, SCHEMA, "phone", handle) == []


def test_a_removed_address_finds_nobody_and_one_added_again_does(database_url: str) -> None:
    removed = of(LAN, ZALO, e.AddressRemoved(channel="zalo", handle="lan.1"))
    with filled(database_url, [CUSTOMERS], removed) as connection:
        assert customers_at(connection, SCHEMA, "zalo", "lan.1") == []
        add(connection, [CUSTOMERS], of(LAN, ZALO, e.AddressRemoved(channel="zalo", handle="lan.1"), ZALO))
        assert len(customers_at(connection, SCHEMA, "zalo", "lan.1")) == 1


def test_a_shared_address_finds_everybody_who_has_it(database_url: str) -> None:
    phone = e.AddressAdded(channel="phone", handle="+84 28 1234")
    other = of(e.CustomerRegistered(name="Minh"), phone, stream=OTHER_CUSTOMER)
    with filled(database_url, [CUSTOMERS], of(LAN, phone), other) as connection:
        holders = customers_at(connection, SCHEMA, "phone", "+84 28 1234")
    assert [row.customer for row in holders] == [CUSTOMER, OTHER_CUSTOMER]


def test_pages_of_customers_hold_each_once(database_url: str) -> None:
    streams = [UUID(int=number) for number in range(5)]
    seen: list[UUID] = []
    with filled(database_url, [CUSTOMERS], *(of(LAN, stream=stream) for stream in streams)) as connection:
        while page := customers(connection, SCHEMA, after=seen[-1] if seen else None, limit=2):
            assert len(page) <= 2
            seen += [row.customer for row in page]
    assert seen == streams
