"""The follower in a process of its own: restarted when it dies, gone when its parent is."""

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict

from api.api_keys import desk_tenants
from api.migrations import migrate, migrate_roles
from api.workers.projection_lag import projection_lags, wait_until_projected
from api.workers.tenant_workers import ended_threads, follow
from api.workers.worker_process import WorkerProcess
from domain.event_log.tables import LOG, make_once
from tests.support.importing.histories import record, row, write
from tests.support.serving import make_key, serving

ROOT = Path(__file__).parents[2]
PARENT = """
import sys
from api.workers.worker_process import WorkerProcess
with WorkerProcess(sys.argv[1]):
    print("ready", flush=True)
    sys.stdin.read()
"""


def until(true: Callable[[Connection], bool], dsn: str) -> None:
    """Asks the database until it is so; the suite's own limit ends what never is."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while not true(connection):
            connection.execute("select pg_sleep(0.05)")


def others(connection: Connection) -> int:
    """How many other connections there are to this database."""
    row = connection.execute(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " and backend_type = 'client backend'"
    ).fetchone()
    return int(row[0]) if row else 0


def test_following_in_a_thread_leaves_the_collector_of_the_process_as_it_was(database_url: str) -> None:
    before, stop = (gc.get_threshold(), gc.get_freeze_count()), threading.Event()
    stop.set()
    follow(database_url, [], stop)
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_a_follower_that_is_killed_is_started_again(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with WorkerProcess(database_url) as follower:
        until(lambda connection: others(connection) > 0, database_url)
        first = follower.pid
        os.kill(first, signal.SIGKILL)
        record(database_url, write(tmp_path / "history.csv", [row("New")]))
        lag = wait_until_projected(database_url, "default", lambda _done, _total: None)
        assert {standing.behind for standing in lag} == {0}
        assert follower.pid != first
    assert "the workers have ended (-9); starting them again" in caplog.messages


def test_a_follower_ends_when_its_parent_is_killed(database_url: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, database_url], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        until(lambda connection: others(connection) > 0, database_url)
        parent.kill()
    until(lambda connection: others(connection) == 0, database_url)


def test_a_start_that_ends_while_it_is_looked_at_is_no_failure() -> None:
    running: dict[str, list[threading.Thread]] = {}
    follower = threading.current_thread()

    class EndsNow(threading.Thread):
        def is_alive(self) -> bool:
            running["default"] = [follower]
            return False

    assert ended_threads({"default": EndsNow()}, running) == []


def test_a_start_that_ends_without_a_follower_is_a_failure() -> None:
    start = threading.Thread()
    assert ended_threads({"default": start}, {}) == [start]


def test_a_tenant_made_later_is_followed_too(database_url: str, tmp_path: Path) -> None:
    stop = threading.Event()
    following = threading.Thread(target=follow, args=[database_url, [], stop, 0.05])
    following.start()
    migrate(database_url, "acme")
    record(database_url, write(tmp_path / "history.csv", [row("New")]), tenant="acme")
    wait_until_projected(database_url, "acme", lambda _done, _total: None)
    stop.set()
    following.join()
    with psycopg.connect(database_url) as connection:
        assert {standing.behind for standing in projection_lags(connection, "acme")} == {0}


def test_a_tenant_for_whom_there_is_no_connection_is_followed_later(
    database_url: str, server: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = sql.Identifier(str(conninfo_to_dict(database_url)["dbname"]))
    open_to_all = sql.SQL("alter database {} allow_connections {}")
    stop = threading.Event()
    following = threading.Thread(target=follow, args=[database_url, ["default"], stop, 0.05])
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(open_to_all.format(name, sql.SQL("false")))
        following.start()
        while "tenant default is not followed yet" not in caplog.text and following.is_alive():
            connection.execute("select pg_sleep(0.05)")
        connection.execute(open_to_all.format(name, sql.SQL("true")))
    assert following.is_alive()
    until(lambda connection: others(connection) > 0, database_url)
    stop.set()
    following.join()


def test_a_tenant_that_is_made_anew_for_long_holds_up_neither_the_others_nor_the_end(
    database_url: str, tmp_path: Path
) -> None:
    for tenant in ("held", "free"):
        migrate(database_url, tenant)
    record(database_url, write(tmp_path / "history.csv", [row("New")]), tenant="free")
    stop = threading.Event()
    following = threading.Thread(target=follow, args=[database_url, ["held", "free"], stop])
    with psycopg.connect(database_url) as reader:
        reader.execute("update tenant_held.projection_positions set definition = 'older' where name = 'tickets'")
        reader.commit()
        reader.execute("select * from tenant_held.tickets")
        following.start()
        lag = wait_until_projected(database_url, "free", lambda _done, _total: None)
        assert {standing.behind for standing in lag} == {0}
        stop.set()
        following.join(timeout=60)
        assert not following.is_alive()
    until(lambda connection: others(connection) == 0, database_url)


def test_a_tenant_in_use_has_six_connections(database_url: str) -> None:
    """As the settings of the server brought along and the README have it; besides them one to ten of the pools."""
    with serving(database_url, key=make_key(database_url)) as desk, WorkerProcess(database_url, ["default"]):
        ticket = desk.receive(occurred_at="2026-03-02T08:00:00Z")
        assert desk.get(f"{ticket}?after=1&wait=20").status_code == 200
        until(lambda _connection: b"ticket.sla_breached" in desk.get("/v1/events").content, database_url)
        until(lambda connection: 6 + 2 <= others(connection) <= 6 + 10, database_url)


def test_every_tenant_gets_the_tables_of_a_newer_release(database_url: str, tmp_path: Path) -> None:
    migrate(database_url, "acme")
    record(database_url, write(tmp_path / "history.csv", [row("New")]), tenant="acme")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("alter table tenant_acme.tickets drop column subject cascade")  # as an older release had it
        connection.execute("update tenant_acme.projection_positions set definition = 'older' where name = 'tickets'")
    stop = threading.Event()
    following = threading.Thread(target=follow, args=[database_url, [], stop])
    following.start()
    until(
        lambda connection: bool(
            connection.execute(
                "select from information_schema.columns"
                " where table_schema = 'tenant_acme' and table_name = 'tickets' and column_name = 'subject'"
            ).rowcount
        ),
        database_url,
    )
    wait_until_projected(database_url, "acme", lambda _done, _total: None)
    stop.set()
    following.join()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(subject) from tenant_acme.tickets").fetchone() == (1,)


def test_the_log_of_an_application_of_the_library_is_no_tenant_of_the_desk(database_url: str) -> None:
    """Its schema holds a log alone: nobody follows it, no release makes projections in it, and no command opens it."""
    migrate(database_url, "acme")
    with psycopg.connect(database_url, autocommit=True) as connection:
        make_once(connection, "bank", LOG)
        assert desk_tenants(connection) == ["acme", "default"]
    assert migrate_roles(database_url) == ["acme", "default"]
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select to_regclass('tenant_bank.tickets')").fetchone() == (None,)
