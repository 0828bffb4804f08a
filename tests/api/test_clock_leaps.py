"""A leap of the database's clock is believed after ten minutes; until then workers rest."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from api.workers.clock_leaps import BELIEVED_AFTER, LEAP, BelievedClock, seconds_passed
from api.workers.watching import repeat

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
YEAR = timedelta(days=365)


def believed(*looks: tuple[float, timedelta]) -> list[bool]:
    """Whether the clock is believed at each look: after so many seconds, so far ahead of them."""
    passed = iter([seconds for seconds, _ in looks])
    clock = BelievedClock("the watches of default", lambda: next(passed))
    return [clock.is_believed(NOON + timedelta(seconds=seconds) + ahead) for seconds, ahead in looks]


@pytest.mark.parametrize("ahead", [timedelta(0), -YEAR, -timedelta(seconds=2), LEAP])
def test_a_clock_that_goes_on_goes_back_or_goes_a_little_ahead_is_believed(ahead: timedelta) -> None:
    assert believed((0, timedelta(0)), (5, ahead), (6, ahead)) == [True, True, True]


@pytest.mark.parametrize("ahead", [LEAP + timedelta(microseconds=1), YEAR])
def test_a_leap_is_believed_after_ten_minutes(ahead: timedelta, caplog: pytest.LogCaptureFixture) -> None:
    end = 5 + BELIEVED_AFTER
    looks = [(0, timedelta(0)), (5, ahead), (6, ahead), (end - 0.1, ahead), (end, ahead), (end + 1, ahead)]
    assert believed(*looks) == [True, False, False, False, True, True]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "the watches of default wait for 10 minutes" in record.getMessage()


def test_a_leap_that_is_taken_back_is_forgotten() -> None:
    """Each leap has ten minutes of its own."""
    none = timedelta(0)
    looks = [(0, none), (5, YEAR), (500, none), (501, YEAR), (700, YEAR), (701, none)]
    assert believed(*looks) == [True, False, True, False, False, True]


def test_a_night_without_a_look_is_no_leap() -> None:
    assert believed((0, timedelta(0)), (36_000, timedelta(0))) == [True, True]


def test_seconds_pass() -> None:
    assert 0 < seconds_passed() <= seconds_passed()


class _Instants:
    """Stands in for the connection of a worker, and for the clock behind it. It ends with its last instant."""

    def __init__(self, instants: Sequence[datetime]) -> None:
        self.instants = list(instants)
        self.stop = threading.Event()
        self.shown: datetime | None = None
        self.stepped_at: list[datetime | None] = []

    def connection(self) -> None:
        """There is none."""

    def wait(self, _seconds: float) -> None:
        """Returns at once."""

    def now(self, _connection: object) -> datetime:
        self.shown = self.instants.pop(0)
        if not self.instants:
            self.stop.set()
        return self.shown

    async def step(self, _connection: object) -> float:
        self.stepped_at.append(self.shown)
        return 1.0


def test_a_worker_rests_while_the_clock_is_not_believed() -> None:
    of_worker = _Instants([NOON, NOON + YEAR, NOON + YEAR, NOON + timedelta(minutes=1)])
    asyncio.run(repeat(of_worker.step, cast("Any", of_worker), of_worker.stop, "it", of_worker.now))
    assert of_worker.stepped_at == [NOON, NOON + timedelta(minutes=1)]
