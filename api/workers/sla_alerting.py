"""The SLA watch: warnings and breaches become events, each once, as soon as they are true."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from psycopg import Connection, sql

from api.workers.due_alerts import DueAlertScanner, TicketAlerts
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import Now, Overloaded, ServiceDesk
from domain.event_log import reader
from domain.event_log.address import with_options
from domain.event_log.schema import schema_of
from domain.event_log.soundness import LogDamaged
from domain.event_log.store import LogConnection, LogUnavailable
from domain.refusal import Refusal
from domain.sla.alerts import DueAlert
from domain.sla.calendar.microseconds import from_microseconds
from domain.sla.commands import RecordSlaBreach, WarnOfSla
from domain.sla.events import BREACH

POLL_SECONDS = 1.0
GATHER_SECONDS = 0.02
LONGEST_BACK_OFF = 2.0
WATCH = Actor(id="sla-watch", kind="system")
_ORIGIN = Origin(channel="sla-watch")
_MICROSECOND = timedelta(microseconds=1)
_OPTIONS = "-c timezone=UTC -c statement_timeout=30s"
_LOG = logging.getLogger(__name__)


class SlaWatch:
    """Announces what a tenant's clocks have passed. Any number of watches may run at once: what is decided on a history
    that has moved on is refused as stale and judged anew, and a ticket takes each announcement once.

    Nothing is announced of tickets whose receipt was imported: their warnings and breaches were due elsewhere, before
    the ticket came here. Reports count them all the same, since they ask the clock and not these events.
    """

    def __init__(self, connection: Connection, tenant: str, desk: ServiceDesk, clock: Now | None = None) -> None:
        self._connection = connection
        self._tenant = tenant
        self._lookout = DueAlertScanner(connection, tenant)
        self._desk = desk
        self._clock = clock

    async def announce(self) -> float:
        """Announces the oldest of what has come true; returns how many seconds nothing more will, as far as is known.

        True is what was so right after its instant: a target is breached by the first microsecond beyond it.
        """
        if not await asyncio.to_thread(self._may_announce):
            return POLL_SECONDS
        now = await asyncio.to_thread(self._now)
        look = await asyncio.to_thread(self._lookout.look, now)
        await asyncio.gather(*map(self._announce, look.findings))
        if look.more:
            return 0.0
        if look.next_at is None:
            return POLL_SECONDS
        left = look.next_at + _MICROSECOND - await asyncio.to_thread(self._now)
        return min(max(left.total_seconds(), 0.0), POLL_SECONDS)

    def _may_announce(self) -> bool:
        may = "select pg_try_advisory_xact_lock_shared(hashtextextended(%s, 0))"
        return self._connection.execute(may, [_resting(self._tenant)]).fetchone() == (True,)

    async def _announce(self, finding: TicketAlerts) -> None:
        """One after the other, each on the history that was judged and the announcements before it."""
        position = finding.position
        for number, due in enumerate(finding.due):
            point = f"{due.fraction:g}" if due.before is None else f"{due.before}s before"
            command_id = f"sla/{finding.ticket}/{due.target}@{due.activated_by}/{point}"
            circumstances = CommandContext(WATCH, command_id, _ORIGIN, expected_version=finding.version + number)
            try:
                receipt = await self._desk.handle(finding.ticket, _command(due), circumstances)
            except (StaleVersion, Overloaded, LogUnavailable, LogDamaged):
                return  # it is judged anew
            except (CommandIdReused, Refusal) as error:
                if self._lookout.is_news(finding.ticket, finding.version):
                    _LOG.warning("%s of ticket %s cannot be announced: %s", command_id, finding.ticket, error)
                return
            position = receipt.answer.position
        self._lookout.settle(finding.ticket, position)

    def _now(self) -> datetime:
        """By the clock that says when something was recorded, wherever the watch runs."""
        return self._clock() if self._clock else reader.now(self._connection)


@contextmanager
def watches_resting(connection: Connection, tenant: str) -> Iterator[None]:
    """No watch of the tenant looks while the block lasts, or the connection.

    For a past that is told command by command: what looks late half-way may have been done in time.
    """
    connection.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [_resting(tenant)])
    try:
        yield
    finally:
        connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [_resting(tenant)])


async def watch(
    dsn: str, tenant: str, stop: threading.Event, clock: Now | None = None, *, reading_dsn: str | None = None
) -> None:
    """Announces until ``stop`` is set: woken by the clock, by rows that change, and through every loss of the database.

    A deadline that passed while no watch ran is announced by the next one, with the instant at which it passed.
    """
    desk = ServiceDesk(LogConnection(dsn, tenant), clock)
    back_off = 0.05
    try:
        while not stop.is_set():
            try:
                with await asyncio.to_thread(_listening, reading_dsn or dsn, tenant) as connection:
                    sla_watch = SlaWatch(connection, tenant, desk, clock)
                    while not stop.is_set():
                        seconds = await sla_watch.announce()
                        back_off = 0.05
                        if seconds and await asyncio.to_thread(_notified, connection, seconds):
                            await asyncio.sleep(GATHER_SECONDS)
            except psycopg.Error as error:
                _LOG.warning("the SLA watch of %s got no answer (%s); trying again", tenant, type(error).__name__)
                await asyncio.sleep(back_off)
                back_off = min(back_off * 2, LONGEST_BACK_OFF)
    finally:
        await desk.close()


def _resting(tenant: str) -> str:
    """The name of the lock that keeps watches from looking."""
    return f"ticketledger {schema_of(tenant)} SLA watch"


def _listening(dsn: str, tenant: str) -> Connection:
    address = with_options(dsn, _OPTIONS)
    connection = psycopg.connect(address, autocommit=True, prepare_threshold=2, connect_timeout=5)
    connection.execute(sql.SQL("listen {}").format(sql.Identifier(f"{schema_of(tenant)}_projected")))
    return connection


def _notified(connection: Connection, seconds: float) -> bool:
    """Whether rows changed within so many seconds; comes back as soon as they have."""
    return bool(list(connection.notifies(timeout=seconds, stop_after=1)))


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
