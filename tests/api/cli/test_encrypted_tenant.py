"""The command line on an encrypted tenant: it writes and reads what it does on a plain one."""

import io
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.key_store.setup import KEY_FILE, URL, must_be_unused
from api.settings import utc_now
from benchmarks.databases import empty_database
from domain.personal_data.encrypted import PREFIX
from tests.support.command_line import Run
from tests.support.server_users import conninfo_of, user_process

TENANTS = ("plain", "encrypted")


@pytest.fixture
def run(run: Run, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The command line with a key store."""
    with empty_database(database_url) as keys:
        monkeypatch.setenv(URL, keys)
        monkeypatch.setenv(KEY_FILE, str(tmp_path / "key_encryption_key"))
        yield run


def told(run: Run, *words: str) -> str:
    """What a command answers; it must succeed."""
    answer = run(*words)
    assert answer.code == 0, answer.err + answer.out
    return answer.out


def events_before(lines: str, end: datetime) -> list[dict[str, Any]]:
    """The exported events that happened before an instant, without what differs between two recordings.

    The watch records alerts when it comes to them: after the simulation, or not before it ends.
    """
    events = [json.loads(line) for line in lines.splitlines()]
    return [
        {name: value for name, value in event.items() if name not in {"event_id", "recorded_at"}}
        for event in events
        if datetime.fromisoformat(event["occurred_at"]) < end and not event["topic"].startswith("ticket.sla_")
    ]


def test_a_simulated_desk_is_the_same_in_an_encrypted_tenant(run: Run, database_url: str) -> None:
    told(run, "migrate", "--tenant", "plain", "--without-encryption")
    exported, began = {}, utc_now()
    for tenant in TENANTS:
        told(run, "simulate", "--days", "8", "--tickets-per-day", "4", "--tenant", tenant)
        lines = told(run, "export", "events", "--format", "jsonl", "--tenant", tenant)
        exported[tenant] = events_before(lines, began)
        told(run, "doctor", "--compare", "--tenant", tenant)
    assert len(exported["plain"]) > 50
    topics = {tenant: [event["topic"] for event in events] for tenant, events in exported.items()}
    assert topics["encrypted"] == topics["plain"]
    payloads = {tenant: [event["payload"] for event in events] for tenant, events in exported.items()}
    assert payloads["encrypted"] == payloads["plain"]
    with psycopg.connect(database_url) as connection:
        for tenant, expected in (("plain", False), ("encrypted", True)):
            row = connection.execute(
                f"select bool_or(starts_with(state, %s)) from tenant_{tenant}.events", [PREFIX]
            ).fetchone()
            assert row == (expected,)


def test_doctor_says_whether_personal_data_is_encrypted(run: Run) -> None:
    told(run, "migrate", "--tenant", "encrypted")
    told(run, "migrate", "--tenant", "plain", "--without-encryption")
    seen = {
        tenant: {check["check"]: check for check in json.loads(told(run, "doctor", "--json", "--tenant", tenant))}
        for tenant in TENANTS
    }
    assert seen["encrypted"]["personal data"]["seen"] == "encrypted since the first event"
    assert seen["plain"]["personal data"]["seen"].startswith("not encrypted, because")
    told(run, "migrate", "--encrypt", "--tenant", "plain")
    checks = json.loads(told(run, "doctor", "--json", "--tenant", "plain"))
    assert [check["seen"] for check in checks if check["check"] == "personal data"] == [
        "encrypted since the first event"
    ]


def test_a_data_folder_whose_key_file_is_lost_goes_on_with_a_new_store(
    run: Run, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", URL, KEY_FILE):
        monkeypatch.delenv(name)
    monkeypatch.setenv("TICKETLEDGER_DATA", str(data_folder))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with user_process(data_folder) as program:  # the server works until the end
        conninfo = conninfo_of(program)
        told(run, "simulate", "--days", "5", "--tickets-per-day", "2")
        (data_folder / "key_encryption_key").unlink()
        lost = run("doctor", "--json")
        assert lost.code == 1
        assert "bring its key file back, which is key_encryption_key in a data folder" in lost.out
        report = ("keystore", "report-loss", "--why", "the file is gone", "--actor", "lan")
        with psycopg.connect(conninfo) as session:
            must_be_unused(conninfo, ending=30, sleep=lambda _: session.close())  # it waits for a session that ends
        with psycopg.connect(conninfo):
            assert "stop them first" in run("keystore", "put-aside", "--yes").err
        refused = run("keystore", "put-aside")
        assert refused.code == 2
        assert "Go on?" in refused.out + refused.err
        new_store = run("keystore", "put-aside", "--yes").err.split()[-2:]
        aside = {check["check"]: check["seen"] for check in run("doctor", "--json").json}
        for sentence in ("put aside: ticketledger_keys_2", "bring the first one back", " ".join(new_store)):
            assert sentence in aside["personal data"]
        told(run, *report, *new_store)
        told(run, "keystore", "confirm-loss", "--actor", "mai", *new_store)
        told(run, "rebuild")
        assert "[lost]" in told(run, "history", "--kind", "ticket.received", "--json")
        told(run, "doctor", "--compare")
