"""Addresses that several customers share."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customer import commands as c
from domain.customer.addresses import TRUST
from domain.refusal import Refusal
from tests.support.address_book import ADD, CUSTOMERS, LAN, MINH, PHONE, SHARE, VERIFY, VY, AddressBook
from tests.support.events import CUSTOMER_ACTOR


def test_a_shared_key_becomes_private_once_nobody_else_has_it() -> None:
    book = AddressBook()
    private = c.MakeAddressPrivate(channel="phone", handle=PHONE)
    assert book.ask(LAN, private) == []
    book.ask(LAN, SHARE)
    book.ask(MINH, SHARE)
    assert book.refused(LAN, private).code == "address_shared"
    book.ask(MINH, c.RemoveAddress(channel="phone", handle=PHONE))
    assert book.ask(LAN, private) == ["customer.address_added", "address.claimed"]
    assert book.owners() == {LAN: False}
    assert book.refused(MINH, SHARE).code == "address_taken"
    assert book.ask(LAN, private) == []


def test_a_shared_key_can_be_verified_by_each_who_shares_it_and_by_nobody_else() -> None:
    book = AddressBook()
    book.ask(LAN, SHARE)
    book.ask(MINH, SHARE)
    book.ask(LAN, VERIFY)
    book.ask(MINH, VERIFY)
    assert book.owners() == {LAN: True, MINH: True}
    assert book.refused(VY, VERIFY).code == "address_taken"


SPELLINGS = st.sampled_from(["0901 234 567", "+84901234567", "090-123-4567"])
WISHES: st.SearchStrategy[c.AddressCommand] = st.one_of(
    st.builds(c.AddAddress, channel=st.just("phone"), handle=SPELLINGS, shared=st.booleans(),
              trust=st.sampled_from(["claimed", "seen", "asserted", None])),
    st.builds(c.RemoveAddress, channel=st.just("phone"), handle=SPELLINGS),
    st.builds(c.VerifyAddress, channel=st.just("phone"), handle=SPELLINGS, method=st.just("code")),
    st.builds(c.WithdrawAddress, channel=st.just("phone"), handle=SPELLINGS, reason=st.just("r")),
    st.builds(c.MakeAddressPrivate, channel=st.just("phone"), handle=SPELLINGS),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(CUSTOMERS), WISHES), max_size=25))
def test_an_address_has_one_owner_or_is_shared_and_one_customer_at_most_has_verified_it_alone(
    wishes: list[tuple[UUID, c.AddressCommand]],
) -> None:
    book = AddressBook()
    codes: set[str] = set()
    for stream, command in wishes:
        try:
            book.ask(stream, command)
        except Refusal as refusal:
            codes.add(refusal.code)
        owners = book.owners()
        assert len(owners) < 2 or all(owners.values())
        verified = {customer for customer in CUSTOMERS if "verified" in book.trust(customer)}
        assert verified <= owners.keys()
        assert len(verified) < 2 or all(owners.values())
        for customer in CUSTOMERS:
            trusted = [trust for trust in book.trust(customer) if trust in TRUST[2:]]
            assert customer not in owners or trusted or owners[customer]
    assert codes <= {"address_taken", "address_shared"}


def test_a_claimed_shared_address_keeps_nobody_from_proving_that_it_is_theirs() -> None:
    book = AddressBook()
    assert book.ask(LAN, SHARE, CUSTOMER_ACTOR) == ["customer.address_added"]
    assert book.owners() == {}
    book.ask(MINH, VERIFY)
    assert book.owners() == {MINH: False}


def test_who_claims_a_shared_address_and_proves_it_shares_it_with_the_others() -> None:
    book = AddressBook()
    book.ask(LAN, SHARE)
    book.ask(MINH, SHARE, CUSTOMER_ACTOR)
    assert book.owners() == {LAN: True}
    book.ask(MINH, VERIFY)
    assert book.owners() == {LAN: True, MINH: True}


@pytest.mark.parametrize("again", [ADD, VERIFY])
def test_a_withdrawn_shared_address_that_comes_back_alone_is_private(again: c.AddressCommand) -> None:
    book = AddressBook()
    book.ask(LAN, SHARE)
    book.ask(LAN, c.WithdrawAddress(channel="phone", handle=PHONE, reason="r"))
    book.ask(LAN, again)
    assert book.owners() == {LAN: False}
    assert [address.shared for address in book.customers[LAN].customer.addresses] == [False]
