"""What each command to a customer leads to."""

from typing import get_args

import pytest

from domain.customer import commands as c
from domain.customer import decider
from domain.customer import events as e
from domain.customer.state import Customer, evolve
from domain.messages import Command, Event
from tests.support.specification import Specification

given = Specification(Customer(), evolve, lambda command, state, _by: decider.decide(command, state)).given

MAI = e.CustomerRegistered(name="Mai", tier="gold", external_reference="C-7")

ACTS: list[tuple[tuple[Event, ...], Command, Event]] = [
    ((), c.RegisterCustomer(name="Mai", tier="gold", external_reference="C-7"), MAI),
    ((), c.RegisterCustomer(name="Mai"), e.CustomerRegistered(name="Mai", tier="standard")),
    (
        (),
        c.RegisterCustomer(name="Mai", details={"city": "Huế"}),
        e.CustomerRegistered(name="Mai", details={"city": "Huế"}),
    ),
    (
        (e.CustomerRegistered(name="Mai", details={"city": "Huế"}),),
        c.ChangeCustomerDetails(details={"team": "Sales"}),
        e.CustomerDetailsChanged(name="Mai", details={"city": "Huế", "team": "Sales"}),
    ),
    ((MAI,), c.ChangeCustomerDetails(name="Mai Lê"), e.CustomerDetailsChanged(name="Mai Lê")),
    ((MAI,), c.ChangeTier(tier="silver"), e.TierChanged(tier="silver")),
]  # fmt: skip

QUIET: list[tuple[tuple[Event, ...], Command]] = [
    ((MAI,), c.ChangeCustomerDetails(name="Mai")),
    ((MAI,), c.ChangeCustomerDetails(name="\u00a0Mai")),
    ((MAI,), c.ChangeTier(tier="gold")),
]  # fmt: skip


@pytest.mark.parametrize(("history", "command", "event"), ACTS)
def test_a_command_acts(history: tuple[Event, ...], command: Command, event: Event) -> None:
    given(*history).when(command).then(event)


@pytest.mark.parametrize(("history", "command"), QUIET)
def test_a_command_stays_quiet_when_what_it_asks_is_so_already(history: tuple[Event, ...], command: Command) -> None:
    given(*history).when(command).then_quiet()


def test_a_customer_is_registered_once() -> None:
    given(MAI).when(c.RegisterCustomer(name="Mai")).then_refused("customer_exists")


@pytest.mark.parametrize("command", [command for _, command in QUIET])
def test_nothing_but_registering_can_be_asked_of_an_unknown_customer(command: Command) -> None:
    given().when(command).then_refused("customer_unknown")


def test_every_command_is_specified() -> None:
    commands = set(get_args(c.CustomerCommand))
    assert {type(command) for _, command, _ in ACTS} == commands
    assert {type(command) for _, command in QUIET} == commands - {c.RegisterCustomer}
