"""The log is strictly ordered and without holes, and nothing is ever half in it."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import errors

from domain.event_log import reader
from domain.event_log.append import Appended, Batch, append_statement
from domain.ids import new_id
from tests.support.log import TENANT, append, batch, rows

WRITERS = 8
EACH = 60


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


def write(url: str, number: int) -> int:
    """One writer: appends of several sizes to its own stream; some are rolled back, some conflict."""
    stream, version, written = new_id(), 0, 0
    with connect(url) as connection:
        for turn in range(EACH):
            size = 1 + (turn * number) % 3
            if turn % 7 == 3:
                assert append(connection, batch((stream, version + 1, size))).stale == [stream]
            elif turn % 5 == 4:
                with connection.transaction(force_rollback=True):
                    assert append(connection, batch((stream, version, size))).recorded
            else:
                assert append(connection, batch((stream, version, size))).recorded
                version, written = version + size, written + size
    return written


def follow(url: str, seen: list[int], writers_done: threading.Event) -> None:
    """Tails the log as any follower may: whatever comes after the last position seen."""
    with connect(url) as connection:
        while True:
            last_look = writers_done.is_set()
            page = reader.page(connection, TENANT, seen[-1] if seen else 0, 50)
            seen += [event.position for event in page]
            if last_look and not page:
                return


def test_positions_are_dense_and_a_follower_misses_nothing_while_eight_write(log_url: str) -> None:
    seen: list[int] = []
    done = threading.Event()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        follower = pool.submit(follow, log_url, seen, done)
        try:
            written = sum(pool.map(lambda number: write(log_url, number), range(WRITERS)))
        finally:
            done.set()
        follower.result()
    assert seen == list(range(1, written + 1))
    with connect(log_url) as connection:
        events = reader.page(connection, TENANT, 0, written + 1)
        assert [event.position for event in events] == seen
        assert reader.head(connection, TENANT) == written
        times = [event.recorded_at for event in events]
        assert times == sorted(times)
        versions: dict[object, list[int]] = {}
        for event in events:
            versions.setdefault(event.stream, []).append(event.version)
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in versions.values())


Writing = Callable[[psycopg.Connection], None]


def with_sequence(connection: psycopg.Connection) -> None:
    """The unsafe variant: positions from a sequence, no lock."""
    connection.execute("insert into control (note) values ('n')")


def with_head(connection: psycopg.Connection) -> None:
    assert append(connection, batch((new_id(), 0, 1))).recorded


def second_commits_first(url: str, write_one: Writing, positions: str) -> tuple[list[int], list[int]]:
    """Two transactions, of which the second tries to commit first; what a follower gets, and what there is."""
    seen: list[int] = []
    with connect(url) as first, connect(url) as second, connect(url) as follower:
        second.execute("set lock_timeout = '100ms'")

        def look() -> None:
            seen.extend(row[0] for row in rows(follower, positions, [seen[-1] if seen else 0]))

        with first.transaction():
            write_one(first)
            try:
                write_one(second)
            except errors.LockNotAvailable:
                look()
            else:
                look()
        write_one(second)
        look()
        return seen, [row[0] for row in rows(follower, positions, [0])]


def test_who_comes_second_cannot_commit_first(log_url: str) -> None:
    seen, there = second_commits_first(
        log_url, with_head, "select position from {schema}.events where position > %s order by position"
    )
    assert seen == there == [1, 2]


def test_without_the_lock_on_the_head_a_follower_would_lose_events(log_url: str) -> None:
    """The negative control of the two tests above: a sequence gives places before the commits are in order."""
    with connect(log_url) as connection:
        connection.execute("create table control (position bigserial primary key, note text)")
    seen, there = second_commits_first(
        log_url, with_sequence, "select position from control where position > %s order by position"
    )
    assert there == [1, 2, 3]
    assert seen == [2, 3]


def test_a_rollback_leaves_no_hole(log_url: str) -> None:
    with connect(log_url) as connection:
        append(connection, batch((new_id(), 0, 2)))
        with connection.transaction(force_rollback=True):
            append(connection, batch((new_id(), 0, 5)))
        assert append(connection, batch((new_id(), 0, 1))).head == 2
        assert [event.position for event in reader.page(connection, TENANT, 0, 9)] == [1, 2, 3]


def test_recorded_at_is_the_database_s_time_and_never_goes_back(log_url: str) -> None:
    with connect(log_url) as connection:
        before = rows(connection, "select clock_timestamp()")[0][0]
        at = append(connection, batch((new_id(), 0, 1))).recorded_at
        assert before <= at <= rows(connection, "select clock_timestamp()")[0][0]
        with connection.transaction():
            begun = rows(connection, "select clock_timestamp()")[0][0]
            late = append(connection, batch((new_id(), 0, 1))).recorded_at
            assert late >= begun, "the time of the append, not of the transaction's begin"
        ahead = datetime.now(UTC) + timedelta(days=1)  # as after the server's clock was set back
        rows(connection, "update {schema}.log_head set recorded_at = %s returning 1", [ahead])
        append(connection, batch((new_id(), 0, 1)))
        assert [event.recorded_at for event in reader.page(connection, TENANT, 0, 9)] == [at, late, ahead]


def test_recorded_at_is_when_the_log_could_be_had(log_url: str) -> None:
    waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    statement, parameters = append_statement(TENANT), batch((new_id(), 0, 1)).parameters()
    with ThreadPoolExecutor(1) as pool, connect(log_url) as holder, connect(log_url) as writer:
        with holder.transaction():
            rows(holder, "select 1 from {schema}.log_head for update")
            appended = pool.submit(lambda: writer.execute(statement, parameters).fetchone())
            while not rows(holder, waiting):
                pass
            rows(holder, "select pg_sleep(0.02)::text")  # a wait shorter than a millisecond counts as none
            (still_held,) = rows(holder, "select clock_timestamp()")[0]
        at = Appended._make(appended.result(timeout=60) or ()).recorded_at
        assert at > still_held
        assert rows(holder, "select recorded_at from {schema}.log_head") == [(at,)]


def test_several_streams_are_recorded_together_or_not_at_all(log_url: str) -> None:
    ended, goes_on = new_id(), new_id()
    with connect(log_url) as connection:
        assert append(connection, batch((ended, 0, 1), (goes_on, 0, 1))).recorded
        assert append(connection, batch((ended, 1, 1), (goes_on, 0, 1))).stale == [goes_on]
        assert append(connection, batch((ended, 1, 1), judged={goes_on: 2})).stale == [goes_on]
        assert [(event.stream, event.version) for event in reader.page(connection, TENANT, 0, 9)] == [
            (ended, 1),
            (goes_on, 1),
        ]


def test_a_known_command_id_records_nothing_again_not_even_with_other_events(log_url: str) -> None:
    stream = new_id()
    with connect(log_url) as connection:
        append(connection, batch((stream, 0, 2), command_id="c-1"))
        again = append(connection, batch((stream, 2, 1), command_id="c-1"))
        assert (again.known, again.stale, again.recorded) == (["c-1"], [], False)
        elsewhere = append(connection, batch((new_id(), 0, 1), command_id="c-1"))
        assert elsewhere.known == ["c-1"]
        assert reader.head(connection, TENANT) == 2


def test_a_quiet_command_is_remembered_without_moving_the_head(log_url: str) -> None:
    stream = new_id()
    with connect(log_url) as connection:
        append(connection, batch((stream, 0, 3)))
        assert append(connection, batch((stream, 3, 0), command_id="quiet")).recorded
        assert reader.head(connection, TENANT) == 3
        assert append(connection, batch((stream, 3, 0), command_id="quiet")).known == ["quiet"]
        stored = connection.execute(reader.QUERIES["commands"].of(TENANT), {"command_ids": ["quiet"]}).fetchone()
        assert stored == ("quiet", "fingerprint", stream, 3, 3, 0)


@pytest.mark.parametrize("text", ["", "\\ { } , \" ' \\N NULL", "\N{RECORD SEPARATOR}\N{NULL}\t\n", "Mất mạng 🙂"])
def test_any_text_is_stored_as_it_is(log_url: str, text: str) -> None:
    with connect(log_url) as connection:
        made = batch((new_id(), 0, 1))
        event = reader.CODEC.decode(1, new_id(), 1, made.topics[0], datetime.now(UTC), made.states[0])
        note = event.payload.model_copy(update={"body": text})
        made.states[0] = reader.CODEC.encode(event._replace(payload=note))  # type: ignore[arg-type]  # has the same fields
        append(connection, made)
        ((stored,),) = rows(connection, "select state from {schema}.events")
        assert json.loads(stored)["payload"]["body"] == text
        assert reader.page(connection, TENANT, 0, 1)[0].payload.body == text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def test_a_batch_that_records_nothing_waits_neither_for_a_writer_nor_for_the_disk(log_url: str) -> None:
    stream = new_id()
    with connect(log_url) as writer, connect(log_url) as other:
        assert append(writer, batch((stream, 0, 1))).recorded
        other.execute("set lock_timeout = '10s'")
        with writer.transaction(force_rollback=True), other.transaction():
            assert append(writer, batch((stream, 1, 1))).recorded
            assert append(other, Batch({stream: 1}, [str(new_id())])).recorded
            assert append(other, Batch({stream: 0}, [str(new_id())])).stale == [stream]
            assert other.execute("select pg_current_xact_id_if_assigned()").fetchone() == (None,)
