"""Several desks give and take addresses at once: no address ever has two owners, and no owner is lost."""

import asyncio
import random
from collections import defaultdict
from contextlib import AsyncExitStack
from uuid import UUID

import pytest

from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.customer import commands as c
from domain.customer.address_claim import AddressClaim, evolve
from domain.customer.state import Customer
from domain.customer.state import evolve as evolve_customer
from domain.ids import new_id
from domain.refusal import Refusal
from tests.support.desks import by, locked_head, opened, recorded

pytestmark = pytest.mark.anyio

EMAIL = c.AddAddress(channel="email", handle="mai@example.vn")


async def registered(desk: ServiceDesk) -> UUID:
    stream = new_id()
    await desk.handle(stream, c.RegisterCustomer(name="Mai"), by())
    return stream


async def test_of_two_desks_that_add_an_address_at_once_one_is_refused(log_url: str) -> None:
    async with opened(log_url) as first_desk, opened(log_url) as second_desk:
        first, second = await registered(first_desk), await registered(second_desk)
        async with locked_head(log_url):
            asking = [
                asyncio.create_task(first_desk.handle(first, EMAIL, by())),
                asyncio.create_task(
                    second_desk.handle(second, EMAIL.model_copy(update={"handle": "MAI@example.vn"}), by())
                ),
            ]
            await asyncio.sleep(0)
        answers = await asyncio.gather(*asking, return_exceptions=True)
        (refusal,) = [answer for answer in answers if isinstance(answer, Refusal)]
        (receipt,) = [answer for answer in answers if isinstance(answer, CommandResult)]
    assert refusal.code == "address_taken"
    assert str(receipt.answer.stream) in refusal.rule
    assert receipt.answer.events == 2


async def test_many_desks_never_give_an_address_to_two_customers(log_url: str) -> None:
    chance = random.Random(7)  # noqa: S311 -- chance that can be repeated, no secret
    handles = ["Lan", "lan ", "MINH", "minh"]
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(opened(log_url)) for _ in range(4)]
        customers = [await registered(desks[0]) for _ in range(3)]

        async def work(desk: ServiceDesk) -> list[CommandResult | Refusal]:
            answers: list[CommandResult | Refusal] = []
            for _ in range(40):
                handle, customer = chance.choice(handles), chance.choice(customers)
                command: c.AddressCommand = (
                    c.RemoveAddress(channel="zalo", handle=handle)
                    if chance.random() < 0.4
                    else c.AddAddress(channel="zalo", handle=handle, shared=chance.random() < 0.3)
                )
                try:
                    answers.append(await desk.handle(customer, command, by()))
                except Refusal as refusal:
                    answers.append(refusal)
            return answers

        answers = [answer for of_desk in await asyncio.gather(*map(work, desks)) for answer in of_desk]
    assert {type(answer) for answer in answers} == {CommandResult, Refusal}
    assert max(owners_at_every_position(log_url), default=0) >= 1


def owners_at_every_position(log_url: str) -> list[int]:
    """How many owners the address of an event had after its command; fails where that is against the rules."""
    customers: defaultdict[UUID, Customer] = defaultdict(Customer)
    claims: defaultdict[UUID, AddressClaim] = defaultdict(AddressClaim)
    keys: dict[UUID, tuple[str, str]] = {}
    counts = []
    for event in recorded(log_url):
        if event.topic.startswith("customer."):
            customers[event.stream] = evolve_customer(customers[event.stream], event.payload, event.occurred_at)
            continue
        claims[event.stream] = evolve(claims[event.stream], event.payload, event.occurred_at)
        keys[event.stream] = (event.payload.channel, event.payload.key)
        owners = dict(claims[event.stream].owners)
        assert len(owners) < 2 or all(owners.values())
        holders = {
            holder
            for holder, state in customers.items()
            if keys[event.stream] in {(address.channel, address.key) for address in state.addresses}
        }
        assert holders == owners.keys()
        counts.append(len(owners))
    return counts
