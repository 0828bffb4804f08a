"""What a customer and an address decide together."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.address_case import AddressCase
from domain.customer.address_claim import AddressClaim, address_key, address_stream, evolve
from domain.customer.address_keys import KEY_VERSION
from domain.customer.claiming import AddressEvents
from domain.customer.claiming import decide_address as decide
from domain.customer.identity_rules import IdentityRules
from domain.customer.state import Customer
from domain.customer.state import evolve as evolve_customer
from domain.refusal import Refusal
from tests.support.events import AGENT, NOON
from tests.support.respelling import respelled

LAN, MINH, VY = (UUID(int=number) for number in (1, 2, 3))
WRITTEN, KEY = "Anh.Test@Example.com", "anh.test@example.com"
ADD = c.AddAddress(channel="email", handle=WRITTEN)
SHARE = c.AddAddress(channel="email", handle=WRITTEN, shared=True)
REMOVE = c.RemoveAddress(channel="email", handle=WRITTEN)
ADDED = e.AddressAdded(channel="email", handle=WRITTEN, key=KEY, key_version=KEY_VERSION, trust="seen")
SHARED = ADDED.model_copy(update={"shared": True})
REMOVED = e.AddressRemoved(channel="email", handle=WRITTEN)


def decide_address(
    command: c.AddressCommand, customer_id: UUID, customer: Customer, owned: AddressClaim
) -> AddressEvents:
    """What an agent's command leads to where the address has one key in every version."""
    case = AddressCase.of(command.written, customer_id, customer, {KEY: owned})
    return decide(command, case, IdentityRules(), AGENT)


def customer(*events: e.CustomerEvent) -> Customer:
    state = Customer()
    for event in (e.CustomerRegistered(name="Lan"), *events):
        state = evolve_customer(state, event, NOON)
    return state


def claimed(by: UUID, *, shared: bool = False) -> e.AddressClaimed:
    return e.AddressClaimed(customer_id=by, channel="email", key=KEY, shared=shared)


def released(by: UUID) -> e.AddressReleased:
    return e.AddressReleased(customer_id=by, channel="email", key=KEY)


def claim(*events: e.AddressEvent) -> AddressClaim:
    state = AddressClaim()
    for event in events:
        state = evolve(state, event, NOON)
    return state


def test_a_new_address_is_added_as_written_and_claimed_folded() -> None:
    assert decide_address(ADD, LAN, customer(), claim()) == ([ADDED], [claimed(LAN)])


def test_a_removed_address_is_released_and_another_may_have_it() -> None:
    assert decide_address(REMOVE, LAN, customer(ADDED), claim(claimed(LAN))) == ([REMOVED], [released(LAN)])
    assert decide_address(ADD, MINH, customer(), claim(claimed(LAN), released(LAN))) == ([ADDED], [claimed(MINH)])


@given(respelled(WRITTEN), st.booleans())
def test_a_handle_is_the_same_in_every_spelling_and_case(handle: str, upper: bool) -> None:
    written = handle.upper() if upper else handle
    has, owned = customer(ADDED), claim(claimed(LAN))
    add = c.AddAddress(channel="email", handle=written)
    assert decide_address(add, LAN, has, owned) == ([], [])
    assert decide_address(c.RemoveAddress(channel="email", handle=written), LAN, has, owned)[0] == [REMOVED]
    with pytest.raises(Refusal, match=str(LAN)):
        decide_address(add, MINH, customer(), owned)


def test_every_spelling_that_an_old_log_holds_of_an_address_is_removed_with_it() -> None:
    lower = e.AddressAdded(channel="email", handle=KEY)
    removed, _ = decide_address(REMOVE, LAN, customer(ADDED, lower), claim(claimed(LAN)))
    assert removed == [REMOVED, e.AddressRemoved(channel="email", handle=KEY)]


def test_a_handle_means_something_within_its_channel_alone() -> None:
    assert address_stream(*address_key("zalo", "lan")) != address_stream(*address_key("facebook", "lan"))
    assert address_stream(*address_key("zalo", "Lan")) == address_stream(*address_key("zalo", "LAN "))


