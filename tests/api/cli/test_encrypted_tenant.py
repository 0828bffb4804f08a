"""The command line on an encrypted tenant: it writes and reads what it does on a plain one."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.key_store.setup import KEY_FILE, URL
from benchmarks.databases import empty_database
from domain.personal_data.encrypted import PREFIX
from tests.support.programs import COMMAND_LINE, on_database

TENANTS = ("plain", "encrypted")


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of programs with a key store."""
    with empty_database(database_url) as keys:
        yield on_database(database_url, **{URL: keys, KEY_FILE: str(tmp_path / "key_encryption_key")})


def told(environment: dict[str, str], *words: str, code: int = 0) -> str:
    """What a command answers; it ends with ``code``."""
    done = subprocess.run([*COMMAND_LINE, *words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout


def said(lines: str) -> list[dict[str, Any]]:
    """The exported events without what differs between two recordings."""
    events = [json.loads(line) for line in lines.splitlines()]
    return [
        {name: value for name, value in event.items() if name not in {"event_id", "recorded_at"}} for event in events
    ]


def test_a_simulated_desk_is_the_same_in_an_encrypted_tenant(environment: dict[str, str], database_url: str) -> None:
    told(environment, "migrate", "--tenant", "plain", "--without-encryption")
    exported = {}
    for tenant in TENANTS:
        told(environment, "simulate", "--days", "8", "--tickets-per-day", "4", "--tenant", tenant)
        exported[tenant] = said(told(environment, "export", "events", "--format", "jsonl", "--tenant", tenant))
        told(environment, "doctor", "--compare", "--tenant", tenant)
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


def test_doctor_says_whether_personal_data_is_encrypted(environment: dict[str, str]) -> None:
    told(environment, "migrate", "--tenant", "encrypted")
    told(environment, "migrate", "--tenant", "plain", "--without-encryption")
    seen = {
        tenant: {
            check["check"]: check for check in json.loads(told(environment, "doctor", "--json", "--tenant", tenant))
        }
        for tenant in TENANTS
    }
    assert seen["encrypted"]["personal data"]["seen"] == "encrypted since the first event"
    assert seen["plain"]["personal data"]["seen"].startswith("not encrypted, because")
    told(environment, "migrate", "--encrypt", "--tenant", "plain")
    checks = json.loads(told(environment, "doctor", "--json", "--tenant", "plain"))
    assert [check["seen"] for check in checks if check["check"] == "personal data"] == [
        "encrypted since the first event"
    ]


def test_a_data_folder_whose_key_file_is_lost_goes_on_with_a_new_store(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", URL, KEY_FILE}}
    environment["TICKETLEDGER_DATA"] = str(tmp_path / "data")
    told(environment, "simulate", "--days", "1", "--tickets-per-day", "2")
    (tmp_path / "data" / "key_encryption_key").unlink()
    assert "is not configured here" in told(environment, "doctor", "--json", code=1)
    told(environment, "keystore", "put-aside", "--yes")
    told(environment, "keystore", "report-loss", "--why", "the file is gone", "--actor", "lan")
    told(environment, "keystore", "confirm-loss", "--actor", "mai")
    told(environment, "rebuild")
    assert "[lost]" in told(environment, "history", "--kind", "ticket.received", "--json")
    told(environment, "doctor", "--compare")
