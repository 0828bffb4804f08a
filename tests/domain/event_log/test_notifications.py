"""A listener hears of appends, and comes back after every loss."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from domain.backoff import Pauses
from domain.event_log import notifications
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.notifications import AsyncListener, Listener, ListenerSettings, append_channel, projection_channel
from domain.ids import new_id
from tests.support.log import TENANT, append, batch

LONG = ListenerSettings(poll=600.0, pauses=Pauses(0.0, 0.0))
"""Only a notification ends the wait."""
SHORT = ListenerSettings(poll=0.0)


@pytest.fixture
def listener(log_url: str) -> Iterator[Listener]:
    with Listener(log_url, [append_channel(TENANT), projection_channel(TENANT)], LONG) as made:
        yield made


def record(url: str) -> None:
    with connect(url, ADMINISTRATION) as connection:
        append(connection, batch((new_id(), 0, 1)))


def commit_rows(url: str) -> None:
    with connect(url, ADMINISTRATION) as connection:
        connection.execute("select pg_notify(%s, '')", [projection_channel(TENANT)])


def end(url: str, pid: int) -> None:
    with connect(url, ADMINISTRATION) as connection:
        connection.execute("select pg_terminate_backend(%s, 60000)", [pid])


@pytest.mark.parametrize("commit", [record, commit_rows])
def test_a_commit_after_the_look_is_notified(listener: Listener, log_url: str, commit: Callable[[str], None]) -> None:
    listener.connection()
    commit(log_url)
    assert listener.wait()


def test_a_listener_looks_by_itself_when_no_notification_comes(log_url: str) -> None:
    with Listener(log_url, [append_channel(TENANT)], SHORT) as listener:
        assert not listener.wait()
        assert not listener.wait(600.0), "it never waits longer than its poll"


class Heard:
    """A connection on which as many notifications come as it is told, and what was waited for."""

    def __init__(self, *numbers: int) -> None:
        self._numbers = iter(numbers)
        self.waits: list[tuple[float, int | None]] = []

    def notifies(self, *, timeout: float, stop_after: int | None = None) -> Iterator[str]:
        self.waits.append((timeout, stop_after))
        yield from ["notification"] * next(self._numbers)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("numbers", "waits"),
    [((1, 3), [(600.0, 1), (0, None)]), ((1, 0), [(600.0, 1), (0, None)]), ((0,), [(600.0, 1)])],
)
def test_notifications_that_come_close_together_are_one(
    monkeypatch: pytest.MonkeyPatch, numbers: tuple[int, ...], waits: list[tuple[float, int | None]]
) -> None:
    heard = Heard(*numbers)
    monkeypatch.setattr(notifications, "connect", lambda *_: heard)
    with Listener("", [], ListenerSettings(poll=600.0, gather=0.001)) as listener:
        assert listener.wait() == bool(numbers[0])
    assert heard.waits == waits


def test_what_comes_while_a_listener_gathers_is_read_at_once(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def gather(_seconds: float) -> None:
        for _ in range(3):
            record(log_url)

    monkeypatch.setattr(notifications, "sleep", gather)
    with Listener(log_url, [append_channel(TENANT)], ListenerSettings(poll=600.0, gather=0.5)) as listener:
        listener.connection()
        record(log_url)
        assert listener.wait()
        assert not listener.wait(0.0)


def test_a_lost_connection_is_an_error_and_the_next_one_listens(listener: Listener, log_url: str) -> None:
    lost = listener.connection()
    end(log_url, lost.info.backend_pid)
    with pytest.raises(psycopg.Error):
        listener.wait()
    assert listener.lost() == 0.0
    assert lost.closed
    assert listener.connection().info.backend_pid != lost.info.backend_pid
    record(log_url)
    assert listener.wait()


def test_a_waiting_listener_is_woken_by_its_loss(listener: Listener, log_url: str) -> None:
    pid, waiting = listener.connection().info.backend_pid, threading.Event()

    def wait() -> bool:
        waiting.set()
        return listener.wait()

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(wait)
        waiting.wait(60)
        end(log_url, pid)
        with pytest.raises(psycopg.Error):
            answer.result(60)


def test_the_pause_after_a_loss_grows_until_a_look_goes_well(log_url: str) -> None:
    settings = ListenerSettings(poll=0.0, pauses=Pauses(1.0, 100.0))
    with Listener(log_url, [append_channel(TENANT)], settings) as listener:
        pauses = [listener.lost() for _ in range(4)]
        assert all(after > before for before, after in zip(pauses, pauses[2:], strict=False))
        for _ in range(9):
            listener.wait()
        assert listener.lost() <= 1.0


@pytest.mark.anyio
async def test_the_same_for_coroutines(log_url: str) -> None:
    listener = AsyncListener(log_url, [append_channel(TENANT)], LONG)
    lost = await listener.connection()
    record(log_url)
    await listener.wait()
    end(log_url, lost.info.backend_pid)
    with pytest.raises(psycopg.Error):
        await listener.wait()
    assert await listener.lost() == 0.0
    assert (await listener.connection()).info.backend_pid != lost.info.backend_pid
    record(log_url)
    await listener.wait()
    await listener.close()
