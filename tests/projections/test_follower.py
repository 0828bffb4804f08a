"""The follower reads everything once, in order, whatever happens to it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.envelope import BEHIND_ALL
from domain.event_log import reader
from domain.ticket.events import NoteAdded
from projections.engine import follower as follower_module
from projections.engine.follower import Follower
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from tests.support.log import append_events
from tests.support.tally import EVENT_LIST, NOTE, POISON, Tally, count_unless_poisoned, positions, prepare, rows, tally

A, B = UUID(int=1), UUID(int=2)


def fill(dsn: str, events: int, streams: int = 7) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _, stream in zip(range(events), cycle(range(1, streams + 1)), strict=False):
            append_events(connection, UUID(int=stream), NOTE)


@contextmanager
def following(dsn: str, *projections: Projection) -> Iterator[Follower]:
    """A follower at work in a thread of its own."""
    stop = threading.Event()
    follower = Follower(dsn, "default", projections)
    thread = threading.Thread(target=follower.run, args=[stop])
    thread.start()
    try:
        yield follower
    finally:
        stop.set()
        thread.join()


@contextmanager
def listening(dsn: str) -> Iterator[Callable[[str, int], None]]:
    """A function that waits until a projection has reached a position, woken by the follower's own signal."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("listen tenant_default_projected")

        def wait(name: str, position: int) -> None:
            while positions(dsn)[name][0] < position:
                for _ in connection.notifies(timeout=0.5, stop_after=1):
                    pass

        yield wait


@pytest.mark.parametrize("page", [1, 2, 3, 10, 1000])
def test_batches_of_any_size_give_the_same_rows(database_url: str, page: int) -> None:
    prepare(database_url, tally(), EVENT_LIST)
    fill(database_url, 30)
    follower = Follower(database_url, "default", [tally(), EVENT_LIST], page=page)
    follower.catch_up()
    follower.close()
    assert [row[1] for row in rows(database_url, "tally")] == [5, 5, 4, 4, 4, 4, 4]
    assert sorted(row[2] for row in rows(database_url, "event_list")) == list(range(1, 31))


def test_whoever_holds_others_up_catches_up_to_a_position_and_not_to_the_end(database_url: str) -> None:
    prepare(database_url, tally(), EVENT_LIST)
    fill(database_url, 30)
    follower = Follower(database_url, "default", [tally(), EVENT_LIST], page=10)
    assert follower.catch_up(15) == 2
    assert {position for position, _ in positions(database_url).values() if position} == {20}
    follower.catch_up()
    follower.close()
    assert {position for position, _ in positions(database_url).values() if position} == {30}


def test_a_poisoned_event_stops_its_projection_alone_and_is_named(database_url: str) -> None:
    poisoned = tally("poisoned", count_unless_poisoned)
    prepare(database_url, tally(), poisoned)
    fill(database_url, 10)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, POISON)
        append_events(connection, B, NOTE)
        follower = Follower(database_url, "default", [tally(), poisoned])
        follower.catch_up()
        stopped_at = positions(database_url)
        assert stopped_at["tally"] == (12, None)
        assert stopped_at["poisoned"] == (10, 11)
        error = connection.execute(
            "select error from tenant_default.projection_positions where name = 'poisoned'"
        ).fetchone()
        assert error == ("ValueError: cannot count this",)
    follower.close()


def test_a_stopped_projection_goes_on_once_it_is_mended(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower_module, "RETRY_SECONDS", 0.0)
    projection = tally("tally", count_unless_poisoned)
    prepare(database_url, projection)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE, POISON, NOTE)
    first = Follower(database_url, "default", [projection])
    first.catch_up()
    first.close()
    assert positions(database_url)["tally"] == (1, 2)
    monkeypatch.setattr("tests.support.tally.POISON", None)
    second = Follower(database_url, "default", [projection])
    second.catch_up()
    second.close()
    assert positions(database_url)["tally"] == (3, None)
    assert rows(database_url, "tally") == [(A, 3, 3)]


def test_a_projection_that_stopped_before_the_clock_was_put_back_is_tried_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    projection = tally("tally", count_unless_poisoned)
    prepare(database_url, projection)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE, POISON, NOTE)
        follower = Follower(database_url, "default", [projection])
        follower.catch_up()
        connection.execute("update tenant_default.projection_positions set tried_at = now() + interval '1 year'")
    monkeypatch.setattr("tests.support.tally.POISON", None)
    follower.catch_up()
    follower.close()
    assert positions(database_url)["tally"] == (3, None)


def test_two_followers_at_once_write_each_event_once(database_url: str) -> None:
    prepare(database_url, tally(), EVENT_LIST)
    with (
        following(database_url, tally(), EVENT_LIST),
        following(database_url, EVENT_LIST, tally()),
        listening(database_url) as wait,
    ):
        fill(database_url, 60)
        wait("tally", 60)
        wait("event_list", 60)
    assert sum(row[1] for row in rows(database_url, "tally")) == 60
    assert len(rows(database_url, "event_list")) == 60


