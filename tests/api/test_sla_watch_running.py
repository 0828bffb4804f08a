"""The SLA watch at work beside a follower: it wakes by itself, and comes back when the database does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.desks import now
from tests.support.sla_watching import Watched, watched
from tests.support.worker_thread import WorkerThread

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)
RULE = {"resolution": {"duration": 1, "warn_at": [0.5]}}


@contextmanager
def waiting(watched_desk: Watched) -> Iterator[Callable[[UUID, list[str]], None]]:
    """A function that waits until a ticket has these announcements, woken by the log's own signal."""
    with psycopg.connect(watched_desk.url, autocommit=True) as connection:
        connection.execute("listen tenant_default")

        def wait(ticket: UUID, announcements: list[str]) -> None:
            deadline = datetime.now(UTC) + 30 * SECOND
            while watched_desk.announced(ticket) != announcements:
                assert datetime.now(UTC) < deadline, watched_desk.announced(ticket)
                list(connection.notifies(timeout=1, stop_after=1))

        yield wait


async def test_a_running_watch_wakes_at_every_warning_and_deadline(database_url: str) -> None:
    async with watched(database_url, now) as watched_desk:
        await watched_desk.publish(RULE)
        with waiting(watched_desk) as wait, WorkerThread(database_url, ["default"]):
            ticket = await watched_desk.receive()
            wait(ticket, ["resolution 1 0.5", "resolution 1 breached"])
        received, *announced = [event for event in watched_desk.log() if event.stream == ticket]
        due = [received.occurred_at + fraction * SECOND for fraction in (0.5, 1)]
        assert [event.occurred_at for event in announced] == due
        assert all(event.recorded_at > event.occurred_at for event in announced)


async def test_a_running_watch_survives_the_loss_of_all_its_connections(database_url: str, server: str) -> None:
    database = conninfo_to_dict(database_url)["dbname"]
    async with watched(database_url, now) as watched_desk:
        await watched_desk.publish(RULE)
        with WorkerThread(database_url, ["default"]):
            with waiting(watched_desk) as wait:
                wait(await watched_desk.receive(), ["resolution 1 0.5", "resolution 1 breached"])
            with psycopg.connect(server, autocommit=True) as superuser:
                ended = superuser.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database]
                ).fetchall()
            assert ended, "there was something to lose"
            with waiting(watched_desk) as wait:
                wait(await watched_desk.receive(), ["resolution 1 0.5", "resolution 1 breached"])
