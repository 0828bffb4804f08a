"""A log from before there were claims: its addresses are claimed when a process starts."""

from uuid import UUID

import psycopg
import pytest

from api.address_claims import claim_addresses
from api.migrations import migrate
from domain.command_context import Actor, CommandContext
from domain.command_handling.decide import EMPTY, fold
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.address_claim import address_key, address_stream
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.refusal import Refusal
from tests.support.before_claims import record

pytestmark = pytest.mark.anyio

TENANT = "default"
AGENT = Actor(id="linh", kind="agent")
LAN, MINH, VY = (UUID(int=number) for number in (1, 2, 3))
REGISTERED = e.CustomerRegistered(name="Mai")
EMAIL = e.AddressAdded(channel="email", handle="Mai@example.vn")
PHONE = e.AddressAdded(channel="phone", handle="+84 28 3812 3456")


def owners(url: str, channel: str, handle: str) -> dict[UUID, bool]:
    stream = address_stream(*address_key(channel, handle))
    with psycopg.connect(url, autocommit=True) as connection:
        histories = reader.streams(connection, TENANT, [stream], 10_000)
    return dict(fold(EMPTY, histories[stream]).state.owners) if histories else {}


async def ask(url: str, stream: UUID, command: c.AddressCommand) -> CommandResult:
    desk = ServiceDesk(LogConnection(url, TENANT))
    try:
        return await desk.handle(stream, command, CommandContext(AGENT, str(new_id())))
    finally:
        await desk.close()


async def test_the_addresses_of_an_older_release_belong_to_those_who_had_them(database_url: str) -> None:
    record(database_url, LAN, [REGISTERED, EMAIL, PHONE, e.AddressRemoved(channel=PHONE.channel, handle=PHONE.handle)])
    record(database_url, MINH, [REGISTERED])
    migrate(database_url)
    assert owners(database_url, "email", "mai@EXAMPLE.vn") == {LAN: False}
    assert owners(database_url, "phone", PHONE.handle) == {}
    with pytest.raises(Refusal, match=str(LAN)):
        await ask(database_url, MINH, c.AddAddress(channel="email", handle="mai@example.vn"))


async def test_an_address_that_two_customers_had_is_shared_and_lost_to_neither(database_url: str) -> None:
    for stream in (LAN, MINH):
        record(database_url, stream, [REGISTERED, PHONE])
    record(database_url, VY, [REGISTERED])
    migrate(database_url)
    assert owners(database_url, "phone", PHONE.handle) == {LAN: True, MINH: True}
    add = c.AddAddress(channel="phone", handle=PHONE.handle)
    assert (await ask(database_url, LAN, add)).answer.events == 0
    with pytest.raises(Refusal, match=f"{LAN}, {MINH}"):
        await ask(database_url, VY, add)
    await ask(database_url, LAN, c.RemoveAddress(channel="phone", handle=PHONE.handle))
    assert owners(database_url, "phone", PHONE.handle) == {MINH: True}


def test_nothing_is_claimed_twice_and_what_an_older_process_adds_later_is_claimed_at_the_next_start(
    database_url: str,
) -> None:
    record(database_url, LAN, [REGISTERED, PHONE])
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert [claim_addresses(connection, TENANT) for _ in range(2)] == [1, 0]
        record(database_url, MINH, [REGISTERED, PHONE, EMAIL])
        assert [claim_addresses(connection, TENANT) for _ in range(2)] == [3, 0]
        connection.execute("update tenant_default.addresses_claimed set up_to = 0")
        assert claim_addresses(connection, TENANT) == 0
    assert owners(database_url, "phone", PHONE.handle) == {LAN: True, MINH: True}
    assert owners(database_url, "email", EMAIL.handle) == {MINH: False}
