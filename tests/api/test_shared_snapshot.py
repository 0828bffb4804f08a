"""Two threads read one snapshot, each on a connection of its own; one thread reads all while no other is free."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from api.http import bounded_pool
from api.http.bounded_pool import BoundedPool
from api.http.read_session import ReadSession
from api.http.shared_snapshot import read_at_once
from domain.event_log.database_connections import READINGS

NAMES = ("a", "b", "c", "d")


@pytest.fixture(scope="module")
def table(shared_database_url: str) -> str:
    """The conninfo of a database with an empty table ``seen``."""
    with psycopg.connect(shared_database_url) as connection:
        connection.execute("create table seen (number int)")
    return shared_database_url


@pytest.fixture
def pool(table: str) -> Iterator[BoundedPool]:
    """A pool of two connections."""
    pool = BoundedPool(table, READINGS, size=2, waiting=0, patience=10)
    pool.open()
    yield pool
    pool.close()


def rows(session: ReadSession) -> int:
    ((count,),) = session.connection.execute("select count(*) from seen").fetchall()
    return int(count)


def session_of(connection: psycopg.Connection) -> ReadSession:
    return ReadSession(connection, "public", 1, datetime(2026, 3, 5, tzinfo=UTC))


def test_both_threads_see_what_the_first_one_saw_though_more_was_recorded_since(table: str, pool: BoundedPool) -> None:
    both = threading.Barrier(2, timeout=60)

    def read(name: str, session: ReadSession) -> tuple[int, int]:
        if name in NAMES[:2]:
            both.wait()  # neither goes on before the other has begun
        return rows(session), session.connection.info.backend_pid

    with pool.connection() as connection, connection.transaction():
        session = session_of(connection)
        before = rows(session)
        with psycopg.connect(table) as other:
            other.execute("insert into seen values (1)")
        answers = read_at_once(session, pool, NAMES, read)
    assert {count for count, _ in answers.values()} == {before}
    assert len({process for _, process in answers.values()}) == 2
    assert answers.keys() == set(NAMES)


def test_one_thread_reads_all_while_the_pool_has_no_connection_to_spare(pool: BoundedPool) -> None:
    with pool.connection() as connection, connection.transaction(), pool.connection():
        answers = read_at_once(
            session_of(connection), pool, NAMES, lambda _, session: session.connection.info.backend_pid
        )
        assert answers == dict.fromkeys(NAMES, connection.info.backend_pid)


def test_one_thread_reads_all_where_the_server_gives_no_further_connection(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = BoundedPool(table, READINGS, size=2, waiting=0, patience=10)
    pool.open()
    with pool.connection() as connection, connection.transaction():
        monkeypatch.setattr(bounded_pool, "SPARE_PATIENCE", 0.0)  # none is idle, and a new one takes longer
        answers = read_at_once(session_of(connection), pool, NAMES, lambda _, session: session.connection)
        assert set(answers.values()) == {connection}
    pool.close()


@pytest.mark.parametrize("failing", NAMES[:2])
def test_what_one_thread_raises_is_raised_and_the_connections_are_free_again(pool: BoundedPool, failing: str) -> None:
    both = threading.Barrier(2, timeout=60)

    def read(name: str, _session: ReadSession) -> str:
        if name in NAMES[:2]:
            both.wait()
        if name == failing:
            raise KeyError(name)
        return name

    with pytest.raises(KeyError, match=failing), pool.connection() as connection, connection.transaction():
        read_at_once(session_of(connection), pool, NAMES, read)
    with pool.connection(), pool.spare() as spare:
        assert spare is not None
