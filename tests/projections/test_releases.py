"""A release that projects otherwise makes its rows anew beside those that are served, and leaves another's alone."""

import threading
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

import psycopg
import pytest

from projections.engine.checkpoints import ProjectionOutdated, position_of
from projections.engine.follower import Follower
from projections.engine.projection import FoldInputs
from projections.engine.rebuild import make_current
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.point_in_time.readings import as_it_was
from projections.registry import PROJECTIONS
from tests.support.log import append_events
from tests.support.tally import (
    EVENT_LIST,
    NOTE,
    POISON,
    ListedEvent,
    Tally,
    count_unless_poisoned,
    positions,
    prepare,
    rows,
    tally,
)

A = UUID(int=1)
OLD = tally()


@dataclass
class WiderTally(Tally):
    extra: int | None = None


def count_wider(stream: Stream, _inputs: FoldInputs) -> list[WiderTally]:
    return [WiderTally(stream.id, len(stream.all), stream.all[-1].position)]


WIDER = replace(OLD, version=2, tables=(Table("tally", WiderTally, key=("stream",)),), fold=count_wider)


def count_double(stream: Stream, _inputs: FoldInputs) -> list[Tally]:
    return [Tally(stream.id, 2 * len(stream.all), stream.all[-1].position)]


DOUBLE = replace(OLD, version=3, fold=count_double)


def note(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        append_events(connection, A, NOTE)


@pytest.fixture
def dsn(database_url: str) -> str:
    """Two projections made and followed by the old release, up to the second event."""
    prepare(database_url, OLD, EVENT_LIST)
    note(database_url)
    note(database_url)
    with Following(database_url) as old:
        old.catch_up()
    return database_url


class Following(Follower):
    """By the old release, unless another projection is named."""

    def __init__(self, dsn: str, projection: object = OLD) -> None:
        super().__init__(dsn, "default", [projection, EVENT_LIST])  # type: ignore[list-item]  # named by the tests

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def test_tables_that_a_release_defines_otherwise_are_full_when_they_come(dsn: str) -> None:
    prepare(dsn, WIDER, EVENT_LIST)
    assert rows(dsn, "tally") == [(A, 2, 2, None)]
    prepare(dsn, OLD, EVENT_LIST)
    assert rows(dsn, "tally") == [(A, 2, 2)], "the older release is back"


def test_rows_that_a_release_folds_otherwise_are_made_anew(dsn: str) -> None:
    prepare(dsn, DOUBLE, EVENT_LIST)
    assert rows(dsn, "tally") == [(A, 4, 2)]


def test_a_projection_that_is_new_to_a_tenant_with_a_past_is_full_when_it_comes(dsn: str) -> None:
    prepare(dsn, OLD, EVENT_LIST, tally("another"))
    assert rows(dsn, "another") == [(A, 2, 2)]


def test_what_stayed_as_it_was_is_not_made_again(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("delete from tenant_default.event_list")
    prepare(dsn, DOUBLE, EVENT_LIST)
    assert rows(dsn, "event_list") == []
    read: list[int] = []
    make_current(dsn, "default", [DOUBLE, EVENT_LIST], read.append)
    assert read == []


def test_until_the_switch_the_old_rows_are_served_and_followed(dsn: str) -> None:
    served = []

    def meanwhile(_events: int) -> None:
        served.append(rows(dsn, "tally"))
        note(dsn)
        with Following(dsn) as old:
            old.catch_up()
        served.append(rows(dsn, "tally"))

    make_current(dsn, "default", [WIDER], meanwhile)
    assert served == [[(A, 2, 2)], [(A, 3, 3)]]
    assert rows(dsn, "tally") == [(A, 3, 3, None)]


def test_a_follower_leaves_the_rows_of_another_release_alone(dsn: str) -> None:
    with Following(dsn) as old:
        prepare(dsn, DOUBLE, EVENT_LIST)
        note(dsn)
        old.catch_up()
    assert positions(dsn) | {"tally": (2, None), "event_list": (3, None)} == positions(dsn)
    assert rows(dsn, "tally") == [(A, 4, 2)]
    with Following(dsn, DOUBLE) as new:
        new.catch_up()
    assert rows(dsn, "tally") == [(A, 6, 3)]


def test_of_several_processes_one_makes_the_rows_and_the_others_wait(dsn: str) -> None:
    read: list[int] = []
    waiting = threading.Barrier(4)

    def begin() -> None:
        waiting.wait()
        make_current(dsn, "default", [DOUBLE], read.append)
        assert rows(dsn, "tally") == [(A, 4, 2)]

    threads = [threading.Thread(target=begin) for _ in range(waiting.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(read) == 2, "the log was folded once"


def test_who_is_stopped_in_the_middle_changes_nothing(dsn: str) -> None:
    def stop(_events: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_current(dsn, "default", [DOUBLE], stop)
    assert rows(dsn, "tally") == [(A, 2, 2)]
    note(dsn)
    with Following(dsn) as old:
        assert old.catch_up(), "the old release goes on"
    prepare(dsn, DOUBLE)
    assert rows(dsn, "tally") == [(A, 6, 3)]


def test_an_event_that_the_new_fold_cannot_read_stops_its_projection_alone(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        append_events(connection, A, POISON)
    prepare(dsn, replace(OLD, version=2, fold=count_unless_poisoned), WIDER_LIST)
    assert positions(dsn) | {"tally": (2, 3), "event_list": (3, None)} == positions(dsn)
    assert rows(dsn, "tally") == [(A, 2, 2)]


WIDER_LIST = replace(
    EVENT_LIST,
    version=2,
    tables=(Table("event_list", ListedEvent, key=("position",), indexes=("(version)",), append_only=True),),
)


def test_every_projection_has_a_definition_of_its_own() -> None:
    definitions = {projection.definition for projection in (*PROJECTIONS, OLD, WIDER, DOUBLE)}
    assert len(definitions) == len(PROJECTIONS) + 3


def test_rows_of_another_release_are_not_read(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        assert position_of(connection, "default", [OLD, EVENT_LIST]) == 2
        for other in (WIDER, DOUBLE, tally("another")):
            with pytest.raises(ProjectionOutdated):
                position_of(connection, "default", [other, EVENT_LIST])
            with pytest.raises(ProjectionOutdated), as_it_was(connection, "default", [other]):
                pass


def test_rows_of_a_release_that_stored_a_fingerprint_of_its_source_are_outdated_and_rebuilt(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("update tenant_default.projection_positions set definition = '0123456789abcdef'")
        connection.execute("delete from tenant_default.tally")
        with pytest.raises(ProjectionOutdated):
            position_of(connection, "default", [OLD])
    with Following(dsn) as old:
        assert not old.catch_up()
    prepare(dsn, OLD, EVENT_LIST)
    assert rows(dsn, "tally") == [(A, 2, 2)]
