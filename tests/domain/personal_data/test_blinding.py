"""Ids and hashes of personal values in a log that is encrypted from its beginning."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.key_store.store import PostgresKeyStore
from domain.command_handling.command_request import CommandRequest
from domain.command_handling.pending_command import CommandIdReused
from domain.customer.address_claim import address_stream
from domain.customer.commands import AddAddress, RegisterCustomer
from domain.event_log import reader
from domain.ids import new_id
from domain.personal_data.blinding import Blinding
from domain.refusal import Refusal
from tests.support.desks import by, opened
from tests.support.key_stores import encrypt, key_store
from tests.support.log import TENANT

pytestmark = pytest.mark.anyio
ADDRESS = AddAddress(channel="zalo", handle="lan-0901")
ALIAS = address_stream("zalo", "lan-0901")


@pytest.fixture
def store(log_url: str, tmp_path: Path) -> Iterator[PostgresKeyStore]:
    """The key store of TENANT, whose log is empty and encrypted."""
    with key_store(log_url, tmp_path) as store:
        encrypt(log_url, TENANT, store)
        yield store


async def test_an_address_has_one_owner_and_its_stream_is_no_plain_hash(log_url: str, store: PostgresKeyStore) -> None:
    first, second = new_id(), new_id()
    async with opened(log_url) as desk:
        for customer in (first, second):
            await desk.handle(customer, RegisterCustomer(name="Lan"), by())
        await desk.handle(first, ADDRESS, by())
        with pytest.raises(Refusal):
            await desk.handle(second, ADDRESS, by())
    with psycopg.connect(log_url, autocommit=True) as connection:
        claims = [event for event in reader.page(connection, TENANT, 0, 100) if event.kind == "address"]
    blinding = Blinding(store.blind_key(TENANT))
    assert [claim.stream for claim in claims] == [blinding.stream_of(ALIAS)]
    assert claims[0].payload.key == "lan-0901"


async def test_a_repeated_command_is_known_and_its_fingerprint_is_no_plain_hash(
    log_url: str, store: PostgresKeyStore
) -> None:
    customer, context = new_id(), by("once")
    command = RegisterCustomer(name="Lan")
    async with opened(log_url) as desk:
        await desk.handle(customer, command, context)
        assert (await desk.handle(customer, command, context)).repeated
        with pytest.raises(CommandIdReused):
            await desk.handle(customer, RegisterCustomer(name="Mai"), context)
    with psycopg.connect(log_url, autocommit=True) as connection:
        rows = connection.execute(f"select fingerprint from tenant_{TENANT}.commands").fetchall()
    plain = CommandRequest.of(customer, command, context)
    assert rows == [(plain.blinded(Blinding(store.blind_key(TENANT))).fingerprint,)]
    assert rows != [(plain.fingerprint,)]


def test_tenants_have_hashes_of_their_own(store: PostgresKeyStore) -> None:
    of_one, of_other = Blinding(store.blind_key("one")), Blinding(store.blind_key("other"))
    assert of_one.text_of("0901") != of_other.text_of("0901")
    assert of_one.stream_of(ALIAS) != of_other.stream_of(ALIAS)
    assert of_one.text_of("0901") == Blinding(store.blind_key("one")).text_of("0901")


async def test_a_log_with_events_from_before_encryption_keeps_its_hashes(log_url: str, tmp_path: Path) -> None:
    customer = new_id()
    async with opened(log_url) as desk:
        await desk.handle(customer, RegisterCustomer(name="Lan"), by())
    with key_store(log_url, tmp_path) as store:
        encrypt(log_url, TENANT, store)
        async with opened(log_url) as desk:
            await desk.handle(customer, ADDRESS, by())
        with psycopg.connect(log_url, autocommit=True) as connection:
            assert reader.page(connection, TENANT, 0, 100)[-1].stream == ALIAS
