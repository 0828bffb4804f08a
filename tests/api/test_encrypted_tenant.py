"""Imports, the feed and what-ifs of an encrypted tenant, beside a plain tenant that is told the same: the control."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from httpx import Response

from api.http import what_if_process
from api.importing.importer import import_file
from api.importing.outcome import ImportResult
from api.importing.records.importer import import_records
from api.importing.records.outcome import RecordsResult
from api.key_store.store import PostgresKeyStore
from api.migrations import migrate
from domain.event_log import reader
from domain.personal_data.encrypted import key_id_of
from tests.support.importing.histories import mapping, row, write
from tests.support.importing.records import mapping_named
from tests.support.key_stores import encrypt, key_store
from tests.support.serving import Served, make_key, serving

PLAIN, ENCRYPTED = TENANTS = ("plain", "encrypted")
CANARY = "chimhoangyen"
CUSTOMERS = (
    f"id,name,tier,email,phone,city\nC1,{CANARY} An,gold,{CANARY}@example.vn,,Huế\nC2,Bình,gold,,0912345678,Huế\n"
)
TICKETS = [
    row(status, minute, customer=f"{CANARY}-1", note=CANARY) for status, minute in (("New", 0), ("Resolved", 60))
]


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[PostgresKeyStore]:
    """The key store of ENCRYPTED; both tenants are empty."""
    for tenant in TENANTS:
        migrate(database_url, tenant)
    with key_store(database_url, tmp_path) as made:
        encrypt(database_url, ENCRYPTED, made)
        yield made


@pytest.fixture
def desk(database_url: str, store: PostgresKeyStore) -> Iterator[Callable[[str], Served]]:  # noqa: ARG001 -- it is used while the desk serves
    """The desk over HTTP as the key of a tenant sees it."""
    with serving(database_url) as served:
        yield lambda tenant: served.as_key(make_key(database_url, tenant=tenant))


def holding_canary(dsn: str, tenant: str) -> set[str]:
    """The tables that every write goes to and that hold the canary."""
    with psycopg.connect(dsn) as connection:
        return {
            table
            for table in ("events", "commands", "snapshots")
            if connection.execute(
                f"select 1 from tenant_{tenant}.{table} t where t::text like %s limit 1", [f"%{CANARY}%"]
            ).fetchone()
        }


def payloads_of(dsn: str, tenant: str) -> list[tuple[str, dict[str, Any]]]:
    """Topic and payload of each event; ids made of names are others in an encrypted tenant."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        events = reader.page(connection, tenant, 0, 1_000)
    return [(event.topic, event.payload.model_dump(exclude={"customer_id"})) for event in events]


@pytest.mark.usefixtures("store")
def test_an_import_says_the_same_in_an_encrypted_tenant_and_stores_no_personal_word(
    database_url: str, tmp_path: Path
) -> None:
    customers, tickets, rejects = (tmp_path / f"{name}.csv" for name in ("customers", "tickets", "rejects"))
    customers.write_text(CUSTOMERS, encoding="utf-8")
    write(tickets, TICKETS)

    def imported(tenant: str) -> tuple[RecordsResult, ImportResult]:
        records = import_records(database_url, tenant, customers, mapping_named("customers"), rejects)
        with psycopg.connect(database_url, autocommit=True) as connection:
            return records, import_file(connection, tenant, tickets, mapping(), rejects)

    first = {tenant: imported(tenant) for tenant in TENANTS}
    assert first[ENCRYPTED] == first[PLAIN]
    assert [result.recorded for result in first[ENCRYPTED]] == [2, 2]
    assert payloads_of(database_url, ENCRYPTED) == payloads_of(database_url, PLAIN)
    assert CANARY in str(payloads_of(database_url, ENCRYPTED))
    assert [(result.known, result.events) for result in imported(ENCRYPTED)] == [(2, 0), (2, 0)]
    assert holding_canary(database_url, ENCRYPTED) == set()
    assert holding_canary(database_url, PLAIN) == {"commands", "events"}


def test_the_feed_of_an_encrypted_tenant_says_what_was_written_until_the_keys_are_destroyed(
    database_url: str, desk: Callable[[str], Served], store: PostgresKeyStore
) -> None:
    def subjects(tenant: str) -> list[str]:
        events = desk(tenant).get("/v1/events").json()["events"]
        return [event["payload"]["subject"] for event in events if event["topic"] == "ticket.received"]

    for tenant in TENANTS:
        desk(tenant).receive(subject=CANARY)
    assert [subjects(tenant) for tenant in TENANTS] == [[CANARY], [CANARY]]
    assert holding_canary(database_url, ENCRYPTED) == set()
    assert "events" in holding_canary(database_url, PLAIN)
    with psycopg.connect(database_url) as connection:
        states = [row[-1] for row in reader.page_rows(connection, ENCRYPTED, 0, 1_000)]
    store.destroy({key for state in states if (key := key_id_of(state)) is not None})
    assert [subjects(tenant) for tenant in TENANTS] == [[CANARY], ["[erased]"]]


def test_a_what_if_of_an_encrypted_tenant_judges_the_same_and_not_without_the_key_store(
    desk: Callable[[str], Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is judged in a process of its own, which gets the key stores of its parent."""

    def judged(tenant: str) -> Response:
        return desk(tenant).post("/v1/sla/whatif", {"policy": {"name": "Half", "rules": [{"resolution": "30m"}]}})

    for tenant in TENANTS:
        ticket = desk(tenant).receive(subject=CANARY, occurred_at="2026-03-02T08:00:00Z", priority="P1")
        desk(tenant).post(f"{ticket}/resolve", {"resolution": CANARY, "occurred_at": "2026-03-02T08:50:00Z"})
    plain, encrypted = (judged(tenant).json() for tenant in TENANTS)
    compared = ("sides", "tickets", "groups", "switches", "changed_tickets")
    assert [encrypted[name] for name in compared] == [plain[name] for name in compared]
    assert encrypted["changed_tickets"] == {"Half": 1}
    monkeypatch.setattr(what_if_process, "stores_in_use", tuple)
    assert [judged(tenant).status_code for tenant in TENANTS] == [200, 503]
