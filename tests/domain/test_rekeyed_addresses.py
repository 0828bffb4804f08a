"""What a later key function changes for addresses of before."""

import pytest

from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.address_claim import address_stream
from tests.support.address_book import ADD, LAN, MINH, VERIFY, AddressBook

NOBODYS = e.AddressAdded(channel="phone", handle="0901 234 567 (nhà)", key="", key_version=2, trust="seen")
"""Key function 2 read the letters of a note as digits."""


def old(handle: str, *, shared: bool = False) -> tuple[e.AddressAdded, e.AddressClaimed]:
    """An address as it was recorded before trust, and the claim of some customer; its owner is LAN."""
    claimed = e.AddressClaimed(customer_id=LAN, channel="phone", key=handle, shared=shared)
    return e.AddressAdded(channel="phone", handle=handle, shared=shared), claimed


def rekeyed(handle: str) -> c.RekeyAddress:
    return c.RekeyAddress(channel="phone", handle=handle)


def test_key_function_2_moves_the_claims_of_old_addresses() -> None:
    book = AddressBook()
    added, claimed = old("090-1234567")
    book.happened(LAN, added)
    book.happened(address_stream("phone", "090-1234567"), claimed)
    assert book.ask(LAN, rekeyed("090-1234567")) == ["customer.address_rekeyed", "address.released", "address.claimed"]
    assert book.owners() == {LAN: False}
    assert book.owners("090-1234567") == {}
    assert book.ask(LAN, rekeyed("090-1234567")) == []
    assert book.refused(MINH, ADD).code == "address_taken"


def test_key_function_2_proposes_a_match_where_two_old_addresses_become_one() -> None:
    book = AddressBook()
    added, claimed = old("090-1234567")
    book.happened(LAN, added)
    book.happened(address_stream("phone", "090-1234567"), claimed)
    book.ask(MINH, VERIFY)
    topics = book.ask(LAN, rekeyed("090-1234567"))
    assert topics == ["customer.address_rekeyed", "customer.match_proposed", "address.released"]
    assert book.owners() == {MINH: False}


def test_an_old_claim_stays_an_ownership_of_the_same_spelling() -> None:
    book = AddressBook()
    added, claimed = old("+84901234567")
    book.happened(LAN, added)
    book.happened(address_stream("phone", "+84901234567"), claimed)
    assert book.refused(MINH, ADD.model_copy(update={"handle": "+84901234567"})).code == "address_taken"


def test_an_address_that_identified_nobody_gets_an_owner_with_its_key() -> None:
    book = AddressBook()
    book.happened(LAN, NOBODYS)
    assert book.ask(LAN, rekeyed(NOBODYS.handle)) == ["customer.address_rekeyed", "address.claimed"]
    assert book.owners() == {LAN: False}
    assert book.refused(MINH, ADD).code == "address_taken"


@pytest.mark.parametrize(
    ("command", "first"),
    [
        (c.AddAddress(channel="phone", handle=NOBODYS.handle), []),
        (c.AddAddress(channel="phone", handle=NOBODYS.handle, shared=True), ["customer.address_added"]),
        (
            c.VerifyAddress(channel="phone", handle=NOBODYS.handle, method="code"),
            ["customer.address_trust_changed"],
        ),
    ],
)
def test_an_address_that_identified_nobody_gets_its_key_when_it_is_added_again_or_verified(
    command: c.AddressCommand, first: list[str]
) -> None:
    book = AddressBook()
    book.happened(LAN, NOBODYS)
    assert book.ask(LAN, command) == [*first, "customer.address_rekeyed", "address.claimed"]
    assert list(book.owners()) == [LAN]
    assert book.ask(LAN, command) == []
    assert [address.key for address in book.customers[LAN].customer.addresses] == ["+84901234567"]


CLAIMED = c.AddAddress(channel="phone", handle=NOBODYS.handle, trust="claimed")


def test_an_address_that_identified_nobody_and_was_seen_gets_its_owner_when_somebody_only_claims_it() -> None:
    book = AddressBook()
    book.happened(LAN, NOBODYS)
    assert book.ask(LAN, CLAIMED) == ["customer.address_rekeyed", "address.claimed"]
    assert book.refused(MINH, ADD).code == "address_taken"


def test_a_match_is_proposed_where_somebody_claims_an_address_that_identified_nobody_and_is_another_s() -> None:
    book = AddressBook()
    book.happened(LAN, NOBODYS)
    book.ask(MINH, ADD)
    assert book.ask(LAN, CLAIMED) == ["customer.address_rekeyed", "customer.match_proposed"]
    assert book.owners() == {MINH: False}


def test_a_match_is_proposed_where_an_address_that_identified_nobody_is_somebody_s() -> None:
    book = AddressBook()
    book.happened(LAN, NOBODYS)
    book.ask(MINH, ADD)
    assert book.ask(LAN, rekeyed(NOBODYS.handle)) == ["customer.address_rekeyed", "customer.match_proposed"]
    assert book.owners() == {MINH: False}


@pytest.mark.parametrize(("trust", "blocked"), [("claimed", False), ("withdrawn", False), ("seen", True)])
def test_an_address_that_may_have_no_owner_gets_none_with_its_key(trust: str, *, blocked: bool) -> None:
    book = AddressBook()
    if blocked:
        book.blocks(blocked=[{"channel": "phone", "handle": ADD.handle}])
    book.happened(LAN, NOBODYS.model_copy(update={"trust": trust}))
    assert book.ask(LAN, rekeyed(NOBODYS.handle)) == ["customer.address_rekeyed"]
    assert book.owners() == {}
