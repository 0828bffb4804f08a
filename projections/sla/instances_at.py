"""The last instance of each target of some tickets at an instant, running clocks included."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, sql

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import BusinessTime, business_time
from domain.sla.calendar.interval_index import EARLIEST, LATEST
from domain.sla.calendar.microseconds import to_microseconds
from domain.sla.policy.policy import TargetName
from domain.sla.policy.policy_history import ALWAYS
from domain.sla.policy.published import calendar_versions
from projections.sla.queries import IS_LATE

Calendars = Mapping[tuple[str, int], BusinessTime]
"""By name and version."""


class LastPromise(NamedTuple):
    """An instance at the instant asked; ``elapsed_us`` are microseconds of its calendar."""

    target: TargetName
    state: str
    due_at: datetime | None
    verdict: str | None
    corrected_verdict: str | None
    elapsed_us: int


def calendars_of(rules: Sequence[RecordedEvent]) -> Calendars:
    """Every version of every calendar that clocks can count on."""
    return {
        (version.calendar.name, version.version): business_time(version.calendar)
        for version in (ALWAYS, *calendar_versions(rules))
    }


def last_promises(
    connection: Connection,
    schema: str,
    tickets: Collection[UUID],
    targets: Collection[TargetName],
    calendars: Calendars,
    now: datetime,
) -> dict[UUID, list[LastPromise]]:
    """By ticket. What runs too long at ``now`` is breached, as in the report of open clocks."""
    statement = sql.SQL(
        "select distinct on (ticket, target) ticket, target, state, due_at,"
        " case when {late} then 'breached' else verdict end, corrected_verdict,"
        " elapsed_us, running_since, calendar, calendar_version"
        " from {clocks} where ticket = any(%(tickets)s) and target = any(%(targets)s)"
        " order by ticket, target, instance desc"
    ).format(late=sql.SQL(IS_LATE), clocks=sql.Identifier(schema, "sla_clocks"))
    parameters = {"tickets": list(tickets), "targets": list(targets), "now": now}
    until = min(max(to_microseconds(now), EARLIEST), LATEST)
    promises: dict[UUID, list[LastPromise]] = {}
    for ticket, *facts, elapsed, running_since, calendar, version in connection.execute(statement, parameters):
        running = 0
        if running_since is not None and (since := to_microseconds(running_since)) < until:
            running = calendars[calendar, version].elapsed_us(since, until)
        promises.setdefault(ticket, []).append(LastPromise._make((*facts, elapsed + running)))
    return promises
