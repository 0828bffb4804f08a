"""How long the clocks that run at an instant have been running since their last stored value."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log.sql_files import sql_file
from domain.sla.calendar.business_time import BusinessTime, business_time
from domain.sla.calendar.interval_index import covered
from domain.sla.calendar.microseconds import to_microseconds
from domain.sla.policy.policy_history import ALWAYS
from domain.sla.policy.published import calendar_versions

_SQL = sql_file("projections.sla", "sla.sql")
Calendars = Mapping[tuple[str, int], BusinessTime]
"""By name and version."""
RunningClock = tuple[UUID, str, int, int]
"""Ticket, target, the event that activated the instance, and microseconds of its calendar."""


def calendars_of(rules: Sequence[RecordedEvent]) -> Calendars:
    """Every version of every calendar that clocks can count on."""
    return {
        (version.calendar.name, version.version): business_time(version.calendar)
        for version in (ALWAYS, *calendar_versions(rules))
    }


def running_clocks(connection: Connection, schema: str, calendars: Calendars, at: datetime) -> Iterator[RunningClock]:
    """The instances that run at an instant, with the time since ``running_since``."""
    statement = _SQL["running clocks"].filled(schema=schema)
    until = covered(at)
    with connection.cursor(binary=True) as cursor:
        for ticket, target, activated_by, running_since, calendar, version in cursor.execute(statement):
            since = to_microseconds(running_since)
            if since < until:
                yield ticket, target, activated_by, calendars[calendar, version].elapsed_us(since, until)
