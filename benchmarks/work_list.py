"""A page of the work list beside 10^5 open tickets: of an agent, and of a team."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

import psycopg
from psycopg import Connection

from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.log_filling import SEED, tidy
from benchmarks.timing import median_milliseconds
from domain.command_context import Actor
from domain.envelope import Envelope, NewEvent
from domain.event_log.append import Batch, append
from domain.event_log.schema import schema_of
from domain.ids import new_id
from domain.messages import Event
from domain.task.events import TaskOpened
from domain.ticket import events as e
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from projections.work_list.queries import work_list

TENANT = "default"
SCHEMA = schema_of(TENANT)
AGENTS, TEAMS, PAGE, AT_ONCE, READINGS = 1_000, 50, 50, 500, 100
TASKS_IN, CALLS_IN = 10, 20
"""One stream in so many is a task, one ticket in so many has a promised call."""
DESK = Actor(id="desk", kind="agent")


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Medians in milliseconds."""
    tickets = 10_000 if quick else 100_000
    migrate(dsn, TENANT)
    _fill(dsn, tickets)
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    tidy(dsn)
    random, now = Random(SEED), datetime.now(UTC)
    questions: dict[str, Callable[[Connection], object]] = {
        "an agent's page of the work list": lambda connection: work_list(
            connection, SCHEMA, now=now, agent=f"agent {random.randrange(AGENTS)}", limit=PAGE
        ),
        "a team's page of the work list": lambda connection: work_list(
            connection, SCHEMA, now=now, team=f"team {random.randrange(TEAMS)}", limit=PAGE
        ),
    }
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [
            Figure(
                name,
                median_milliseconds(partial(ask, connection), READINGS),
                "ms",
                "asked for",
                20,
                1,
                at_most=True,
                note=f"{tickets:,} open tickets, {AGENTS:,} agents, {TEAMS} teams",
            )
            for name, ask in questions.items()
        ]


def _fill(dsn: str, tickets: int) -> None:
    random, now = Random(SEED), datetime.now(UTC)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for start in range(0, tickets, AT_ONCE):
            streams = {new_id(): list(_life(random, now)) for _ in range(min(AT_ONCE, tickets - start))}
            batch = Batch(dict.fromkeys(streams, 0), [str(stream) for stream in streams])
            for stream, life in streams.items():
                at = now - timedelta(minutes=random.randrange(60 * 48))
                events = [_event(stream, version, payload, at) for version, payload in enumerate(life, start=1)]
                batch.add_decided(str(stream), "filled", stream, len(events), events)
            assert append(connection, TENANT, batch).recorded


def _life(random: Random, now: datetime) -> list[Event]:
    agent = random.randrange(AGENTS)
    team_name, agent_name = f"team {agent % TEAMS}", f"agent {agent}"
    due_at = now + timedelta(minutes=random.randrange(60 * 24))
    if random.randrange(TASKS_IN) == 0:
        return [TaskOpened(title="Gọi lại khách", due_at=due_at, team=team_name, agent=agent_name)]
    priority = random.choice(["P1", "P2", "P3"])
    customer = UUID(int=random.randrange(20_000))
    received = e.TicketReceived(
        customer_id=customer, channel="zalo", subject="Không nhận được mã OTP", category="login", priority=priority
    )
    promised = [e.CallbackPromised(at=due_at)] if random.randrange(CALLS_IN) == 0 else []
    return [received, e.TicketAssigned(team=team_name, agent=agent_name), *promised]


def _event(stream: UUID, version: int, payload: Event, at: datetime) -> NewEvent:
    envelope = Envelope(
        event_id=f"{stream}-{version}", schema_version=1, occurred_at=at, actor=DESK, command_id=str(stream)
    )
    return NewEvent(stream, version, envelope, payload)
