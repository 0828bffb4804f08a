"""The customers of a simulated desk."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from api.simulation.phrases import FAMILY_NAMES, GIVEN_NAMES, MIDDLE_NAMES
from api.simulation.ticket_life import DISPATCH, ScenarioStep
from domain.customer import commands as c
from domain.messages import Channel

ADDRESS_OF: dict[Channel, c.AddressChannel] = {
    "hotline": "phone",
    "zalo": "zalo",
    "facebook": "facebook",
    "email": "email",
    "livechat": "livechat",
    "form": "form",
    "app": "app",
}


class Person(NamedTuple):
    """A customer with the preferred channel."""

    stream: UUID
    name: str
    channel: Channel


def person(chance: Random, stream: UUID) -> Person:
    """A new customer."""
    name = " ".join(map(chance.choice, (FAMILY_NAMES, MIDDLE_NAMES, GIVEN_NAMES)))
    (channel,) = chance.choices(tuple(ADDRESS_OF), (38, 22, 12, 12, 8, 4, 4))
    return Person(stream, name, channel)


def registration(chance: Random, customer: Person, at: datetime) -> list[ScenarioStep]:
    """The registration of a customer with an address; some add a second one, some rise to a higher tier later."""
    (tier,) = chance.choices(("standard", "silver", "gold"), (80, 15, 5))
    commands: list[tuple[timedelta, c.CustomerCommand | c.AddressCommand]] = [
        (timedelta(), c.RegisterCustomer(name=customer.name, tier=tier)),
        (timedelta(), _address(chance, customer.channel)),
    ]
    if chance.random() < 0.3:
        other = chance.choice([channel for channel in ADDRESS_OF if channel != customer.channel])
        command = _address(chance, other)
        commands.append((timedelta(minutes=chance.randrange(5, 20_000)), command))
    if chance.random() < 0.1:
        commands.append(
            (timedelta(days=chance.randrange(1, 20)), c.ChangeTier(tier="gold", reason="Khách hàng thân thiết"))
        )
    return [
        ScenarioStep(at + later, customer.stream, command, DISPATCH, customer.channel) for later, command in commands
    ]


def _address(chance: Random, channel: Channel) -> c.AddAddress:
    """An address that its channel showed."""
    return c.AddAddress(channel=ADDRESS_OF[channel], handle=_handle(chance, channel), trust="seen")


def _handle(chance: Random, channel: Channel) -> str:
    number = chance.randrange(10**8)
    if channel == "hotline":
        return f"+849{number:08}"
    return f"khach{number}@example.vn" if channel == "email" else f"{ADDRESS_OF[channel]}-{number:08}"
