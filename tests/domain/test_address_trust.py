"""How far addresses are trusted, who owns them, and what later key functions change."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.command_context import Actor
from domain.command_handling.aggregates import handler_of
from domain.command_handling.customer_stream import CustomerStream
from domain.command_handling.customer_stream import evolve as evolve_customer
from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.address_claim import AddressClaim, address_stream
from domain.customer.address_claim import evolve as evolve_claim
from domain.customer.addresses import TRUST
from domain.definitions.events import DefinitionPublished
from domain.definitions.kinds import IDENTITY
from domain.definitions.publishing import PublishedDefinition, definition_stream
from domain.definitions.publishing import evolve as evolve_definition
from domain.messages import Command, Event
from domain.refusal import Refusal
from tests.support.events import AGENT, CUSTOMER_ACTOR, NOON, START, SYSTEM

LAN, MINH, VY = CUSTOMERS = [UUID(int=number) for number in (1, 2, 3)]
PHONE, KEY = "0901 234 567", "+84901234567"
ADD = c.AddAddress(channel="phone", handle=PHONE)
VERIFY = c.VerifyAddress(channel="phone", handle=PHONE, method="code")
CLAIM = ADD.model_copy(update={"trust": "claimed"})
SHARE = ADD.model_copy(update={"shared": True})


class Book:
    """Customers, claims and rules, decided on as a service desk does."""

    def __init__(self) -> None:
        self.customers = {stream: CustomerStream() for stream in CUSTOMERS}
        self.claims: dict[UUID, AddressClaim] = {}
        self.rules = PublishedDefinition()
        for stream in CUSTOMERS:
            self.happened(stream, e.CustomerRegistered(name="x"))

    def happened(self, stream: UUID, event: Event) -> None:
        if stream in self.customers:
            self.customers[stream] = evolve_customer(self.customers[stream], event, NOON)
        else:
            self.claims[stream] = evolve_claim(self.claims.get(stream, AddressClaim()), event, NOON)  # type: ignore[arg-type]  # an event of an address

    def blocks(self, **body: object) -> None:
        published = DefinitionPublished(kind="identity", name="tenant", version=1, effective_from=START, body=body)
        self.rules = evolve_definition(self.rules, published, NOON)

    def ask(self, stream: UUID, command: Command, by: Actor = AGENT) -> list[str]:
        """The topics of the events that the command leads to. Raises Refusal."""
        handler = handler_of(command)
        states: list[object] = []
        for part, _ in handler.parts(stream, command):
            rules = self.rules if part == definition_stream(IDENTITY.name) else self.claims.get(part, AddressClaim())
            states.append(self.customers.get(part, rules))
        events = handler.decide(command, stream, states, by, NOON)
        for part, event, _ in events:
            self.happened(part, event)
        return [event.topic for _, event, _ in events]

    def refused(self, stream: UUID, command: Command, by: Actor = AGENT) -> Refusal:
        with pytest.raises(Refusal) as refused:
            self.ask(stream, command, by)
        return refused.value

    def trust(self, stream: UUID) -> list[str | None]:
        return [address.trust for address in self.customers[stream].customer.addresses]

    def owners(self, key: str = KEY) -> Mapping[UUID, bool]:
        return dict(self.claims.get(address_stream("phone", key), AddressClaim()).owners)


@pytest.mark.parametrize(
    ("by", "trust"),
    [(AGENT, "seen"), (Actor(id="file", kind="import"), "seen"), (CUSTOMER_ACTOR, "claimed"), (SYSTEM, "claimed")],
)
def test_an_address_is_trusted_by_who_adds_it(by: Actor, trust: str) -> None:
    book = Book()
    book.ask(LAN, ADD, by)
    assert book.trust(LAN) == [trust]


def test_a_claimed_address_is_owned_by_nobody_and_proposes_a_match_with_its_owner() -> None:
    book = Book()
    book.ask(LAN, ADD)
    assert book.ask(MINH, CLAIM) == ["customer.address_added", "customer.match_proposed"]
    assert book.owners() == {LAN: False}
    assert book.ask(MINH, CLAIM) == []


def test_a_verified_address_of_another_customer_is_taken_in_every_spelling() -> None:
    book = Book()
    assert book.ask(LAN, VERIFY) == ["customer.address_added", "customer.address_trust_changed", "address.claimed"]
    for handle in ("+84 901 234 567", "(090) 123-45.67", "84901234567"):
        refusal = book.refused(MINH, VERIFY.model_copy(update={"handle": handle}))
        assert refusal.code == "address_taken"
        assert "901" not in refusal.rule
        assert book.refused(MINH, ADD.model_copy(update={"handle": handle})).code == "address_taken"


def test_who_verifies_an_address_takes_it_over_from_an_owner_who_has_not() -> None:
    book = Book()
    book.ask(LAN, ADD)
    topics = book.ask(MINH, VERIFY)
    assert topics[-2:] == ["address.released", "address.claimed"]
    assert "customer.match_proposed" in topics
    assert book.owners() == {MINH: False}
    assert book.refused(LAN, VERIFY).code == "address_taken"


def test_verifying_again_stays_quiet() -> None:
    book = Book()
    book.ask(LAN, VERIFY)
    assert book.ask(LAN, VERIFY) == []
    assert book.ask(LAN, ADD) == []
    assert book.trust(LAN) == ["verified"]


def test_an_agent_verifies_with_a_reason_and_nobody_else_by_reason() -> None:
    with pytest.raises(ValidationError, match="reason"):
        c.VerifyAddress(channel="phone", handle=PHONE, method="agent")
    by_agent = c.VerifyAddress(channel="phone", handle=PHONE, method="agent", reason="showed the identity card")
    assert Book().refused(LAN, by_agent, SYSTEM).code == "not_an_agent"
    assert Book().ask(LAN, by_agent)


def test_a_withdrawn_address_is_free_and_comes_back_when_it_is_added_again() -> None:
    book = Book()
    book.ask(LAN, VERIFY)
    withdraw = c.WithdrawAddress(channel="phone", handle=PHONE, method="reassigned", reason="a stranger answered")
    assert book.ask(LAN, withdraw) == ["customer.address_trust_changed", "address.released"]
    assert book.trust(LAN) == ["withdrawn"]
    assert book.ask(LAN, withdraw) == []
    assert book.ask(LAN, ADD) == ["customer.address_trust_changed", "address.claimed"]
    assert book.trust(LAN) == ["seen"]


def test_a_shared_key_becomes_private_once_nobody_else_has_it() -> None:
    book = Book()
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
    book = Book()
    book.ask(LAN, SHARE)
    book.ask(MINH, SHARE)
    book.ask(LAN, VERIFY)
    book.ask(MINH, VERIFY)
    assert book.owners() == {LAN: True, MINH: True}
    assert book.refused(VY, VERIFY).code == "address_taken"


def test_an_address_in_another_scope_is_another_address() -> None:
    book = Book()
    page = c.AddAddress(channel="facebook", handle="7001", scope="page-1")
    book.ask(LAN, page)
    assert book.ask(MINH, page.model_copy(update={"scope": "page-2"})) == ["customer.address_added", "address.claimed"]
    assert book.refused(MINH, page).code == "address_taken"


@pytest.mark.parametrize("handle", ["1900 1234", "anonymous", "113"])
def test_an_address_that_identifies_nobody_is_kept_and_neither_owned_nor_verified(handle: str) -> None:
    book = Book()
    add = ADD.model_copy(update={"handle": handle})
    assert book.ask(LAN, add) == book.ask(MINH, add) == ["customer.address_added"]
    assert book.refused(LAN, VERIFY.model_copy(update={"handle": handle})).code == "address_identifies_nobody"


def test_a_blocked_address_is_neither_owned_nor_verified_in_any_spelling() -> None:
    book = Book()
    book.blocks(blocked=[{"channel": "phone", "handle": "+84 901 234 567"}])
    assert book.ask(LAN, ADD) == book.ask(MINH, ADD) == ["customer.address_added"]
    assert book.refused(LAN, VERIFY).code == "address_identifies_nobody"


def test_a_rule_adds_no_more_addresses_than_the_limit_and_a_person_does() -> None:
    book = Book()
    book.blocks(limits={"phone": 2})
    numbers = [ADD.model_copy(update={"handle": f"090123456{digit}", "trust": "seen"}) for digit in range(3)]
    for add in numbers[:2]:
        book.ask(LAN, add, SYSTEM)
    assert book.refused(LAN, numbers[2], SYSTEM).code == "too_many_addresses"
    assert book.ask(LAN, numbers[0], SYSTEM) == []
    assert book.ask(LAN, numbers[2])


def test_a_merge_moves_no_claim_and_the_survivor_has_what_the_absorbed_one_owns() -> None:
    book = Book()
    book.ask(LAN, VERIFY)
    book.ask(LAN, c.MergeCustomer(into=MINH, reason="r"))
    assert book.ask(MINH, ADD) == ["customer.address_added"]
    assert book.ask(MINH, VERIFY) == []
    assert book.owners() == {LAN: False}
    assert book.refused(VY, ADD).code == "address_taken"
    assert book.refused(LAN, ADD).code == "customer_merged"


def old(handle: str, *, shared: bool = False) -> tuple[e.AddressAdded, e.AddressClaimed]:
    """An address as it was recorded before trust, and the claim of some customer; its owner is LAN."""
    claimed = e.AddressClaimed(customer_id=LAN, channel="phone", key=handle, shared=shared)
    return e.AddressAdded(channel="phone", handle=handle, shared=shared), claimed


def rekeyed(handle: str) -> c.RekeyAddress:
    return c.RekeyAddress(channel="phone", handle=handle)


def test_key_function_2_moves_the_claims_of_old_addresses() -> None:
    book = Book()
    added, claimed = old("090-1234567")
    book.happened(LAN, added)
    book.happened(address_stream("phone", "090-1234567"), claimed)
    assert book.ask(LAN, rekeyed("090-1234567")) == ["customer.address_rekeyed", "address.released", "address.claimed"]
    assert book.owners() == {LAN: False}
    assert book.owners("090-1234567") == {}
    assert book.ask(LAN, rekeyed("090-1234567")) == []
    assert book.refused(MINH, ADD).code == "address_taken"


def test_key_function_2_proposes_a_match_where_two_old_addresses_become_one() -> None:
    book = Book()
    added, claimed = old("090-1234567")
    book.happened(LAN, added)
    book.happened(address_stream("phone", "090-1234567"), claimed)
    book.ask(MINH, VERIFY)
    topics = book.ask(LAN, rekeyed("090-1234567"))
    assert topics == ["customer.address_rekeyed", "customer.match_proposed", "address.released"]
    assert book.owners() == {MINH: False}


def test_an_old_claim_stays_an_ownership_of_the_same_spelling() -> None:
    book = Book()
    added, claimed = old("+84901234567")
    book.happened(LAN, added)
    book.happened(address_stream("phone", "+84901234567"), claimed)
    assert book.refused(MINH, ADD.model_copy(update={"handle": "+84901234567"})).code == "address_taken"


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
    book = Book()
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
    book = Book()
    assert book.ask(LAN, SHARE, CUSTOMER_ACTOR) == ["customer.address_added"]
    assert book.owners() == {}
    book.ask(MINH, VERIFY)
    assert book.owners() == {MINH: False}


def test_who_claims_a_shared_address_and_proves_it_shares_it_with_the_others() -> None:
    book = Book()
    book.ask(LAN, SHARE)
    book.ask(MINH, SHARE, CUSTOMER_ACTOR)
    assert book.owners() == {LAN: True}
    book.ask(MINH, VERIFY)
    assert book.owners() == {LAN: True, MINH: True}


@pytest.mark.parametrize("again", [ADD, VERIFY])
def test_a_withdrawn_shared_address_that_comes_back_alone_is_private(again: c.AddressCommand) -> None:
    book = Book()
    book.ask(LAN, SHARE)
    book.ask(LAN, c.WithdrawAddress(channel="phone", handle=PHONE, reason="r"))
    book.ask(LAN, again)
    assert book.owners() == {LAN: False}
    assert [address.shared for address in book.customers[LAN].customer.addresses] == [False]


@pytest.mark.parametrize(
    "again",
    [
        c.AddAddress(channel="phone", handle="0838123456"),
        c.AddAddress(channel="phone", handle="0838123456", region="DE"),
        c.VerifyAddress(channel="phone", handle="0838123456", method="code"),
    ],
)
def test_one_handle_of_two_times_or_countries_is_written_with_its_country_code(again: c.AddressCommand) -> None:
    book = Book()
    book.ask(LAN, c.AddAddress(channel="phone", handle="0838123456", written_on=date(2015, 5, 1)))
    assert book.refused(LAN, again).code == "address_is_another"
    book.ask(LAN, c.AddAddress(channel="phone", handle="+84838123456"))
    assert book.owners("+842838123456") == book.owners("+84838123456") == {LAN: False}


def test_a_withdrawn_address_does_not_count_for_the_limit() -> None:
    book = Book()
    book.blocks(limits={"phone": 1})
    book.ask(LAN, ADD, SYSTEM)
    more = ADD.model_copy(update={"handle": "0907 000 000"})
    assert book.refused(LAN, more, SYSTEM).code == "too_many_addresses"
    book.ask(LAN, c.WithdrawAddress(channel="phone", handle=PHONE, reason="r"))
    assert book.ask(LAN, more, SYSTEM) == ["customer.address_added"]
