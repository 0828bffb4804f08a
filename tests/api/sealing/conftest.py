"""A connection to the database of a test, and a sealing key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import Connection

from api.sealing.key_file import made_key
from domain.event_log.database_connections import ADMINISTRATION, connect


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, ADMINISTRATION) as opened:
        yield opened


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "sealing_key"
    made_key(path)
    return path


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs look for the sealing key; there is none yet."""
    path = tmp_path / "sealing_key"
    monkeypatch.setenv("TICKETLEDGER_SEALING_KEY", str(path))
    return path
