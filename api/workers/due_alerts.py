"""What is to be announced of a tenant's SLA clocks by now: who may be late, and what their histories say."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import Connection, sql

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.sla.alerts import FIRST_THINGS, DueAlert, due_alerts, recorded_alerts
from domain.sla.calendar.microseconds import EPOCH, from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.policy.published import rulebook_of
from projections.sla.tier_histories import histories_of

PAGE = 200
QUIET = timedelta(seconds=2)
"""How long nothing was recorded of a ticket whose past is being told, before it is taken to be told."""
_LOG = logging.getLogger(__name__)
_BEGINNING = (EPOCH, UUID(int=0))


class TicketAlerts(NamedTuple):
    """What is to be announced of one ticket, first things first, judged on its first ``version`` events.

    ``position`` is that of the last of them in the log.
    """

    ticket: UUID
    version: int
    position: int
    due: list[DueAlert]


class ScanResult(NamedTuple):
    """``next_at`` is when the next announcement of the other tickets falls due; ``more``: there are tickets left."""

    findings: list[TicketAlerts]
    next_at: datetime | None
    more: bool


class DueAlertScanner:
    """Finds the tickets by their rows in sla_clocks, which may lag, and judges them by the log, which does not.

    A ticket that is ``settled`` is not judged again until its rows have caught up with what was recorded of it.
    """

    def __init__(self, connection: Connection, tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._settled: dict[UUID, int] = {}
        self._told: dict[UUID, int] = {}
        self._after = _BEGINNING

    def look(self, now: datetime) -> ScanResult:
        """The next page of the tickets whose rows say that something came true before ``now``, oldest first."""
        projected, next_at = self._standing(now)
        self._settled = {ticket: position for ticket, position in self._settled.items() if position > projected}
        rows = self._page(now)
        more = len(rows) == PAGE
        self._after = rows[-1] if more else _BEGINNING
        tickets = {ticket for _, ticket in rows} - self._settled.keys()
        return ScanResult(self._judge(list(tickets), now), next_at, more)

    def settle(self, ticket: UUID, position: int) -> None:
        """Nothing is left to announce of the ticket as the log stood at ``position``."""
        self._settled[ticket] = position

    def is_news(self, ticket: UUID, version: int) -> bool:
        """Whether nobody was told yet that something is wrong with the ticket at this version; now they are."""
        known, self._told[ticket] = self._told.get(ticket), version
        return known != version

    def _judge(self, tickets: Sequence[UUID], now: datetime) -> list[TicketAlerts]:
        """All together; when that fails in halves, until the one ticket is found that cannot be judged."""
        if not tickets:
            return []
        try:
            return judge(self._connection, self._tenant, tickets, now)
        except psycopg.Error:
            raise
        except Exception:  # noqa: BLE001 -- whatever is wrong with one history, the other tickets are announced
            if len(tickets) == 1:
                if self.is_news(tickets[0], self._version(tickets[0])):
                    _LOG.exception("the SLA clocks of ticket %s cannot be judged", tickets[0])
                return []
            half = len(tickets) // 2
            return self._judge(tickets[:half], now) + self._judge(tickets[half:], now)

    def _version(self, ticket: UUID) -> int:
        statement = sql.SQL("select max(version) from {}.events where stream = %s").format(
            sql.Identifier(schema_of(self._tenant))
        )
        (version,) = self._connection.execute(statement, [ticket]).fetchone() or (0,)
        return int(version or 0)

    def _standing(self, now: datetime) -> tuple[int, datetime | None]:
        """How far the rows have read the log, and when the next of them falls due."""
        statement = sql.SQL(
            "select position, (select min(watch_at) from {0}.sla_clocks where watch_at >= %s)"
            " from {0}.projection_positions where name = 'sla_clocks'"
        ).format(sql.Identifier(schema_of(self._tenant)))
        return self._connection.execute(statement, [now]).fetchone() or (0, None)

    def _page(self, now: datetime) -> list[tuple[datetime, UUID]]:
        statement = sql.SQL(
            "select watch_at, ticket from {}.sla_clocks where watch_at < %s and (watch_at, ticket) > (%s, %s)"
            " order by watch_at, ticket limit %s"
        ).format(sql.Identifier(schema_of(self._tenant)))
        return self._connection.execute(statement, [now, *self._after, PAGE]).fetchall()


def judge(connection: Connection, tenant: str, tickets: Collection[UUID], now: datetime) -> list[TicketAlerts]:
    """What the SLA clock says of each ticket at ``now``, less what its history announces already.

    A ticket that is being told after the fact is left for later: what looks late half-way may have been done in time.
    """
    up_to = reader.head(connection, tenant)
    clock = reader.now(connection)
    rulebook = rulebook_of(reader.rules(connection, tenant, up_to))
    findings = []
    for history, tiers in histories_of(connection, tenant, tickets, up_to, rulebook):
        announced = recorded_alerts(history)
        instances = clocks(history, rulebook, now, tiers)
        due = sorted([due for instance in instances for due in due_alerts(instance, announced)], key=FIRST_THINGS)
        if due and _is_being_told(history, from_microseconds(due[0].at), clock):
            continue
        findings.append(TicketAlerts(history[0].stream, len(history), history[-1].position, due))
    return findings


def _is_being_told(history: Sequence[RecordedEvent], due_at: datetime, clock: datetime) -> bool:
    """Whether it was due before we knew of the ticket, of which we keep learning.

    What was recorded later than it is now, by the same clock, was recorded before that clock was put back.
    """
    return due_at < history[0].recorded_at and clock - QUIET < history[-1].recorded_at <= clock
