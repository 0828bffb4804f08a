"""Rows leave for their tables while the next streams are folded."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus

from projections.backlog.table import BACKLOG
from projections.engine.checkpoints import position_of
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.projection import FoldInputs, Row
from projections.engine.stream import Stream
from projections.engine.table_writer import SMALL_BATCH, write_folded
from projections.tickets.table import TICKETS
from tests.support.catching_up import catch_up
from tests.support.events import at, history, received, resolved
from tests.support.log import append_events
from tests.support.tally import NOTE, POISON, count, count_unless_poisoned, prepare, tally

NAMES = ["first", "second"]
WORDS = "Nguyen Van A complains"


LAST = UUID(int=SMALL_BATCH + 1)


def spoilt(stream: Stream, inputs: FoldInputs) -> Iterable[Row]:
    if stream.id == LAST:
        raise ValueError(WORDS)
    return BACKLOG.fold(stream, inputs)


def test_the_words_of_a_fold_that_fails_are_not_told_to_the_server(database_url: str) -> None:
    """A COPY that is given up with its reason would be an error in the server's log. In a large batch it has begun."""
    histories = [history(at(number, received()), ticket=UUID(int=number)) for number in range(1, LAST.int + 1)]
    streams = [*map(Stream, histories)]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("create schema desk")
        connection.execute(BACKLOG.ddl("desk"))
        inputs = FoldInputLoader(connection, "default", 0)
        with connection.transaction(force_rollback=True):
            with pytest.raises(ValueError, match=WORDS):
                write_folded(connection, "desk", [replace(BACKLOG, fold=spoilt)], streams, inputs)
            assert connection.info.transaction_status == TransactionStatus.INTRANS


@pytest.mark.parametrize("stopped", NAMES)
def test_a_reading_over_several_projections_is_as_far_as_the_slowest(database_url: str, stopped: str) -> None:
    projections = [tally(name, count_unless_poisoned if name == stopped else count) for name in NAMES]
    prepare(database_url, *projections)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, UUID(int=1), NOTE)
        append_events(connection, UUID(int=2), POISON)
        append_events(connection, UUID(int=1), NOTE)
        catch_up(database_url, "default", projections)
        assert [position_of(connection, "default", [projection]) for projection in projections] == [
            1 if name == stopped else 3 for name in NAMES
        ]
        assert position_of(connection, "default", projections) == 1


def test_rows_are_the_same_in_one_large_batch_and_stream_by_stream(database_url: str) -> None:
    """Rows of a large batch leave while the folds go on, those of a small one when all is folded."""
    projections = [TICKETS, BACKLOG]
    streams = [
        history(
            at(number, received(subject=f"invoice {number}")), at(500 + number, resolved()), ticket=UUID(int=number)
        )
        for number in range(1, SMALL_BATCH + 2)
    ]
    rows: dict[str, list[list[object]]] = {}
    with psycopg.connect(database_url, autocommit=True) as connection:
        inputs = FoldInputLoader(connection, "default", 0)
        for schema, batches in {"large": [streams], "small": [[stream] for stream in streams]}.items():
            connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
            connection.execute(sql.Composed([projection.ddl(schema) for projection in projections]))
            for batch in batches:
                write_folded(connection, schema, projections, [Stream(stream) for stream in batch], inputs)
            tables = (sql.Identifier(schema, table.name) for projection in projections for table in projection.tables)
            statements = [sql.SQL("select * from {} order by 1, 2").format(table) for table in tables]
            rows[schema] = [list(connection.execute(statement)) for statement in statements]
    assert rows["large"] == rows["small"]
    tickets, resolutions, _, segments, crossings = map(len, rows["large"])
    assert (tickets, resolutions, segments, crossings) == (101, 101, 101, 202)
