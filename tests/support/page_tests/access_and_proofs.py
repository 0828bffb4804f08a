"""Entries of the access journal and signed checkpoints of the desk that page tests look at."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from api.access_journal.tables import append_access
from api.sealing.key_events import list_key
from api.sealing.key_file import made_key, read_key
from domain.event_log.database_connections import ADMINISTRATION, connect
from tests.support.log import DEFAULT
from tests.support.sealing import sealer_of

OF_TESTS = "sign_in_failed"
"""The action of the entries; pages that are looked at add others."""


def record_access(dsn: str) -> None:
    """Records failed sign-ins."""
    entry = {"action": OF_TESTS, "what": "GET /desk", "key": "k1", "origin": "192.0.2.7", "outcome": "revoked"}
    times = {"times": 2, "at": "2026-03-02T08:00:00.000Z", "until": "2026-03-02T08:00:01.000Z"}
    with connect(dsn, ADMINISTRATION) as connection:
        append_access(connection, DEFAULT, [json.dumps({**entry, **times}), json.dumps({**entry, **times, "times": 1})])


def seal(dsn: str) -> None:
    """Seals both logs with a key that is lost afterwards."""
    with TemporaryDirectory() as folder, connect(dsn, ADMINISTRATION) as connection:
        key = Path(folder) / "sealing_key"
        made_key(key)
        list_key(connection, DEFAULT, read_key(key))
        sealer_of(dsn, key).catch_up(connection)
