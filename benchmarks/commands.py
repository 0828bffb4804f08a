"""Commands a second, whole path: load, fold, decide, record; fsync on."""

import asyncio
import time
from datetime import UTC, datetime

import uvloop

from api.migration import migrate
from benchmarks.figure import Figure
from benchmarks.peers import by_hand, library
from domain.circumstances import Actor, Circumstances, Origin
from domain.event_log.connection import LogConnection
from domain.identity import new_id
from domain.service_desk import ServiceDesk
from domain.ticket import commands as c

AGENT = Actor(id="an", kind="agent")
ORIGIN = Origin(channel="api")


async def commands_a_second(dsn: str, callers: int, tickets: int) -> float:
    """``callers`` tasks with ``tickets`` tickets of four commands each, through one desk."""
    desk = ServiceDesk(LogConnection(dsn, "default"), lambda: datetime.now(UTC))

    async def call() -> None:
        for _ in range(tickets):
            ticket = new_id()
            for command in (
                c.ReceiveTicket(
                    customer_id=ticket,
                    channel="zalo",
                    subject="The invoice is wrong",
                    category="billing",
                    priority="P1",
                ),
                c.AssignTicket(team="first line"),
                c.StartWork(),
                c.ResolveTicket(resolution="Sent a new invoice"),
            ):
                await desk.handle(ticket, command, Circumstances(AGENT, str(new_id()), ORIGIN))

    start = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    seconds = time.perf_counter() - start
    await desk.close()
    return callers * tickets * 4 / seconds


def measure(dsn: str, scale: float) -> list[Figure]:
    """Ours beside the library's default and beside psycopg by hand, in turn, the median of several rounds."""
    migrate(dsn)
    by_hand.prepare(dsn)
    rounds: dict[str, list[float]] = {}
    for _ in range(3):
        for callers in (1, 8):
            tickets = max(10, int(scale * 100 / callers))
            rounds.setdefault(f"library {callers}", []).append(library.commands_a_second(dsn, callers, tickets))
        for callers in (1, 8, 32):
            tickets = max(10, int(scale * 1000 / callers))
            rounds.setdefault(f"ours {callers}", []).append(uvloop.run(commands_a_second(dsn, callers, tickets)))
            rounds.setdefault(f"by hand {callers}", []).append(
                uvloop.run(by_hand.commands_a_second(dsn, callers, tickets))
            )
    median = {name: sorted(values)[len(values) // 2] for name, values in rounds.items()}
    unit, default, shared = "commands/s", "eventsourcing, default recorder", "psycopg by hand, shared"
    return [
        Figure("commands, 1 caller", median["ours 1"], unit, default, median["library 1"], floor=2.0),
        Figure("commands, 8 callers", median["ours 8"], unit, default, median["library 8"], floor=8.0),
        Figure("commands, 32 callers", median["ours 32"], unit, shared, median["by hand 32"], floor=0.4),
        Figure("commands, 1 caller, by hand", median["ours 1"], unit, shared, median["by hand 1"]),
        Figure("commands, 8 callers, by hand", median["ours 8"], unit, shared, median["by hand 8"]),
    ]
