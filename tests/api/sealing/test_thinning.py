"""Old checkpoints are thinned to one for each day, and every proof stays right."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import Connection

from api.sealing import tree_store
from api.sealing.key_events import public_keys
from api.sealing.proofs import consistency, inclusion
from api.sealing.publishing import step_to
from domain.checkpoint.note import Note
from domain.checkpoint.witness import verify_advance
from tests.support.command_line import Run
from tests.support.log import DEFAULT
from tests.support.sealing import all_checkpoints, record, sealer_of

DAYS_AGO = (500, 500, 500, 450, 450, 10, 10)
"""The age of each checkpoint."""


@pytest.fixture
def sealed(connection: Connection, database_url: str, key: Path) -> Connection:
    """A log with a checkpoint of each age, and no other."""
    for _ in DAYS_AGO:
        record(connection, 20)
        sealer_of(database_url, key).catch_up(connection)
    for checkpoint, days in zip(checkpoints(connection), DAYS_AGO, strict=True):
        aged = "update tenant_default.checkpoints set signed_at = date_trunc('day', now(), 'UTC') + %s where size = %s"
        connection.execute(aged, [timedelta(hours=12) - timedelta(days=days), checkpoint.size])
    return connection


def checkpoints(connection: Connection) -> list[tree_store.StoredCheckpoint]:
    return list(all_checkpoints(connection))


def test_the_last_checkpoint_of_each_old_day_stays_and_every_younger_one(sealed: Connection, run: Run) -> None:
    before = checkpoints(sealed)
    assert json.loads(run("thin-checkpoints", "--json").out) == {"removed": 3, "days": 400}
    assert checkpoints(sealed) == [before[2], before[4], before[5], before[6]]
    assert json.loads(run("thin-checkpoints", "--json").out) == {"removed": 0, "days": 400}
    entries = json.loads(run("history", "--access", "--action", "trimmed", "--json").out)
    assert [(entry["what"], entry["rows"]) for entry in entries] == [("ticketledger thin-checkpoints", 3)]


@pytest.mark.usefixtures("sealed")
def test_a_log_that_is_not_sealed_any_more_keeps_its_newest_checkpoint(connection: Connection, run: Run) -> None:
    connection.execute("update tenant_default.checkpoints set signed_at = now() - interval '900 days'")
    newest = checkpoints(connection)[-1]
    run("thin-checkpoints")
    assert checkpoints(connection) == [newest]


def test_every_proof_stays_right_and_a_forgery_is_still_found(sealed: Connection, run: Run) -> None:
    before = checkpoints(sealed)
    run("thin-checkpoints")
    newest = before[-1]
    keys = public_keys(sealed, DEFAULT, "events")
    for kept in before[:-1]:
        proven = consistency(sealed, DEFAULT, "events", kept.size)
        assert proven.old_root == kept.root.hex()
        verify_advance(Note.of(kept.note), step_to(sealed, DEFAULT, "events", kept.size, newest), keys)
    assert all(inclusion(sealed, DEFAULT, "events", position).unchanged for position in range(1, newest.size + 1))
    with pytest.raises(tree_store.NotSealed, match=f"the next one has {before[2].size}"):
        inclusion(sealed, DEFAULT, "events", 1, before[0].size)
    assert proofs_are_sound(run)
    sealed.execute("update tenant_default.events set state = state || ' ' where position = 3")
    assert not proofs_are_sound(run)


def proofs_are_sound(run: Run) -> bool:
    (finding,) = [each for each in run("doctor", "--proofs", "--json").json if each["check"] == "proofs events"]
    return bool(finding["sound"])