@pytest.mark.parametrize("command", [ADD, SHARE])
def test_an_address_of_another_customer_is_refused_and_the_refusal_names_that_id_alone(command: c.AddAddress) -> None:
    with pytest.raises(Refusal) as refused:
        decide_address(command, MINH, customer(), claim(claimed(LAN)))
    assert refused.value.code == "address_taken"
    assert str(LAN) in refused.value.rule
    assert "Lan" not in refused.value.rule
    assert KEY not in refused.value.rule.casefold()


def test_an_address_is_shared_when_everybody_says_so() -> None:
    shared = SHARED
    assert decide_address(SHARE, LAN, customer(ADDED), claim(claimed(LAN))) == ([shared], [claimed(LAN, shared=True)])
    by_lan = claim(claimed(LAN), claimed(LAN, shared=True))
    assert decide_address(SHARE, MINH, customer(), by_lan) == ([shared], [claimed(MINH, shared=True)])
    with pytest.raises(Refusal, match=str(LAN)):
        decide_address(ADD, MINH, customer(), by_lan)


def test_a_shared_address_stays_the_others_when_one_removes_it() -> None:
    both = claim(claimed(LAN, shared=True), claimed(MINH, shared=True))
    _, events = decide_address(REMOVE, LAN, customer(ADDED), both)
    assert claim(claimed(LAN, shared=True), claimed(MINH, shared=True), *events).others(VY) == {MINH: True}


@pytest.mark.parametrize(
    ("command", "has", "owned"),
    [
        (ADD, (ADDED,), (claimed(LAN),)),
        (ADD, (ADDED,), (claimed(LAN, shared=True),)),
        (SHARE, (ADDED,), (claimed(LAN, shared=True), claimed(MINH, shared=True))),
        (REMOVE, (), ()),
        (REMOVE, (ADDED, REMOVED), (claimed(LAN), released(LAN))),
        (REMOVE, (), (claimed(MINH),)),
    ],
)
def test_what_is_so_already_stays_quiet(
    command: c.AddressCommand, has: tuple[e.CustomerEvent, ...], owned: tuple[e.AddressEvent, ...]
) -> None:
    assert decide_address(command, LAN, customer(*has), claim(*owned)) == ([], [])


def test_an_address_from_before_there_were_claims_is_claimed_when_it_is_added_again() -> None:
    assert decide_address(ADD, LAN, customer(ADDED), claim()) == ([], [claimed(LAN)])


@pytest.mark.parametrize("command", [ADD, REMOVE])
def test_nothing_can_be_added_to_or_removed_from_an_unknown_customer(command: c.AddressCommand) -> None:
    with pytest.raises(Refusal) as refused:
        decide_address(command, LAN, Customer(), claim())
    assert refused.value.code == "customer_unknown"


OWNERS = st.sampled_from([LAN, MINH, VY])


@given(st.lists(st.tuples(OWNERS, st.sampled_from([ADD, SHARE, REMOVE])), max_size=30))
def test_an_address_has_one_owner_or_is_shared_by_all_and_is_lost_to_nobody(
    wishes: list[tuple[UUID, c.AddressCommand]],
) -> None:
    customers = {owner: customer() for owner in (LAN, MINH, VY)}
    owned = claim()
    for owner, command in wishes:
        try:
            of_customer, of_address = decide_address(command, owner, customers[owner], owned)
        except Refusal:
            continue
        for holding in of_customer:
            customers[owner] = evolve_customer(customers[owner], holding, NOON)
        for event in of_address:
            owned = evolve(owned, event, NOON)
        holders = {holder for holder, state in customers.items() if state.addresses}
        assert holders == {holder for holder, _ in owned.owners}
        assert len(holders) < 2 or all(shared for _, shared in owned.owners)


def test_what_identifies_nobody_is_another_address_unless_it_is_written_alike() -> None:
    anonymous = e.AddressAdded(channel="phone", handle="anonymous", key="", key_version=2, trust="seen")
    written = {handle: c.AddAddress(channel="phone", handle=handle).written for handle in ("Anonymous", "unknown")}
    known = {handle: AddressCase.of(written[handle], LAN, customer(anonymous), {}).known for handle in written}
    assert [address.handle for address in known["Anonymous"]] == ["anonymous"]
    assert known["unknown"] == ()
