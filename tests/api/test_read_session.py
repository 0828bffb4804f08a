"""A read session knows what it has read, as of its own position."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import psycopg

from api.http.read_session import ReadSession


def position_alone(_connection: psycopg.Connection, _tenant: str, position: int) -> Any:
    return [position]


def test_a_copy_as_of_another_position_reads_the_definitions_again(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, patch("domain.event_log.reader.definitions", position_alone):
        session = ReadSession(connection, "tenant_default", 7, datetime(2026, 3, 2, tzinfo=UTC))
        then = replace(session, position=5)
        assert [each.definitions("default") for each in (session, then)] == [
            position_alone(connection, "", at) for at in (7, 5)
        ]
