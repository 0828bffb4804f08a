"""Rows leave for their tables while the next streams are folded."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from domain.event_log.envelope import RecordedEvent
from domain.event_log.schema import in_schema
from projections.backlog import BACKLOG
from projections.projection import Row
from projections.surroundings import Surroundings
from projections.tables import write_folded
from tests.support.events import at, history, received

WORDS = "Nguyen Van A complains"


def spoilt(_history: Sequence[RecordedEvent], _new_from: int) -> tuple[list[Row], ...]:
    raise ValueError(WORDS)


def test_the_words_of_a_fold_that_fails_are_not_told_to_the_server(database_url: str) -> None:
    """A COPY that is given up with its reason would be an error in the server's log."""
    stream = history(at(0, received()))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("create schema desk")
        connection.execute(in_schema(BACKLOG.ddl, "desk"))
        surroundings = Surroundings(connection, "default", 0)
        histories: dict[Any, Any] = {stream[0].stream: (stream, 0)}
        with connection.transaction(force_rollback=True):
            with pytest.raises(ValueError, match=WORDS):
                write_folded(connection, "desk", [replace(BACKLOG, fold=spoilt)], histories, surroundings)
            assert connection.info.transaction_status == TransactionStatus.INTRANS
