"""What a customer and an address decide together: an address has one owner, or owners who all share it.

An address that is trusted as seen or more is owned. Who verifies it takes it over from an owner who has not verified
it. An address that is only claimed is not owned: it leads to a proposal, which people look at.
"""

from typing import assert_never

from domain.command_context import Actor
from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.address_case import AddressCase
from domain.customer.address_keys import NOBODY
from domain.customer.addresses import DEFAULT_TRUST, less_than
from domain.customer.decider import must_be_registered
from domain.customer.identity_rules import IdentityRules
from domain.customer.state import Customer
from domain.refusal import Refusal

AddressEvents = tuple[list[e.CustomerEvent], list[e.AddressEvent]]


def decide_address(command: c.AddressCommand, case: AddressCase, rules: IdentityRules, by: Actor) -> AddressEvents:
    """The events of the customer and of the address, to be recorded in one transaction.

    Raises Refusal when a rule forbids it in the state of either.
    """
    if not isinstance(command, c.RekeyAddress):
        must_be_registered(case.customer)
    match command:
        case c.AddAddress():
            return _with_key(case, _add(command, case, rules, by), rules)
        case c.RemoveAddress():
            removed = [e.AddressRemoved(channel=at.channel, handle=at.handle, scope=at.scope) for at in case.known]
            return [*removed], case.release()
        case c.VerifyAddress():
            return _with_key(case, _verify(command, case, rules, by), rules)
        case c.WithdrawAddress(method=method):
            return case.trusted("withdrawn", method), case.release()
        case c.MakeAddressPrivate():
            return _make_private(case)
        case c.RekeyAddress():
            return _rekey(case, rules)
        case _:
            assert_never(command)


def _add(command: c.AddAddress, case: AddressCase, rules: IdentityRules, by: Actor) -> AddressEvents:
    trust = command.trust or DEFAULT_TRUST[by.kind]
    _must_be_no_other(case)
    if not case.known:
        _must_be_within_limit(command, case.customer, rules, by)
    if _identifies_nobody(case, rules):
        return [] if case.known else case.addition(trust), []
    if trust == "claimed" and (case.sharing is None or not command.shared):
        proposals = [] if case.known else case.proposals()
        return [*case.recorded(trust, shared=command.shared or bool(case.sharing)), *proposals], []
    if case.known and (case.sharing or case.sharing == command.shared):
        return case.raised(trust), []
    _must_be_free(case, shared=command.shared)
    recorded = case.recorded(trust, shared=command.shared)
    if case.family and not command.shared:
        return recorded, []
    return recorded, case.claim(shared=command.shared, verified=case.customer_id in case.proven)


def _with_key(case: AddressCase, decided: AddressEvents, rules: IdentityRules) -> AddressEvents:
    """With the key of an address that identified nobody by an older key function: its customer is found by it.

    Where the command claims nothing, the customer owns the address as far as a rekeying gives it.
    """
    events, claims = decided
    if not case.is_unidentified:
        return decided
    if claims:
        return [*events, *case.rekeyed()], claims
    rekeyed, owned = _rekey(case, rules)
    return [*events, *rekeyed], owned


def _verify(command: c.VerifyAddress, case: AddressCase, rules: IdentityRules, by: Actor) -> AddressEvents:
    if command.method == "agent" and by.kind != "agent":
        raise Refusal("not_an_agent", "only an agent can take an address for proven by a reason", case.customer.state)
    if _identifies_nobody(case, rules):
        raise Refusal("address_identifies_nobody", "the address belongs to nobody, or is blocked", case.customer.state)
    _must_be_no_other(case)
    if case.family & case.proven or (case.known and case.customer_id in case.proven):
        return case.trusted("verified", command.method) if case.customer_id in case.proven else [], []
    shared = case.joins_others if case.sharing is None else case.sharing
    if not shared and (case.proven or any(case.others.values())):
        _refuse_taken(case)
    verified = e.AddressTrustChanged(
        channel=command.channel, handle=command.handle, scope=command.scope, trust="verified", method=command.method
    )
    recorded = case.recorded("claimed", shared=shared)
    trusted = [*recorded, *(case.trusted("verified", command.method) if case.known else [verified])]
    if shared:
        return trusted, case.claim(shared=True, verified=True)
    taken_over = [release for owner in (*case.others, *case.family) for release in case.release(customer=owner)]
    return [*trusted, *case.proposals()], [*taken_over, *case.claim(shared=False, verified=True)]


def _make_private(case: AddressCase) -> AddressEvents:
    if not case.sharing:
        return [], []
    if case.others:
        rule = f"the address is shared with {_names(case)}: remove it there first"
        raise Refusal("address_shared", rule, case.customer.state)
    return case.addition("claimed"), case.claim(shared=False, verified=case.customer_id in case.proven)


def _rekey(case: AddressCase, rules: IdentityRules) -> AddressEvents:
    rekeyed = case.rekeyed()
    if not rekeyed:
        return [], []
    sharing = _sharing_of_unidentified(case, rules) if case.sharing is None else case.sharing
    if sharing is None or case.key == NOBODY:
        return rekeyed, case.release()
    if _is_taken(case, shared=sharing):
        doubted = case.trusted("seen", "rekeyed") if case.customer_id in case.proven else []
        return [*rekeyed, *doubted, *case.proposals()], case.release()
    return rekeyed, case.claim(shared=sharing, verified=case.customer_id in case.proven)


def _sharing_of_unidentified(case: AddressCase, rules: IdentityRules) -> bool | None:
    """Whether the customer shares the address that identified nobody until now; None: the customer may not own it."""
    seen = [address for address in case.known if address.key == NOBODY and not less_than(address.trust, "seen")]
    if not seen or case.family or rules.is_blocked(case.written):
        return None
    return any(address.shared for address in seen)


def _must_be_no_other(case: AddressCase) -> None:
    """A handle is recorded once: a national number of two countries or times is written with its country code."""
    if case.is_another:
        rule = "the customer has this handle as another address; remove it there, or write the country code"
        raise Refusal("address_is_another", rule, case.customer.state)


def _identifies_nobody(case: AddressCase, rules: IdentityRules) -> bool:
    return case.key == NOBODY or rules.is_blocked(case.written)


def _must_be_within_limit(command: c.AddAddress, customer: Customer, rules: IdentityRules, by: Actor) -> None:
    """People may go beyond the limit; programs that act on nobody's behalf may not."""
    most = rules.limits.of(command.channel)
    if by.kind != "system" or by.on_behalf_of or most is None:
        return
    kept = (address for address in customer.addresses if address.trust != "withdrawn")
    if sum(address.channel == command.channel for address in kept) >= most:
        rule = f"the customer has {most} addresses of this channel already; a person must look at it"
        raise Refusal("too_many_addresses", rule, customer.state)


def _is_taken(case: AddressCase, *, shared: bool) -> bool:
    return any(not (shares and shared) for shares in case.others.values())


def _must_be_free(case: AddressCase, *, shared: bool) -> None:
    if _is_taken(case, shared=shared):
        _refuse_taken(case)


def _refuse_taken(case: AddressCase) -> None:
    rule = (
        f"the address is that of customer {_names(case)}: remove it there,"
        " or add it to each of them again with shared = true"
    )
    raise Refusal("address_taken", rule, case.customer.state)


def _names(case: AddressCase) -> str:
    return ", ".join(map(str, case.others))
