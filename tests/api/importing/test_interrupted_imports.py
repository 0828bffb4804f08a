"""An import in pieces, killed or beside another one: the log is the same in the end."""

import os
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.importing import importer
from domain.event_log import reader
from tests.support.chaos import importing
from tests.support.chaos.forked import forked, kill, saying
from tests.support.examples import examples
from tests.support.importing.histories import STATES, desk_history, log, record, row, write
from tests.support.log import empty


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


CUSTOMERS = {"T1": "An", "T2": "An", "T3": "Bình", "": ""}
cells = st.tuples(
    st.sampled_from(STATES),
    st.integers(0, 59),
    st.sampled_from(["T1", "T2", "T3", ""]),
    st.sampled_from(["", "x", "zz"]),
)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, max_size=25), cut=st.integers(0, 25), at_once=st.integers(1, 9))
def test_however_a_file_comes_in_pieces_the_log_is_the_same(
    database_url: str, file: Path, rows: Sequence[tuple[str, int, str, str]], cut: int, at_once: int
) -> None:
    written = [
        row(state, minute, ticket, note=note, customer=CUSTOMERS[ticket]) for state, minute, ticket, note in rows
    ]
    with psycopg.connect(database_url, autocommit=True) as connection:
        empty(connection)
        whole = record(database_url, write(file, written))
        expected = log(database_url)
        assert whole.rows == whole.recorded + whole.rejected == len(written)
        empty(connection)
        with patch.object(importer, "ROWS_AT_ONCE", at_once):
            record(database_url, write(file, written[:cut]))
            rest = record(database_url, write(file, written))
        assert rest.rows == rest.recorded + rest.known + rest.rejected == len(written)
        assert log(database_url) == expected
        assert connection.execute("select count(*) from tenant_default.commands").fetchone() == (
            whole.recorded + len([event for event in expected if event[2] == "customer.registered"]),
        )


def test_an_import_that_is_killed_completes_when_it_is_started_again(database_url: str, file: Path) -> None:
    write(file, desk_history(1_000))
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("listen tenant_default")
        child = forked(importing.run, database_url, file, 100)
        for _ in listener.notifies(timeout=60, stop_after=3):
            pass
        kill(child)
        recorded = reader.head(listener, "default")
    outcome = record(database_url, file)
    assert 0 < recorded < recorded + outcome.events
    assert outcome.known + outcome.recorded == outcome.rows == 5_000
    assert outcome.known > 0
    after = log(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        empty(connection)
    record(database_url, file)
    assert log(database_url) == after


def test_two_imports_of_the_same_file_at_once_record_it_once(database_url: str, file: Path) -> None:
    write(file, desk_history(400))
    children = [forked(importing.run, database_url, file, 100) for _ in range(2)]
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0]
    after = log(database_url)
    assert record(database_url, file).known == 2_000
    with psycopg.connect(database_url, autocommit=True) as connection:
        empty(connection)
    record(database_url, file)
    assert log(database_url) == after


def test_memory_does_not_grow_with_the_file(database_url: str, file: Path) -> None:
    process, heard = saying(importing.measure, database_url, file, [50, 100, 1_000])
    with heard, os.fdopen(heard.fileno(), closefd=False) as lines:
        _first, small, large = map(int, lines)  # a process keeps some of its first import
    process.join()
    assert large < 2 * small
