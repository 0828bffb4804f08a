"""No personal word stands outside projections: canaries are written through commands, and every other table is read."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import takewhile
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from api.key_store.store import PostgresKeyStore
from domain.command_context import Actor
from domain.command_handling.state_snapshots import EVERY
from domain.customer import commands as customers
from domain.customer.facts import commands as facts
from domain.event_log import reader
from domain.messages import Command
from domain.personal_data.data_keys import using
from domain.personal_data.encrypted import key_id_of
from domain.task import commands as tasks
from domain.ticket import commands as tickets
from projections.engine.rebuild import compare, make_current
from projections.registry import PROJECTIONS
from tests.support.catching_up import catch_up
from tests.support.desks import by, opened
from tests.support.key_stores import encrypt, key_store
from tests.support.log import TENANT

pytestmark = pytest.mark.anyio
CANARY = "chimhoangyen"
END = "end"
"""The last thing that is notified."""
CUSTOMER, TICKET, TASK = UUID(int=1001), UUID(int=1002), UUID(int=1003)
ITSELF = Actor(id=f"{CANARY}-self", kind="customer", on_behalf_of=f"{CANARY}-other")
COMMANDS: list[tuple[UUID, Command]] = [
    (CUSTOMER, customers.RegisterCustomer(name=CANARY, external_reference=f"{CANARY}-crm", reason=CANARY)),
    (CUSTOMER, customers.ChangeCustomerDetails(name=CANARY, details={"school": CANARY})),
    (CUSTOMER, customers.AddAddress(channel="zalo", handle=f"{CANARY}-zalo")),
    (CUSTOMER, facts.AddCustomerNote(about="care", body=CANARY)),
    (CUSTOMER, facts.GiveConsent(purpose="marketing", evidence=CANARY)),
    (CUSTOMER, facts.AnswerNps(score=9, comment=CANARY)),
    (CUSTOMER, facts.RecordCheckIn(channel="hotline", summary=CANARY)),
    (
        TICKET,
        tickets.ReceiveTicket(
            customer_id=CUSTOMER, channel="zalo", subject=CANARY, body=CANARY, category="internet", priority="P2"
        ),
    ),
    (TICKET, tickets.ChangeSubject(subject=f"{CANARY} 2", reason=CANARY)),
    (TICKET, tickets.AddNote(body=CANARY, reason=CANARY)),
    (TICKET, tickets.ReceiveMessage(body=CANARY)),
    (TICKET, tickets.SendReply(body=CANARY)),
    (TICKET, tickets.StartWork()),
    (TICKET, tickets.ResolveTicket(resolution=CANARY)),
    (TICKET, tickets.RateSatisfaction(score=5, comment=CANARY)),
    (TASK, tasks.OpenTask(title=CANARY, about=TICKET, about_kind="ticket", due_at=None)),
    *((CUSTOMER, facts.AddCustomerNote(about="care", body=f"{CANARY} {number}")) for number in range(EVERY)),
]
PERSONAL = {name for table in PROJECTIONS for name in (each.name for each in table.tables)}


@contextmanager
def listening(url: str) -> Iterator[psycopg.Connection]:
    """A connection that hears everything that the tenant's schema says."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"listen tenant_{TENANT}")
        connection.execute(f"listen tenant_{TENANT}_projected")
        yield connection


async def written(url: str) -> list[str]:
    """Gives the commands and projects them; returns what was notified."""
    with listening(url) as connection:
        async with opened(url) as desk:
            for stream, command in COMMANDS:
                await desk.handle(stream, command, by())
            await desk.handle(TICKET, tickets.ReceiveMessage(body=CANARY), by(actor=ITSELF))
        make_current(url, TENANT, PROJECTIONS)
        catch_up(url, TENANT)
        with psycopg.connect(url, autocommit=True) as last:
            last.execute("select pg_notify(%s, %s)", [f"tenant_{TENANT}", END])
        with closing(connection.notifies(timeout=60)) as heard:
            return list(takewhile(lambda payload: payload != END, (notify.payload for notify in heard)))


def leaks(url: str) -> set[str]:
    """The tables of the tenant with a canary, without those of projections."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = %s and table_type = 'BASE TABLE'",
            [f"tenant_{TENANT}"],
        ).fetchall()
        return {
            name
            for (name,) in names
            if name not in PERSONAL
            and connection.execute(
                f"select 1 from tenant_{TENANT}.{name} t where t::text ilike %s limit 1", [f"%{CANARY}%"]
            ).fetchone()
        }


async def test_in_an_encrypted_log_no_table_but_projections_holds_a_personal_word(
    log_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with key_store(log_url, tmp_path) as store:
        encrypt(log_url, TENANT, store)
        notified = await written(log_url)
        assert notified
        assert not any(CANARY in payload for payload in notified)
        assert CANARY not in caplog.text
        assert leaks(log_url) == set()
        with psycopg.connect(log_url, autocommit=True) as connection:
            events = reader.page(connection, TENANT, 0, 1_000)
            snapshots = connection.execute(f"select count(*) from tenant_{TENANT}.snapshots").fetchone()
        assert snapshots is not None
        assert snapshots[0] > 0
        assert sum(CANARY in str(event) for event in events) >= len(COMMANDS)
        assert [each for each in compare(log_url, TENANT, PROJECTIONS) if not each.same] == []


async def test_without_encryption_the_same_search_finds_them(log_url: str) -> None:
    await written(log_url)
    assert leaks(log_url) >= {"events", "snapshots"}


async def test_a_snapshot_has_a_key_of_an_event_of_its_stream_also_when_another_process_makes_it(
    log_url: str, tmp_path: Path
) -> None:
    """So destroying the keys of a person's events destroys every snapshot, those in backups too."""
    with key_store(log_url, tmp_path) as store:
        encrypt(log_url, TENANT, store)
        await written(log_url)
        with psycopg.connect(log_url, autocommit=True) as connection:
            connection.execute(f"delete from tenant_{TENANT}.snapshots")
        with closing(PostgresKeyStore(store.url, store.key_file)) as other, using(other):
            ticket = tickets.ReceiveTicket(
                customer_id=CUSTOMER, channel="zalo", subject=CANARY, category="internet", priority="P2"
            )
            async with opened(log_url) as desk:
                await desk.handle(UUID(int=1004), ticket, by())  # it reads the customer, and records nothing of it
        with psycopg.connect(log_url, autocommit=True) as connection:
            snapshots = connection.execute(f"select stream, state from tenant_{TENANT}.snapshots").fetchall()
            events = connection.execute(f"select stream, state from tenant_{TENANT}.events").fetchall()
    used = {(stream, key_id_of(state)) for stream, state in events}
    assert snapshots
    assert [stream for stream, state in snapshots if (stream, key_id_of(state)) not in used] == []


async def test_a_desk_that_begins_anew_reads_encrypted_snapshots_and_passes_over_lost_ones(
    log_url: str, tmp_path: Path
) -> None:
    with key_store(log_url, tmp_path) as store:
        encrypt(log_url, TENANT, store)
        await written(log_url)
        async with opened(log_url) as desk:
            first = await desk.handle(CUSTOMER, facts.AddCustomerNote(about="care", body=CANARY), by())
        with psycopg.connect(log_url, autocommit=True) as connection:
            connection.execute(f"update tenant_{TENANT}.snapshots set state = overlay(state placing 'AAAA' from 60)")
        async with opened(log_url) as desk:
            second = await desk.handle(CUSTOMER, facts.AddCustomerNote(about="care", body=CANARY), by())
    assert second.answer.version == first.answer.version + 1
