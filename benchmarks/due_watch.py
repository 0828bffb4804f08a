"""How late a reminder is recorded, beside all those that wait for their time."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import psycopg

from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.following import wait_for
from benchmarks.processes import workers
from benchmarks.rounds import percentile
from benchmarks.sla_watch import TENANT, Life, receipt, record
from domain.automation.events import AutomationFired
from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.sla.calendar.microseconds import EPOCH
from domain.ticket.events import TicketResolved
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

AFTER = timedelta(hours=6)
RULE = {
    "at": {"due": "resolved-for", "after": "6h"},
    "then": [{"do": "add-note", "body": "Six hours have passed"}],
    "stale_after": "30d",
}
EVENTS_OF_A_REMINDER = 2
"""The note, and that the rule fired."""


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Reminders spread evenly over some seconds; all others are due in hours."""
    waiting, due, ahead, seconds = (5_000, 100, 2.0, 2.0) if quick else (100_000, 1_000, 10.0, 20.0)
    migrate(dsn, TENANT)
    asyncio.run(_publish(dsn))
    now = datetime.now(UTC)
    record(dsn, [_resolved(now - timedelta(hours=2) * number / waiting) for number in range(waiting)])
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    with workers(dsn, TENANT):
        wait_for(dsn, TENANT, 1 + 2 * waiting)
        first = datetime.now(UTC) + timedelta(seconds=ahead)
        instants = [first + timedelta(seconds=seconds) * number / due for number in range(due)]
        record(dsn, [_resolved(at - AFTER) for at in instants])
        time.sleep(ahead + seconds)
        lateness = _lateness(dsn, 1 + 2 * (waiting + due), due)
    note = f"{due:,} reminders in {seconds:g} s, {waiting:,} waiting"
    reference = ("ms", "asked for", 100)
    return [
        Figure(
            "a reminder is recorded late, median", percentile(lateness, 0.5), *reference, 1, at_most=True, note=note
        ),
        Figure("a reminder is recorded late, p99", percentile(lateness, 0.99), *reference, note=note),
    ]


async def _publish(dsn: str) -> None:
    desk = ServiceDesk(LogConnection(dsn, TENANT))
    command = PublishDefinition(kind="automation", name="six", effective_from=EPOCH, body=RULE, reason="measured")
    context = CommandContext(Actor(id="an", kind="agent"), str(new_id()))
    await desk.handle(definition_stream("automation", "six"), command, context)
    await desk.close()


def _resolved(at: datetime) -> Life:
    return [(receipt(new_id()), at), (TicketResolved(resolution="sent", code="solved"), at)]


def _lateness(dsn: str, after: int, count: int) -> list[float]:
    """Milliseconds from the time of each reminder to its recording, once all of them are recorded."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while reader.head(connection, TENANT) < after + EVENTS_OF_A_REMINDER * count:
            time.sleep(0.1)
        events = reader.page(connection, TENANT, after, EVENTS_OF_A_REMINDER * count)
    fired = [event for event in events if isinstance(event.payload, AutomationFired)]
    assert len(fired) == count
    return [
        (event.recorded_at - event.payload.due_at) / timedelta(milliseconds=1)
        for event in fired
        if event.payload.due_at
    ]
