"""Two desks verify one key for two customers in the same millisecond: one wins, and the control shows why."""

import asyncio
from uuid import UUID

import pytest

from domain.command_handling import customer_handlers
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.customer import commands as c
from domain.customer.address_claim import AddressClaim, evolve
from domain.customer.address_keys import WrittenAddress, keys_of
from domain.ids import new_id
from domain.refusal import Refusal
from tests.support.desks import by, locked_head, opened, recorded

pytestmark = pytest.mark.anyio

SPELLINGS = ("0901 234 567", "+84 (0)901 234567")


async def registered(desk: ServiceDesk) -> UUID:
    stream = new_id()
    await desk.handle(stream, c.RegisterCustomer(name="Mai"), by())
    return stream


async def verified_at_once(log_url: str) -> list[CommandResult | BaseException]:
    """What two desks, whose clocks stand still, answer to the verification of one key for two customers."""
    async with opened(log_url) as first, opened(log_url) as second:
        customers = [await registered(first), await registered(second)]
        async with locked_head(log_url):
            asking = [
                asyncio.create_task(
                    desk.handle(customer, c.VerifyAddress(channel="phone", handle=handle, method="code"), by())
                )
                for desk, customer, handle in zip((first, second), customers, SPELLINGS, strict=True)
            ]
            await asyncio.sleep(0)
        return await asyncio.gather(*asking, return_exceptions=True)


def owners(log_url: str) -> set[UUID]:
    claim = AddressClaim()
    for event in recorded(log_url):
        if event.topic.startswith("address."):
            claim = evolve(claim, event.payload, event.occurred_at)
    return {owner for owner, _ in claim.owners}


async def test_two_customers_that_verify_one_key_in_the_same_millisecond_have_one_owner(log_url: str) -> None:
    answers = await verified_at_once(log_url)
    (refusal,) = [answer for answer in answers if isinstance(answer, Refusal)]
    (receipt,) = [answer for answer in answers if isinstance(answer, CommandResult)]
    assert refusal.code == "address_taken"
    assert "901" not in str(refusal)
    assert "Mai" not in str(refusal)
    assert owners(log_url) == {receipt.answer.stream}


async def test_without_the_claim_stream_both_would_win(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    streams: dict[WrittenAddress, dict[str, UUID]] = {}

    def of_each_spelling(written: WrittenAddress) -> dict[str, UUID]:
        """The unsafe variant: claims that the command with the other spelling does not read."""
        return streams.setdefault(written, {key: new_id() for key in keys_of(written).values()})

    monkeypatch.setattr(customer_handlers, "_claims_at", of_each_spelling)
    won = await verified_at_once(log_url)
    assert [type(answer) for answer in won] == [CommandResult, CommandResult]
    assert len(owners(log_url)) == 2


async def test_a_into_b_and_b_into_a_at_once_is_one_merge(log_url: str) -> None:
    async with opened(log_url) as first, opened(log_url) as second:
        a, b = await registered(first), await registered(second)
        async with locked_head(log_url):
            asking = [
                asyncio.create_task(first.handle(a, c.MergeCustomer(into=b, reason="r"), by())),
                asyncio.create_task(second.handle(b, c.MergeCustomer(into=a, reason="r"), by())),
            ]
            await asyncio.sleep(0)
        answers = await asyncio.gather(*asking, return_exceptions=True)
    (refusal,) = [answer for answer in answers if isinstance(answer, Refusal)]
    (receipt,) = [answer for answer in answers if isinstance(answer, CommandResult)]
    assert refusal.code == "customer_merged"
    assert refusal.ids == {"merged_into": b if receipt.answer.stream == a else a}
