"""A named lock is held by one session, and is free again however the holder ends."""

import psycopg
import pytest

from domain.event_log.advisory_locks import ROLES_LOCK, AdvisoryLock, LockTaken, alerts_lock, rebuild_lock, schema_lock
from domain.event_log.database_connections import ADMINISTRATION, connect

LOCK = AdvisoryLock("a lock")


def test_a_held_lock_is_not_free_and_is_free_afterwards(database_url: str) -> None:
    with connect(database_url, ADMINISTRATION) as holder, connect(database_url, ADMINISTRATION) as waiter:
        assert LOCK.is_free(waiter)
        with LOCK.held(holder):
            assert not LOCK.is_free(waiter)
            assert AdvisoryLock("another").is_free(waiter)
            with pytest.raises(LockTaken, match="a lock"), LOCK.held(waiter, wait=False):
                pass
        assert LOCK.is_free(waiter)
        with LOCK.held(waiter, wait=False):
            assert not LOCK.is_free(holder)


def test_a_transaction_holds_the_lock_until_it_ends(database_url: str) -> None:
    with connect(database_url, ADMINISTRATION) as holder, connect(database_url, ADMINISTRATION) as waiter:
        with LOCK.in_transaction(holder):
            assert not LOCK.is_free(waiter)
        assert LOCK.is_free(waiter)
        with pytest.raises(psycopg.errors.DivisionByZero), LOCK.in_transaction(holder):
            holder.execute("select 1 / 0")
        assert LOCK.is_free(waiter)


def test_an_error_in_the_block_frees_the_lock_and_is_the_one_that_is_raised(database_url: str) -> None:
    with connect(database_url, ADMINISTRATION) as holder, connect(database_url, ADMINISTRATION) as waiter:
        with pytest.raises(ValueError, match="mine"), LOCK.held(holder):
            raise ValueError("mine")
        assert LOCK.is_free(waiter)


def test_a_session_that_is_ended_in_the_block_frees_the_lock(database_url: str) -> None:
    with connect(database_url, ADMINISTRATION) as two:
        with connect(database_url, ADMINISTRATION) as session, LOCK.held(session):
            two.execute("select pg_terminate_backend(%s, 60000)", [session.info.backend_pid])
        assert LOCK.is_free(two)


def test_every_lock_has_a_name_of_its_own() -> None:
    locks = [ROLES_LOCK, *(make(tenant) for make in (schema_lock, rebuild_lock, alerts_lock) for tenant in ("a", "b"))]
    assert len({lock.name for lock in locks}) == len(locks)
