"""How many events a second the reactor reads with many rules published, when few of the events lead to anything."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import psycopg

from api.migrations import migrate
from api.workers.reactor import WORKER, Reactor
from benchmarks.figure import Figure
from benchmarks.log_filling import fill, instant_of, tidy
from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id

TENANT = "default"
RULES = 50
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_TOPICS = (
    "ticket.received", "ticket.assigned", "ticket.work_started", "ticket.reply_sent", "ticket.put_on_hold",
    "ticket.message_received", "ticket.work_resumed", "ticket.resolved", "ticket.closed",
)  # fmt: skip


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Every rule reacts to every topic of a ticket; one of them fires now and then."""
    events = 50_000 if quick else 500_000
    migrate(dsn, TENANT)
    asyncio.run(_publish(dsn))
    with psycopg.connect(dsn, autocommit=True) as connection:
        began = reader.head(connection, TENANT)
    fill(dsn, TENANT, events)
    tidy(dsn)
    seconds, fired = asyncio.run(_react(dsn, began))
    note = f"{events:,} events, {RULES} rules, {fired} fired"
    return [Figure("the reactor reads", events / seconds, "events/s", "asked for", 5_000, 1, note=note)]


def _rules() -> list[dict[str, Any]]:
    """Conditions on the event, on its actor, on the ticket behind one on the event, and one that holds now and then."""
    note = [{"do": "add-note", "body": "noted"}]
    rules: list[dict[str, Any]] = []
    for number in range(RULES - 1):
        nobody = {"field": "actor.id", "value": f"nobody {number}"}
        state = {"field": "ticket.priority", "value": "P1"}
        tier = {"field": "customer.tier", "value": "vip"}
        when = [nobody, {"all": [nobody, state]}, {"any": [nobody, {"all": [tier, nobody]}]}][number % 3]
        rules.append({"on": list(_TOPICS), "when": when, "then": note, "order": number})
    rare = {"all": [{"field": "actor.id", "value": "an"}, {"field": "event.priority", "value": "P1"}]}
    rules.append({"on": ["ticket.received"], "when": rare, "then": note})
    return rules


async def _publish(dsn: str) -> None:
    desk = ServiceDesk(LogConnection(dsn, TENANT))
    try:
        for number, body in enumerate(_rules()):
            command = PublishDefinition(
                kind="automation", name=f"rule {number}", effective_from=_LONG_AGO, body=body, reason="a benchmark"
            )
            context = CommandContext(Actor(id="an", kind="agent"), str(new_id()))
            await desk.handle(definition_stream("automation", f"rule {number}"), command, context)
    finally:
        await desk.close()


async def _react(dsn: str, began: int) -> tuple[float, int]:
    """The seconds that the reactor takes from a position to the head, and how many rules it recorded."""
    log, desk = LogConnection(dsn, TENANT), ServiceDesk(LogConnection(dsn, TENANT))
    with psycopg.connect(dsn, autocommit=True) as connection:
        head = reader.head(connection, TENANT)
        await log.keep_worker_position(WORKER, began, begins=True)
        reactor = Reactor(connection, TENANT, desk, lambda: instant_of(head), log=log)
        start = time.perf_counter()
        while (reader.worker_position(connection, TENANT, WORKER) or 0) < head:
            await reactor.step()
        seconds = time.perf_counter() - start
        recorded = reader.head(connection, TENANT) - head
    await desk.close()
    await log.close()
    return seconds, recorded
