"""A log whose personal data is encrypted: what it stores, what it reads as, and what does not open."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from api.key_store.store import PostgresKeyStore
from domain.event_log import reader
from domain.event_log.codec import UnreadableEvent
from domain.event_log.store import LogUnavailable
from domain.event_log.tables import LOG, make_once
from domain.ids import new_id
from domain.personal_data.data_keys import KeysUnavailable
from domain.personal_data.encrypted import PREFIX, key_id_of
from domain.ticket.commands import AddNote
from tests.support.desks import RECEIVE, by, opened, recorded
from tests.support.key_stores import encrypt, key_store
from tests.support.log import TENANT, append, batch
from tests.support.registered import register

pytestmark = pytest.mark.anyio
WORDS = "những lời của Lan"


@pytest.fixture
def store(log_url: str, tmp_path: Path) -> Iterator[PostgresKeyStore]:
    """The key store of TENANT, whose log is empty and encrypted."""
    with key_store(log_url, tmp_path) as store:
        encrypt(log_url, TENANT, store)
        register(log_url, RECEIVE.customer_id, tenant=TENANT)
        yield store


def stored(url: str) -> list[str]:
    """The stored texts of the log."""
    with psycopg.connect(url, autocommit=True) as connection:
        return [row[-1] for row in reader.page_rows(connection, TENANT, 0, 1_000)]


async def written(url: str) -> UUID:
    """A ticket whose events hold WORDS in the payload and as the reason."""
    ticket = new_id()
    async with opened(url) as desk:
        await desk.handle(ticket, RECEIVE.model_copy(update={"subject": WORDS}), by())
        await desk.handle(ticket, AddNote(body=WORDS, reason=WORDS), by())
    return ticket


@pytest.mark.usefixtures("store")
async def test_personal_values_are_stored_encrypted_and_read_in_clear(log_url: str) -> None:
    await written(log_url)
    texts = stored(log_url)
    assert all(text.startswith(PREFIX) for text in texts)
    assert not any(WORDS in text for text in texts)
    received, note = recorded(log_url)
    assert (received.payload.subject, note.payload.body, note.envelope.reason) == (WORDS, WORDS, WORDS)


async def test_a_destroyed_key_leaves_erased_values(log_url: str, store: PostgresKeyStore) -> None:
    await written(log_url)
    keys = {key for text in stored(log_url)[1:] if (key := key_id_of(text))}
    destroyed = store.destroy(keys)
    assert {key.key_id for key in destroyed} == keys
    assert store.destroy(keys) == destroyed
    received, note = recorded(log_url)
    assert (received.payload.subject, note.payload.body, note.envelope.reason) == ("[erased]",) * 3
    assert received.payload.customer_id == RECEIVE.customer_id


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "change",
    [
        "stream = gen_random_uuid()",
        "version = version + 1",
        "topic = 'ticket.reply_sent'",
        "state = replace(state, '.@reason,body.', '.body.')",
        "state = (select other.state from tenant_acme.events other where other.position = 2)",
        "state = overlay(state placing 'AAAA' from 80)",
        "state = left(state, 30)",
    ],
)
async def test_a_ciphertext_that_was_moved_does_not_open(log_url: str, change: str) -> None:
    await written(log_url)
    with psycopg.connect(log_url, autocommit=True) as connection:
        connection.execute(f"update tenant_{TENANT}.events set {change} where position = 3")
        with pytest.raises(UnreadableEvent, match="event 3 "):
            reader.page(connection, TENANT, 0, 10)


@pytest.mark.usefixtures("store")
async def test_a_ciphertext_does_not_open_in_another_tenant(log_url: str) -> None:
    await written(log_url)
    with psycopg.connect(log_url, autocommit=True) as connection:
        make_once(connection, "other", LOG)
        connection.execute(f"insert into tenant_other.events select * from tenant_{TENANT}.events")
        with pytest.raises(UnreadableEvent, match="event 1 "):
            reader.page(connection, "other", 0, 10)


@pytest.mark.usefixtures("store")
async def test_a_batch_of_a_program_that_does_not_encrypt_is_refused(log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as connection, pytest.raises(psycopg.DatabaseError) as refused:
        append(connection, batch((new_id(), 0, 1)))
    assert refused.value.sqlstate == "TL002"


async def test_encryption_may_begin_while_a_desk_is_open(log_url: str, tmp_path: Path) -> None:
    register(log_url, RECEIVE.customer_id, tenant=TENANT)
    async with opened(log_url) as desk:
        ticket = new_id()
        await desk.handle(ticket, RECEIVE, by())
        with key_store(log_url, tmp_path) as store:
            encrypt(log_url, TENANT, store)
            with pytest.raises(LogUnavailable, match="has begun"):
                await desk.handle(ticket, AddNote(body=WORDS), by())
            await desk.handle(ticket, AddNote(body=WORDS), by())
            assert [text.startswith(PREFIX) for text in stored(log_url)] == [False, False, True]
            assert recorded(log_url)[-1].payload.body == WORDS


async def test_without_the_key_store_nothing_is_written(log_url: str, tmp_path: Path) -> None:
    with key_store(log_url, tmp_path) as store:
        encrypt(log_url, TENANT, store)
        register(log_url, RECEIVE.customer_id, tenant=TENANT)
    async with opened(log_url) as desk:
        with pytest.raises(KeysUnavailable, match="TICKETLEDGER_KEYS_URL"):
            await desk.handle(new_id(), RECEIVE, by())
    assert len(stored(log_url)) == 1
