"""The SLA watch records warnings and breaches as events, each once, when they become true."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import psycopg
from psycopg import Connection

from api.workers.due_alerts import USUAL_SCAN, DueAlertScanner, ScanSettings, TicketAlerts
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import Now, Overloaded, ServiceDesk
from domain.event_log import reader
from domain.event_log.advisory_locks import alerts_lock
from domain.event_log.database_connections import ALERTS
from domain.event_log.notifications import Listener, ListenerSettings, projected
from domain.event_log.soundness import LogDamaged
from domain.event_log.store import LogConnection, LogUnavailable
from domain.refusal import Refusal
from domain.sla.alerts import DueAlert
from domain.sla.calendar.microseconds import from_microseconds
from domain.sla.commands import RecordSlaBreach, WarnOfSla
from domain.sla.events import BREACH

WATCH = Actor(id="sla-watch", kind="system")
_ORIGIN = Origin(channel="sla-watch")
_MICROSECOND = timedelta(microseconds=1)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How the watch waits for changes and scans for due alerts."""

    listener: ListenerSettings = ListenerSettings(gather=0.02)  # noqa: RUF009 -- immutable
    scan: ScanSettings = USUAL_SCAN


USUAL_SETTINGS = AlertSettings()


class SlaWatch:
    """Records the alerts of a tenant. Any number of watches may run at once: an alert judged on a stale history is
    refused and judged again, and a ticket takes each alert once.

    Tickets with an imported receipt get no alerts: theirs were due in another system. Reports count them, as reports
    ask the SLA clock and not these events.
    """

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        desk: ServiceDesk,
        clock: Now | None = None,
        settings: AlertSettings = USUAL_SETTINGS,
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._poll = settings.listener.poll
        self._scanner = DueAlertScanner(connection, tenant, settings.scan)
        self._desk = desk
        self._clock = clock

    async def announce(self) -> float:
        """Records the oldest alerts that are due; returns the seconds until the next one may be due.

        An alert is due right after its instant: the first microsecond beyond a target breaches it.
        """
        if not await asyncio.to_thread(alerts_lock(self._tenant).is_free, self._connection):
            return self._poll
        now = await asyncio.to_thread(self._now)
        scan = await asyncio.to_thread(self._scanner.scan, now)
        await asyncio.gather(*map(self._announce, scan.tickets))
        if scan.more:
            return 0.0
        if scan.next_at is None:
            return self._poll
        left = scan.next_at + _MICROSECOND - await asyncio.to_thread(self._now)
        return min(max(left.total_seconds(), 0.0), self._poll)

    async def _announce(self, ticket_alerts: TicketAlerts) -> None:
        """One alert after the other, each on the judged history with the alerts before it."""
        position = ticket_alerts.position
        for number, due in enumerate(ticket_alerts.due):
            point = f"{due.fraction:g}" if due.before is None else f"{due.before}s before"
            command_id = f"sla/{ticket_alerts.ticket}/{due.target}@{due.activated_by}/{point}"
            context = CommandContext(WATCH, command_id, _ORIGIN, expected_version=ticket_alerts.version + number)
            try:
                result = await self._desk.handle(ticket_alerts.ticket, _command(due), context)
            except (StaleVersion, Overloaded, LogUnavailable, LogDamaged):
                return  # it is judged again by the next scan
            except (CommandIdReused, Refusal) as error:
                if self._scanner.is_news(ticket_alerts.ticket, ticket_alerts.version):
                    _LOG.warning("%s of ticket %s cannot be announced: %s", command_id, ticket_alerts.ticket, error)
                return
            position = result.answer.position
        self._scanner.settle(ticket_alerts.ticket, position)

    def _now(self) -> datetime:
        """The present instant by the database's clock, which also sets recorded_at."""
        return self._clock() if self._clock else reader.now(self._connection)


class Watch(Protocol):
    """Records what has become due."""

    async def announce(self) -> float:
        """Records the oldest things that are due; returns the seconds until the next one may be due."""


class MakeWatch(Protocol):
    """Makes a watch on a connection of its own."""

    def __call__(
        self, connection: Connection, tenant: str, desk: ServiceDesk, clock: Now | None, settings: AlertSettings, /
    ) -> Watch: ...


async def watch(
    dsn: str,
    tenant: str,
    stop: threading.Event,
    clock: Now | None = None,
    *,
    reading_dsn: str | None = None,
    settings: AlertSettings = USUAL_SETTINGS,
    makes: Sequence[MakeWatch] = (SlaWatch,),
) -> None:
    """Records alerts, and what the other watches record, until ``stop`` is set. They share their connections, and wake
    when the next thing is due and when rows change.

    A deadline that passes while no watch runs is recorded by the next one, with the instant at which it passed.
    """
    desk = ServiceDesk(LogConnection(dsn, tenant), clock)
    listener = Listener(reading_dsn or dsn, [projected(tenant)], settings.listener, ALERTS)
    watches: list[Watch] = []
    try:
        while not stop.is_set():
            try:
                connection = await asyncio.to_thread(listener.connection)
                if not watches:
                    watches = [make(connection, tenant, desk, clock, settings) for make in makes]
                if seconds := min([await made.announce() for made in watches]):
                    await asyncio.to_thread(listener.wait, seconds)
            except psycopg.Error as error:
                _LOG.warning("the watches of %s got no answer (%s); trying again", tenant, type(error).__name__)
                watches = []
                await asyncio.sleep(listener.lost())
    finally:
        listener.close()
        await desk.close()


def _command(due: DueAlert) -> WarnOfSla | RecordSlaBreach:
    at, due_at = from_microseconds(due.at), from_microseconds(due.due_at)
    if due.fraction == BREACH:
        return RecordSlaBreach(
            target=due.target, instance=due.number, activated_by=due.activated_by, due_at=due_at, occurred_at=at
        )
    return WarnOfSla(
        target=due.target,
        instance=due.number,
        activated_by=due.activated_by,
        fraction=due.fraction,
        before=due.before,
        reached_at=at,
        due_at=due_at,
        occurred_at=at,
    )
