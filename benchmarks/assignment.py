"""How long the assigner looks at a full desk, and how long it takes to plan a page of assignments."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from typing import NoReturn
from uuid import UUID

import psycopg

from api.migrations import migrate
from api.workers.assigner import Assigner, AssignerSettings
from benchmarks.figure import Figure
from benchmarks.log_filling import SEED
from domain.command_context import Actor
from domain.command_handling.service_desk import Overloaded, ServiceDesk
from domain.definitions.events import DefinitionPublished
from domain.definitions.state import definition_stream
from domain.envelope import Envelope, NewEvent
from domain.event_log.append import Batch, append
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.messages import Event
from domain.sla.calendar.microseconds import EPOCH
from domain.ticket.events import TicketAssigned, TicketReceived
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

TENANT = "default"
TEAMS = 20
AT_ONCE = 1_000
_BY = Actor(id="an", kind="agent")


class RefusingDesk(ServiceDesk):
    """Counts the commands and takes none: what an assigner gives is measured elsewhere."""

    commands = 0

    async def handle(self, *_: object) -> NoReturn:
        self.commands += 1
        raise Overloaded


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """A desk whose agents are all full, with a queue of most of its tickets; then each agent has room for one more."""
    tickets, agents, held = (10_000, 100, 20) if quick else (100_000, 1_000, 20)
    migrate(dsn, TENANT)
    _fill(dsn, tickets, agents, held)
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    now = datetime.now(UTC)
    note = f"{tickets:,} open tickets, {agents:,} agents in {TEAMS} teams"
    full, _ = _look(dsn, now)
    _publish(dsn, agents, held + 1, version=2)
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    page, commands = _look(dsn, now)
    bound = ("s", "asked for", 1.0)
    return [
        Figure("a look at a full desk", full, *bound, 1, at_most=True, note=note),
        Figure("a look that plans a page", page, *bound, 1, at_most=True, note=f"{commands} assignments, {note}"),
    ]


def _look(dsn: str, now: datetime) -> tuple[float, int]:
    """The median seconds of a look at every ticket, and how many commands it leads to; nothing is recorded."""
    took, given = [], 0
    for _ in range(5):
        desk = RefusingDesk(LogConnection(dsn, TENANT))
        with psycopg.connect(dsn, autocommit=True) as connection:
            assigner = Assigner(connection, TENANT, desk, lambda: now, own=AssignerSettings(rest=0))
            begun = time.perf_counter()
            asyncio.run(assigner.step())
            took.append(time.perf_counter() - begun)
        given = desk.commands
    return median(took), given


def _fill(dsn: str, tickets: int, agents: int, held: int) -> None:
    """Tickets of the last hours; the first of them are held, the others wait in the queue of their team."""
    random = Random(SEED)
    _publish(dsn, agents, held)
    begun = datetime.now(UTC) - timedelta(hours=3)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for start in range(0, tickets, AT_ONCE):
            batch: list[tuple[UUID, list[Event], datetime]] = []
            for number in range(start, start + AT_ONCE):
                agent = number % agents
                holder = f"agent {agent}" if number < agents * held else None
                payload = TicketReceived(
                    customer_id=UUID(int=random.randrange(20_000)),
                    channel="email",
                    subject="No code",
                    category="login",
                    priority=random.choice(["P1", "P2", "P3"]),
                )
                assigned = TicketAssigned(team=f"team {agent % TEAMS}", agent=holder)
                batch.append((new_id(), [payload, assigned], begun + timedelta(seconds=10_000 * number / tickets)))
            _append(connection, batch)


def _publish(dsn: str, agents: int, capacity: int, version: int = 1) -> None:
    workforce = {
        "teams": [{"name": f"team {number}"} for number in range(TEAMS)],
        "agents": [
            {"name": f"agent {number}", "team": f"team {number % TEAMS}", "capacity": capacity, "skills": ["vi"]}
            for number in range(agents)
        ],
    }
    routing = {
        "default_team": "team 0",
        "rules": [
            {"name": f"to {number}", "when": {"category": "login"}, "team": f"team {number}", "skills": ["vi"]}
            for number in range(TEAMS)
        ],
        "drop_skills_after": 3_600,
        "tell_lead_after": 86_400,
    }
    published: list[tuple[str, dict[str, object]]] = [("workforce", workforce)]
    published += [("routing", routing)] if version == 1 else []
    with psycopg.connect(dsn, autocommit=True) as connection:
        for kind, body in published:
            event = DefinitionPublished(kind=kind, name="tenant", version=version, effective_from=EPOCH, body=body)
            _append(connection, [(definition_stream(kind), [event], datetime.now(UTC))], before=version - 1)


def _append(connection: psycopg.Connection, streams: list[tuple[UUID, list[Event], datetime]], before: int = 0) -> None:
    ids = {stream: f"{stream} {before}" for stream, _, _ in streams}
    batch = Batch(dict.fromkeys(ids, before), list(ids.values()))
    for stream, payloads, at in streams:
        events = [
            NewEvent(stream, before + number, _envelope(payload, ids[stream], at), payload)
            for number, payload in enumerate(payloads, start=1)
        ]
        batch.add_decided(ids[stream], "filled", stream, before + len(events), events)
    assert append(connection, TENANT, batch).recorded


def _envelope(payload: Event, command_id: str, at: datetime) -> Envelope:
    return Envelope(
        event_id=str(new_id()),
        schema_version=payload.schema_version,
        occurred_at=at,
        actor=_BY,
        command_id=command_id,
    )
