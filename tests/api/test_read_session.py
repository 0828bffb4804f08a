"""A read session knows what it has read, as of its own position."""

from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import patch

import psycopg

from api.http.read_session import ReadSession


def test_a_copy_as_of_another_position_reads_the_definitions_again(database_url: str) -> None:
    with (
        psycopg.connect(database_url) as connection,
        patch("domain.event_log.reader.definitions", side_effect=lambda _connection, _tenant, position: [position]),
    ):
        session = ReadSession(connection, "tenant_default", 7, datetime(2026, 3, 2, tzinfo=UTC))
        assert [session.definitions("default"), session.definitions("default")] == [[7], [7]]
        assert replace(session, position=5).definitions("default") == [5]
