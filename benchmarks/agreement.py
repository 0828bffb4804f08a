"""Whether the watch, the rows and the pure function agree on every ticket of a large log."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg

from api.migrations import migrate
from api.workers.due_watch import DueWatch
from api.workers.sla_alerts import SLA_ALERTS
from benchmarks.figure import Figure
from benchmarks.late_facts import tell_late
from benchmarks.log_filling import fill, tidy
from benchmarks.rounds import say
from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.sla.alerts import due_alerts
from domain.sla.calendar.microseconds import EPOCH, from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.clock.tiers import TierChange
from domain.sla.events import BREACH, SlaBreached, SlaWarned, WarningPoint
from domain.sla.policy.commands import PublishPolicy
from domain.sla.policy.policy import Policy
from domain.sla.policy.policy_history import PolicyHistory
from domain.sla.policy.published import policy_history_of
from domain.sla.policy.publishing import POLICY_STREAM
from projections.engine.follower import Follower
from projections.engine.rebuild import compare
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_histories import ticket_histories

Announcement = tuple[str, int | None, WarningPoint, datetime]
"""The target, what activated its instance, the point, and the instant from which it is true."""
TENANT = "default"
POLICY = {
    "name": "Warned",
    "rules": [
        {
            "first_response": {"duration": "15m", "warn_at": [0.5]},
            "next_response": "1h",
            "periodic_update": "8h",
            "resolution": {"duration": "4h", "pauses": ["customer"], "warn_at": [0.5, 0.9]},
        }
    ],
}


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Fills a log, follows it, announces what is due, is told late facts, and asks the function about every ticket."""
    migrate(dsn, TENANT)
    asyncio.run(publish(dsn))
    fill(dsn, TENANT, 8_000 if quick else 1_000_000)
    tidy(dsn)
    follower = Follower(dsn, TENANT, [SLA_CLOCKS])
    told_late = 0
    for step in range(3):
        follower.catch_up()
        say(f"agreement: followed, {step} times announced")
        asyncio.run(_announce(dsn))
        told_late = told_late or tell_late(dsn, TENANT)
    follower.catch_up()
    follower.close()
    tickets, announced, wrong = _asked_again(dsn)
    rows = sum(difference.only_live + difference.only_rebuilt for difference in compare(dsn, TENANT, [SLA_CLOCKS]))
    of = f"{announced:,} announcements on {tickets:,} tickets, {told_late:,} late facts"
    return [
        Figure("tickets announced otherwise than the clock says", wrong, "tickets", "all", tickets, 0, True, of),
        Figure("rows otherwise than the clock says", rows, "rows", "tickets", tickets, 0, at_most=True),
    ]


async def publish(dsn: str) -> None:
    desk = ServiceDesk(LogConnection(dsn, TENANT), _now)
    command = PublishPolicy(effective_from=EPOCH, policy=Policy.model_validate(POLICY), reason="to be warned")
    await desk.handle(POLICY_STREAM, command, CommandContext(Actor(id="an", kind="agent"), str(new_id())))
    await desk.close()


async def _announce(dsn: str) -> None:
    """One look at every ticket that is due."""
    desk = ServiceDesk(LogConnection(dsn, TENANT), _now)
    with psycopg.connect(dsn, autocommit=True) as connection:
        watch = DueWatch(connection, TENANT, desk, _now, dues=[SLA_ALERTS])
        while await watch.step() == 0:
            pass
    await desk.close()


def _asked_again(dsn: str) -> tuple[int, int, int]:
    """How many tickets there are, how much is announced of them, and of how many something is missing or too much.

    Too much is what is announced twice, or was not true by what was known when it was.
    """
    tickets = announced = wrong = 0
    with psycopg.connect(dsn) as connection:
        up_to = reader.head(connection, TENANT)
        policy_history = policy_history_of(reader.rules(connection, TENANT, up_to))
        now = _now()
        for history, tiers in ticket_histories(connection, TENANT, up_to, [policy_history]):
            alerts = [event for event in history if isinstance(event.payload, SlaWarned | SlaBreached)]
            true = _true(history, policy_history, now, tiers)
            announcements = {_told(event) for event in alerts}
            unfounded = [
                event
                for event in alerts
                if _told(event) not in true
                and _told(event) not in _true(history[: event.version - 1], policy_history, event.recorded_at, tiers)
            ]
            ids = {announcement[:3] for announcement in announcements}
            agrees = len(ids) == len(alerts) and {announcement[:3] for announcement in true} <= ids and not unfounded
            tickets, announced, wrong = tickets + 1, announced + len(alerts), wrong + (not agrees)
    return tickets, announced, wrong


def _true(
    history: Sequence[RecordedEvent], policy_history: PolicyHistory, at: datetime, tiers: Sequence[TierChange]
) -> set[Announcement]:
    return {
        (due.target, due.activated_by, due.point, from_microseconds(due.at))
        for instance in clocks(history, policy_history, at, tiers)
        for due in due_alerts(instance, frozenset())
    }


def _told(event: RecordedEvent) -> Announcement:
    point = BREACH if isinstance(event.payload, SlaBreached) else event.payload.point
    return event.payload.target, event.payload.activated_by, point, event.occurred_at


def _now() -> datetime:
    return datetime.now(UTC)
