"""The decider of a customer: events, no events when what the command wants is already so, or a refusal."""

from typing import assert_never

from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.state import Customer
from domain.refusal import Refusal
from domain.text_folding import same_name

CustomerEvents = list[e.CustomerEvent]


def decide(command: c.CustomerCommand, customer: Customer) -> CustomerEvents:
    """The events of a command; an empty list when what it wants is already so.

    Raises Refusal when a rule forbids it.
    """
    if isinstance(command, c.RegisterCustomer):
        if customer.state != "none":
            raise Refusal("customer_exists", "this customer is registered; change the details instead", customer.state)
        return [e.CustomerRegistered(**command.facts())]
    must_be_registered(customer)
    match command:
        case c.ChangeCustomerDetails():
            return _change_details(command, customer)
        case c.ChangeTier(tier=tier):
            return [] if same_name(customer.tier, tier) else [e.TierChanged(tier=tier)]
        case _:
            assert_never(command)


def must_be_registered(customer: Customer) -> None:
    """Raises Refusal when there is no such customer, or when it was merged into another."""
    if customer.state == "none":
        rule = "there is no such customer; search for it (GET /v1/customers), or register it (POST /v1/customers)"
        raise Refusal("customer_unknown", rule, customer.state)
    if customer.merged_into is not None:
        rule = f"the customer was merged into {customer.merged_into}; address that one, or undo the merge"
        raise Refusal("customer_merged", rule, customer.state, merged_into=customer.merged_into)


def _change_details(command: c.ChangeCustomerDetails, customer: Customer) -> CustomerEvents:
    before = dict(customer.details)
    details = {field: value for field, value in (before | command.details).items() if value is not None}
    same = all(same_name(value, before.get(field)) for field, value in command.details.items())
    name = command.name or customer.name or ""
    if same and same_name(customer.name, name):
        return []
    return [e.CustomerDetailsChanged(name=name, details=details)]
