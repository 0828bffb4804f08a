"""The SLA alerts of a tenant that are due and not yet recorded."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.sla.alerts import ANNOUNCEMENT_ORDER, DueAlert, due_alerts, recorded_alerts
from domain.sla.calendar.microseconds import EPOCH, from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.policy.published import policy_history_of
from projections.sla.tier_histories import histories_of

_SQL = sql_file("api.workers", "due_alerts.sql")
_LOG = logging.getLogger(__name__)
_BEGINNING = (EPOCH, UUID(int=0))


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """``page`` is how many tickets are judged at once. ``quiet`` is how long nothing must be recorded of a ticket with
    late facts before its past counts as complete. ``logged`` is how many faulty tickets are remembered, so that each
    fault is logged once.
    """

    page: int = 200
    logged: int = 10_000
    quiet: timedelta = timedelta(seconds=2)


USUAL_SCAN = ScanSettings()


class TicketAlerts(NamedTuple):
    """The due alerts of one ticket, the oldest first, judged on its first ``version`` events.

    ``position`` is the position of the last of these events.
    """

    ticket: UUID
    version: int
    position: int
    due: list[DueAlert]


class ScanResult(NamedTuple):
    """One page of tickets. ``next_at`` is when the next alert of other tickets is due; ``more`` pages may follow."""

    tickets: list[TicketAlerts]
    next_at: datetime | None
    more: bool


class DueAlertScanner:
    """Finds tickets by their rows in sla_clocks, which may lag, and judges them by the log, which does not.

    A settled ticket is not judged again until its rows have caught up with the log.
    """

    def __init__(self, connection: Connection, tenant: str, settings: ScanSettings = USUAL_SCAN) -> None:
        self._connection = connection
        self._tenant = tenant
        self._settings = settings
        self._settled: dict[UUID, int] = {}
        self._logged: dict[UUID, int] = {}
        self._after = _BEGINNING

    def scan(self, now: datetime) -> ScanResult:
        """The next page of tickets whose rows say that an alert is due before ``now``, the oldest first."""
        projected, next_at = self._progress(now)
        self._settled = {ticket: position for ticket, position in self._settled.items() if position > projected}
        rows = self._page(now)
        more = len(rows) == self._settings.page
        self._after = rows[-1] if more else _BEGINNING
        tickets = {ticket for _, ticket in rows} - self._settled.keys()
        return ScanResult(self._judge(list(tickets), now), next_at, more)

    def settle(self, ticket: UUID, position: int) -> None:
        """Notes that no alert of the ticket is due up to ``position`` of the log."""
        self._settled[ticket] = position

    def is_news(self, ticket: UUID, version: int) -> bool:
        """Whether a fault of the ticket at this version is not logged yet; it counts as logged from now on."""
        known, self._logged[ticket] = self._logged.pop(ticket, None), version
        if len(self._logged) > self._settings.logged:
            del self._logged[next(iter(self._logged))]  # the one that was faulty longest ago
        return known != version

    def _judge(self, tickets: Sequence[UUID], now: datetime) -> list[TicketAlerts]:
        """All together. When that fails, in halves, until the one ticket is left that cannot be judged."""
        if not tickets:
            return []
        try:
            return judge(self._connection, self._tenant, tickets, now, self._settings.quiet)
        except psycopg.Error:
            raise
        except Exception:  # noqa: BLE001 -- a fault in one history must not keep back the alerts of others
            if len(tickets) == 1:
                if self.is_news(tickets[0], self._version(tickets[0])):
                    _LOG.exception("the SLA clocks of ticket %s cannot be judged", tickets[0])
                return []
            half = len(tickets) // 2
            return self._judge(tickets[:half], now) + self._judge(tickets[half:], now)

    def _version(self, ticket: UUID) -> int:
        row = self._connection.execute(_SQL["version"].of(self._tenant), {"ticket": ticket}).fetchone()
        return int(row[0] or 0) if row else 0

    def _progress(self, now: datetime) -> tuple[int, datetime | None]:
        """The checkpoint of the rows, and when the next alert is due."""
        row = self._connection.execute(_SQL["progress"].of(self._tenant), {"now": now}).fetchone()
        return row or (0, None)

    def _page(self, now: datetime) -> list[tuple[datetime, UUID]]:
        watch_at, ticket = self._after
        parameters = {"now": now, "watch_at": watch_at, "ticket": ticket, "limit": self._settings.page}
        return self._connection.execute(_SQL["due tickets"].of(self._tenant), parameters).fetchall()


def judge(
    connection: Connection, tenant: str, tickets: Collection[UUID], now: datetime, quiet: timedelta
) -> list[TicketAlerts]:
    """The alerts that the SLA clock gives for each ticket at ``now``, without those that its history holds.

    A ticket whose past is being entered is left out: what looks late half-way may have been done in time.
    """
    up_to = reader.head(connection, tenant)
    clock = reader.now(connection)
    policy_history = policy_history_of(reader.rules(connection, tenant, up_to))
    ticket_alerts = []
    for history, tiers in histories_of(connection, tenant, tickets, up_to, policy_history):
        announced = recorded_alerts(history)
        instances = clocks(history, policy_history, now, tiers)
        due = sorted([due for instance in instances for due in due_alerts(instance, announced)], key=ANNOUNCEMENT_ORDER)
        if due and is_being_entered(history, from_microseconds(due[0].at), clock, quiet):
            continue
        ticket_alerts.append(TicketAlerts(history[0].stream, len(history), history[-1].position, due))
    return ticket_alerts


def is_being_entered(history: Sequence[RecordedEvent], due_at: datetime, clock: datetime, quiet: timedelta) -> bool:
    """Whether something was due before its stream was recorded, and events of the stream are still coming in.

    An event recorded later than the present was recorded before the database's clock was set back.
    """
    return due_at < history[0].recorded_at and clock - quiet < history[-1].recorded_at <= clock
