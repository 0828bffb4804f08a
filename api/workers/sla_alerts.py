"""The SLA alerts that are due: warnings and breaches, each once, right after the instant at which they become true.

Tickets with an imported receipt get no alerts: theirs were due in another system. Reports count them, because reports
are computed by the SLA clock and not from these events.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from api.workers.due import Due, DueCommand, GivenBy, JudgedStream, candidates_by, is_being_entered
from domain.command_context import Actor, Origin
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.sla.alerts import ALERT_ORDER, DueAlert, due_alerts, recorded_alerts
from domain.sla.calendar.microseconds import MICROSECOND, from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.commands import RecordSlaBreach, WarnOfSla
from domain.sla.events import BREACH
from domain.sla.policy.published import policy_history_of
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_histories import histories_of

_BY = GivenBy(Actor(id="sla-watch", kind="system"), Origin(channel="sla-watch"))
_SQL = sql_file("api.workers", "sla_alerts.sql")


def _judge(
    connection: Connection, tenant: str, tickets: Collection[UUID], now: datetime, quiet: timedelta
) -> list[JudgedStream]:
    """The alerts that the SLA clock gives for each ticket at ``now``, without those that its history holds.

    A ticket whose past is being entered is left out: what looks late half-way may have been done in time.
    """
    up_to = reader.head(connection, tenant)
    clock = reader.now(connection)
    policy_history = policy_history_of(reader.rules(connection, tenant, up_to))
    judged = []
    for history, tiers in histories_of(connection, tenant, tickets, up_to, policy_history):
        recorded = recorded_alerts(history)
        instances = clocks(history, policy_history, now, tiers)
        due = sorted([due for instance in instances for due in due_alerts(instance, recorded)], key=ALERT_ORDER)
        if due and is_being_entered(history, from_microseconds(due[0].at), clock, quiet):
            continue
        ticket, version = history[0].stream, len(history)
        commands = [DueCommand(ticket, version, _command_id(ticket, each), _command(each), _BY) for each in due]
        judged.append(JudgedStream(ticket, history[-1].position, commands))
    return judged


def _next_at(connection: Connection, tenant: str, now: datetime) -> datetime | None:
    """An alert is due right after its instant: the first microsecond beyond a target breaches it."""
    (at,) = connection.execute(_SQL["next alert"].of(tenant), {"now": now}).fetchone() or (None,)
    return None if at is None else at + MICROSECOND


def _command_id(ticket: UUID, due: DueAlert) -> str:
    point = f"{due.fraction:g}" if due.before is None else f"{due.before}s before"
    return f"sla/{ticket}/{due.target}@{due.activated_by}/{point}"


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


SLA_ALERTS = Due("SLA alerts", SLA_CLOCKS, candidates_by(_SQL["due tickets"]), _judge, _next_at)
