"""How far addresses are trusted, and who owns them."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.command_context import Actor
from domain.customer import commands as c
from tests.support.address_book import ADD, CLAIM, LAN, MINH, PHONE, VERIFY, VY, AddressBook
from tests.support.events import AGENT, CUSTOMER_ACTOR, SYSTEM


@pytest.mark.parametrize(
    ("by", "trust"),
    [(AGENT, "seen"), (Actor(id="file", kind="import"), "seen"), (CUSTOMER_ACTOR, "claimed"), (SYSTEM, "claimed")],
)
def test_an_address_is_trusted_by_who_adds_it(by: Actor, trust: str) -> None:
    book = AddressBook()
    book.ask(LAN, ADD, by)
    assert book.trust(LAN) == [trust]


def test_a_claimed_address_is_owned_by_nobody_and_proposes_a_match_with_its_owner() -> None:
    book = AddressBook()
    book.ask(LAN, ADD)
    assert book.ask(MINH, CLAIM) == ["customer.address_added", "customer.match_proposed"]
    assert book.owners() == {LAN: False}
    assert book.ask(MINH, CLAIM) == []


def test_a_verified_address_of_another_customer_is_taken_in_every_spelling() -> None:
    book = AddressBook()
    assert book.ask(LAN, VERIFY) == ["customer.address_added", "customer.address_trust_changed", "address.claimed"]
    for handle in ("+84 901 234 567", "(090) 123-45.67", "84901234567"):
        refusal = book.refused(MINH, VERIFY.model_copy(update={"handle": handle}))
        assert refusal.code == "address_taken"
        assert "901" not in refusal.rule
        assert book.refused(MINH, ADD.model_copy(update={"handle": handle})).code == "address_taken"


def test_who_verifies_an_address_takes_it_over_from_an_owner_who_has_not() -> None:
    book = AddressBook()
    book.ask(LAN, ADD)
    topics = book.ask(MINH, VERIFY)
    assert topics[-2:] == ["address.released", "address.claimed"]
    assert "customer.match_proposed" in topics
    assert book.owners() == {MINH: False}
    assert book.refused(LAN, VERIFY).code == "address_taken"


def test_verifying_again_stays_quiet() -> None:
    book = AddressBook()
    book.ask(LAN, VERIFY)
    assert book.ask(LAN, VERIFY) == []
    assert book.ask(LAN, ADD) == []
    assert book.trust(LAN) == ["verified"]


def test_an_agent_verifies_with_a_reason_and_nobody_else_by_reason() -> None:
    with pytest.raises(ValidationError, match="reason"):
        c.VerifyAddress(channel="phone", handle=PHONE, method="agent")
    by_agent = c.VerifyAddress(channel="phone", handle=PHONE, method="agent", reason="showed the identity card")
    assert AddressBook().refused(LAN, by_agent, SYSTEM).code == "not_an_agent"
    assert AddressBook().ask(LAN, by_agent)


def test_a_withdrawn_address_is_free_and_comes_back_when_it_is_added_again() -> None:
    book = AddressBook()
    book.ask(LAN, VERIFY)
    withdraw = c.WithdrawAddress(channel="phone", handle=PHONE, method="reassigned", reason="a stranger answered")
    assert book.ask(LAN, withdraw) == ["customer.address_trust_changed", "address.released"]
    assert book.trust(LAN) == ["withdrawn"]
    assert book.ask(LAN, withdraw) == []
    assert book.ask(LAN, ADD) == ["customer.address_trust_changed", "address.claimed"]
    assert book.trust(LAN) == ["seen"]


def test_an_address_in_another_scope_is_another_address() -> None:
    book = AddressBook()
    page = c.AddAddress(channel="facebook", handle="7001", scope="page-1")
    book.ask(LAN, page)
    assert book.ask(MINH, page.model_copy(update={"scope": "page-2"})) == ["customer.address_added", "address.claimed"]
    assert book.refused(MINH, page).code == "address_taken"


@pytest.mark.parametrize("handle", ["1900 1234", "anonymous", "113"])
def test_an_address_that_identifies_nobody_is_kept_and_neither_owned_nor_verified(handle: str) -> None:
    book = AddressBook()
    add = ADD.model_copy(update={"handle": handle})
    assert book.ask(LAN, add) == book.ask(MINH, add) == ["customer.address_added"]
    assert book.refused(LAN, VERIFY.model_copy(update={"handle": handle})).code == "address_identifies_nobody"


def test_a_blocked_address_is_neither_owned_nor_verified_in_any_spelling() -> None:
    book = AddressBook()
    book.blocks(blocked=[{"channel": "phone", "handle": "+84 901 234 567"}])
    assert book.ask(LAN, ADD) == book.ask(MINH, ADD) == ["customer.address_added"]
    assert book.refused(LAN, VERIFY).code == "address_identifies_nobody"


def test_a_rule_adds_no_more_addresses_than_the_limit_and_a_person_does() -> None:
    book = AddressBook()
    book.blocks(limits={"phone": 2})
    numbers = [ADD.model_copy(update={"handle": f"090123456{digit}", "trust": "seen"}) for digit in range(3)]
    for add in numbers[:2]:
        book.ask(LAN, add, SYSTEM)
    assert book.refused(LAN, numbers[2], SYSTEM).code == "too_many_addresses"
    assert book.ask(LAN, numbers[0], SYSTEM) == []
    assert book.ask(LAN, numbers[2])


def test_a_merge_moves_no_claim_and_the_survivor_has_what_the_absorbed_one_owns() -> None:
    book = AddressBook()
    book.ask(LAN, VERIFY)
    book.ask(LAN, c.MergeCustomer(into=MINH, reason="r"))
    assert book.ask(MINH, ADD) == ["customer.address_added"]
    assert book.ask(MINH, VERIFY) == []
    assert book.owners() == {LAN: False}
    assert book.refused(VY, ADD).code == "address_taken"
    assert book.refused(LAN, ADD).code == "customer_merged"


@pytest.mark.parametrize(
    "again",
    [
        c.AddAddress(channel="phone", handle="0838123456"),
        c.AddAddress(channel="phone", handle="0838123456", region="DE"),
        c.VerifyAddress(channel="phone", handle="0838123456", method="code"),
    ],
)
def test_one_handle_of_two_times_or_countries_is_written_with_its_country_code(again: c.AddressCommand) -> None:
    book = AddressBook()
    book.ask(LAN, c.AddAddress(channel="phone", handle="0838123456", written_on=date(2015, 5, 1)))
    assert book.refused(LAN, again).code == "address_is_another"
    book.ask(LAN, c.AddAddress(channel="phone", handle="+84838123456"))
    assert book.owners("+842838123456") == book.owners("+84838123456") == {LAN: False}


def test_a_withdrawn_address_does_not_count_for_the_limit() -> None:
    book = AddressBook()
    book.blocks(limits={"phone": 1})
    book.ask(LAN, ADD, SYSTEM)
    more = ADD.model_copy(update={"handle": "0907 000 000"})
    assert book.refused(LAN, more, SYSTEM).code == "too_many_addresses"
    book.ask(LAN, c.WithdrawAddress(channel="phone", handle=PHONE, reason="r"))
    assert book.ask(LAN, more, SYSTEM) == ["customer.address_added"]
