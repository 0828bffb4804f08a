"""A connection has the time-outs of its purpose, unless the address has its own."""

from collections.abc import Generator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.event_log import database_connections
from domain.event_log.database_connections import COMMANDS, PROJECTIONS, READINGS, Purpose, connect, server_cursor

PURPOSES = {name: value for name, value in vars(database_connections).items() if isinstance(value, Purpose)}


def shown(dsn: str, purpose: Purpose, *names: str) -> list[object]:
    with connect(dsn, purpose) as connection:
        return [(connection.execute(f"show {name}").fetchone() or ("",))[0] for name in names]


@pytest.mark.parametrize("purpose", PURPOSES.values(), ids=PURPOSES)
def test_every_session_speaks_utc_and_utf_8_and_commits_each_statement(
    shared_database_url: str, purpose: Purpose
) -> None:
    own = make_conninfo(shared_database_url, options="-c timezone=Asia/Tokyo", client_encoding="latin1")
    assert shown(own, purpose, "timezone", "client_encoding") == ["UTC", "UTF8"]
    with connect(own, purpose) as connection:
        assert connection.autocommit


def test_the_time_outs_are_those_of_the_purpose(database_url: str) -> None:
    names = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"]
    assert shown(database_url, COMMANDS, *names) == ["4s", "30s", "1min"]
    assert shown(database_url, Purpose(lock=1, statement=0.25), *names) == ["1s", "250ms", "0"]


def test_the_options_of_the_address_go_before_the_time_outs_of_the_purpose(database_url: str) -> None:
    own = make_conninfo(database_url, options="-c lock_timeout=3s -c work_mem=5MB")
    assert shown(own, COMMANDS, "lock_timeout", "work_mem", "statement_timeout") == ["3s", "5MB", "30s"]


def test_readings_see_one_snapshot_and_projections_do_not_wait_for_the_disk(database_url: str) -> None:
    names = ["transaction_isolation", "synchronous_commit"]
    assert shown(database_url, READINGS, *names)[0] == "repeatable read"
    assert shown(database_url, PROJECTIONS, *names) == ["read committed", "off"]


def test_a_reading_may_keep_more_groups_in_memory_than_it_may_sort(shared_database_url: str) -> None:
    assert shown(shared_database_url, READINGS, "work_mem", "hash_mem_multiplier") == ["16MB", "4"]


def test_an_attempt_to_connect_is_bounded_where_somebody_waits() -> None:
    assert conninfo_to_dict(COMMANDS.address("host=h connect_timeout=99"))["connect_timeout"] == "5"
    assert conninfo_to_dict(Purpose().address("host=h connect_timeout=99"))["connect_timeout"] == "99"


def test_a_reading_that_is_given_up_after_its_connection_was_lost_raises_nothing(database_url: str) -> None:
    """As a rebuild does whose writer was lost with it. Who reads on gets the error."""

    def numbers() -> Generator[int, None, None]:
        with server_cursor(lost, "numbers") as cursor:
            for (number,) in cursor.execute("select * from generate_series(1, 1000)"):
                yield number

    lost = psycopg.connect(database_url)
    given_up, read_on = numbers(), numbers()
    assert next(given_up) == 1
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 60000)", [lost.info.backend_pid])
    given_up.close()
    with pytest.raises(psycopg.OperationalError):
        next(read_on)
    lost.close()
