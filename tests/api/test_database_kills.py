"""An embedded server is killed, with its users and under them: nothing is lost, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import SHUT_RDWR, socket

import psycopg
import pytest

from api.database import database
from api.embedded_postgres.server_socket import accepts
from tests.support.recovery import RECOVERY
from tests.support.server_users import (
    ALONE,
    TIME_LIMIT,
    ask,
    conninfo_of,
    postmaster_of,
    supervisor_of,
    user_process,
    wait_for_words,
    wait_until_free,
    wait_until_no_process_of_the_server_is_left,
)


@contextmanager
def busy_connection(conninfo: str) -> Iterator[threading.Thread]:
    """Asks the server what it works on for ever, without looking up; the thread ends when the connection is lost."""
    begun = threading.Event()
    with psycopg.connect(conninfo) as connection, socket(fileno=os.dup(connection.fileno())) as line:
        connection.add_notice_handler(lambda _: begun.set())

        def ask_for_ever() -> None:
            with pytest.raises(psycopg.OperationalError):
                connection.execute("do 'begin raise notice $$begun$$; loop end loop; end'")

        asking = threading.Thread(target=ask_for_ever)
        asking.start()
        assert begun.wait(TIME_LIMIT)
        try:
            yield asking
        finally:
            line.shutdown(SHUT_RDWR)
            asking.join()


def kill(folder: Path, victims: tuple[str, ...], user: int) -> None:
    processes = {"user": user, "supervisor": supervisor_of(folder), "postmaster": postmaster_of(folder)}
    for victim in victims:
        os.kill(processes[victim], signal.SIGKILL)


@pytest.mark.parametrize(
    "victims", [("user",), ("user", "supervisor"), ("user", "supervisor", "postmaster")], ids="+".join
)
def test_what_was_acknowledged_outlives_any_kill_and_no_server_is_left_behind(
    data_folder: Path, victims: tuple[str, ...]
) -> None:
    with user_process(data_folder) as user:
        conninfo = conninfo_of(user)
        with psycopg.connect(conninfo) as connection:
            connection.execute("create table kept as select generate_series(1, 1000) as number")
        with busy_connection(conninfo):
            kill(data_folder, victims, user.pid)
        if "user" in victims or sys.platform == "linux":
            wait_until_no_process_of_the_server_is_left(data_folder)
    with database(data_folder, ALONE) as conninfo:
        assert ask(conninfo, "select sum(number) from kept") == 500_500
    wait_until_no_process_of_the_server_is_left(data_folder)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a server that works is not told of its parents' end")
@pytest.mark.parametrize("victims", [("postmaster",), ("supervisor",)], ids="+".join)
def test_a_server_that_is_killed_while_it_is_used_comes_back_where_its_users_look_for_it(
    data_folder: Path, victims: tuple[str, ...]
) -> None:
    with user_process(data_folder) as user:
        conninfo = conninfo_of(user)
        for _ in range(2):
            before = postmaster_of(data_folder)
            with busy_connection(conninfo) as busy:
                kill(data_folder, victims, user.pid)
                busy.join(RECOVERY)
                assert not busy.is_alive()
            assert accepts(conninfo, time.monotonic() + RECOVERY, lambda: True)
            assert postmaster_of(data_folder) != before
        with database(data_folder, ALONE) as second:
            assert second == conninfo
        assert (data_folder / "server.log").read_text().count("starting it again") == 2
    wait_until_no_process_of_the_server_is_left(data_folder)


def test_a_server_that_lost_its_supervisor_is_replaced_and_not_joined(data_folder: Path) -> None:
    with user_process(data_folder) as user:
        conninfo = conninfo_of(user)
        postmaster = postmaster_of(data_folder)
        os.kill(user.pid, signal.SIGSTOP)  # it does not see to it itself
        os.kill(supervisor_of(data_folder), signal.SIGKILL)
        wait_until_free(data_folder / "supervisor.lock")
        with database(data_folder, ALONE) as new:
            assert new == conninfo
            assert postmaster_of(data_folder) != postmaster
            assert ask(new, "select 1") == 1


def test_a_start_that_fails_is_tried_again_until_it_succeeds(data_folder: Path) -> None:
    with database(data_folder, ALONE) as conninfo:
        configuration = data_folder / "postgres" / "postgresql.conf"
        good = configuration.read_text()
        configuration.write_text(good + "shared_buffers = 'none'\n")
        os.kill(postmaster_of(data_folder), signal.SIGKILL)
        failed = "could not be started again"
        assert wait_for_words(data_folder / "server.log", failed)
        configuration.write_text(good)
        assert accepts(conninfo, time.monotonic() + RECOVERY, lambda: True)


def test_a_copy_of_a_data_folder_has_a_socket_of_its_own(data_folder: Path) -> None:
    copy = data_folder.with_name("copy")
    with user_process(data_folder) as user:
        conninfo = conninfo_of(user)
        os.kill(user.pid, signal.SIGSTOP)
        os.kill(postmaster_of(data_folder), signal.SIGKILL)
        wait_until_no_process_of_the_server_is_left(data_folder)
        subprocess.run(["cp", "-a", data_folder, copy], check=True)
        with database(copy, ALONE) as other:
            os.kill(user.pid, signal.SIGCONT)
            assert accepts(conninfo, time.monotonic() + TIME_LIMIT, lambda: True)
            assert other != conninfo