def test_a_follower_survives_the_loss_of_all_its_connections(database_url: str, server: str) -> None:
    prepare(database_url, tally())
    database = conninfo_to_dict(database_url)["dbname"]
    with following(database_url, tally()):
        with listening(database_url) as wait:
            fill(database_url, 5)
            wait("tally", 5)
        with psycopg.connect(server, autocommit=True) as superuser:
            superuser.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database])
        with listening(database_url) as wait:
            fill(database_url, 5)
            wait("tally", 10)
    assert sum(row[1] for row in rows(database_url, "tally")) == 10


def test_rows_and_position_are_committed_together_or_not_at_all(database_url: str) -> None:
    prepare(database_url, tally())
    fill(database_url, 4)
    follower = Follower(database_url, "default", [tally()])
    with psycopg.connect(database_url) as connection:
        connection.execute("alter table tenant_default.projection_positions add check (position < 4)")
        connection.commit()
        follower.catch_up()
    assert positions(database_url)["tally"][0] == sum(row[1] for row in rows(database_url, "tally")) < 4
    follower.close()


def test_an_event_that_cannot_be_read_is_named(database_url: str) -> None:
    prepare(database_url, tally())
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE, NOTE)
        connection.execute("update tenant_default.events set state = '{}' where position = 2")
        follower = Follower(database_url, "default", [tally()])
        follower.catch_up()
        follower.close()
        error = connection.execute("select error from tenant_default.projection_positions").fetchall()
    assert positions(database_url)["tally"] == (1, 2)
    assert any("event 2 (ticket.note_added" in (message or "") for (message,) in error)


def last_words(stream: Stream, _inputs: FoldInputs) -> list[Tally]:
    return [Tally(stream.id, len(stream.all), len(stream.all[-1].payload.body))]


def test_after_a_loss_the_histories_are_read_again(database_url: str) -> None:
    """The server that takes over never had the last event; another one stands in its place."""
    prepare(database_url, tally(fold=last_words))
    dsn = make_conninfo(database_url, application_name="the follower")
    follower = Follower(dsn, "default", [tally(fold=last_words)])
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE, NOTE)
        follower.catch_up()
        append_events(connection, A, NoteAdded(body="lost"))
        follower.catch_up()
        for statement in (
            "delete from tenant_default.events where position = 3",
            "update tenant_default.log_head set position = 2",
            "update tenant_default.projection_positions set position = 2",
            "update tenant_default.tally set events = 2",
            (
                "select pg_terminate_backend(pid, 20000) from pg_stat_activity"
                " where datname = current_database() and application_name = 'the follower'"
            ),
        ):
            connection.execute(statement)
        append_events(connection, A, NoteAdded(body="something longer"))
    with pytest.raises(psycopg.OperationalError):
        follower.catch_up()
    follower.close()
    follower.catch_up()
    follower.close()
    assert rows(database_url, "tally") == [(A, 3, len("something longer"))]


def test_a_server_that_may_only_be_read_stops_no_projection(database_url: str) -> None:
    prepare(database_url, tally())
    fill(database_url, 3)
    follower = Follower(database_url, "default", [tally()])
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("alter database {} set default_transaction_read_only = on").format(here(connection)))
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            follower.catch_up()
        assert positions(database_url)["tally"] == (0, None)
        connection.execute("set default_transaction_read_only = off")
        connection.execute(sql.SQL("alter database {} reset default_transaction_read_only").format(here(connection)))
    follower.close()
    follower.catch_up()
    follower.close()
    assert positions(database_url)["tally"] == (3, None)


def test_an_event_too_long_for_an_index_is_found_like_any_other_poison(database_url: str) -> None:
    """PostgreSQL calls it operational, as it calls the loss of a server."""
    table = Table("words", SaidWords, key=("stream", "version"), indexes=("(body)",), append_only=True)
    words = Projection("words", 1, frozenset({"ticket"}), (table,), all_words)
    prepare(database_url, words)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE)
        append_events(connection, B, NoteAdded(body="".join(map(chr, range(0x4E00, 0x9FA5)))[:19_000]))
    follower = Follower(database_url, "default", [words])
    follower.catch_up()
    follower.close()
    assert positions(database_url)["words"] == (1, 2)


@dataclass
class SaidWords:
    stream: UUID
    version: int
    body: str


def all_words(stream: Stream, _inputs: FoldInputs) -> list[SaidWords]:
    return [SaidWords(event.stream, event.version, event.payload.body) for event in stream.new]


def here(connection: psycopg.Connection) -> sql.Identifier:
    return sql.Identifier(connection.info.dbname)


def test_batches_of_few_bytes_give_the_same_rows(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(database_url, tally(), EVENT_LIST)
    fill(database_url, 30)
    monkeypatch.setattr(reader, "PAGE_BYTES", 1)
    follower = Follower(database_url, "default", [tally(), EVENT_LIST])
    assert follower.catch_up() == 30
    follower.close()
    assert [row[1] for row in rows(database_url, "tally")] == [5, 5, 4, 4, 4, 4, 4]


def test_a_follower_that_is_stopped_leaves_the_batches_behind_the_present_one(database_url: str) -> None:
    prepare(database_url, tally())
    fill(database_url, 30)
    stop = threading.Event()

    class Interrupted(Follower):
        def step(self, until: int = BEHIND_ALL) -> int:
            stop.set()
            return super().step(until)

    Interrupted(database_url, "default", [tally()], page=10).run(stop)
    assert positions(database_url)["tally"][0] == 10
