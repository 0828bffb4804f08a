"""The loop of the watches of a tenant: they share their connections, and sleep until the next thing is due."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import psycopg
from psycopg import Connection

from api.workers.clock_leaps import BelievedClock
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.event_log import reader
from domain.event_log.database_connections import ALERTS
from domain.event_log.notifications import Listener, ListenerSettings, projection_channel
from domain.event_log.store import LogConnection

_REST = 1.0
"""Seconds until a clock that leapt is looked at again."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """``page`` is how many streams are judged at once. ``quiet`` is how long nothing must be recorded of a stream with
    late facts before its past counts as complete. ``logged`` is how many faulty streams are remembered, so that each
    fault is logged once.
    """

    page: int = 200
    logged: int = 10_000
    quiet: timedelta = timedelta(seconds=2)


USUAL_SCAN = ScanSettings()


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How a watch waits for changes and scans for what is due."""

    listener: ListenerSettings = ListenerSettings(gather=0.02)  # noqa: RUF009 -- immutable
    scan: ScanSettings = USUAL_SCAN


USUAL_SETTINGS = WatchSettings()


def present(connection: Connection, clock: Now | None) -> datetime:
    """The present instant: by a given clock, else by the database's, which also sets recorded_at."""
    return clock() if clock else reader.now(connection)


class Watch(Protocol):
    """Works in steps, each on a page of what there is to do."""

    async def step(self) -> float:
        """Does the oldest things that are to be done; returns the seconds until the next one may be."""


class MakeWatch(Protocol):
    """Makes a watch on a connection of its own."""

    def __call__(
        self, connection: Connection, tenant: str, desk: ServiceDesk, clock: Now | None, settings: WatchSettings, /
    ) -> Watch: ...


async def watch(
    dsn: str,
    tenant: str,
    stop: threading.Event,
    clock: Now | None = None,
    *,
    makes: Sequence[MakeWatch],
    reading_dsn: str | None = None,
    settings: WatchSettings = USUAL_SETTINGS,
    wake: Callable[[str], str] = projection_channel,
) -> None:
    """Records what the watches record, until ``stop`` is set. They wake when the next thing is due, and by the
    notifications of ``wake``: when rows change, or when events are appended.

    What becomes due while no watch runs is recorded by the next one, with the instant at which it was due.
    """
    desk = ServiceDesk(LogConnection(dsn, tenant), clock)
    listener = Listener(reading_dsn or dsn, [wake(tenant)], settings.listener, ALERTS)
    watches: dict[Connection, list[Watch]] = {}

    async def step(connection: Connection) -> float:
        if connection not in watches:
            watches.clear()
            watches[connection] = [make(connection, tenant, desk, clock, settings) for make in makes]
        return min([await made.step() for made in watches[connection]])

    try:
        await repeat(step, listener, stop, f"the watches of {tenant}", None if clock else reader.now)
    finally:
        listener.close()
        await desk.close()


async def repeat(
    step: Callable[[Connection], Awaitable[float]],
    listener: Listener,
    stop: threading.Event,
    who: str,
    now: Callable[[Connection], datetime] | None = reader.now,
) -> None:
    """Takes a step until ``stop`` is set, on another connection after a loss. It returns the seconds until the next.

    It rests while ``now`` is not believed; None: the steps go by a given clock.
    """
    clock = BelievedClock(who)
    while not stop.is_set():
        try:
            connection = await asyncio.to_thread(listener.connection)
            if now is not None and not clock.is_believed(await asyncio.to_thread(now, connection)):
                await asyncio.to_thread(listener.wait, _REST)
            elif seconds := await step(connection):
                await asyncio.to_thread(listener.wait, seconds)
        except psycopg.Error as error:
            _LOG.warning("%s got no answer (%s); trying again", who, type(error).__name__)
            await asyncio.sleep(listener.lost())
