"""The writer of a process: entries are joined, bounded and written in order; none twice, and none lost in silence."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.access_journal import journal as module
from api.access_journal.entry import AccessEntry
from api.access_journal.journal import MOST_STRANGERS, AccessJournal
from api.access_journal.tables import append_access
from api.migrations import migrate
from tests.support.access_entries import entry
from tests.support.database_rights import SCHEMA, connect

TICKET = UUID(int=7)
READING = AccessEntry("read", "GET /v1/tickets/{ticket_id}", "lan", "agent", origin="10.0.0.7",
                      subjects=(("ticket", str(TICKET)),))  # fmt: skip


@pytest.fixture
def journal(database_url: str) -> Iterator[AccessJournal]:
    """A writer without a thread; its clock moves a second with each look."""
    migrate(database_url)
    seconds = count(1_750_000_000)
    made = AccessJournal(database_url, clock=lambda: float(next(seconds)), most=3)
    yield made
    made.stop()


def entries(dsn: str) -> list[dict[str, Any]]:
    with connect(dsn) as connection:
        rows = connection.execute(f"select position, entry from {SCHEMA}.access_journal order by position").fetchall()
    assert [position for position, _ in rows] == list(range(1, len(rows) + 1))
    return [json.loads(entry) for _, entry in rows]


def test_equal_entries_of_a_batch_are_one_with_their_times_and_rows(journal: AccessJournal, database_url: str) -> None:
    for rows in (1, 1, 3):
        journal.note("default", READING, rows)
    journal.note("default", READING._replace(actor="minh"), 1)
    assert journal.flush()
    first, second = entries(database_url)
    assert first == {
        "action": "read", "what": "GET /v1/tickets/{ticket_id}", "actor": "lan", "kind": "agent", "origin": "10.0.0.7",
        "subjects": {"ticket": str(TICKET)}, "outcome": "done", "rows": 5, "times": 3,
        "at": "2025-06-15T15:06:40.000Z", "until": "2025-06-15T15:06:42.000Z",
    }  # fmt: skip
    assert (second["actor"], second["times"], "until" in second) == ("minh", 1, False)


def test_entries_of_two_batches_stay_two(journal: AccessJournal, database_url: str) -> None:
    for _ in range(2):
        journal.note("default", READING, 1)
        assert journal.flush()
    assert journal.flush()
    assert [entry["times"] for entry in entries(database_url)] == [1, 1]


def test_what_waits_while_the_database_is_gone_is_bounded_and_what_is_lost_is_counted(
    journal: AccessJournal, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise psycopg.OperationalError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(module, "connect", gone)
        for number in range(5):
            journal.note("default", READING._replace(subjects=(("ticket", str(UUID(int=number))),)), 1)
            assert not journal.flush()
        journal.note("default", READING._replace(subjects=(("ticket", str(UUID(int=0))),)), 1)
    assert journal.flush()
    *kept, lost = entries(database_url)
    assert [(entry["subjects"]["ticket"][-1], entry["times"]) for entry in kept] == [("0", 2), ("1", 1), ("2", 1)]
    assert (lost["action"], lost["times"]) == ("lost", 2)


def test_a_failure_of_one_tenant_writes_nothing_of_another_twice(
    journal: AccessJournal, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database_url, "other")
    journal.note("default", READING, 1)
    journal.note("other", READING, 1)

    def fails(connection: Any, tenant: str, texts: list[str]) -> int:
        if tenant == "other":
            raise psycopg.OperationalError("gone")
        return append_access(connection, tenant, texts)

    with monkeypatch.context() as patched:
        patched.setattr(module, "append_access", fails)
        assert not journal.flush()
    assert journal.flush()
    assert [entry["times"] for entry in entries(database_url)] == [1]
    with connect(database_url) as connection:
        assert connection.execute("select position from tenant_other.access_head").fetchone() == (1,)


def test_a_tenant_that_does_not_exist_keeps_nothing_waiting(journal: AccessJournal, database_url: str) -> None:
    journal.note("nobody", READING._replace(action="sign_in_failed"))
    journal.note("default", READING, 1)
    assert journal.flush()
    assert len(entries(database_url)) == 1


def test_failed_sign_ins_beyond_the_bound_are_joined_by_their_origin(database_url: str) -> None:
    migrate(database_url)
    guessed = AccessJournal(database_url)
    for number in range(MOST_STRANGERS + 50):
        guessed.note("default", AccessEntry("sign_in_failed", "GET /v1/tickets", key=f"{number:016x}", origin="10.9"))
    guessed.stop()
    joined = entries(database_url)
    assert len(joined) == MOST_STRANGERS + 1
    assert ("key" in joined[-1], joined[-1]["times"]) == (False, 50)


def test_a_flood_of_failed_sign_ins_from_many_addresses_displaces_no_reading(database_url: str) -> None:
    migrate(database_url)
    flooded = AccessJournal(database_url, most=2 * MOST_STRANGERS + 2)
    for number in range(3_000):
        origin = f"2001:db8:0:{number:x}::1" if number % 2 else f"10.{number >> 8}.{number % 256}.9"
        flooded.note("default", AccessEntry("sign_in_failed", "GET /v1/tickets", key=f"{number:016x}", origin=origin))
    flooded.note("default", READING, 1)
    flooded.stop()
    *failed, reading = entries(database_url)
    assert reading["action"] == "read"
    assert sum(entry["times"] for entry in failed) == 3_000
    assert [failed[n]["origin"] for n in (MOST_STRANGERS, MOST_STRANGERS + 1, -1)] == [
        "10.0.100.0/24", "2001:db8:0:65::/64", "several addresses",
    ]  # fmt: skip


def test_a_broken_journal_of_one_tenant_does_not_stop_the_others(journal: AccessJournal, database_url: str) -> None:
    migrate(database_url, "broken")
    with connect(database_url) as connection:
        connection.execute("delete from tenant_broken.access_head")
    journal.note("broken", READING, 1)
    journal.note("default", READING, 1)
    assert not journal.flush()
    assert len(entries(database_url)) == 1
    with connect(database_url) as connection:
        connection.execute("insert into tenant_broken.access_head values (true, 0, '-infinity')")
    assert journal.flush()
    with connect(database_url) as connection:
        assert connection.execute("select count(*) from tenant_broken.access_journal").fetchone() == (1,)


def test_entries_that_the_database_refuses_are_counted_and_take_no_other_with_them(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    migrate(database_url)
    journal = AccessJournal(database_url, clock=lambda: 1_750_000_000.0)
    for name in ("lan", "\0", "\0", "\ud800", "minh"):
        journal.note("default", READING._replace(actor=name), 1)
    assert journal.flush()
    journal.stop()
    *kept, lost = entries(database_url)
    assert [entry["actor"] for entry in kept] == ["lan", "minh"]
    assert (lost["action"], lost["times"], lost["at"]) == ("lost", 3, "2025-06-15T15:06:40.000Z")
    assert [record.getMessage() for record in caplog.records if record.name.startswith("api.")] == [
        "the access journal of default refused 3 entries"
    ]


def test_a_connection_that_ends_between_single_entries_leaves_none_twice(
    journal: AccessJournal, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("lan", "\0", "minh"):
        journal.note("default", READING._replace(actor=name), 1)

    def ends_before_the_last(connection: Any, tenant: str, texts: list[str]) -> int:
        if len(texts) == 1 and '"minh"' in texts[0]:
            raise psycopg.OperationalError("gone")
        return append_access(connection, tenant, texts)

    with monkeypatch.context() as patched:
        patched.setattr(module, "append_access", ends_before_the_last)
        assert not journal.flush()
    assert journal.flush()
    assert [entry.get("actor") for entry in entries(database_url)] == ["lan", "minh", None]


def test_the_thread_goes_on_after_an_exception_that_nobody_expects(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database_url)
    threaded = AccessJournal(database_url)
    failures, written = iter([RuntimeError("unexpected")]), Event()
    flush = threaded.flush

    def fails_once() -> bool:
        for failure in failures:
            raise failure
        done = flush()
        written.set()
        return done

    monkeypatch.setattr(module, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(threaded, "flush", fails_once)
    threaded.note("default", READING, 1)
    threaded.start()
    assert written.wait(30)
    threaded.stop()
    assert len(entries(database_url)) == 1


def test_a_thread_writes_what_waits_and_stopping_writes_the_rest(database_url: str) -> None:
    migrate(database_url)
    threaded = AccessJournal(database_url)
    threaded.start()
    for number in range(1_500):
        threaded.note("default", READING._replace(subjects=(("ticket", str(UUID(int=number))),)), 1)
    threaded.stop()
    assert len(entries(database_url)) == 1_500


def test_times_do_not_fall_when_the_clock_does(database_url: str) -> None:
    migrate(database_url)
    with connect(database_url) as connection:
        append_access(connection, "default", [entry()])
        connection.execute(f"update {SCHEMA}.access_head set recorded_at = '2999-01-01'")
        append_access(connection, "default", [entry(), entry()])
        times = [at for (at,) in connection.execute(f"select at from {SCHEMA}.access_journal order by position")]
    assert times == sorted(times)
    assert times[1].year == times[2].year == 2999


@pytest.mark.parametrize("text", ["[]", "1", "words", '{"a":', "", "{}\x1e[]"])
def test_what_is_no_json_object_is_refused_and_leaves_no_hole(database_url: str, text: str) -> None:
    migrate(database_url)
    with connect(database_url) as connection:
        with pytest.raises(psycopg.DataError):
            append_access(connection, "default", [entry(), text])
        assert append_access(connection, "default", [entry()]) == 1


def test_two_writers_leave_no_hole_and_no_position_twice(database_url: str) -> None:
    migrate(database_url)
    with connect(database_url) as first, connect(database_url) as second:
        with first.transaction(force_rollback=True):
            append_access(first, "default", [entry()] * 3)
        assert append_access(second, "default", [entry()] * 2) == 2
        assert append_access(first, "default", [entry()]) == 3
    assert len(entries(database_url)) == 3


def test_threads_that_write_at_once_write_everything_once(database_url: str) -> None:
    migrate(database_url)
    shared = AccessJournal(database_url)
    with ThreadPoolExecutor(4) as pool:
        for number in range(40):
            shared.note("default", READING._replace(key=f"{number}"), 1)
            pool.submit(shared.flush)
    shared.stop()
    assert sorted(int(entry["key"]) for entry in entries(database_url)) == list(range(40))
